"""The dialogs that explain: keyboard shortcuts, messages so far, about, and an unexpected error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QMenu

from gui.dialogs.about import AboutDialog
from gui.dialogs.error import ErrorDialog
from gui.dialogs.messages import MessagesDialog
from gui.guide.shortcuts import Shortcut, ShortcutGroup, ShortcutsPage, groups_of_menus
from gui.log import log_path

if TYPE_CHECKING:
    from gui.commands.guide import GuideFlow
    from gui.main_window import MainWindow

IN_VIEWS = (
    ShortcutGroup(
        "Gallery",
        (
            Shortcut("Go from tile to tile", "Arrow keys, Home, End, PgUp, PgDn"),
            Shortcut("Go to a channel", "Type its number"),
            Shortcut("Select a range, or one more", "Shift, Ctrl with a click or an arrow key"),
            Shortcut("Show the channel large", "Enter or double click"),
            Shortcut("Clear the selection", "Esc"),
            Shortcut("Larger or smaller tiles", "Ctrl + wheel"),
        ),
    ),
    ShortcutGroup(
        "Viewer and wall",
        (
            Shortcut("Zoom", "Wheel, + and -"),
            Shortcut("Pan", "Drag"),
            Shortcut("Fit, own size", "F, 1"),
            Shortcut("Read out value by value", "Arrow keys"),
        ),
    ),
    ShortcutGroup(
        "Pictures",
        (
            Shortcut("Close a picture", "Delete or middle click"),
            Shortcut("Next or previous frame of an animation", "PgDn, PgUp"),
        ),
    ),
    ShortcutGroup(
        "Guide",
        (
            Shortcut("Back, forward", "Alt+Left, Alt+Right"),
            Shortcut("Find in the guide", "Ctrl+F"),
            Shortcut("Larger, smaller, usual text", "Ctrl++, Ctrl+-, Ctrl+0"),
            Shortcut("Close the guide", "Esc"),
        ),
    ),
)
"""Keys that are no commands: what has the focus reads them."""


class Help(QObject):
    """Shows what explains the program; one error dialog at a time."""

    def __init__(self, window: MainWindow, guide: GuideFlow) -> None:
        super().__init__(window)
        self._window = window
        self._guide = guide
        self._error: ErrorDialog | None = None

    @Slot()
    def show_shortcuts(self) -> None:
        """Show every key."""
        menus = [menu for action in self._window.menuBar().actions() if isinstance(menu := action.menu(), QMenu)]
        self._show(ShortcutsPage((*groups_of_menus(menus), *IN_VIEWS), self._window), "keys.md")

    @Slot()
    def show_messages(self) -> None:
        """Show what the program has said since it started."""
        self._show(MessagesDialog(self._window.views.messages.recent(), self._window), "trouble.md")

    @Slot()
    def show_about(self) -> None:
        """Show versions, weights, device and licences."""
        controller = self._window.controller
        self._show(AboutDialog(controller.weights, controller.device, self._window), "first-steps.md")

    @Slot(str)
    def show_error(self, details: str) -> None:
        """Show an unexpected error, in the dialog that is open already if there is one."""
        if self._error is not None:
            self._error.add(details)
            return
        self._error = ErrorDialog(details, log_path(), self._window)
        self._error.finished.connect(self._forget_error)
        self._show(self._error, "trouble.md")

    @Slot()
    def _forget_error(self) -> None:
        self._error = None

    def _show(self, dialog: QDialog, page: str) -> None:
        self._guide.join(dialog, page)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
