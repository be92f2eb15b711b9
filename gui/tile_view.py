"""A view of tiles that fill its width, keep their place when they are zoomed, and are painted without a hitch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QWidget

from gui.channel_delegate import PADDING, ChannelDelegate

TILE_SIZES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 288, 320)
"""Sides of a tile's picture that zooming steps through, in device-independent pixels."""

_SPACING = 2
_SMALLEST_SHARE, _LARGEST_SHARE = 0.85, 1.25  # of the side that was asked for, to fill the width
_WHEEL_STEP = 120


class TileView(QListView):
    """Tiles of one size, painted by a `ChannelDelegate`.

    Signals:
        tile_size_wanted: The person asks for tiles of that size, in pixels (Ctrl and the wheel, Ctrl and + or -).
    """

    tile_size_wanted = Signal(int)

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wheel = 0
        self._wanted_side = side
        self._painter = ChannelDelegate(side, self)
        self._set_up_view()
        self.setItemDelegate(self._painter)

    def _set_up_view(self) -> None:
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(_SPACING)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        # After the view mode, which would switch drops on: they belong to the window.
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)

    def tile_size(self) -> int:
        """Side of a tile's picture that was asked for, in device-independent pixels."""
        return self._wanted_side

    def set_tile_size(self, side: int) -> None:
        """Make the pictures this large, from 32 to 320 pixels; the tile that is looked at stays where it is."""
        side = min(max(side, TILE_SIZES[0]), TILE_SIZES[-1])
        if side == self._wanted_side:
            return
        anchor = self._anchor()
        top = self.visualRect(anchor).top()
        self._wanted_side = side
        self._spread()
        self.doItemsLayout()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.visualRect(anchor).top() - top)
        self.scrollTo(anchor)

    def zoom(self, steps: int) -> None:
        """Ask for tiles that are so many steps larger, or smaller where it is negative."""
        nearest = min(range(len(TILE_SIZES)), key=lambda position: abs(TILE_SIZES[position] - self._wanted_side))
        wanted = TILE_SIZES[min(max(nearest + steps, 0), len(TILE_SIZES) - 1)]
        if wanted != self._wanted_side:
            self.tile_size_wanted.emit(wanted)

    def rows_in_view(self) -> range:
        """The rows of the model whose tiles can be seen, at least in part."""
        rows, area = range(self.model().rowCount()), self.viewport().rect()
        # Tiles fill line after line. A few of them are asked for their place, not all.
        first = bisect_left(rows, area.top(), key=lambda row: self._place(row).bottom())
        return range(first, bisect_right(rows, area.bottom(), lo=first, key=lambda row: self._place(row).top()))

    def _place(self, row: int) -> QRect:
        return self.visualRect(self.model().index(row, 0))

    def _anchor(self) -> QModelIndex:
        """The tile that must not move: the current one when it is in view, else the first in view."""
        rows, current = self.rows_in_view(), self.currentIndex()
        if current.row() in rows:
            return current
        return self.model().index(rows.start, 0) if rows else QModelIndex()

    def _spread(self) -> None:
        """Make cells wide enough for as many columns as there is room for to fill the width."""
        self._fit_side()
        tile = self._painter.tile_size(self.font())
        room = self.viewport().width() - 2 * _SPACING - 1  # Qt breaks a row that fits to the pixel
        columns = max(1, room // (tile.width() + _SPACING))
        self.setGridSize(QSize(max(room // columns, tile.width()), tile.height() + 2 * _SPACING))

    def _fit_side(self) -> None:
        """Have pairs of pictures about as large as was asked for fill the width, of which they leave much otherwise."""
        side = self._wanted_side
        if self._painter.images > 1:
            # As wide as with a scroll bar, or it could come and go with the size for ever.
            bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
            side = _filling_side(
                side, self.width() - 2 * self.frameWidth() - bar - 2 * _SPACING - 1, self._painter.images
            )
        if side != self._painter.side:
            self._painter.side = side
            self._painter.forget_pictures()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what can be painted without a hitch; the rest of the tiles come with the next paint."""
        self._painter.begin()
        super().paintEvent(event)
        for area in self._painter.put_off:
            self.viewport().update(area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the columns over the width."""
        super().resizeEvent(event)
        self._spread()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ask for larger or smaller tiles with Ctrl, otherwise scroll."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        # Touchpads send many small steps.
        steps, self._wheel = divmod(self._wheel + event.angleDelta().y(), _WHEEL_STEP)
        if steps:
            self.zoom(steps)
        event.accept()


def _filling_side(wanted: int, room: int, images: int) -> int:
    """The side nearest to the one that is wanted, within limits, at which whole columns fill the room.

    Args:
        wanted: Side of a picture, in pixels.
        room: For all columns, in pixels.
        images: How many pictures a tile has side by side.
    """
    around = (images + 1) * PADDING
    tile = images * wanted + around + _SPACING
    sides = [(room // columns - _SPACING - around) // images for columns in {max(1, room // tile), room // tile + 1}]
    least, most = round(_SMALLEST_SHARE * wanted), round(_LARGEST_SHARE * wanted)
    fitting = [min(side, most) for side in sides if side >= least]
    # A side that is too small by some factor is as bad as one that is too large by it.
    return min(fitting, key=lambda side: max(side / wanted, wanted / side), default=wanted)
