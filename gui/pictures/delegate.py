"""Paints the thumbnails of the picture strip."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from engine.records import Picture
from gui.canvas.qt_images import PixmapCache, fitted_rgb_image
from gui.pictures.model import SHOWN_ROLE, PictureModel
from gui.style.painting import line_height, mix, quiet, small_font
from gui.widgets.tips import TippedDelegate

THUMBNAIL = 48
"""Side of a thumbnail, in device-independent pixels."""

_WIDTH = 64
_PADDING = 4
_GAP = 2
_CORNER = 4.0
_CLOSE = 16
_CROSS = 3.5
_PLUS = 8.0
_CACHE_BYTES = 16 << 20
_Index = QModelIndex | QPersistentModelIndex


class PictureDelegate(TippedDelegate):
    """Paints a thumbnail with its name, its frame, and a cross to close it while the mouse is on it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = PixmapCache(_CACHE_BYTES)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for every picture."""
        del index
        caption = line_height(small_font(option.font))
        return QSize(_WIDTH + 2 * _PADDING, THUMBNAIL + _GAP + caption + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one thumbnail."""
        model = index.model()
        picture = model.picture(index.row()) if isinstance(model, PictureModel) else None
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(option.font))
        shown = bool(index.data(SHOWN_ROLE))
        _paint_state(painter, option, shown)
        left = option.rect.left() + (option.rect.width() - THUMBNAIL) // 2
        area = QRect(left, option.rect.top() + _PADDING, THUMBNAIL, THUMBNAIL)
        if picture is None:
            _paint_plus(painter, option.palette, area)
        else:
            self._paint_picture(painter, picture, area)
            _paint_frame_number(painter, option.palette, picture, area)
            if option.state & QStyle.StateFlag.State_MouseOver:
                _paint_close(painter, option.palette, close_area(option.rect))
        _paint_name(painter, option, index.data(), area, shown)
        painter.restore()

    def _paint_picture(self, painter: QPainter, picture: Picture, area: QRect) -> None:
        ratio = painter.device().devicePixelRatioF()
        key = (picture.sha256, picture.frame, picture.levels, ratio)
        pixmap = self._cache.get(key, lambda: _thumbnail(picture, ratio))
        size = pixmap.deviceIndependentSize()
        offset = QPointF((area.width() - size.width()) / 2, (area.height() - size.height()) / 2)
        painter.drawPixmap(QPointF(area.topLeft()) + offset, pixmap)


def close_area(cell: QRect) -> QRect:
    """Where the cross of a cell is."""
    return QRect(cell.right() - _PADDING - _CLOSE, cell.top() + _PADDING + 1, _CLOSE, _CLOSE)


def _thumbnail(picture: Picture, ratio: float) -> QPixmap:
    pixmap = QPixmap.fromImage(fitted_rgb_image(picture.pixels, round(THUMBNAIL * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _paint_state(painter: QPainter, option: QStyleOptionViewItem, shown: bool) -> None:
    palette = option.palette
    accent, base = palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.Base)
    frame = QRectF(option.rect).adjusted(1, 1, -1, -1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(Qt.PenStyle.NoPen)
    if shown:
        painter.setBrush(mix(accent, base, 0.72))
        painter.setPen(QPen(accent, 2))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(mix(base, palette.color(QPalette.ColorRole.Text), 0.08))
    painter.drawRoundedRect(frame, _CORNER, _CORNER)
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame.adjusted(1.5, 1.5, -1.5, -1.5), _CORNER - 1, _CORNER - 1)


def _paint_plus(painter: QPainter, palette: QPalette, area: QRect) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_outline(palette), 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
    painter.setPen(QPen(quiet(palette), 2))
    center = QRectF(area).center()
    painter.drawLine(center - QPointF(_PLUS, 0), center + QPointF(_PLUS, 0))
    painter.drawLine(center - QPointF(0, _PLUS), center + QPointF(0, _PLUS))


def _paint_frame_number(painter: QPainter, palette: QPalette, picture: Picture, area: QRect) -> None:
    if picture.frames == 1:
        return
    text = f"{picture.frame + 1}/{picture.frames}"
    metrics = painter.fontMetrics()
    plate = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * _PADDING, metrics.height())
    plate.moveBottomLeft(QRectF(area).bottomLeft() + QPointF(2, -2))
    _paint_plate(painter, palette, plate, _CORNER)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _paint_close(painter: QPainter, palette: QPalette, area: QRect) -> None:
    _paint_plate(painter, palette, QRectF(area), area.width() / 2)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1.5))
    center = QRectF(area).center()
    for slope in (-1, 1):
        arm = QPointF(_CROSS, slope * _CROSS)
        painter.drawLine(center - arm, center + arm)


def _paint_plate(painter: QPainter, palette: QPalette, area: QRectF, radius: float) -> None:
    """A ground for small signs on a picture of any colour."""
    painter.setPen(QPen(_outline(palette), 1))
    painter.setBrush(palette.color(QPalette.ColorRole.Base))
    painter.drawRoundedRect(area, radius, radius)


def _paint_name(painter: QPainter, option: QStyleOptionViewItem, name: str, above: QRect, shown: bool) -> None:
    metrics = painter.fontMetrics()
    area = QRect(option.rect.left() + _PADDING, above.bottom() + 1 + _GAP, _WIDTH, line_height(painter.font()))
    painter.setPen(option.palette.color(QPalette.ColorRole.Text) if shown else quiet(option.palette))
    text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)


def _outline(palette: QPalette) -> QColor:
    return mix(palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text), 0.35)
