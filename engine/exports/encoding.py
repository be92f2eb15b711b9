"""Arrays to the bytes of a file: PNG and NPY."""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin

from engine.maps import colormaps
from engine.records import EngineError, ImageArray

MAXIMUM_ENLARGE = 32
"""The largest whole-number enlargement on offer."""

MAXIMUM_PIXELS = 80_000_000
"""The largest picture that is written; many programs take anything much larger for an attack and refuse to open it."""

_USUAL = 6
"""Zlib's level for PNG files; Pillow's own default too."""

_NO_TEXT: Mapping[str, str] = MappingProxyType({})


def encode_channel_png(
    levels: npt.NDArray[np.uint8],
    colormap: str,
    enlarge: int = 1,
    text: Mapping[str, str] = _NO_TEXT,
    *,
    packed: bool = True,
) -> bytes:
    """The PNG of one channel, or of anything else made of levels.

    The pixels stay the levels themselves: grey for ``gray``, otherwise a palette picture with the colour map as its
    palette. So a program can read the levels back from the file, and a person sees the colours.

    Args:
        levels: uint8 (height, width).
        colormap: One of `colormaps.COLORMAPS`.
        enlarge: How many pixels high and wide a value becomes, without smoothing.
        text: Metadata, written as text chunks.
        packed: Whether to compress, which makes most maps a fifth smaller and takes ten times as long.

    Raises:
        EngineError: No such colour map, or the enlargement is out of range or makes too large a picture.
    """
    image = Image.fromarray(enlarged(levels, enlarge))
    if colormap != "gray":
        image.putpalette(colormaps.table(colormap).tobytes())
    return _png(image, text, packed=packed)


def encode_picture_png(pixels: ImageArray, text: Mapping[str, str] = _NO_TEXT, *, packed: bool = True) -> bytes:
    """The PNG of a picture, uint8 RGB (height, width, 3), with metadata as text chunks."""
    return _png(Image.fromarray(pixels), text, packed=packed)


def encode_npy(values: npt.NDArray[Any]) -> bytes:
    """The NPY file of an array."""
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=False)
    return stream.getvalue()


def enlarged(levels: npt.NDArray[np.uint8], enlarge: int) -> npt.NDArray[np.uint8]:
    """Levels, (…, height, width), with each repeated that many times downwards and sideways.

    Raises:
        EngineError: The enlargement is out of range or makes too large a picture.
    """
    check_enlarge(enlarge)
    check_pixels(levels.shape[-2] * enlarge, levels.shape[-1] * enlarge)
    return levels if enlarge == 1 else levels.repeat(enlarge, axis=-2).repeat(enlarge, axis=-1)


def check_enlarge(enlarge: int) -> None:
    """Raise an `EngineError` unless pictures can be enlarged by that factor."""
    if not 1 <= enlarge <= MAXIMUM_ENLARGE:
        raise EngineError(f"The enlargement must be a whole number from 1 to {MAXIMUM_ENLARGE}. Received: {enlarge}.")


def check_pixels(height: int, width: int) -> None:
    """Raise an `EngineError` when a picture of that size would be too large to be of use."""
    if height * width > MAXIMUM_PIXELS:
        raise EngineError(
            f"The picture would be {width} × {height} pixels, more than most programs open; "
            "choose fewer channels or a smaller enlargement."
        )


def _png(image: Image.Image, text: Mapping[str, str], *, packed: bool) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_text(key, value)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=info, compress_level=_USUAL if packed else 0)
    return stream.getvalue()
