"""Paints the tiles of the channel gallery."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from gui.canvas.pixmap_budget import PixmapShop
from gui.canvas.tile_images import TileImage
from gui.channels.model import TILE_ROLE, Mark, Tile
from gui.formatting import percent
from gui.style.painting import mix, quiet, small_font
from gui.widgets.tips import TippedDelegate

PADDING = 4
"""Between the frame of a tile and its picture, in pixels."""

_CAPTION_GAP = 2
_FRAME = 2.0
_CORNER = 4.0
_CACHE_BYTES = 96 << 20

_SELECTED = QStyle.StateFlag.State_Selected.value
_DISTINGUISHED = _SELECTED | QStyle.StateFlag.State_HasFocus.value | QStyle.StateFlag.State_MouseOver.value
_PATTERNS: dict[Mark, Qt.BrushStyle] = {
    "blank": Qt.BrushStyle.BDiagPattern,
    "constant": Qt.BrushStyle.HorPattern,
}
_SHORT: dict[Mark, str] = {"blank": "∅", "constant": "="}


class _Ink:
    """What captions are written with: found out once for each palette and font, not for each of 512 tiles."""

    def __init__(self, palette: QPalette, font: QFont) -> None:
        self.palette_key = palette.cacheKey()
        self.made_for = QFont(font)
        self.font = small_font(font)
        self.metrics = QFontMetrics(self.font)
        self.ascent = self.metrics.ascent()
        self.text = palette.color(QPalette.ColorRole.Text)
        self.quiet = quiet(palette)
        self.empty = _faint(palette, 0.06)


class ChannelDelegate(TippedDelegate):
    """Paints a tile: its pictures side by side, marks, the channel number and the frame of its state.

    Attributes:
        side: Side of one picture, in device-independent pixels.
        images: How many pictures a tile has.
        put_off: Where pictures are missing that there was no time for since `begin`; to be painted again.
    """

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.side = side
        self.images = 1
        self.put_off: list[QRect] = []
        self._pixmaps = PixmapShop(_CACHE_BYTES)
        self._ink: _Ink | None = None

    def forget_pictures(self) -> None:
        """Paint the pictures anew: their values, colours or size have changed."""
        self._pixmaps.clear()

    def begin(self) -> None:
        """A paint of the view begins."""
        self.put_off = []
        self._pixmaps.begin()

    def picture(self, tile: Tile, position: int, ratio: float) -> QPixmap | None:
        """One picture of a tile as it is painted; None when it has not been computed yet.

        Args:
            tile: The tile.
            position: Which of its images.
            ratio: Device pixels per pixel.
        """
        image = tile.images[position]
        if image is None:
            return None
        return self._pixmaps.at_once(self._key(tile, position, ratio), lambda: _pixmap(image, self.side, ratio))

    def tile_size(self, font: QFont) -> QSize:
        """Size of a whole tile with its caption and frame."""
        caption = QFontMetrics(small_font(font)).height()
        width = self.images * self.side + (self.images - 1) * PADDING
        return QSize(width + 2 * PADDING, self.side + caption + _CAPTION_GAP + 2 * PADDING)

    def _key(self, tile: Tile, position: int, ratio: float) -> Hashable:
        image = tile.images[position]
        return tile.channel, position, self.side, ratio, image.version if image else None

    # Qt overrides

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for every tile."""
        del index
        return self.tile_size(option.font)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one tile."""
        rect, ink = option.rect, self._ink_for(option.palette, option.font)
        if self._pixmaps.exhausted:  # all of the tile comes with the next paint
            width = self.images * (self.side + PADDING) - PADDING
            painter.fillRect(QRect(rect.left() + PADDING, rect.top() + PADDING, width, self.side), ink.empty)
            self.put_off.append(QRect(rect))  # a copy: Qt takes the option back
            return
        tile: Tile = index.data(TILE_ROLE)
        # As a number, for each `&` of two flags takes as long as drawing the picture.
        state = option.state.value & _DISTINGUISHED
        if state or tile.mark:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state:
            _paint_state(painter, option)
        painter.setFont(ink.font)
        for position in range(len(tile.images)):
            left = rect.left() + PADDING + position * (self.side + PADDING)
            self._paint_image(
                painter, option.palette, tile, position, QRect(left, rect.top() + PADDING, self.side, self.side)
            )
        area = rect.adjusted(PADDING, PADDING + self.side + _CAPTION_GAP, -PADDING, 0)
        _paint_caption(painter, ink, tile, area, selected=bool(state & _SELECTED))
        if state or tile.mark:
            painter.restore()

    def _ink_for(self, palette: QPalette, font: QFont) -> _Ink:
        if self._ink is None or self._ink.palette_key != palette.cacheKey() or self._ink.made_for != font:
            self._ink = _Ink(palette, font)
        return self._ink

    def _paint_image(self, painter: QPainter, palette: QPalette, tile: Tile, position: int, area: QRect) -> None:
        ratio = painter.device().devicePixelRatioF()
        image, pixmap = tile.images[position], None
        if image is not None:
            pixmap = self._pixmaps.get(self._key(tile, position, ratio), lambda: _pixmap(image, self.side, ratio))
            if pixmap is None:
                self.put_off.append(area)
        if pixmap is None:
            painter.fillRect(area, self._ink.empty if self._ink else _faint(palette, 0.06))
            return
        mark = tile.mark if position == 0 else ""
        if mark == "blank":
            painter.fillRect(area, palette.color(QPalette.ColorRole.Base))
        else:
            size = pixmap.deviceIndependentSize()
            left, top = (
                area.left() + (area.width() - size.width()) / 2,
                area.top() + (area.height() - size.height()) / 2,
            )
            painter.drawPixmap(QPointF(left, top), pixmap)
        if mark in _PATTERNS:
            _paint_hatch(painter, palette, mark, area)
        elif mark == "clipped":
            _paint_corner(painter, palette, area)


def _pixmap(image: TileImage, side: int, ratio: float) -> QPixmap:
    pixmap = QPixmap.fromImage(image.fitted(max(1, round(side * ratio))))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _paint_state(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """The frame: accent for selected, faint under the mouse; the current one stronger, or dashed if not selected."""
    palette = option.palette
    accent = palette.color(QPalette.ColorRole.Highlight)
    width = _FRAME + 1 if option.state & QStyle.StateFlag.State_HasFocus else _FRAME
    # Not a fraction of a pixel outside of the tile: the view repaints no more than that.
    frame = QRectF(option.rect).adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(mix(accent, palette.color(QPalette.ColorRole.Base), 0.72))
        painter.setPen(QPen(accent, width))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(_faint(palette, 0.08))
    painter.drawRoundedRect(frame, _CORNER, _CORNER)
    if option.state & QStyle.StateFlag.State_HasFocus and not option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame.adjusted(1.5, 1.5, -1.5, -1.5), _CORNER - 1, _CORNER - 1)


def _paint_hatch(painter: QPainter, palette: QPalette, mark: Mark, area: QRect) -> None:
    """Hatch the picture and name the reason, so that a map of zeros is not taken for a merely dark one."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(area, QBrush(_faint(palette, 0.3), _PATTERNS[mark]))
    painter.setPen(_faint(palette, 0.3))
    painter.drawRect(area.adjusted(0, 0, -1, -1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    metrics = painter.fontMetrics()
    room = area.width() - 4 * PADDING
    text: str = mark if metrics.horizontalAdvance(mark) <= room else _SHORT[mark]
    plate = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * PADDING, metrics.height())
    plate.moveCenter(QRectF(area).center())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Base))
    painter.drawRoundedRect(plate, _CORNER, _CORNER)
    painter.setPen(quiet(palette))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _paint_corner(painter: QPainter, palette: QPalette, area: QRect) -> None:
    """A cut corner with a bar: the scale ends before the values do."""
    size = min(16.0, max(8.0, area.width() / 6))
    right, top = float(area.right() + 1), float(area.top())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Base))
    painter.drawPolygon(
        QPolygonF([QPointF(right - size - 3, top), QPointF(right, top), QPointF(right, top + size + 3)])
    )
    painter.setBrush(palette.color(QPalette.ColorRole.Text))
    painter.drawPolygon(QPolygonF([QPointF(right - size, top), QPointF(right, top), QPointF(right, top + size)]))


def _paint_caption(painter: QPainter, ink: _Ink, tile: Tile, area: QRect, *, selected: bool) -> None:
    painter.setPen(ink.text if selected else ink.quiet)
    number, baseline = str(tile.channel), area.top() + ink.ascent
    painter.drawText(area.left(), baseline, number)
    notes = _notes(tile)
    if not notes:
        return
    room = area.width() - ink.metrics.horizontalAdvance(number + "  ")
    note = next((note for note in notes if ink.metrics.horizontalAdvance(note) <= room), "")
    painter.drawText(area.left() + area.width() - ink.metrics.horizontalAdvance(note), baseline, note)


def _notes(tile: Tile) -> list[str]:
    """What the caption may say beside the number, the best first; the first that fits is shown."""
    if tile.detail:
        return [tile.detail]
    if tile.mark == "clipped":
        return [f"{percent(tile.clipped)} clipped", "clipped", "clip"]
    return []


def _faint(palette: QPalette, share: float) -> QColor:
    return mix(palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text), share)
