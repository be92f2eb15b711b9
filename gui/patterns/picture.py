"""One pattern, as large as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.records import ImageArray
from gui.canvas.qt_images import rgb_image

_SIDE = 224
_LEAST = 96


class PatternPicture(QWidget):
    """Draws a square picture at the top left; an empty field before there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._share = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pixels(self, pixels: ImageArray | None, extent: int = 0) -> None:
        """Show a picture or an empty field.

        Args:
            pixels: uint8 RGB (side, side, 3), or None.
            extent: Side of what the whole field stands for, in pixels of the picture; its own side when 0.
        """
        self._image = QImage() if pixels is None else rgb_image(pixels)
        self._share = 1.0 if pixels is None or not extent else min(len(pixels) / extent, 1.0)
        self.update()

    # Qt overrides

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, or the field that it will be in."""
        side = min(self.width(), self.height())
        area = QRectF(0, 0, side, side)
        with QPainter(self) as painter:
            if self._image.isNull():
                painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
                painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "…")
                return
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(0, 0, self._share * side, self._share * side), self._image)

    def sizeHint(self) -> QSize:
        """The side of the network's usual input."""
        return QSize(_SIDE, _SIDE)

    def minimumSizeHint(self) -> QSize:
        """Large enough to tell two patterns apart."""
        return QSize(_LEAST, _LEAST)
