"""A slim bar that says which value a colour stands for."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.canvas.qt_images import rgb_image
from gui.formatting import nice_ticks, number
from gui.style.painting import quiet, small_font
from gui.widgets.tips import change_tip

_BAR_HEIGHT = 8
_TICK_HEIGHT = 4
_SPACING = 4
_INNER_TICKS = 3


class ColourBar(QWidget):
    """The colours of a table from its first to its last, with the values at both ends and round values between.

    Where no single range is true, because each channel has its own, `set_text` says so in words instead.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._range: tuple[float, float] | None = None
        self._text = ""
        self._image = QImage()
        self.set_table(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1))
        self.setFont(small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour bar")
        self._describe()

    def set_range(self, low: float, high: float) -> None:
        """Show the values that the first and the last colour stand for, in the units of the map."""
        self._range = (float(low), float(high)) if math.isfinite(low) and math.isfinite(high) else None
        self._text = ""
        self._describe()

    def set_text(self, text: str) -> None:
        """Show words instead of values, like ``"0 … each channel's maximum"``; an empty text leaves the bar alone."""
        self._range = None
        self._text = text
        self._describe()

    def set_table(self, table: npt.NDArray[np.uint8]) -> None:
        """Use these colours.

        Args:
            table: uint8 RGB (256, 3), from the lowest level to the highest.
        """
        self._image = rgb_image(table[np.newaxis])
        self.update()

    def labels(self) -> tuple[tuple[float, str], ...]:
        """What is written under the bar: (place from 0 at the left to 1 at the right, text), ends first."""
        if self._range is None:
            return ()
        low, high = self._range
        if not low < high:
            return ((0.0, number(low)),)
        ticks = nice_ticks(low, high, _INNER_TICKS)
        ends = ((0.0, number(low)), (1.0, number(high)))
        return ends + tuple(((tick - low) / (high - low), number(tick)) for tick in ticks)

    def _describe(self) -> None:
        text = self._text
        if self._range is not None:
            low, high = (number(end) for end in self._range)
            text = f"The first colour stands for {low}, the last for {high}."
        self.setAccessibleDescription(text)
        change_tip(self, text)
        self.update()

    def _paint_labels(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(self.font())
        taken: list[tuple[float, float]] = []
        for place, text in self.labels():
            x, width = self._x(place), metrics.horizontalAdvance(text)
            left = min(max(0.0, x - width / 2), max(0.0, self.width() - width))
            if any(left < end + 2 * _SPACING and start - 2 * _SPACING < left + width for start, end in taken):
                continue
            taken.append((left, left + width))
            painter.setPen(
                self.palette().color(QPalette.ColorRole.WindowText) if place in (0.0, 1.0) else quiet(self.palette())
            )
            painter.drawLine(QPointF(x, _BAR_HEIGHT), QPointF(x, _BAR_HEIGHT + _TICK_HEIGHT - 1))
            painter.drawText(QPointF(left, _BAR_HEIGHT + _TICK_HEIGHT + metrics.ascent()), text)

    def _paint_text(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(self.font())
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(quiet(self.palette()))
        painter.drawText(QPointF(0, _BAR_HEIGHT + _TICK_HEIGHT + metrics.ascent()), text)

    def _x(self, place: float) -> float:
        return round(place * (self.width() - 1)) + 0.5

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the strip of colours, then the ends, then as many ticks as do not touch another label."""
        with QPainter(self) as painter:
            painter.drawImage(QRectF(0, 0, self.width(), _BAR_HEIGHT), self._image)
            if self._text:
                self._paint_text(painter)
            else:
                self._paint_labels(painter)

    def sizeHint(self) -> QSize:
        """Wide enough for five labels, high enough for the bar and one line of text."""
        metrics = QFontMetricsF(self.font())
        height = _BAR_HEIGHT + _TICK_HEIGHT + math.ceil(metrics.height())
        return QSize(24 * math.ceil(metrics.averageCharWidth()), height)

    def minimumSizeHint(self) -> QSize:
        """As high as the hint, and as narrow as two labels."""
        hint = self.sizeHint()
        return QSize(hint.width() // 2, hint.height())
