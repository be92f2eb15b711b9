"""What the commands of a window work with."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from gui.actions import Actions
from gui.control.controller import Controller
from gui.state.settings import Settings
from gui.state.workspace import Workspace
from gui.views import Views


@dataclass(frozen=True, eq=False)
class Context:
    """One window's parts, handed to whatever acts on them.

    Attributes:
        parent: The window: the parent of dialogs and of what lives as long as it.
        views: Its widgets.
        controller: What mediates between them and the engine.
        settings: What it remembers.
        workspace: What is looked at.
        actions: Its menus and keys.
    """

    parent: QWidget
    views: Views
    controller: Controller
    settings: Settings
    workspace: Workspace
    actions: Actions
