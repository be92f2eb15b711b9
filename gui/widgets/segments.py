"""A row of buttons of which one is pressed: a choice between a few views of the same thing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

_PADDING = (12, 4)
_LEAST_PADDING = 4


class Segments(QWidget):
    """Exclusive choices side by side; the arrow keys go from one to the next.

    Signals:
        chosen (int): The person chose this one, counted from 0.
    """

    chosen = Signal(int)

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """Make a button for each (text, what it does); the first one is pressed."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for index, (text, purpose) in enumerate(choices):
            button = _Segment(text, self)
            button.setToolTip(purpose)
            button.setAccessibleName(text)
            button.setAccessibleDescription(purpose)
            self._group.addButton(button, index)
            layout.addWidget(button)
        self.set_current(0)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_current(self, index: int) -> None:
        """Press this one; nothing is emitted."""
        self._group.button(index).setChecked(True)

    def button(self, index: int) -> QAbstractButton:
        """The button of a choice."""
        return self._group.button(index)

    @Slot(int)
    def _on_clicked(self, index: int) -> None:
        self.chosen.emit(index)


class _Segment(QAbstractButton):
    """One choice, filled with the accent colour while it is the chosen one."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the field, its outline, the text, and a line under it while the keys go here."""
        palette = self.palette()
        ground, ink = (
            (QPalette.ColorRole.Highlight, QPalette.ColorRole.HighlightedText)
            if self.isChecked()
            else (QPalette.ColorRole.Button, QPalette.ColorRole.ButtonText)
        )
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), palette.color(ground))
            painter.setPen(palette.color(QPalette.ColorRole.Mid))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.setPen(palette.color(ink))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            if self.hasFocus():
                painter.fillRect(QRectF(8, self.height() - 4, self.width() - 16, 2), palette.color(ink))

    def sizeHint(self) -> QSize:
        """The text with room around it, in any state."""
        across, down = _PADDING
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * across, metrics.height() + 2 * down)

    def minimumSizeHint(self) -> QSize:
        """The text, which is never cut, with less room beside it."""
        hint = self.sizeHint()
        return QSize(hint.width() - 2 * (_PADDING[0] - _LEAST_PADDING), hint.height())
