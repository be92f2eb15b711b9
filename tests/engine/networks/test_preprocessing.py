from __future__ import annotations

import numpy as np
import pytest

from engine.networks.preprocessing import CAFFE, MODES, TF, named
from engine.networks.tensorflow_loader import load
from engine.records import EngineError


def test_caffe_is_blue_first_less_the_mean() -> None:
    inputs = CAFFE.to_network(np.array([[[255, 0, 10]]], np.uint8))
    assert inputs.dtype == np.float32
    np.testing.assert_allclose(inputs[0, 0], [10 - 103.939, -116.779, 255 - 123.68], rtol=1e-6)
    assert inputs.flags.c_contiguous
    assert not inputs.flags.writeable


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
def test_modes_are_those_of_keras(mode: str) -> None:
    _, keras = load()
    pixels = np.random.default_rng(0).integers(0, 256, (2, 20, 30, 3), np.uint8)
    expected = keras.applications.imagenet_utils.preprocess_input(pixels.astype(np.float32), "channels_last", mode)
    np.testing.assert_allclose(named(mode).to_network(pixels), expected, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize(("mode", "limits"), [("unit", (0, 1)), ("raw", (0, 255)), ("tf", (-1, 1))])
def test_limits(mode: str, limits: tuple[float, float]) -> None:
    assert named(mode).limits() == limits


@pytest.mark.parametrize("mode", MODES)
def test_pixels_are_the_inverse(mode: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    np.testing.assert_array_equal(named(mode).pixels(named(mode).to_network(pixels)), pixels)


def test_pixels_are_rounded_and_clipped() -> None:
    inputs = CAFFE.to_network(np.full((1, 4, 3), 100, np.uint8)).copy()
    inputs[0] += np.array([[0.4], [0.6], [1e9], [-1e9]], np.float32)
    assert CAFFE.pixels(inputs)[0, :, 0].tolist() == [100, 101, 255, 0]
    assert CAFFE.pixels(np.array([[[np.nan, np.inf, -np.inf]]], np.float32)).tolist() == [[[0, 255, 0]]]


@pytest.mark.parametrize("mode", MODES)
def test_levels_are_neither_rounded_nor_clipped(mode: str) -> None:
    levels = np.random.default_rng(0).uniform(-20, 300, (20, 30, 3)).astype(np.float32)
    np.testing.assert_allclose(named(mode).levels(named(mode).to_network(levels)), levels, atol=1e-3)


def test_grey_pictures_have_one_channel() -> None:
    assert TF.to_network(np.full((2, 3, 1), 255, np.uint8)).tolist() == [[[1.0]] * 3] * 2


def test_an_unknown_mode_is_named_with_those_there_are() -> None:
    with pytest.raises(EngineError, match=r"one of caffe, tf, torch, unit, raw\. Received: 'imagenet'"):
        named("imagenet")
