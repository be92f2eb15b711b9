"""What travels with the pointer when tiles are dragged out of the gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QMetaType, QMimeData, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QDrag, QFont, QFontMetrics, QImage, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QWidget

from gui.canvas.tile_images import TileImage

_SHIFT = 6
_PADDING = 6


def make_drag(
    source: QWidget,
    paths: Sequence[str],
    count: int,
    image: TileImage | None,
    picture: QPixmap | None,
    ready: Callable[[], None],
) -> QDrag:
    """What a drag of tiles carries and shows.

    Args:
        source: The view they are dragged out of.
        paths: Files that have been written for them.
        count: How many tiles are dragged.
        image: What the tile under the pointer shows.
        picture: That tile as it is painted.
        ready: Waits until the files are there.
    """
    drag = QDrag(source)
    drag.setMimeData(drag_data(paths, image.at_own_size() if image and count == 1 else None, ready))
    if picture is not None:
        drag.setPixmap(drag_pixmap(picture, count, source.font(), source.palette()))
        size = picture.deviceIndependentSize()
        drag.setHotSpot(QPointF(size.width() / 2, size.height() / 2).toPoint())
    return drag


class _FileData(QMimeData):
    """Waits, before anybody is told of the files, until these are there."""

    def __init__(self, ready: Callable[[], None]) -> None:
        super().__init__()
        self._ready = ready

    def retrieveData(self, mime_type: str, kind: QMetaType | QMetaType.Type) -> Any:
        """Another program, or this one, wants to have the data now."""
        self._ready()
        return super().retrieveData(mime_type, kind)


def drag_data(paths: Sequence[str], image: QImage | None, ready: Callable[[], None]) -> QMimeData:
    """Files for a file manager, and the image itself for a program that takes pictures.

    Args:
        paths: Files that have been written, or are being written.
        image: The image, when exactly one tile is dragged.
        ready: Waits until they have been written.
    """
    data = _FileData(ready)
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    if image is not None:
        data.setImageData(image)
    return data


def drag_pixmap(picture: QPixmap, count: int, font: QFont, palette: QPalette) -> QPixmap:
    """The picture of a tile, with others behind it and their number when there are several.

    Args:
        picture: The tile that the pointer is on.
        count: How many tiles are dragged.
        font: For the number.
        palette: The number is shown in its accent.
    """
    if count == 1:
        return picture
    ratio = picture.devicePixelRatio()
    size = picture.deviceIndependentSize().toSize()
    stack = QPixmap(round((size.width() + _SHIFT) * ratio), round((size.height() + _SHIFT) * ratio))
    stack.setDevicePixelRatio(ratio)
    stack.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stack)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(_SHIFT, _SHIFT, size.width(), size.height(), palette.color(QPalette.ColorRole.Mid))
    painter.drawPixmap(0, 0, picture)
    _paint_count(painter, str(count), font, palette)
    painter.end()
    return stack


def _paint_count(painter: QPainter, text: str, font: QFont, palette: QPalette) -> None:
    metrics = QFontMetrics(font)
    plate = QRectF(2, 2, metrics.horizontalAdvance(text) + 2 * _PADDING, metrics.height() + 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
    painter.drawRoundedRect(plate, plate.height() / 2, plate.height() / 2)
    painter.setFont(font)
    painter.setPen(palette.color(QPalette.ColorRole.HighlightedText))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
