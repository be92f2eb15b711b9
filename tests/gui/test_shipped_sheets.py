"""Sheets of the atlas read with Qt, as the window does, against Pillow."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

import resources
from engine.manifest_fields import InvalidError
from engine.patterns import atlas
from gui import sheets


def _webp(width: int, height: int, *, lossless: bool) -> bytes:
    values = np.random.default_rng(3).integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    picture = Image.fromarray(values.repeat(4, axis=0).repeat(4, axis=1))
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=80, lossless=lossless)
    return stream.getvalue()


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("size", [(96, 64), (100, 52)])
def test_the_pixels_are_those_of_pillow(size: tuple[int, int], lossless: bool) -> None:
    data = _webp(*size, lossless=lossless)
    pixels = sheets.decode_sheet(data, *size)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, atlas.decode_sheet(data, *size))


def test_a_shipped_sheet_is_the_same_with_both() -> None:
    data = resources.path("patterns", "block1_conv1.webp").read_bytes()
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
    np.testing.assert_array_equal(sheets.decode_sheet(data, width, height), atlas.decode_sheet(data, width, height))


def test_another_size_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(InvalidError, match="another size"):
        sheets.decode_sheet(_webp(96, 64, lossless=True), 64, 96)


def test_the_pixels_outlive_what_they_were_read_from() -> None:
    pixels = sheets.decode_sheet(_webp(96, 64, lossless=True), 96, 64)
    before = pixels.copy()
    for _ in range(20):
        sheets.decode_sheet(_webp(96, 64, lossless=False), 96, 64)
    np.testing.assert_array_equal(pixels, before)
