"""The limit of memory in the window: chosen in a menu, remembered, and shown beside what is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from engine.memory import estimates, machine
from gui.actions import Actions
from gui.state.settings import MEMORY_LIMITS
from gui.units import bytes_text

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_WHERE = "Edit, Memory limit"


def memory_text() -> str:
    """How much is used, and how much may be: "1.1 GB used, 13 GB allowed, 25 GB in this machine"."""
    used, allowed, there = machine.program_bytes(), estimates.budget.limit, machine.machine_bytes()
    return f"{bytes_text(used)} used, {bytes_text(allowed)} allowed, {bytes_text(there)} in this machine"


class EngineState(QLabel):
    """What the network is and runs on; its tool tip has the memory of the moment."""

    def event(self, event: QEvent) -> bool:
        """Ask for the memory when somebody wants to read it."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(f"Memory: {memory_text()}")
        return super().event(event)


class MemoryLimit(QObject):
    """The menu of limits."""

    def __init__(self, window: MainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        automatic = bytes_text(estimates.default_limit())
        actions["memory_auto"].setText(f"&Half of this machine's memory ({automatic})")
        for choice in MEMORY_LIMITS:
            if choice != "auto":  # more than there is would only mean that the system kills the program
                actions[f"memory_{choice}"].setVisible(estimates.limit_from(choice) <= machine.machine_bytes())
        estimates.budget.where = "--memory" if estimates.budget.fixed else _WHERE
        group = actions.group("memory")
        group.triggered.connect(self._choose)
        self.apply(window.settings.memory_limit)

    def apply(self, choice: str) -> None:
        """Allow that much, one of `gui.state.settings.MEMORY_LIMITS`, unless the command line has said otherwise."""
        self._actions.tick("memory", choice)
        if not estimates.budget.fixed:
            limit = estimates.default_limit() if choice == "auto" else estimates.limit_from(choice)
            estimates.budget.limit = limit
        self._window.views.tools.show_memory()

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._window.settings.memory_limit = action.data()
        self.apply(action.data())
        self._window.controller.look_again()
