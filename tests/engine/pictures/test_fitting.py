"""Making pictures square, where their pixels come from, and the network's input space."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.networks.preprocessing import CAFFE
from engine.pictures.fitting import PADDING, fit_geometry, fit_image
from engine.records import FITS, EngineError, Fit, ImageArray

SIDES = st.integers(1, 300)


def spot(width: int, height: int, x: int, y: int, radius: int = 6) -> ImageArray:
    """A white square on black around a pixel."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1] = 255
    return pixels


@given(width=SIDES, height=SIDES, fit=st.sampled_from(FITS), size=st.integers(1, 64))
def test_every_shape_fits(width: int, height: int, fit: Fit, size: int) -> None:
    fitted = fit_image(np.full((height, width, 3), 77, np.uint8), fit, size)
    assert fitted.shape == (size, size, 3)
    assert fitted.dtype == np.uint8
    assert fitted.flags.c_contiguous
    assert not fitted.flags.writeable
    assert set(np.unique(fitted)) <= {77, *(PADDING if fit == "pad" else ())}


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (1, 1)])
def test_extremely_thin_pictures(fit: Fit, shape: tuple[int, int]) -> None:
    assert fit_image(np.zeros((*shape, 3), np.uint8), fit, 224).shape == (224, 224, 3)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(("width", "height"), [(400, 300), (300, 400), (301, 177)])
def test_geometry_says_where_things_are(fit: Fit, width: int, height: int) -> None:
    x, y = width // 2 + 30, height // 2 - 20
    fitted = fit_image(spot(width, height, x, y), fit, 96)
    rows, columns = np.nonzero((fitted > 200).all(axis=2))
    geometry = fit_geometry((height, width, 3), fit, 96)
    found = geometry.to_picture(columns.mean() + 0.5, rows.mean() + 0.5)
    assert found == pytest.approx((x + 0.5, y + 0.5), abs=2.0)


def test_crop_is_the_largest_centred_square() -> None:
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 200
    assert (fit_image(pixels, "crop", 10) == 200).all()


def test_crop_is_antialiased() -> None:
    stripes = np.zeros((100, 100, 3), np.uint8)
    stripes[:, ::2] = 255
    fitted = fit_image(stripes, "crop", 10)
    assert np.abs(fitted.astype(int) - 127).max() < 30
    assert set(np.unique(fit_image(stripes, "keras", 10))) <= {0, 255}


def test_pad_keeps_everything_on_the_mean_colour() -> None:
    fitted = fit_image(np.full((50, 100, 3), 255, np.uint8), "pad", 100)
    assert (fitted[25:75] == 255).all()
    assert (fitted[:25] == PADDING).all()
    assert (fitted[75:] == PADDING).all()
    assert np.abs(CAFFE.to_network(fitted)[:25]).max() < 0.5


def test_keras_takes_the_nearest_pixel() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (33, 47, 3), np.uint8)
    expected = Image.fromarray(pixels).resize((20, 20), Image.Resampling.NEAREST)
    np.testing.assert_array_equal(fit_image(pixels, "keras", 20), np.asarray(expected))


def test_unknown_fit() -> None:
    fit = cast("Fit", "squash")
    with pytest.raises(EngineError, match="Received: 'squash'"):
        fit_image(np.zeros((2, 3, 3), np.uint8), fit, 8)
    with pytest.raises(EngineError, match="Received: 'squash'"):
        fit_geometry((2, 3), fit, 8)
