"""A line of text that never makes its panel wider: what does not fit is shortened, and told in full by the tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A label of one line that keeps its height when empty and ends in an ellipsis when it is too narrow."""

    def __init__(self, parent: QWidget | None = None, role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> None:
        super().__init__(parent)
        self._role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Show this text."""
        super().setText(text)
        self._offer_tooltip()

    def _shortened(self) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def _offer_tooltip(self) -> None:
        self.setToolTip(self.text() if self._shortened() != self.text() else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, shortened to the width."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self._role))
            painter.drawText(self.contentsRect(), self.alignment() | Qt.TextFlag.TextSingleLine, self._shortened())

    def sizeHint(self) -> QSize:
        """As wide as the text and always one line high."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()), self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """No width at all, one line high."""
        return QSize(0, self.fontMetrics().height())
