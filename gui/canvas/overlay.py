"""What is drawn over the images of a canvas: frames, numbers and marks whose size belongs to the screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

_MIDDLE = 0.179
"""Amount of light, from 0 to 1, on which black and white have the same contrast: √(1.05 · 0.05) - 0.05, after WCAG."""

Place: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height in content coordinates; a `QRectF` takes far longer to make and to read."""


@dataclass(frozen=True)
class Sheet:
    """What an overlay paints on: the screen's pixels, with the way from the content to them.

    Attributes:
        painter: Paints in device-independent pixels of the screen.
        exposed: The part of the content that has to be drawn, in content coordinates.
        palette: The colours of the canvas.
        transform: Content coordinates to pixels of the screen.
    """

    painter: QPainter
    exposed: QRectF
    palette: QPalette
    transform: QTransform

    @property
    def scale(self) -> float:
        """Pixels of the screen for one unit of the content."""
        return self.transform.m11()

    @cached_property
    def _way(self) -> tuple[float, float, float, float]:
        """Factor and offset to the screen, across and down; asked for by every tile, and Qt's own are slow to reach."""
        return self.transform.m11(), self.transform.dx(), self.transform.m22(), self.transform.dy()

    def pixels(self, x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
        """A rectangle of the content on the screen, its edges on whole pixels: (left, top, width, height)."""
        across, right, down, below = self._way
        x_1, x_2 = sorted((across * x + right, across * (x + width) + right))
        y_1, y_2 = sorted((down * y + below, down * (y + height) + below))
        left, top = math.floor(x_1), math.floor(y_1)
        return left, top, math.ceil(x_2) - left, math.ceil(y_2) - top

    def on_screen(self, place: Place) -> QRectF:
        """A rectangle of the content on the screen, its edges on whole pixels."""
        return QRectF(*self.pixels(*place))

    def fill(self, areas: Sequence[QRectF], ink: QColor | QBrush) -> None:
        """Fill rectangles of the screen. All at once: each call to Qt may cost a wait for another thread."""
        if not areas:
            return
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(ink)
        self.painter.drawRects(areas)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)

    def frames(self, places: Iterable[Place], colour: QColor, width: int = 1) -> None:
        """Outline rectangles of the content just outside their edges, set off from any colour by the background.

        Args:
            places: In content coordinates.
            colour: Of the lines.
            width: Of the lines, in pixels.
        """
        areas = (self.pixels(*place) for place in places)
        middles = [QRectF(x - width / 2, y - width / 2, across + width, down + width) for x, y, across, down in areas]
        if not middles:
            return
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, pixels in ((self.palette.color(QPalette.ColorRole.Base), width + 2), (colour, width)):
            pen = QPen(ink, pixels)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            self.painter.setPen(pen)
            self.painter.drawRects(middles)

    def cells_in_view(self, cell: float, columns: int, rows: int) -> Iterator[tuple[int, int]]:
        """The (x, y) of every cell of a regular grid from the origin that has to be drawn.

        Args:
            cell: Side of a cell, in content units.
            columns: How many cells there are in a row.
            rows: How many rows there are.
        """
        left, top = (max(0, int(edge // cell)) for edge in (self.exposed.left(), self.exposed.top()))
        right = min(columns, int(self.exposed.right() // cell) + 1)
        bottom = min(rows, int(self.exposed.bottom() // cell) + 1)
        return ((x, y) for y in range(top, bottom) for x in range(left, right))


def readable_on(colour: tuple[int, int, int]) -> QColor:
    """Black or white, whichever shows better on a colour of an image: (red, green, blue), each 0–255."""
    return QColor(Qt.GlobalColor.white) if _is_dark(colour) else QColor(Qt.GlobalColor.black)


@lru_cache(maxsize=1024)
def _is_dark(colour: tuple[int, int, int]) -> bool:
    red, green, blue = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < _MIDDLE


def _linear(value: float) -> float:
    """A part of an sRGB colour, 0 to 1, as amount of light."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


PaintFunction = Callable[[Sheet], None]
"""Draws one overlay on a sheet."""


class Overlay(QGraphicsItem):
    """A scene item that asks a function to draw it, in pixels of the screen.

    Attributes:
        paint_function: What draws.
    """

    def __init__(self, paint_function: PaintFunction, canvas: QWidget) -> None:
        super().__init__()
        self.paint_function = paint_function
        self._canvas = canvas
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        """Everywhere: what is drawn follows the view, and the view may show any part of the plane."""
        return QRectF(QPointF(-1e6, -1e6), QPointF(1e6, 1e6))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Hand the function a sheet whose painter works in screen pixels."""
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        self.paint_function(Sheet(painter, option.exposedRect, self._canvas.palette(), transform))
        painter.restore()
