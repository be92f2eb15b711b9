from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.wall.grid import Cell, TileGrid, book_grid, build_atlas, fitting_grid

GRIDS = st.builds(
    TileGrid,
    count=st.integers(1, 40),
    columns=st.integers(1, 12),
    height=st.integers(1, 6),
    width=st.integers(1, 6),
    gap=st.integers(1, 3),
)


@given(GRIDS)
def test_every_value_is_in_the_atlas_where_the_grid_says(grid: TileGrid) -> None:
    random = np.random.default_rng(1)
    levels = random.integers(1, 256, (grid.count, grid.height, grid.width), dtype=np.uint8)
    atlas = build_atlas(levels, grid)
    for channel in range(grid.count):
        x, y = grid.corner(channel)
        assert np.array_equal(atlas[y : y + grid.height, x : x + grid.width], levels[channel])
    assert np.count_nonzero(atlas) == levels.size


@given(GRIDS)
def test_a_cell_is_found_where_its_tile_is(grid: TileGrid) -> None:
    for channel in range(grid.count):
        x, y = grid.corner(channel)
        assert grid.cell_at(x, y) == Cell(channel, 0, 0)
        inside = grid.cell_at(x + grid.width - 0.01, y + grid.height - 0.01)
        assert inside == Cell(channel, grid.width - 1, grid.height - 1)
        assert grid.cell_at(x + grid.width, y) is None
        assert grid.cell_at(x, y + grid.height) is None


def test_outside_and_unused_places_have_no_cell() -> None:
    grid = TileGrid(count=5, columns=3, height=4, width=4, gap=1)
    assert grid.size == (9, 14)
    for place in ((-0.5, 0), (0, -0.5), (14, 0), (0, 9), (grid.corner(5))):
        assert grid.cell_at(*place) is None


@pytest.mark.parametrize(("channels", "side"), [(64, 224), (256, 56), (512, 14), (512, 7)])
@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
def test_fitting_grid_has_the_largest_tiles(channels: int, side: int, aspect: float) -> None:
    def scale(grid: TileGrid) -> float:
        height, width = grid.size
        return min(aspect / width, 1 / height)

    chosen = fitting_grid(channels, side, side, aspect)
    others = [TileGrid(channels, columns, side, side, chosen.gap) for columns in range(1, channels + 1)]
    assert scale(chosen) == max(scale(other) for other in others)


def test_book_grid_has_the_size_of_the_books_canvas() -> None:
    assert book_grid(64, 224, 224).size == ((224 + 1) * 4 - 1, 16 * (224 + 1) - 1)
