"""Which values of a deep picture are black and white: by default, and when somebody chooses them."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tiff_writer import Page, tiff

from engine import images
from engine.records import EngineError, Levels, Picture


def opened(values: npt.NDArray[Any], **options: Any) -> Picture:
    return images.open_picture(tiff(Page(values)), **options)


def gradient(low: float, high: float, kind: str = "u2") -> npt.NDArray[Any]:
    return np.linspace(low, high, 200 * 300).reshape(200, 300).astype(kind)


def test_one_hot_pixel_does_not_make_the_rest_black() -> None:
    values = gradient(200, 600)
    values[20, 30] = 65535
    picture = opened(values)
    assert picture.levels is not None
    assert picture.levels.lowest == picture.levels.low == 200
    assert 590 < picture.levels.high <= 600
    assert picture.levels.highest == 65535
    assert picture.note == f"16-bit grey, scaled from 200…{picture.levels.high:g} of 200…65535"
    assert picture.pixels[20, 30, 0] == 255
    assert 100 < np.median(picture.pixels) < 155


@pytest.mark.parametrize("kind", ["i2", "u4", "i4", "f4", "f8"])
def test_outliers_at_both_ends_of_every_kind(kind: str) -> None:
    values = gradient(10000, 12000, kind)
    values[5, 5], values[6, 6:9] = 30000, 5
    levels = opened(values).levels
    assert levels is not None
    assert 9990 < levels.low < 10010
    assert 11990 < levels.high < 12010
    assert (levels.lowest, levels.highest) == (values.min(), 30000)


def test_what_is_no_outlier_is_kept_in() -> None:
    values = gradient(-300, 500, "f4")
    values[0, 1] = 900  # not further away than the others spread
    assert opened(values).levels == Levels(-300, 900, -300, 900)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("white", "highest"), [(255, 180), (1023, 900), (4095, 1700), (4095, 4095), (65535, 40000)])
def test_what_uses_the_scale_of_a_sensor_is_shown_on_it(white: int, highest: int, channels: int) -> None:
    values = np.repeat(gradient(0, highest)[..., None], channels, axis=2)
    picture = opened(values)
    assert picture.levels == Levels(0, white, 0, highest)
    np.testing.assert_array_equal(picture.pixels[..., 0], np.rint(values[..., 0] / white * 255))


def test_colours_have_the_same_levels_and_keep_their_hue() -> None:
    values = np.stack((gradient(100, 400), gradient(100, 250), gradient(100, 175)), axis=2)
    values[3, 3] = 65535
    picture = opened(values)
    assert picture.levels is not None
    assert picture.levels.low == 100
    last = picture.pixels[-1, -1].astype(float)
    assert last[1] == pytest.approx(last[0] / 2, abs=2)
    assert last[2] == pytest.approx(last[0] / 4, abs=2)


def test_a_night_with_few_lights_keeps_their_scale_when_they_are_not_few() -> None:
    values = gradient(0, 3000)
    values[50:54] = 60000  # a fiftieth of the picture
    assert opened(values).levels == Levels(0, 65535, 0, 60000)


def test_chosen_levels() -> None:
    values = gradient(0, 60000)
    picture = opened(values, levels=(1000, 2000.5))
    assert picture.levels == Levels(1000, 2000.5, 0, 60000, chosen=True)
    expected = np.rint(np.clip((values.astype(float) - 1000) / 1000.5, 0, 1) * 255)
    np.testing.assert_array_equal(picture.pixels[..., 1], expected)
    assert "scaled from 1000…2000.5 of 0…60000" in picture.note
    np.testing.assert_array_equal(opened(values, levels=(-1e6, 1e6)).pixels[0, 0], 128)


def test_chosen_levels_where_white_is_zero() -> None:
    values = gradient(0, 60000)
    picture = images.open_picture(tiff(Page(values, photometric=0)), levels=(1000, 2000))
    np.testing.assert_array_equal(picture.pixels, 255 - opened(values, levels=(1000, 2000)).pixels)


@pytest.mark.parametrize("levels", [(1.0, 1.0), (2.0, 1.0), (math.nan, 1.0), (0.0, math.inf), (-math.inf, 0.0)])
def test_levels_that_are_none(levels: tuple[float, float]) -> None:
    with pytest.raises(EngineError, match="black below white"):
        opened(gradient(0, 60000), levels=levels)


def test_pictures_of_8_bits_have_none_and_ignore_them(cat_path: Path) -> None:
    plain = images.open_picture(cat_path)
    chosen = images.open_picture(cat_path, levels=(10, 20))
    assert plain.levels is None
    assert chosen.levels is None
    np.testing.assert_array_equal(chosen.pixels, plain.pixels)


@pytest.mark.parametrize("value", [0, 7, 300, 65535])
def test_one_value_everywhere(value: int) -> None:
    white = next(white for white in (255, 1023, 65535) if white >= value)
    assert opened(np.full((9, 9), value, np.uint16)).pixels[0, 0, 0] == round(value / white * 255)


def test_nothing_but_nan() -> None:
    picture = opened(np.full((9, 9), np.nan, np.float32))
    assert picture.levels == Levels(0, 1, 0, 1)
    assert not picture.pixels.any()
    assert "81 pixels without data" in picture.note


def test_infinite_values_are_left_out_of_the_limits() -> None:
    values = gradient(-5, 5, "f4")
    values[0, :2] = np.inf, -np.inf
    picture = opened(values)
    assert picture.levels is not None
    assert abs(picture.levels.low + 5) < 0.01
    assert picture.pixels[0, :2, 0].tolist() == [255, 0]
    assert "2 infinite values left out" in picture.note


def test_transparent_pixels_have_no_say() -> None:
    values = np.stack([gradient(0, 60000)] * 2, axis=2)
    values[..., 1] = 65535
    values[0] = 65535, 0
    picture = images.open_picture(tiff(Page(values, extra=(2,))))
    assert picture.levels == Levels(0, 65535, float(values[1, 0, 0]), 60000)
    assert (picture.pixels[0] == 255).all()


@pytest.mark.parametrize("size", [1, 5, 63, 64, 5000])
def test_percentiles_are_those_of_sorted_values(size: int) -> None:
    rng = np.random.default_rng(size)
    for kind in ("u2", "i2", "i4", "f4"):
        values = (rng.normal(0, 1, (1, size)) ** 5 * 50 + 9000).astype(kind)
        few = math.ceil(size * 0.001) if size >= 64 else 0
        ordered = np.sort(values.ravel())
        low, high = float(ordered[few]), float(ordered[-1 - few])
        levels = opened(values).levels
        assert levels is not None
        spread, white = high - low, next(2**bits - 1 for bits in (8, 10, 12, 14, 16, 32) if 2**bits > ordered[-1])
        if kind != "f4" and ordered[0] >= 0 and white < 2**16 and (spread >= white / 4 or ordered[0] == ordered[-1]):
            assert (levels.low, levels.high) == (0, white)
            continue
        assert levels.low == (low if ordered[0] < low - spread else ordered[0])
        assert levels.high == (high if ordered[-1] > high + spread else ordered[-1])


def test_the_deep_modes_of_pillow_have_levels_too() -> None:
    stream = io.BytesIO()
    Image.fromarray(gradient(-2, 7, "f4")).save(stream, "SPIDER")
    assert images.open_picture(stream.getvalue()).levels == Levels(-2, 7, -2, 7)
    stream = io.BytesIO()
    Image.fromarray(gradient(0, 40000)).save(stream, "PNG")
    assert images.open_picture(stream.getvalue()).levels == Levels(0, 65535, 0, 40000)
