"""All channels of a layer on one plane: where each one lies, and the plane as one array."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

BOOK_COLUMNS = 16
"""Tiles in a row of the grid in "Deep Learning with Python" (F. Chollet), whose gaps are 1 pixel."""


@dataclass(frozen=True)
class Cell:
    """One value of one channel.

    Attributes:
        channel: Its channel.
        x: Its column in the map.
        y: Its row in the map.
    """

    channel: int
    x: int
    y: int


@dataclass(frozen=True)
class TileGrid:
    """Equal tiles, row by row, with a gap between neighbours.

    Attributes:
        count: How many tiles there are.
        columns: How many in a row.
        height: Of a tile, in pixels of the map.
        width: Of a tile.
        gap: Between two tiles.
    """

    count: int
    columns: int
    height: int
    width: int
    gap: int

    @property
    def rows(self) -> int:
        """How many rows it takes."""
        return -(-self.count // self.columns)

    @property
    def step(self) -> tuple[int, int]:
        """From one tile to the next: (down, right)."""
        return self.height + self.gap, self.width + self.gap

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the whole, without a gap around it."""
        down, right = self.step
        return self.rows * down - self.gap, self.columns * right - self.gap

    def corner(self, channel: int) -> tuple[int, int]:
        """(x, y) of the top left of a tile."""
        row, column = divmod(channel, self.columns)
        down, right = self.step
        return column * right, row * down

    def cell_at(self, x: float, y: float) -> Cell | None:
        """The value at a point of the plane; None in a gap and outside."""
        down, right = self.step
        column, inner_x = divmod(int(x // 1), right)
        row, inner_y = divmod(int(y // 1), down)
        channel = row * self.columns + column
        inside = 0 <= column < self.columns and inner_x < self.width and inner_y < self.height
        return Cell(channel, inner_x, inner_y) if inside and 0 <= channel < self.count else None


def book_grid(channels: int, height: int, width: int) -> TileGrid:
    """The book's grid: 16 a row, 1 pixel apart."""
    return TileGrid(channels, BOOK_COLUMNS, height, width, 1)


@lru_cache(maxsize=64)
def fitting_grid(channels: int, height: int, width: int, aspect: float) -> TileGrid:
    """The grid with the largest tiles in an area of some shape; among equals, the one with fewest empty places.

    Args:
        channels: How many tiles, at least 1.
        height: Of a tile.
        width: Of a tile.
        aspect: Width of the area divided by its height.
    """
    gap = max(1, width // 28)
    grids = (TileGrid(channels, columns, height, width, gap) for columns in range(1, channels + 1))

    def worth(grid: TileGrid) -> tuple[float, int]:
        down, right = grid.size
        return min(aspect / right, 1 / down), -(grid.rows * grid.columns)

    return max(grids, key=worth)


def build_atlas(levels: npt.NDArray[np.uint8], grid: TileGrid) -> npt.NDArray[np.uint8]:
    """The tiles of a grid in one array.

    Args:
        levels: uint8 (channels, height, width), with the grid's numbers.
        grid: Where they go.

    Returns:
        uint8 (rows * (height + gap), columns * (width + gap)): each tile with its gap to the right and below. Gaps and
        places without a channel are 0.
    """
    down, right = grid.step
    atlas = np.zeros((grid.rows, down, grid.columns, right), np.uint8)
    full = grid.count // grid.columns
    tiles = atlas[:, : grid.height, :, : grid.width].transpose(0, 2, 1, 3)
    whole = full * grid.columns
    tiles[:full] = levels[:whole].reshape(full, grid.columns, grid.height, grid.width)
    if whole < grid.count:
        tiles[full, : grid.count - whole] = levels[whole:]
    return atlas.reshape(grid.rows * down, grid.columns * right)
