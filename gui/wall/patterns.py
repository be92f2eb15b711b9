"""Filter patterns on the wall: one tile a channel, alone or beside the map, as sharp as the zoom asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPalette, QPixmap

from engine.records import LayerInfo, ScaledMaps
from gui.canvas.overlay import Sheet
from gui.canvas.pixmap_budget import PixmapShop
from gui.canvas.qt_images import Table
from gui.canvas.tile_images import MapImage, TileImage, TilePattern
from gui.state.choices import Content
from gui.wall import marks as wall_marks
from gui.wall.grid import TileGrid, fitting_grid
from gui.wall.marks import FlatMark, tiles_in_view

SIDE = 128
"""Side of a tile on the plane: a pattern of that many pixels is shown at its own size at a scale of 1."""

_BETWEEN = 4
_STEPS = (24, 32, 48, 64, 96, 128, 192, 256, 512, 1024)
_BYTES = 96 << 20


class WallPatterns:
    """The patterns of a layer, and its maps beside them where both are shown.

    Attributes:
        content: What a tile shows; with "maps" there is nothing to do here.
    """

    def __init__(self) -> None:
        self.content: Content = "maps"
        self._patterns: dict[int, TilePattern] = {}
        self._pixmaps = PixmapShop(_BYTES)

    def show(self, patterns: Mapping[int, TilePattern]) -> None:
        """Show these, by channel, and no others."""
        self._patterns = dict(patterns)

    def show_one(self, channel: int, pattern: TilePattern) -> None:
        """Show another pattern of one channel."""
        self._patterns[channel] = pattern

    def forget_pictures(self) -> None:
        """The maps have got other values or colours."""
        self._pixmaps.clear()

    def sentence(self, channel: int) -> str:
        """What there is to say of a channel's pattern."""
        pattern = self._patterns.get(channel)
        return "no pattern yet" if pattern is None else pattern.description

    def grid(self, layer: LayerInfo, aspect: float) -> TileGrid:
        """Where the tiles of a layer lie in an area of some shape, its width divided by its height."""
        width = SIDE if self.content == "patterns" else 2 * SIDE + _BETWEEN
        return fitting_grid(layer.channels, SIDE, width, aspect)

    def paint(
        self,
        sheet: Sheet,
        grid: TileGrid,
        scaled: ScaledMaps | None,
        table: Table,
        flat: Mapping[int, FlatMark],
    ) -> bool:
        """Draw the tiles in view.

        Args:
            sheet: What is painted on.
            grid: Where the tiles lie.
            scaled: The layer's maps as levels, if there are any.
            table: Their colours.
            flat: The channels whose maps have only one value.

        Returns:
            Whether some are still to be drawn: paint again.
        """
        self._pixmaps.begin()
        painter, empty = sheet.painter, sheet.palette.color(QPalette.ColorRole.Button)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = painter.device().devicePixelRatioF()
        side = _step(SIDE * sheet.scale * ratio)
        holes, marked = [], []
        for channel in tiles_in_view(sheet, grid):
            for place, (x, image) in enumerate(self._images(channel, scaled, table)):
                left, top = grid.corner(channel)
                area = sheet.pixels(left + x, top, SIDE, SIDE)
                pixmap = None
                if image is not None:
                    key = channel, place, side, image.version
                    pixmap = self._pixmaps.get(key, lambda image=image: QPixmap.fromImage(image.fitted(side)))  # type: ignore[misc]
                if pixmap is None:
                    holes.append(QRectF(*area))
                else:
                    painter.drawPixmap(*area, pixmap)
                if isinstance(image, MapImage) and channel in flat:
                    marked.append((QRectF(*area), flat[channel]))
        sheet.fill(holes, empty)
        wall_marks.hatch(sheet, marked)
        return bool(self._pixmaps.late)

    def _images(
        self, channel: int, scaled: ScaledMaps | None, table: Table
    ) -> Iterator[tuple[float, TileImage | None]]:
        x = 0.0
        if self.content == "both":
            yield x, None if scaled is None else MapImage(scaled.levels[channel], table)
            x += SIDE + _BETWEEN
        yield x, self._patterns.get(channel)


def _step(side: float) -> int:
    """One of a few sizes, so that a zoom does not make every tile anew at each of its steps; never a smaller one."""
    return next((step for step in _STEPS if step >= side), _STEPS[-1])
