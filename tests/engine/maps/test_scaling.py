from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.maps.scaling import book_grid, scale_maps
from engine.records import SCALES, EngineError, MapArray, Scale, ScaledMaps, Style


def random_maps(shape: tuple[int, int, int] = (28, 28, 40), seed: int = 0) -> MapArray:
    return np.random.default_rng(seed).normal(-30, 100, shape).astype(np.float32)


def relu_maps(shape: tuple[int, int, int] = (28, 28, 40), seed: int = 0) -> MapArray:
    return np.maximum(random_maps(shape, seed), 0)


def scaled(maps: MapArray, scale: Scale, *, signed: bool = False) -> ScaledMaps:
    return scale_maps(maps, Style(scale, low=-50, high=150), signed=signed)


def book_levels(channel: MapArray) -> npt.NDArray[np.uint8]:
    """The book's arithmetic on one channel, as a person would type it."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        ch = channel.copy()
        if ch.sum() != 0:
            ch -= ch.mean()
            ch /= ch.std()
            ch *= 64
            ch += 128
        return np.clip(ch, 0, 255).astype("uint8")


def assert_book_levels(maps: MapArray) -> None:
    levels = scaled(maps, "chollet", signed=True).levels
    for index in range(maps.shape[2]):
        np.testing.assert_array_equal(levels[index], book_levels(maps[:, :, index]), err_msg=f"channel {index}")


# The straight lines


@pytest.mark.parametrize("scale", ["channel", "layer", "percentile", "absolute"])
@pytest.mark.parametrize("signed", [False, True])
def test_levels_are_the_line_from_low_to_high(scale: Scale, signed: bool) -> None:
    maps = random_maps() if signed else relu_maps()
    result = scaled(maps, scale, signed=signed)
    values = maps.astype(np.float64).transpose(2, 0, 1)
    low, high = (limit.astype(np.float64)[:, None, None] for limit in (result.low, result.high))
    exact = np.clip((values - low) / (high - low) * 255, 0, 255)
    assert abs(result.levels - exact).max() < 0.501
    outside = ((values < low) | (values > high)).mean(axis=(1, 2))
    np.testing.assert_allclose(result.clipped, outside, rtol=1e-6)


def test_channel_limits_are_its_own() -> None:
    maps = relu_maps()
    result = scaled(maps, "channel")
    assert (result.low == 0).all()
    np.testing.assert_array_equal(result.high, maps.max(axis=(0, 1)))
    assert (result.levels.max(axis=(1, 2)) == 255).all()
    assert (result.clipped == 0).all()


def test_signed_channel_limits_are_minimum_and_maximum() -> None:
    maps = random_maps()
    result = scaled(maps, "channel", signed=True)
    np.testing.assert_array_equal(result.low, maps.min(axis=(0, 1)))
    np.testing.assert_array_equal(result.high, maps.max(axis=(0, 1)))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("scale", ["channel", "layer", "percentile"])
def test_centred_scales_have_0_in_the_middle(scale: Scale, signed: bool) -> None:
    maps = random_maps() if signed else relu_maps()
    maps[0, 0] = 0
    plain, centred = scaled(maps, scale, signed=signed), scale_maps(maps, Style(scale, centred=True), signed=signed)
    np.testing.assert_array_equal(centred.high, np.maximum(-plain.low, plain.high))
    np.testing.assert_array_equal(centred.low, -centred.high)
    assert (centred.levels[:, 0, 0] == 128).all()
    above, below = maps.transpose(2, 0, 1) > 0, maps.transpose(2, 0, 1) < 0
    assert (centred.levels[above] >= 128).all()
    assert (centred.levels[below] <= 128).all()


def test_a_blank_map_is_neutral_where_0_is_in_the_middle_and_a_constant_one_at_its_end() -> None:
    maps = np.stack([np.zeros((4, 4)), np.full((4, 4), 3.0), np.full((4, 4), -3.0)], axis=2).astype(np.float32)
    levels = scale_maps(maps, Style("channel", centred=True), signed=True).levels
    assert [set(channel.ravel().tolist()) for channel in levels] == [{128}, {255}, {0}]


@pytest.mark.parametrize("scale", ["absolute", "chollet"])
def test_ranges_from_elsewhere_are_not_centred(scale: Scale) -> None:
    plain, centred = Style(scale, -50, 150), Style(scale, -50, 150, centred=True)
    maps = random_maps()
    np.testing.assert_array_equal(
        scale_maps(maps, plain, signed=True).levels, scale_maps(maps, centred, signed=True).levels
    )


def test_layer_limits_are_shared() -> None:
    maps = relu_maps()
    result = scaled(maps, "layer")
    assert set(result.high.tolist()) == {float(maps.max())}
    assert set(scaled(random_maps(), "layer", signed=True).low.tolist()) == {float(random_maps().min())}
    assert result.levels.max() == 255


def test_percentile_of_a_sparse_map_counts_only_what_is_not_zero() -> None:
    maps = np.zeros((100, 100, 1), np.float32)
    maps.reshape(-1)[:200] = np.arange(1, 201)
    result = scaled(maps, "percentile")
    assert result.low[0] == 0
    assert result.high[0] == 198  # of 200 values above zero, two are clipped
    assert result.clipped[0] == pytest.approx(2 / 10_000)


def test_percentile_of_a_signed_map_clips_a_hundredth_at_each_end() -> None:
    maps = np.random.default_rng(3).permutation(1000).astype(np.float32).reshape(20, 50, 1) - 500
    result = scaled(maps, "percentile", signed=True)
    assert (result.low[0], result.high[0]) == (-490, 489)
    assert result.clipped[0] == pytest.approx(0.02)


def test_percentile_falls_back_to_the_extremes_where_it_would_be_flat() -> None:
    maps = np.full((20, 20, 1), 3, np.float32)
    maps[0, 0, 0] = -7
    result = scaled(maps, "percentile", signed=True)
    assert (result.low[0], result.high[0]) == (-7, 3)
    assert result.levels[0, 0, 0] == 0


@pytest.mark.parametrize(
    ("low", "high"), [(1.0, 1.0), (2.0, 1.0), (np.nan, 1.0), (0.0, np.inf), (1.0, 1.0 + 1e-12), (0.0, 1e300)]
)
def test_absolute_limits_must_ascend(low: float, high: float) -> None:
    with pytest.raises(EngineError, match="lower limit below its upper limit"):
        scale_maps(relu_maps(), Style("absolute", low, high), signed=False)


# Channels with nothing to see


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("signed", [False, True])
def test_blank_maps_are_level_0(scale: Scale, signed: bool) -> None:
    result = scale_maps(np.zeros((5, 5, 3), np.float32), Style(scale, 0, 1), signed=signed)
    assert not result.levels.any()
    assert not result.clipped.any()


def test_zero_in_an_absolute_scale_that_begins_below_it_is_not_black() -> None:
    result = scale_maps(np.zeros((5, 5, 1), np.float32), Style("absolute", -1, 1), signed=False)
    assert (result.levels == 128).all()


@pytest.mark.parametrize("scale", ["channel", "layer", "percentile"])
def test_a_constant_map_is_at_the_top_after_relu_and_in_the_middle_before(scale: Scale) -> None:
    maps = np.full((5, 5, 2), 0.1, np.float32)
    after, before = scaled(maps, scale), scaled(maps, scale, signed=True)
    assert (after.levels == 255).all()
    assert (before.levels == 128).all()
    assert (before.low == np.float32(0.1)).all()
    assert (before.high == np.float32(0.1)).all()
    assert not before.clipped.any()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("signed", [False, True])
def test_values_that_are_not_finite_neither_crash_nor_warn(scale: Scale, signed: bool) -> None:
    maps = random_maps((6, 6, 5))
    maps[0, 0, :4] = [np.nan, np.inf, -np.inf, 3e38]
    result = scaled(maps, scale, signed=signed)
    assert np.isfinite([*result.low[4:], *result.high[4:], *result.clipped]).all()
    if scale != "layer":  # the other channels keep their own scale
        np.testing.assert_array_equal(result.levels[4:], scaled(maps[:, :, 4:], scale, signed=signed).levels)


@pytest.mark.parametrize("scale", SCALES)
def test_results_are_read_only_and_the_maps_untouched(scale: Scale) -> None:
    for shape in ((6, 5, 4), (6, 5, 1), (1, 1, 4)):
        maps = relu_maps(shape)
        before = maps.copy()
        maps.flags.writeable = False
        result = scaled(maps, scale)
        np.testing.assert_array_equal(maps, before)
        assert result.levels.flags.c_contiguous
        assert result.levels.shape == (shape[2], *shape[:2])
        arrays = (result.levels, result.low, result.high, result.clipped)
        assert not any(array.flags.writeable for array in arrays)
        assert [array.dtype for array in arrays] == [np.uint8, np.float32, np.float32, np.float32]


def test_maps_need_not_be_contiguous() -> None:
    maps = relu_maps()
    for scale in SCALES:
        np.testing.assert_array_equal(
            scaled(maps[::2, ::-1, 3:7], scale).levels, scaled(maps[::2, ::-1, 3:7].copy(), scale).levels
        )


# The book


@pytest.mark.parametrize(
    "shape", [(224, 224, 3), (112, 112, 5), (56, 56, 20), (28, 28, 64), (14, 14, 64), (7, 7, 64), (1, 1, 8), (5, 9, 1)]
)
def test_chollet_equals_the_book(shape: tuple[int, int, int]) -> None:
    for seed in range(3):
        assert_book_levels(random_maps(shape, seed))
        assert_book_levels(relu_maps(shape, seed))
        assert_book_levels(relu_maps(shape, seed) * np.float32(1e-6))


def test_chollet_equals_the_book_on_odd_channels() -> None:
    maps = relu_maps((14, 14, 12))
    maps[:, :, 0] = 0
    maps[:, :, 1] = 0.1  # a constant whose mean is rounded
    maps[:, :, 2] = 5
    maps[:, :, 3] = 1e-30  # its squares are 0
    maps[:, :, 4] = 0
    maps[3, 4, 4] = 1e-3
    maps[:, :, 5] = np.tile([300, -300], 98).reshape(14, 14)  # sum 0: the book leaves it as it is
    maps[:, :, 6] = -2
    maps[0, 0, 7] = 1e30  # its square is infinite
    maps[:7, :, 8] = 1e-40
    assert_book_levels(maps)


def test_chollet_limits_are_in_real_values() -> None:
    maps = relu_maps()
    result = scaled(maps, "chollet")
    mean, std = maps.mean(axis=(0, 1)), maps.std(axis=(0, 1))
    np.testing.assert_allclose(result.low, mean - 2 * std, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(result.high, mean + 127 / 64 * std, rtol=1e-4)
    values = maps.transpose(2, 0, 1)
    outside = (values < result.low[:, None, None]) | (values > result.high[:, None, None])
    np.testing.assert_allclose(result.clipped, outside.mean(axis=(1, 2)), atol=2 / 784)


def test_chollet_constant_channel_is_level_0_with_both_limits_at_its_value() -> None:
    result = scaled(np.full((4, 4, 1), 5, np.float32), "chollet")
    assert not result.levels.any()
    assert (result.low[0], result.high[0], result.clipped[0]) == (5, 5, 0)


@settings(max_examples=150)
@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=3, max_dims=3, max_side=12),
        elements=st.one_of(st.just(0.0), st.floats(width=32, allow_nan=False, allow_infinity=False)),
    )
)
def test_chollet_equals_the_book_on_any_map(maps: MapArray) -> None:
    assert_book_levels(maps)


@settings(max_examples=100)
@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=3, max_dims=3, max_side=8),
        elements=st.floats(-(2.0**60), 2.0**60, width=32),
    ),
    st.sampled_from(["channel", "layer", "percentile"]),
    st.booleans(),
)
def test_brighter_never_means_less(maps: MapArray, scale: Scale, signed: bool) -> None:
    levels = scaled(maps, scale, signed=signed).levels.reshape(maps.shape[2], -1).astype(int)
    values = maps.reshape(-1, maps.shape[2]).T
    for row, value in zip(levels, values, strict=True):
        assert (np.diff(row[np.argsort(value, kind="stable")]) >= 0).all()


def book_canvas(maps: MapArray) -> npt.NDArray[np.uint8]:
    """The book's double loop."""
    height, width, channels = maps.shape
    rows = channels // 16
    canvas = np.zeros(((height + 1) * rows - 1, 16 * (width + 1) - 1))
    for row in range(rows):
        for column in range(16):
            tile = book_levels(maps[:, :, row * 16 + column])
            top, left = row * (height + 1), column * (width + 1)
            canvas[top : top + height, left : left + width] = tile
    return canvas.astype("uint8")


@pytest.mark.parametrize("shape", [(7, 7, 64), (14, 14, 512), (5, 9, 16), (56, 56, 32)])
def test_grid_is_the_book_canvas(shape: tuple[int, int, int]) -> None:
    maps = relu_maps(shape)
    grid = book_grid(maps)
    assert grid.dtype == np.uint8
    np.testing.assert_array_equal(grid, book_canvas(maps))


def test_grid_keeps_a_last_row_that_is_not_full() -> None:
    maps = relu_maps((6, 5, 19))
    grid = book_grid(maps)
    assert grid.shape == (2 * 7 - 1, 16 * 6 - 1)
    np.testing.assert_array_equal(grid[:6], book_canvas(maps))
    np.testing.assert_array_equal(grid[7:, 12:17], book_levels(maps[:, :, 18]))
    assert not grid[7:, 18:].any()
    assert not grid[6].any()
