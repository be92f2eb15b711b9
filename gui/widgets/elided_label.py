"""A line of text that never makes its panel wider: what does not fit is shortened, and told in full by the tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.style.painting import bold_font, line_height
from gui.widgets.tips import change_tip

_BETWEEN = "  "
"""Between the bold beginning and the rest."""


class ElidedLabel(QLabel):
    """A label of one line that keeps its height when empty and ends in an ellipsis when it is too narrow.

    Its beginning may be bold, and is never shortened.
    """

    def __init__(self, parent: QWidget | None = None, role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> None:
        super().__init__(parent)
        self._role = role
        self._lead = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str, lead: str = "") -> None:
        """Show this text, after a beginning in bold if there is one."""
        self._lead = lead
        super().setText(f"{lead}{_BETWEEN}{text}" if lead else text)
        self._offer_tooltip()

    def _rest(self) -> str:
        return self.text().removeprefix(self._lead)

    def _shortened(self) -> str:
        """What there is room for after the bold beginning."""
        width = self.contentsRect().width() - self._lead_width()
        return self.fontMetrics().elidedText(self._rest(), Qt.TextElideMode.ElideRight, width)

    def _lead_width(self) -> int:
        if not self._lead:
            return 0
        return QFontMetrics(bold_font(self.font())).size(Qt.TextFlag.TextSingleLine, self._lead).width()

    def _offer_tooltip(self) -> None:
        change_tip(self, self.text() if self._shortened() != self._rest() else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less room may need a tooltip."""
        super().resizeEvent(event)
        self._offer_tooltip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, shortened to the width."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self._role))
            place, flags = self.contentsRect(), self.alignment() | Qt.TextFlag.TextSingleLine
            if self._lead:
                painter.setFont(bold_font(self.font()))
                painter.drawText(place, flags, self._lead)
                painter.setFont(self.font())
                place.setLeft(place.left() + self._lead_width())
            painter.drawText(place, flags, self._shortened())

    def sizeHint(self) -> QSize:
        """As wide as the text and always one line high."""
        rest = self.fontMetrics().size(Qt.TextFlag.TextSingleLine, self._rest())  # rounded up, unlike an advance
        return QSize(self._lead_width() + rest.width(), line_height(self.font()))

    def minimumSizeHint(self) -> QSize:
        """No width at all, one line high."""
        return QSize(0, line_height(self.font()))
