from __future__ import annotations

import pytest
from pointer import canvas_of, colour_at, move
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot
from wall_samples import LAYER, OTHER, TABLE, grid_of, maps_of, open_wall, said, size_of

from engine import scaling
from gui.wall import Wall


@pytest.fixture
def wall(qtbot: QtBot) -> Wall:
    return open_wall(qtbot)


def test_as_in_the_book(wall: Wall) -> None:
    scaled, values = maps_of(LAYER)
    page = scaling.book_grid(values)
    wall.show_layer(LAYER, scaled, values)
    wall.show_book(page, LAYER, values)
    wall.set_book(True)
    canvas = canvas_of(wall)
    assert size_of(canvas) == page.shape == (33 * 4 - 1, 16 * 33 - 1)
    canvas.show_scale(8, QPointF(100, 30))
    for x, y in ((100, 30), (98, 31), (120, 32), (110, 40)):
        assert colour_at(canvas, x + 0.5, y + 0.5) == tuple(TABLE[page[y, x]])
    move(canvas, 33 * 3 + 2, 33 + 4)
    assert said(wall) == f"channel 19 · x 2, y 4 · value {values[4, 2, 19]:.2f}"
    wall.set_book(False)
    assert size_of(canvas) == grid_of(wall).size


def test_the_book_page_of_another_layer_is_not_kept(wall: Wall) -> None:
    wall.set_book(True)
    _, values = maps_of(LAYER)
    wall.show_book(scaling.book_grid(values), LAYER)
    wall.show_layer(OTHER, *maps_of(OTHER))
    assert size_of(canvas_of(wall)) == grid_of(wall, OTHER).size


def test_book_page_may_come_before_its_layer(wall: Wall) -> None:
    wall.set_book(True)
    scaled, values = maps_of(LAYER)
    wall.show_layer(OTHER, *maps_of(OTHER))
    wall.show_book(scaling.book_grid(values), LAYER)
    wall.show_layer(LAYER, scaled, values)
    assert canvas_of(wall).content().width() == 16 * 33 - 1
