"""The wall: all channels of a layer as one image at the maps' own resolution, explored like a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QTimer, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.records import LayerInfo, MapArray, ScaledMaps
from gui.canvas.canvas import Canvas
from gui.canvas.cell_values import SMALLEST_CELL, draw_cell_values
from gui.canvas.overlay import Sheet
from gui.canvas.tile_images import TilePattern
from gui.formatting import fixed
from gui.state.choices import Content
from gui.wall import content as wall_layer
from gui.wall import marks as wall_marks
from gui.wall.content import WallBook, WallMaps
from gui.wall.grid import Cell, TileGrid, book_grid, build_atlas, fitting_grid
from gui.wall.marks import FlatMark
from gui.wall.patterns import WallPatterns
from gui.widgets.elided_label import ElidedLabel

_PAN_STEP = 0.1


class Wall(QWidget):
    """One image of the whole layer, zoomed and panned down to single values, with the same maps as the tiles.

    Two arrangements: as many columns as fill the area best, with gaps that no value's colour has; or the book's grid of
    16 a row, whose gaps are level 0 and look like a value of 0.

    Signals:
        channel_clicked (int, object): A tile was clicked: its channel, and the keyboard modifiers that were held.
        channel_activated (int): A tile was double clicked.
    """

    channel_clicked = Signal(int, object)
    channel_activated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wall")
        self._maps: WallMaps | None = None
        self._book: WallBook | None = None
        self._wants_book = False
        self._grid: TileGrid | None = None
        self._limits = (0.0, 0.0)
        self._flat: dict[int, str] = {}
        self._selected: frozenset[int] = frozenset()
        self._hovered: Cell | None = None
        self._table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
        self._canvas = Canvas(self)
        self._image = self._canvas.add_image()
        self._image.setLookupTable(self._table)
        self._patterns = WallPatterns()
        self._marks = self._canvas.add_overlay(self._paint_marks)
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._marks.update)
        self._read_out = ElidedLabel(self)
        self._set_up()

    def _set_up(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._read_out.setContentsMargins(4, 0, 4, 0)
        layout.addWidget(self._canvas, 1)
        layout.addWidget(self._read_out)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusProxy(self._canvas)
        self.setAccessibleName("Wall of channels")
        self._canvas.setAccessibleName("All channels of the layer as one image")
        self._canvas.setAccessibleDescription("Arrows move, plus and minus zoom, F fits, 1 shows single pixels.")
        self._read_out.setAccessibleName("Value under the pointer")
        self._canvas.hovered.connect(self._on_hovered)
        self._canvas.clicked.connect(self._on_clicked)
        self._canvas.double_clicked.connect(self._on_double_clicked)
        self._canvas.arrow_pressed.connect(self._on_arrow)
        self._canvas.fitted_resize.connect(self._on_fitted_resize)

    def show_layer(self, layer: LayerInfo, scaled: ScaledMaps | None, values: MapArray | None) -> None:
        """Show the maps of a layer; the view stays where it is unless the layer is another one.

        Args:
            layer: The layer.
            scaled: Its maps as levels, or None to show empty tiles until they come.
            values: The same maps in the units of the network, for the read-out; None if they are not known.
        """
        self._maps = WallMaps(layer, scaled, values)
        self._patterns.forget_pictures()
        self._flat = wall_layer.flat_channels(scaled, values)
        if self._book is not None and self._book.layer != layer:
            self._book = None
        self._rebuild()

    def forget(self) -> None:
        """Keep no maps, and with them no memory, of what has been shown."""
        self._book = None
        if self._maps is not None:
            self.show_layer(self._maps.layer, None, None)

    def show_book(self, canvas: npt.NDArray[np.uint8], layer: LayerInfo, values: MapArray | None = None) -> None:
        """Give the layer's grid as the book plots it; it is shown while `set_book` says so.

        Args:
            canvas: uint8 ((size + 1) * rows - 1, 16 * (size + 1) - 1), with gaps of 0; shown exactly as it is.
            layer: The layer whose maps these are.
            values: Those maps in the units of the network, for the read-out; None if they are not known.
        """
        self._book = WallBook(layer, canvas, values)
        if self._wants_book:
            self._rebuild()

    def set_book(self, as_in_the_book: bool) -> None:
        """Choose between the book's grid and the one that fills the area."""
        if as_in_the_book != self._wants_book:
            self._wants_book = as_in_the_book
            self._rebuild()

    def set_table(self, table: npt.NDArray[np.uint8]) -> None:
        """Use these colours: uint8 RGB (256, 3), from the lowest level to the highest."""
        self._table = table
        self._image.setLookupTable(table)
        self._patterns.forget_pictures()
        self._marks.update()

    def set_shown(self, content: Content) -> None:
        """Have maps, patterns or both in the tiles; the book's grid has maps only."""
        if content != self._patterns.content:
            self._patterns.content = content
            self._rebuild()

    def show_patterns(self, patterns: Mapping[int, TilePattern]) -> None:
        """Show these patterns of the layer, by channel, and no others."""
        self._patterns.show(patterns)
        self._show_patterns_anew()

    def show_pattern(self, channel: int, pattern: TilePattern) -> None:
        """Show another pattern of one channel."""
        self._patterns.show_one(channel, pattern)
        self._show_patterns_anew()

    def _show_patterns_anew(self) -> None:
        if self._patterns_shown:
            self._marks.update()

    @Slot(object)
    def set_selected(self, channels: Iterable[int]) -> None:
        """Frame these channels."""
        self._selected = frozenset(channels)
        self._marks.update()

    @Slot()
    def fit_view(self) -> None:
        """Show the whole layer."""
        self._canvas.fit()

    @property
    def _book_shown(self) -> WallBook | None:
        return self._book if self._wants_book else None

    @property
    def _patterns_shown(self) -> bool:
        return self._patterns.content != "maps" and self._book_shown is None

    def _rebuild(self) -> None:
        """Arrange what is known anew. An unchanged arrangement keeps the view, another one is fitted."""
        grid = self._arrangement()
        moved = grid != self._grid
        self._grid, self._hovered = grid, None
        self._limits = wall_layer.limits(self._book_shown or self._maps)
        pixels = self._pixels()
        self._image.setVisible(pixels is not None)
        if pixels is None:
            self._image.clear()
        else:
            self._image.setImage(pixels, levels=None, autoLevels=False)
        if grid is not None and moved:
            height, width = grid.size
            self._canvas.set_content(width, height)
            self._canvas.fit()
        self._marks.update()
        self._describe()

    def _arrangement(self) -> TileGrid | None:
        if (book := self._book_shown) is not None:
            height, width, channels = book.layer.output_shape
            return book_grid(channels, height, width)
        if self._maps is None:
            return None
        height, width, channels = self._maps.layer.output_shape
        viewport = self._canvas.viewport()
        aspect = max(1, viewport.width()) / max(1, viewport.height())
        if self._patterns_shown:
            return self._patterns.grid(self._maps.layer, aspect)
        return fitting_grid(channels, height, width, aspect)

    def _pixels(self) -> npt.NDArray[np.uint8] | None:
        if (book := self._book_shown) is not None:
            return book.canvas
        if self._maps is None or self._maps.scaled is None or self._grid is None or self._patterns_shown:
            return None
        return build_atlas(self._maps.scaled.levels, self._grid)

    def _describe(self) -> None:
        shown = self._book_shown or self._maps
        self.setAccessibleDescription("" if shown is None else f"{shown.layer.name}, {shown.layer.channels} channels")
        self._read_out.setText("")

    def _value(self, cell: Cell) -> float | None:
        shown = self._book_shown or self._maps
        if shown is None or shown.values is None or self._patterns_shown:
            return None
        return float(shown.values[cell.y, cell.x, cell.channel])

    def _paint_marks(self, sheet: Sheet) -> None:
        if self._grid is None:
            return
        if self._patterns_shown and self._maps is not None:
            if self._patterns.paint(sheet, self._grid, self._maps.scaled, self._table, self._flat_marks()):
                self._more.start()
            wall_marks.draw_gaps(sheet, self._grid)
            wall_marks.draw_numbers(sheet, self._grid)
        elif self._book_shown is None and self._maps is not None:
            if self._maps.scaled is None:
                wall_marks.draw_placeholders(sheet, self._grid)
            wall_marks.draw_gaps(sheet, self._grid)
            wall_marks.draw_flat_marks(sheet, self._grid, self._flat_marks())
            if sheet.scale < SMALLEST_CELL:
                wall_marks.draw_numbers(sheet, self._grid)
        elif self._book_shown is not None and sheet.scale < 1:
            wall_marks.draw_separators(sheet, self._grid, self._table[0].tolist())
        wall_marks.draw_frames(sheet, self._grid, self._selected, self._hovered.channel if self._hovered else None)
        draw_cell_values(sheet, 1.0, self._grid.size, self._look_up, self._table, self._limits)
        if self._hovered is not None and sheet.scale >= SMALLEST_CELL / 4 and not self._patterns_shown:
            wall_marks.draw_cell(sheet, self._grid, self._hovered)

    def _flat_marks(self) -> dict[int, FlatMark]:
        if self._maps is None or self._maps.scaled is None:
            return {}
        levels = self._maps.scaled.levels
        colours = {channel: self._table[levels[channel, 0, 0]].tolist() for channel in self._flat}
        return {channel: FlatMark(word, tuple(colours[channel])) for channel, word in self._flat.items()}

    def _look_up(self, x: int, y: int) -> tuple[float, int] | None:
        """The value and the level at a pixel of the plane, for writing numbers into it."""
        cell = self._grid.cell_at(x, y) if self._grid is not None else None
        value = self._value(cell) if cell is not None else None
        if value is None or self._image.image is None:
            return None
        return value, int(self._image.image[y, x])

    @Slot(object)
    def _on_hovered(self, point: QPointF | None) -> None:
        cell = self._grid.cell_at(point.x(), point.y()) if self._grid is not None and point is not None else None
        if cell == self._hovered or (
            self._patterns_shown and cell and self._hovered and cell.channel == self._hovered.channel
        ):
            return
        self._hovered = cell
        self._read_out.setText("" if cell is None else self._sentence(cell))
        self._marks.update()

    def _sentence(self, cell: Cell) -> str:
        if self._patterns_shown:
            return f"channel {cell.channel} · {self._patterns.sentence(cell.channel)}"
        parts = [f"channel {cell.channel}", f"x {cell.x}, y {cell.y}"]
        if (value := self._value(cell)) is not None:
            parts.append(f"value {fixed(value, *self._limits)}")
        if cell.channel in self._flat and self._book_shown is None:
            parts.append(self._flat[cell.channel])
        return " · ".join(parts)

    @Slot(QPointF, object)
    def _on_clicked(self, point: QPointF, modifiers: object) -> None:
        if self._grid is not None and (cell := self._grid.cell_at(point.x(), point.y())) is not None:
            self.channel_clicked.emit(cell.channel, modifiers)

    @Slot(QPointF)
    def _on_double_clicked(self, point: QPointF) -> None:
        cell = self._grid.cell_at(point.x(), point.y()) if self._grid is not None else None
        if cell is None:
            self._canvas.fit()
        else:
            self.channel_activated.emit(cell.channel)

    @Slot(int, int)
    def _on_arrow(self, right: int, down: int) -> None:
        self._canvas.pan(_PAN_STEP * right, _PAN_STEP * down)

    @Slot()
    def _on_fitted_resize(self) -> None:
        if self._maps is not None and self._arrangement() != self._grid:
            self._rebuild()
