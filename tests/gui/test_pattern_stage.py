"""Patterns in tiles, and what the status bar says of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pattern_samples import make_frame
from PySide6.QtWidgets import QLabel

from engine.patterns.goals import goals_of
from engine.process.pattern_jobs import ShelfPattern
from gui.main_window import MainWindow
from gui.pattern_stage import side_by_side


@pytest.mark.parametrize(("side", "shown"), [(48, 96), (64, 128), (96, 96), (100, 100)])
def test_tiles_of_a_layer_have_the_same_magnification(cat_window: MainWindow, side: int, shown: int) -> None:
    frame = make_frame(side=side)
    frame = replace(frame, recipe=replace(frame.recipe, canvas=side, size=side))
    tile = cat_window.commands.patterns.flow.stage.tile(ShelfPattern(frame))
    assert tile.pixels.shape == (shown, shown, 3)
    np.testing.assert_array_equal(tile.pixels[:side, :side], frame.image)
    np.testing.assert_array_equal(tile.pixels[shown - side :, shown - side :], frame.image)


@pytest.mark.parametrize("name", ["chollet", "lucid"])
def test_what_has_seams_is_not_repeated(cat_window: MainWindow, name: str) -> None:
    frame = make_frame(side=48, name=name)
    frame = replace(frame, recipe=replace(frame.recipe, canvas=48, size=48))
    assert cat_window.commands.patterns.flow.stage.tile(ShelfPattern(frame)).pixels is frame.image


def test_status_says_how_many_and_that_it_is_paused(cat_window: MainWindow) -> None:
    flow = cat_window.commands.patterns.flow
    flow.queue.add("block1_conv1, 3 channels", goals_of("block1_conv1", (1, 2, 3), flow.settings))
    flow.queue.take("", ())
    flow.queue.paused = True
    flow.stage.show_status(flow.queue, None)
    said = [label.text() for label in cat_window.views.job.findChildren(QLabel)]
    assert "block1_conv1, 3 channels: 0 of 3" in said
    assert "paused" in said
    flow.queue.orders.clear()


@pytest.mark.parametrize(("count", "whole"), [(2, 10), (3, 10), (4, 10), (5, 16), (8, 16)])
def test_several_patterns_stand_side_by_side(count: int, whole: int) -> None:
    pictures = {place: np.full((4, 4, 3), 10 * place, np.uint8) for place in range(count)}
    square = side_by_side(pictures, count)
    assert square.shape == (whole, whole, 3)
    columns = (whole + 2) // 6
    for place in range(count):
        row, column = divmod(place, columns)
        assert (square[6 * row : 6 * row + 4, 6 * column : 6 * column + 4] == 10 * place).all()
