"""A line to type what to look for in a view below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class SearchField(QLineEdit):
    """A line to type in, with a button that clears it.

    Signals:
        left: The person wants to go on to what was found (Enter, Down).
    """

    left = Signal()

    def __init__(self, name: str, purpose: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setPlaceholderText(f"{purpose}…")
        self.setAccessibleName(purpose)
        self.setAccessibleDescription(explanation)
        self.setToolTip(explanation)
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Down leave, Esc clears."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
