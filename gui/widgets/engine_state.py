"""The state of the network in the status bar, with the memory that the program takes."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel

from engine.memory import budget, machine
from gui.formatting import bytes_text


def memory_text() -> str:
    """How much is used, and how much may be: "1.1 GB used, 13 GB allowed, 25 GB in this machine"."""
    used, allowed, there = machine.program_bytes(), budget.current.limit, machine.machine_bytes()
    return f"{bytes_text(used)} used, {bytes_text(allowed)} allowed, {bytes_text(there)} in this machine"


class EngineState(QLabel):
    """What the network is and runs on; its tool tip has the memory of the moment."""

    def event(self, event: QEvent) -> bool:
        """Ask for the memory when somebody wants to read it."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(f"Memory: {memory_text()}")
        return super().event(event)
