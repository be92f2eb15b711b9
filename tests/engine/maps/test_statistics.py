from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.maps.statistics import channel_statistics
from engine.records import MapArray


def relu_maps(shape: tuple[int, int, int] = (40, 30, 5)) -> MapArray:
    values = np.random.default_rng(0).normal(-20, 100, shape).astype(np.float32)
    return np.maximum(values, 0)


def test_figures_are_those_of_float64() -> None:
    maps = relu_maps()
    figures = channel_statistics(maps)
    exact = maps.astype(np.float64).reshape(-1, 5)
    np.testing.assert_array_equal(figures.minimum, exact.min(axis=0))
    np.testing.assert_array_equal(figures.maximum, exact.max(axis=0).astype(np.float32))
    np.testing.assert_allclose(figures.mean, exact.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(figures.std, exact.std(axis=0), rtol=1e-6)
    np.testing.assert_allclose(figures.zeros, (exact == 0).mean(axis=0), rtol=1e-6)
    assert not figures.blank.any()
    assert not figures.constant.any()


def test_small_spread_beside_a_large_mean_survives() -> None:
    noise = np.random.default_rng(1).normal(0, 1, (100, 100, 2))
    maps = (noise + 1e5).astype(np.float32)
    exact = maps.astype(np.float64).reshape(-1, 2)
    figures = channel_statistics(maps)
    np.testing.assert_allclose(figures.mean, exact.mean(axis=0), rtol=1e-7)
    np.testing.assert_allclose(figures.std, exact.std(axis=0), rtol=1e-5)


def test_blank_and_constant_channels_are_told_apart() -> None:
    maps = np.zeros((7, 7, 3), np.float32)
    maps[:, :, 1] = 0.1
    maps[3, 3, 2] = 5
    figures = channel_statistics(maps)
    assert figures.blank.tolist() == [True, False, False]
    assert figures.constant.tolist() == [False, True, False]
    assert figures.std[1] == 0
    assert figures.mean[1] == np.float32(0.1)
    assert figures.zeros.tolist() == pytest.approx([1, 0, 48 / 49])


def test_values_that_are_not_finite_spoil_their_channel_only() -> None:
    maps = relu_maps((6, 6, 3))
    maps[0, 0, 0] = np.nan
    maps[0, 0, 1] = np.inf
    figures = channel_statistics(maps)
    assert np.isnan(figures.mean[0])
    assert figures.maximum[1] == np.inf
    assert not (figures.blank | figures.constant).any()
    assert np.isfinite([figures.mean[2], figures.std[2]]).all()


def test_records_are_read_only_float32() -> None:
    figures = vars(channel_statistics(relu_maps()))
    assert all(not array.flags.writeable and array.shape == (5,) for array in figures.values())
    assert {name for name, array in figures.items() if array.dtype == bool} == {"blank", "constant"}
    assert all(array.dtype == np.float32 for array in figures.values() if array.dtype != bool)


@settings(max_examples=60)
@example(np.array([[[2.5e-34], [0]]], np.float32))
@example(np.array([[[1e30, 1], [0, 2]]], np.float32))
@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=3, max_dims=3, max_side=20),
        elements=st.floats(-(2.0**20), 2.0**20, width=32),
    )
)
def test_any_map_agrees_with_float64(maps: MapArray) -> None:
    figures = channel_statistics(maps)
    exact = maps.astype(np.float64).reshape(-1, maps.shape[2])
    size = np.abs(exact).max() + 1e-30
    np.testing.assert_allclose(figures.mean, exact.mean(axis=0), atol=2e-6 * size)
    np.testing.assert_allclose(figures.std, exact.std(axis=0), atol=2e-6 * size)
    np.testing.assert_array_equal(figures.blank, (exact == 0).all(axis=0))
