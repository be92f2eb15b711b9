"""The channels of one layer as an item model: one row a tile, in the order and with the filter that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt

from engine.records import ChannelStatistics, LayerInfo, ScaledMaps
from gui.canvas.qt_images import Table
from gui.canvas.tile_images import MapImage, TileImage, TilePattern
from gui.channels import text as channel_text
from gui.channels.row_count_model import CountedRows, Index
from gui.formatting import number, percent
from gui.state.choices import Content, Order

Mark = Literal["", "blank", "constant", "clipped"]

TILE_ROLE = Qt.ItemDataRole.UserRole + 1
CHANNEL_ROLE = Qt.ItemDataRole.UserRole + 2

CLIPPED_FROM = 0.01
"""A tile is marked as clipped when more than this share of its values is outside the scale."""

_TILE_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)


@dataclass(frozen=True, eq=False)
class Tile:
    """What the delegate paints for one channel.

    Attributes:
        channel: Channel number, from 0.
        images: The images side by side; None is one that has not been computed yet.
        mark: What a person has to know about the map, the first image, before reading it, or "".
        clipped: Share of values outside the scale, from 0 to 1.
        detail: The number that the tiles are in order of, or "".
    """

    channel: int
    images: tuple[TileImage | None, ...]
    mark: Mark = ""
    clipped: float = 0.0
    detail: str = ""


class ChannelModel(CountedRows):
    """Rows are tiles. A row is not a channel number: `channel` and `row` translate."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent=parent)
        self._layer: LayerInfo | None = None
        self._scaled: ScaledMaps | None = None
        self._statistics: ChannelStatistics | None = None
        self._table: Table = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
        self._order: Order = "channel"
        self._descending = False
        self._hide_blank = False
        self._content: Content = "maps"
        self._patterns: Mapping[int, TilePattern] = {}
        self._rows: npt.NDArray[np.intp] = np.empty(0, np.intp)
        self._row_of: dict[int, int] = {}

    @property
    def layer(self) -> LayerInfo | None:
        """The layer whose channels these are."""
        return self._layer

    def set_content(self, layer: LayerInfo, scaled: ScaledMaps | None, statistics: ChannelStatistics | None) -> None:
        """Show the channels of a layer; None stands for what has not been computed yet."""
        other = self._layer is None or layer.name != self._layer.name
        self._layer, self._scaled, self._statistics = layer, scaled, statistics
        self._rearrange(force=other)

    def set_table(self, table: Table) -> None:
        """Show the levels in the colours of this table, uint8 RGB (256, 3)."""
        self._table = table
        self._everything_changed()

    def set_shown(self, content: Content) -> None:
        """Have maps, patterns or both in the tiles."""
        self._content = content
        self._everything_changed()

    def set_patterns(self, patterns: Mapping[int, TilePattern]) -> None:
        """Show these patterns, by channel; a channel without one has an empty place."""
        self._patterns = dict(patterns)
        self._everything_changed()

    def set_pattern(self, channel: int, pattern: TilePattern) -> None:
        """Show another pattern of one channel."""
        self._patterns = {**self._patterns, channel: pattern}
        row = self.row(channel)
        if row is not None and self._content != "maps":
            self.dataChanged.emit(self.index(row), self.index(row))

    def set_order(self, order: Order, descending: bool) -> None:
        """Put the tiles in order of a number; channels of the same number stay in order of channel."""
        self._order, self._descending = order, descending
        self._rearrange()

    def set_filter(self, hide_blank: bool) -> None:
        """Leave out the channels that are all zero."""
        self._hide_blank = hide_blank
        self._rearrange()

    def channel(self, row: int) -> int:
        """The channel number of a row."""
        return int(self._rows[row])

    def row(self, channel: int) -> int | None:
        """The row of a channel number; None when the channel is left out or does not exist."""
        return self._row_of.get(channel)

    def rows(self, channels: Iterable[int]) -> list[int]:
        """The rows of those of the channels that are shown, ascending."""
        return sorted(self._row_of[channel] for channel in set(channels) & self._row_of.keys())

    def tile(self, channel: int) -> Tile:
        """What is to be painted for a channel."""
        scaled = self._scaled
        image = None if scaled is None else MapImage(scaled.levels[channel], self._table)
        clipped = 0.0 if scaled is None else float(scaled.clipped[channel])
        mark, detail = self._mark(channel, clipped), self._detail(channel)
        if self._content == "maps":
            return Tile(channel, (image,), mark, clipped, detail)
        pattern = self._patterns.get(channel)
        detail = detail or (pattern.text if pattern else "")
        if self._content == "patterns":
            return Tile(channel, (pattern,), detail=detail)
        return Tile(channel, (image, pattern), mark, clipped, detail)

    def _described(self, channel: int) -> tuple[str, list[str], str]:
        """The channel's name, what is known of it, and what there is to say of its pattern."""
        clipped = 0.0 if self._scaled is None else float(self._scaled.clipped[channel])
        pattern = None if self._content == "maps" else self._patterns.get(channel)
        return (
            f"{'' if self._layer is None else self._layer.name}, channel {channel}",
            channel_text.facts(self._statistics, self._scaled, channel, self._mark(channel, clipped)),
            pattern.description if pattern else "",
        )

    def _mark(self, channel: int, clipped: float) -> Mark:
        statistics = self._statistics
        if statistics is not None and statistics.blank[channel]:
            return "blank"
        if statistics is not None and statistics.constant[channel]:
            return "constant"
        return "clipped" if clipped > CLIPPED_FROM else ""

    def _detail(self, channel: int) -> str:
        values = self._values()
        if values is None:
            return ""
        return percent(values[channel]) if self._order == "zeros" else number(values[channel])

    def _values(self) -> npt.NDArray[np.float32] | None:
        """The numbers that the tiles are in order of; None for the order of channels."""
        if self._statistics is None or self._order == "channel":
            return None
        values: npt.NDArray[np.float32] = getattr(self._statistics, self._order)
        return values

    def _wanted_rows(self) -> npt.NDArray[np.intp]:
        count = 0 if self._layer is None else self._layer.channels
        values = self._values()
        keys = np.arange(count) if values is None else values
        rows = np.argsort(-keys if self._descending else keys, kind="stable")
        if self._hide_blank and self._statistics is not None:
            rows = rows[~self._statistics.blank[rows]]
        return rows

    def _rearrange(self, force: bool = False) -> None:
        rows = self._wanted_rows()
        if not force and np.array_equal(rows, self._rows):
            self._everything_changed()
            return
        self._rows = rows
        self._row_of = {int(channel): row for row, channel in enumerate(rows)}
        self.reset_rows(len(rows))

    def _everything_changed(self) -> None:
        if self._rows.size:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    # Qt overrides

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The tile, its channel number, or its description."""
        if not index.isValid():
            return None
        channel = self.channel(index.row())
        if role == TILE_ROLE:
            return self.tile(channel)
        if role == CHANNEL_ROLE:
            return channel
        if role == Qt.ItemDataRole.DisplayRole:
            return str(channel)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return channel_text.sentence(*self._described(channel))
        if role == Qt.ItemDataRole.ToolTipRole:
            return channel_text.lines(*self._described(channel))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A tile can be selected and dragged out; nothing can be dropped on it."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _TILE_FLAGS
