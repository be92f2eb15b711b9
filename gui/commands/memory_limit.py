"""The limit of memory in the window: chosen in a menu, remembered, and shown beside what is used."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.memory import budget, machine
from gui.context import Context
from gui.formatting import bytes_text
from gui.state.settings import MEMORY_LIMITS

_WHERE = "Edit, Memory limit"


class MemoryLimit(QObject):
    """The menu of limits."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._context = context
        self._actions = context.actions
        automatic = bytes_text(budget.default_limit())
        self._actions["memory_auto"].setText(f"&Half of this machine's memory ({automatic})")
        for choice in MEMORY_LIMITS:
            if choice != "auto":  # more than there is would only mean that the system kills the program
                self._actions[f"memory_{choice}"].setVisible(budget.limit_from(choice) <= machine.machine_bytes())
        budget.current.where = "--memory" if budget.current.fixed else _WHERE
        self.apply(context.settings.memory_limit)

    def apply(self, choice: str) -> None:
        """Allow that much, one of `gui.state.settings.MEMORY_LIMITS`, unless the command line has said otherwise."""
        self._actions.tick("memory", choice)
        if not budget.current.fixed:
            limit = budget.default_limit() if choice == "auto" else budget.limit_from(choice)
            budget.current.limit = limit
        self._context.views.tools.show_memory()

    def choose(self, choice: str) -> None:
        """Allow that much from now on, and compute what there is room for now."""
        self._context.settings.memory_limit = choice
        self.apply(choice)
        self._context.controller.look_again()
