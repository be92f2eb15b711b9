"""Filter patterns on the wall, alone and beside the maps."""

from __future__ import annotations

import numpy as np
import pytest
from pointer import canvas_of, click, colour_at, move
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot
from wall_samples import LAYER, TABLE, maps_of, open_wall, said, size_of

from gui.canvas import pixmap_budget
from gui.canvas.tile_images import TilePattern
from gui.wall.patterns import SIDE
from gui.wall.wall import Wall

RED, GREEN = (200, 10, 20), (10, 180, 30)


def pattern(colour: tuple[int, int, int], version: int = 1, side: int = 16) -> TilePattern:
    pixels = np.empty((side, side, 3), np.uint8)
    pixels[:] = colour
    return TilePattern(pixels, "", "Pattern: score 12, rendered.", version)


@pytest.fixture
def wall(qtbot: QtBot) -> Wall:
    wall = open_wall(qtbot)
    wall.show_layer(LAYER, *maps_of(LAYER))
    return wall


def middle(wall: Wall, channel: int, *, half: int = 0) -> tuple[float, float]:
    """The middle of a channel's pattern (half 0 when alone, 1 beside its map) on the plane."""
    grid = wall._grid
    assert grid is not None
    x, y = grid.corner(channel)
    return x + half * (SIDE + 4) + SIDE / 2, y + SIDE / 2


def test_a_pattern_fills_the_tile_of_its_channel(wall: Wall) -> None:
    wall.set_shown("patterns")
    wall.show_patterns({3: pattern(RED), 7: pattern(GREEN, side=40)})
    canvas = canvas_of(wall)
    assert colour_at(canvas, *middle(wall, 3)) == RED
    assert colour_at(canvas, *middle(wall, 7)) == GREEN


def test_a_channel_without_a_pattern_has_an_empty_place(wall: Wall) -> None:
    wall.set_shown("patterns")
    wall.show_patterns({3: pattern(RED)})
    empty = wall.palette().color(QPalette.ColorRole.Button)
    assert QColor(*colour_at(canvas_of(wall), *middle(wall, 4))) == empty
    move(canvas_of(wall), *middle(wall, 4))
    assert said(wall) == "channel 4 · no pattern yet"


def test_both_show_the_map_at_the_left_in_its_colours(wall: Wall) -> None:
    scaled, values = maps_of(LAYER)
    scaled.levels.setflags(write=True)
    scaled.levels[3] = 77
    wall.show_layer(LAYER, scaled, values)
    wall.set_shown("both")
    wall.show_patterns({3: pattern(RED)})
    canvas = canvas_of(wall)
    assert colour_at(canvas, *middle(wall, 3)) == tuple(TABLE[77])
    assert colour_at(canvas, *middle(wall, 3, half=1)) == RED


def test_a_pattern_refines_in_its_place(wall: Wall) -> None:
    wall.set_shown("patterns")
    wall.show_patterns({3: pattern(RED)})
    assert colour_at(canvas_of(wall), *middle(wall, 3)) == RED
    wall.show_pattern(3, pattern(GREEN, version=2))
    assert colour_at(canvas_of(wall), *middle(wall, 3)) == GREEN


def test_going_back_to_maps_shows_values_again(wall: Wall) -> None:
    before = size_of(canvas_of(wall))
    wall.set_shown("patterns")
    assert size_of(canvas_of(wall)) != before
    wall.set_shown("maps")
    assert size_of(canvas_of(wall)) == before
    move(canvas_of(wall), 5.5, 5.5)
    assert "value" in said(wall)


def test_the_book_has_maps_whatever_the_tiles_show(wall: Wall) -> None:
    canvas = np.full((33 * 4 - 1, 33 * 16 - 1), 50, np.uint8)
    wall.show_book(canvas, LAYER)
    wall.set_shown("patterns")
    wall.set_book(True)
    assert size_of(canvas_of(wall)) == canvas.shape
    canvas_of(wall).show_scale(8, QPointF(0, 0))
    assert colour_at(canvas_of(wall), 5.5, 5.5) == tuple(TABLE[50])


def test_a_click_chooses_the_channel_of_a_pattern(wall: Wall, qtbot: QtBot) -> None:
    wall.set_shown("both")
    with qtbot.waitSignal(wall.channel_clicked) as clicked:
        click(canvas_of(wall), *middle(wall, 9, half=1))
    assert clicked.args == [9, Qt.KeyboardModifier.NoModifier]


def test_a_slow_machine_draws_them_one_after_the_other(
    wall: Wall, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(pixmap_budget, "PATIENCE_SECONDS", 0.0)
    wall.set_shown("patterns")
    wall.show_patterns({channel: pattern(RED) for channel in range(LAYER.channels)})
    canvas = canvas_of(wall)
    assert colour_at(canvas, *middle(wall, 63)) != RED
    qtbot.waitUntil(lambda: colour_at(canvas, *middle(wall, 63)) == RED)
