"""Everything that the program has said since it started, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from gui.screens import fit_to_screen
from gui.style import theme
from gui.widgets.message_bar import Message

_WIDTH, _HEIGHT = 640, 360


class MessagesDialog(QDialog):
    """One sentence below the other, with the time of each; the latest is in view."""

    def __init__(self, messages: Sequence[Message], parent: QWidget | None = None) -> None:
        """Make the dialog.

        Args:
            messages: What was said, the oldest first.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("messagesDialog")
        self.setWindowTitle("Messages")
        lines = [f"{message.when:%H:%M:%S}  {message.text}" for message in messages]
        self._text = QPlainTextEdit("\n".join(lines) or "Nothing has been said yet.", readOnly=True)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName("Messages")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        theme.plain_buttons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(4), theme.space(4), theme.space(4), theme.space(4))
        layout.setSpacing(theme.space(3))
        layout.addWidget(self._text, stretch=1)
        layout.addWidget(buttons)
        fit_to_screen(self, QSize(_WIDTH, _HEIGHT))
        bar = self._text.verticalScrollBar()
        bar.setValue(bar.maximum())
