"""A view of tiles that fill its width, keep their place when they are zoomed, and are painted without a hitch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QWidget

from gui.channels.delegate import PADDING, ChannelDelegate

TILE_SIZES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 288, 320)
"""Sides of a tile's picture that zooming steps through, in device-independent pixels."""

_SPACING = 2
_SMALLEST_SHARE, _LARGEST_SHARE = 0.85, 1.25  # of the side that was asked for, to fill the width
_WHEEL_STEP = 120


@dataclass(frozen=True, eq=False)
class Hold:
    """A tile that stays where it is while others around it go elsewhere.

    Attributes:
        index: The tile; not valid when there are none.
        top: Where it is, in pixels from the top of the view.
        scrolled: What the view was scrolled to when the tile had its place.
    """

    index: QPersistentModelIndex
    top: int
    scrolled: int


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
        self._held: Hold | None = None
        self._size = QSize(0, 0)
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
        held = self.hold()
        self._wanted_side = side
        self._spread()
        self.doItemsLayout()
        self.bring_back(held)

    def zoom(self, steps: int) -> None:
        """Ask for tiles that are so many steps larger, or smaller where it is negative."""
        nearest = min(range(len(TILE_SIZES)), key=lambda position: abs(TILE_SIZES[position] - self._wanted_side))
        wanted = TILE_SIZES[min(max(nearest + steps, 0), len(TILE_SIZES) - 1)]
        if wanted != self._wanted_side:
            self.tile_size_wanted.emit(wanted)

    def rows_in_view(self, size: QSize | None = None) -> range:
        """The rows of the model whose tiles can be seen, at least in part, in a view of that size, or of its own."""
        rows, area = range(self.model().rowCount()), QRect(QPoint(), size or self.viewport().size())
        # Tiles fill line after line. A few of them are asked for their place, not all.
        first = bisect_left(rows, area.top(), key=lambda row: self._place(row).bottom())
        return range(first, bisect_right(rows, area.bottom(), lo=first, key=lambda row: self._place(row).top()))

    def _place(self, row: int) -> QRect:
        return self.visualRect(self.model().index(row, 0))

    def hold(self, size: QSize | None = None) -> Hold:
        """What must not move: the current tile when it is in view, else the first in view.

        Args:
            size: Of the view for which that is so; its own when None.
        """
        rows, current, scrolled = self.rows_in_view(size), self.currentIndex(), self.verticalScrollBar().value()
        held = self._held
        if current.row() not in rows and held is not None and held.scrolled == scrolled and held.index.isValid():
            return held  # as long as nobody scrolls: the first of each time would wander off, row by row
        index = current if current.row() in rows else self.model().index(rows.start, 0) if rows else QModelIndex()
        return Hold(QPersistentModelIndex(index), self.visualRect(index).top(), scrolled)

    def bring_back(self, held: Hold) -> None:
        """Scroll a tile to where it was, or as little further as it takes to have all of it in view."""
        if not held.index.isValid():
            return
        bar, index = self.verticalScrollBar(), held.index
        bar.setValue(bar.value() + self.visualRect(index).top() - held.top)
        self.scrollTo(index)
        self._held = Hold(held.index, held.top, bar.value())
        self._painter.look_again()

    def _spread(self) -> None:
        """Make cells wide enough for as many columns as there is room for to fill the width."""
        self._fit_side()
        tile, room = self._painter.tile_size(self.font()), self._room()
        columns = max(1, room // (tile.width() + _SPACING))
        cell = QSize(max(room // columns, tile.width()), tile.height() + 2 * _SPACING)
        if cell != self.gridSize():
            self.setGridSize(cell)

    def _room(self) -> int:
        """The width that columns share, in pixels: always as with a scroll bar, which would come and go with it else.

        A cell that became wider when the bar goes could bring it back, and so on for ever. Qt, too, breaks rows as if
        there was one.
        """
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        return self.maximumViewportSize().width() - bar - 2 * _SPACING - 1  # Qt breaks a row that fits to the pixel

    def _fit_side(self) -> None:
        """Have pairs of pictures about as large as was asked for fill the width, of which they leave much otherwise."""
        side = self._wanted_side
        if self._painter.images > 1:
            side = _filling_side(side, self._room(), self._painter.images)
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
        """Spread the columns over the width, and keep in view what is in view."""
        held = self.hold(self._size)  # of the event one cannot know it: a view that was hidden has none before
        self._size = event.size()
        super().resizeEvent(event)
        self._spread()
        self.bring_back(held)

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
