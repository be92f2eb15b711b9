"""Patterns in tiles, and what the status bar says of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from pattern_samples import make_frame
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

import resources
from engine.atlas.reader import Atlas
from engine.networks.vgg16 import VGG16
from engine.patterns.goals import goals_of
from engine.patterns.settings import PatternSettings
from engine.process.pattern_jobs import ShelfPattern, frame_of
from engine.records import LayerInfo
from gui.control.pattern_display import side_by_side
from gui.main_window import MainWindow


def rgb_array(image: QImage) -> npt.NDArray[np.uint8]:
    """The pixels of an image, uint8 (height, width, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.mark.parametrize("info", VGG16.of_kind("convolution"), ids=lambda info: info.name)
def test_a_formed_pattern_has_the_magnification_of_a_shipped_one(cat_window: MainWindow, info: LayerInfo) -> None:
    """Pixel for pixel what is carried, for what made it and its canvas are the same; in the viewer as in the tile."""
    atlas = Atlas(resources.path("patterns"))
    index = atlas.index(info.name)
    assert index is not None
    channel = next(channel for channel, pattern in index.patterns.items() if pattern.attempts == 1)
    found = atlas.pattern(info.name, channel)
    assert found is not None
    shipped = frame_of(found)
    canvas = found.recipe.canvas
    recipe = replace(found.recipe, size=canvas)
    formed = replace(shipped, image=np.ascontiguousarray(shipped.image[:canvas, :canvas]), recipe=recipe)
    stage = cat_window.commands.patterns.flow.presenter.display
    tiles = [stage.tile(ShelfPattern(frame)).pixels for frame in (shipped, formed)]
    # Lossy sheets are not repeated bit by bit.
    np.testing.assert_allclose(tiles[0].astype(float), tiles[1].astype(float), atol=60)
    assert np.abs(tiles[0].astype(float) - tiles[1]).mean() < 4
    (goal,) = goals_of(info.name, (channel,), PatternSettings())
    cat_window.views.viewer.set_mode("pattern")
    for tile, frame in zip(tiles, (shipped, formed), strict=True):
        stage.show_large(goal, frame, 0.0)
        np.testing.assert_array_equal(rgb_array(cat_window.views.viewer.copy_pixmap()), tile)


@pytest.mark.parametrize(("side", "shown"), [(48, 96), (64, 128), (72, 96), (80, 96), (96, 96), (100, 100), (224, 224)])
def test_tiles_of_a_layer_have_the_same_magnification(cat_window: MainWindow, side: int, shown: int) -> None:
    frame = make_frame(side=side)
    frame = replace(frame, recipe=replace(frame.recipe, canvas=side, size=side))
    tile = cat_window.commands.patterns.flow.presenter.display.tile(ShelfPattern(frame))
    assert tile.pixels.shape == (shown, shown, 3)
    rest = shown - side
    np.testing.assert_array_equal(tile.pixels[:side, :side], frame.image)
    np.testing.assert_array_equal(tile.pixels[side:, side:], frame.image[:rest, :rest])


def test_a_part_of_a_larger_canvas_is_not_enlarged_beside_its_neighbours(cat_window: MainWindow) -> None:
    """The last attempt at a filter that stays blank has a canvas of its own, and no more of it than is shown."""
    frame = make_frame(side=48, attempts=6)
    frame = replace(frame, recipe=replace(frame.recipe, canvas=80, size=48))
    pixels = cat_window.commands.patterns.flow.presenter.display.tile(ShelfPattern(frame)).pixels
    assert pixels.shape == (96, 96, 3)
    np.testing.assert_array_equal(pixels[24:72, 24:72], frame.image)
    assert (pixels[:24] == 128).all()
    assert (pixels[:, 72:] == 128).all()


@pytest.mark.parametrize("name", ["chollet", "lucid"])
def test_what_has_seams_is_not_repeated(cat_window: MainWindow, name: str) -> None:
    frame = make_frame(side=48, name=name)
    frame = replace(frame, recipe=replace(frame.recipe, canvas=48, size=48))
    assert cat_window.commands.patterns.flow.presenter.display.tile(ShelfPattern(frame)).pixels is frame.image


def test_status_says_how_many_and_that_it_is_paused(cat_window: MainWindow) -> None:
    flow = cat_window.commands.patterns.flow
    flow.runner.queue.add("block1_conv1, 3 channels", goals_of("block1_conv1", (1, 2, 3), flow.presenter.settings))
    flow.runner.queue.take("", ())
    flow.runner.queue.paused = True
    flow.presenter.display.show_queue(flow.runner.queue, None)
    said = [label.text() for label in cat_window.views.job.findChildren(QLabel)]
    assert "block1_conv1, 3 channels: 0 of 3" in said
    assert "paused" in said
    flow.runner.queue.orders.clear()


@pytest.mark.parametrize(("count", "whole"), [(2, 10), (3, 10), (4, 10), (5, 16), (8, 16)])
def test_several_patterns_stand_side_by_side(count: int, whole: int) -> None:
    pictures = {place: np.full((4, 4, 3), 10 * place, np.uint8) for place in range(count)}
    square = side_by_side(pictures, count)
    assert square.shape == (whole, whole, 3)
    columns = (whole + 2) // 6
    for place in range(count):
        row, column = divmod(place, columns)
        assert (square[6 * row : 6 * row + 4, 6 * column : 6 * column + 4] == 10 * place).all()
