"""One line for whoever starts the program for the first time. It covers nothing and waits for nothing."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, Signal
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gui.style import theme

_READ_MILLISECONDS = 1000
"""On the screen for less than this, nobody has read it: a picture that is named at the start opens sooner."""


_TEXT = 'New here? <a href="guide">F1</a> explains what is on the screen.'


class FirstHint(QWidget):
    """The line, with a link to the guide and a button that closes it.

    Signals:
        guide_wanted: The person wants to read the guide.
        dismissed: The person has seen enough of it.
    """

    guide_wanted = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstHint")
        self._shown = QElapsedTimer()
        self._text = QLabel(_TEXT)
        self._text.setMinimumWidth(1)  # a line that goes away must not keep the window from being narrow
        self._text.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._text.setAccessibleName("New here? F1 explains what is on the screen.")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self._text.linkActivated.connect(self.guide_wanted)
        close = QToolButton(autoRaise=True)
        close.setIcon(theme.icon("close"))
        close.setToolTip("Do not show this again")
        close.setAccessibleName("Do not show this again")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.dismissed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addStretch()
        layout.addWidget(self._text)
        layout.addWidget(close)
        layout.addStretch()

    def was_read(self) -> bool:
        """Whether it has been on the screen for long enough to be read."""
        return self._shown.isValid() and self._shown.hasExpired(_READ_MILLISECONDS)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the colour scheme: the colour of a link is that of the moment when its text was set."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._text.setText("")
            self._text.setText(_TEXT)

    def showEvent(self, event: QShowEvent) -> None:
        """Note when it came to the screen first."""
        super().showEvent(event)
        if not self._shown.isValid():
            self._shown.start()
