"""From whatever a decoder gives to the one kind of pixels that the program knows: uint8 RGB, upright, without alpha.

The work goes strip by strip, so that a large picture is never held in a second copy of the same size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.records import ImageArray, Levels

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue from 0 to 255."""

_ToRgb: TypeAlias = Callable[[Image.Image], npt.NDArray[np.uint8]]

_STRIP_PIXELS = 2**20
_ORIENTATION = 0x0112
_WHITE = (255, 255, 255)

# EXIF orientation -> how the upright picture must be turned to lie as it is stored: rows and columns reversed,
# then transposed (CIPA DC-008, tag 0112).
_TURNS: dict[int, tuple[bool, bool, bool]] = {
    2: (False, True, False),
    3: (True, True, False),
    4: (True, False, False),
    5: (False, False, True),
    6: (False, True, True),
    7: (True, True, True),
    8: (True, False, True),
}

_DEPTHS = tuple(2**bits - 1 for bits in (8, 10, 12, 14, 16))
"""White points of the sensors and scanners that write 16-bit files."""


def deep_levels(image: Image.Image, chosen: tuple[float, float] | None) -> Levels | None:
    """Which values of a loaded image are black and white; None for one of 8 bits."""
    if not _is_deep(image):
        return None
    return Levels(*(chosen or _deep_range(image)), *_extremes(image), chosen is not None)


def _is_deep(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;")


def to_rgb(
    image: Image.Image, background: Colour, levels: tuple[float, float] | None = None
) -> tuple[ImageArray, tuple[str, ...]]:
    """The pixels of a loaded Pillow image of any mode.

    Args:
        image: The image, loaded.
        background: What shows through where it is transparent.
        levels: The values of a deep image that become black and white, or None for those that suit it.

    Returns:
        uint8 RGB (height, width, 3), C-contiguous and read-only, turned as EXIF says; and what was done on the way.
    """
    notes: list[str] = []
    orientation = _orientation(image)
    flip_rows, flip_columns, transpose = _TURNS.get(orientation, (False, False, False))
    width, height = image.size
    pixels = np.empty((width, height, 3) if transpose else (height, width, 3), np.uint8)
    stored = pixels[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]
    stored = stored.swapaxes(0, 1) if transpose else stored
    convert = _converter(image, background, notes, levels)
    for top, strip in _strips(image):
        stored[top : top + strip.height] = convert(strip)
    if orientation in _TURNS:
        notes.append("turned upright as its EXIF data says")
    pixels.flags.writeable = False
    return pixels, tuple(dict.fromkeys(notes))


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - damaged EXIF raises whatever its bytes lead to, and the picture is good without it
        return 1
    return value if isinstance(value, int) else 1


def _strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(height, top + rows)))


def _converter(image: Image.Image, background: Colour, notes: list[str], levels: tuple[float, float] | None) -> _ToRgb:
    """The function for a strip of this image; it may add to the notes when it meets something worth one."""
    if _is_deep(image):
        return _deep_converter(image, background, notes, levels or _deep_range(image))
    if image.mode == "LAB":
        notes.append("LAB converted to sRGB")
        return _lab_converter()
    if _has_transparency(image):
        return lambda strip: _composed(strip, background, notes)
    if image.mode in ("CMYK", "YCbCr", "HSV"):
        notes.append(f"{image.mode} converted to RGB")
    return lambda strip: np.asarray(strip.convert("RGB"))


def _has_transparency(image: Image.Image) -> bool:
    # The picture inside an icon may have lost its palette; Pillow then shows grey.
    return not (image.mode == "P" and image.palette is None) and image.has_transparency_data


def _composed(strip: Image.Image, background: Colour, notes: list[str]) -> npt.NDArray[np.uint8]:
    rgba = (strip.convert("LA") if strip.mode == "La" else strip).convert("RGBA")
    lowest, _ = rgba.getchannel("A").getextrema()
    if lowest == 255:
        return np.asarray(rgba.convert("RGB"))
    notes.append(f"transparent parts shown on {_colour_name(background)}")
    ground = Image.new("RGBA", strip.size, (*background, 255))
    return np.asarray(Image.alpha_composite(ground, rgba).convert("RGB"))


def _colour_name(colour: Colour) -> str:
    return "white" if tuple(colour) == _WHITE else "rgb({}, {}, {})".format(*colour)


def _lab_converter() -> _ToRgb:
    from PIL import ImageCms  # rarely needed

    profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(*profiles, "LAB", "RGB")

    def convert(strip: Image.Image) -> npt.NDArray[np.uint8]:
        result = ImageCms.applyTransform(strip, transform)
        return np.asarray(result)

    return convert


def _deep_converter(image: Image.Image, background: Colour, notes: list[str], limits: tuple[float, float]) -> _ToRgb:
    """For modes with more than 8 bits a pixel: one linear scale for the whole picture."""
    low, high = limits
    span = (high - low) or 1.0
    kind = "float" if image.mode == "F" else f"{32 if image.mode == 'I' else 16}-bit"
    notes.append(f"{kind} grey, scaled from {low:.6g}…{high:.6g}")
    key = image.info.get("transparency")
    if isinstance(key, int):
        notes.append(f"transparent parts shown on {_colour_name(background)}")

    def convert(strip: Image.Image) -> npt.NDArray[np.uint8]:
        values = np.asarray(strip).astype(np.float64)
        levels = np.clip((values - low) / span, 0.0, 1.0) * 255.0
        rgb = np.repeat(np.rint(np.nan_to_num(levels)).astype(np.uint8)[..., None], 3, axis=2)
        if isinstance(key, int):
            rgb[values == key] = background
        return rgb

    return convert


def _deep_range(image: Image.Image) -> tuple[float, float]:
    """Which values become black and white.

    Integers from 0 to 65535 are taken for a sensor's: white is the smallest full scale of 8, 10, 12, 14 or 16 bits that
    holds them all, so that a dim picture stays dim. Anything else has no known scale and gets its own finite range.
    """
    low, high = _extremes(image)
    if image.mode != "F" and low >= 0 and high <= _DEPTHS[-1]:
        return 0.0, float(next(white for white in _DEPTHS if white >= high))
    return low, high


def _extremes(image: Image.Image) -> tuple[float, float]:
    """The smallest and the largest finite value; 0 and 1 without one."""
    low, high = np.inf, -np.inf
    for _, strip in _strips(image):
        values = np.asarray(strip)
        finite = values[np.isfinite(values)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else (0.0, 1.0)
