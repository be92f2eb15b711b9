"""What is drawn over the images of a canvas: frames, numbers and marks whose size belongs to the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

_MIDDLE = 0.179
"""Amount of light, from 0 to 1, on which black and white have the same contrast: √(1.05 · 0.05) - 0.05, after WCAG."""


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

    def on_screen(self, rect: QRectF) -> QRectF:
        """A rectangle of the content on the screen, its edges on whole pixels."""
        return QRectF(self.transform.mapRect(rect).toAlignedRect())

    def frame(self, rect: QRectF, colour: QColor, width: int = 1) -> None:
        """Outline a rectangle of the content just outside its edges, set off from any colour by the background.

        Args:
            rect: In content coordinates.
            colour: Of the line.
            width: Of the line, in pixels.
        """
        inner = self.on_screen(rect)
        middle = inner.marginsAdded(QMarginsF(width / 2, width / 2, width / 2, width / 2))
        halo = self.palette.color(QPalette.ColorRole.Base)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, pixels in ((halo, width + 2), (colour, width)):
            pen = QPen(ink, pixels)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            self.painter.setPen(pen)
            self.painter.drawRect(middle)

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
    red, green, blue = (_linear(value / 255) for value in colour)
    dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < _MIDDLE
    return QColor(Qt.GlobalColor.white) if dark else QColor(Qt.GlobalColor.black)


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
