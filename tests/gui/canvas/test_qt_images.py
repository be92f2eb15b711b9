from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPixmap

from gui.canvas.qt_images import (
    PixmapCache,
    area_average,
    color_table,
    fitted_image,
    fitted_rgb_image,
    indexed_image,
    rgb_image,
)

RNG = np.random.default_rng(0)
TABLE = RNG.integers(0, 256, (256, 3), dtype=np.uint8)
GREY = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)


def rgb(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    colour = QColor(image.pixel(x, y))
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 7, 16])
def test_every_pixel_has_the_colour_of_its_level_at_any_width(width: int) -> None:
    levels = RNG.integers(0, 256, (3, width), dtype=np.uint8)
    image = indexed_image(levels, TABLE)
    assert image.format() == QImage.Format.Format_Indexed8
    assert (image.height(), image.width()) == levels.shape
    for y in range(3):
        for x in range(width):
            assert rgb(image, x, y) == tuple(TABLE[levels[y, x]])


@pytest.mark.parametrize("width", [1, 2, 3, 5, 8])
def test_rgb_at_any_width(width: int) -> None:
    pixels = RNG.integers(0, 256, (2, width, 3), dtype=np.uint8)
    image = rgb_image(pixels)
    for y in range(2):
        for x in range(width):
            assert rgb(image, x, y) == tuple(pixels[y, x])


def test_the_image_outlives_the_array() -> None:
    levels = np.full((64, 64), 7, np.uint8)
    image = indexed_image(levels, TABLE)
    levels[:] = 9
    del levels
    gc.collect()
    assert rgb(image, 63, 63) == tuple(TABLE[7])


def test_an_array_that_is_not_contiguous_or_not_writable() -> None:
    whole = RNG.integers(0, 256, (8, 8), dtype=np.uint8)
    whole.setflags(write=False)
    image = indexed_image(whole[::2, ::-1], TABLE)
    assert rgb(image, 0, 1) == tuple(TABLE[whole[2, 7]])


def test_nothing_gives_a_null_image() -> None:
    assert indexed_image(np.empty((0, 5), np.uint8), TABLE).isNull()
    assert rgb_image(np.empty((0, 5, 3), np.uint8)).isNull()
    assert fitted_image(np.empty((0, 5), np.uint8), TABLE, 10).isNull()
    assert fitted_rgb_image(np.empty((5, 0, 3), np.uint8), 10).isNull()


def test_enlarged_without_smoothing() -> None:
    levels = np.array([[0, 255], [255, 0]], np.uint8)
    image = fitted_image(levels, GREY, 10)
    assert (image.width(), image.height()) == (10, 10)
    shown = {rgb(image, x, y) for x in range(10) for y in range(10)}
    assert shown == {(0, 0, 0), (255, 255, 255)}
    assert rgb(image, 4, 4) == (0, 0, 0)
    assert rgb(image, 5, 4) == (255, 255, 255)


@pytest.mark.parametrize(("count", "side"), [(7, 96), (14, 48), (28, 101), (1, 32), (40, 40)])
def test_each_pixel_of_an_enlarged_map_is_the_value_at_its_middle(count: int, side: int) -> None:
    levels = RNG.integers(0, 256, (count, count), dtype=np.uint8)
    image = fitted_image(levels, TABLE, side)
    for x, y in ((0, 0), (side // 3, side // 2), (side - 1, side // 5), (side - 1, side - 1)):
        row, column = (int((place + 0.5) * count / side) for place in (y, x))
        assert rgb(image, x, y) == tuple(TABLE[levels[row, column]])


def test_reduced_to_colours_of_the_table_only() -> None:
    levels = RNG.integers(0, 256, (30, 30), dtype=np.uint8)
    image = fitted_image(levels, TABLE, 7)
    table = {tuple(colour) for colour in TABLE}
    assert {rgb(image, x, y) for x in range(7) for y in range(7)} <= table


def test_proportions_are_kept() -> None:
    assert fitted_image(np.zeros((10, 40), np.uint8), GREY, 20).size().toTuple() == (20, 5)
    assert fitted_image(np.zeros((40, 10), np.uint8), GREY, 80).size().toTuple() == (20, 80)
    assert fitted_image(np.zeros((1, 300), np.uint8), GREY, 20).size().toTuple() == (20, 1)


@settings(max_examples=40)
@given(rows=st.integers(1, 40), columns=st.integers(1, 40), data=st.data())
def test_area_average_is_the_mean_over_the_area(rows: int, columns: int, data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, rows)), data.draw(st.integers(1, columns))
    levels = np.random.default_rng(rows * 41 + columns).integers(0, 256, (rows, columns), dtype=np.uint8)
    # Repeating each value makes every area a whole number of values, so that plain means can be compared with.
    exact = np.kron(levels, np.ones((height, width))).reshape(height, rows, width, columns).mean(axis=(1, 3))
    reduced = area_average(levels, height, width)
    assert reduced.shape == (height, width)
    assert np.abs(reduced - exact).max() <= 0.5 + 1e-2


def test_a_large_picture_becomes_a_thumbnail_of_its_colours() -> None:
    pixels = np.zeros((1000, 3000, 3), np.uint8)
    pixels[:, :1500] = (250, 10, 20)
    image = fitted_rgb_image(pixels, 60)
    assert image.size().toTuple() == (60, 20)
    assert rgb(image, 5, 10) == (250, 10, 20)
    assert rgb(image, 55, 10) == (0, 0, 0)


def test_color_table_is_opaque() -> None:
    packed = color_table(TABLE)
    assert len(packed) == 256
    red, green, blue = (int(value) for value in TABLE[200])
    assert packed[200] == 0xFF000000 + red * 65536 + green * 256 + blue


@pytest.mark.usefixtures("qapp")
def test_the_cache_stays_below_its_limit_and_forgets_the_least_used() -> None:
    made: list[str] = []

    def make(name: str) -> QPixmap:
        made.append(name)
        return QPixmap(10, 10)

    size = QPixmap(10, 10).depth() // 8 * 100
    cache = PixmapCache(2 * size)
    for name in ("a", "b", "a", "c", "a", "b"):
        cache.get(name, lambda name=name: make(name))  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]
    assert len(cache) == 2
    cache.clear()
    assert len(cache) == 0


@pytest.mark.usefixtures("qapp")
def test_one_pixmap_larger_than_the_limit_is_still_kept() -> None:
    cache = PixmapCache(1)
    pixmap = cache.get("a", lambda: QPixmap(10, 10))
    assert cache.get("a", lambda: QPixmap(20, 20)).size() == pixmap.size()
