"""From any decoder's output to the program's one kind of pixels: uint8 RGB, upright, without alpha.

The work goes strip by strip, so that a large picture is never held in a second copy of the same size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from engine.pixels import icc
from engine.records import ImageArray

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

_TRANSPARENT = "transparent parts shown on"
_NOT_PLAIN = ("LAB", "La", "RGBa")


@dataclass(frozen=True)
class Converted:
    """A converted image.

    Attributes:
        pixels: uint8 RGB (height, width, 3), C-contiguous and read-only, turned as EXIF says.
        notes: What was done on the way.
        plain: Whether Pillow's own ``convert("RGB")`` gives the same pixels.
        orientation: As EXIF numbers them, how the image lay; 1 when it was upright.
    """

    pixels: ImageArray
    notes: tuple[str, ...]
    plain: bool
    orientation: int


def to_rgb(image: Image.Image, background: Colour, data: bytes = b"") -> Converted:
    """The pixels of a loaded Pillow image of any mode of 8 bits; `engine.pictures.levels` makes those of deeper ones.

    Args:
        image: The image, loaded.
        background: What shows through where it is transparent.
        data: The bytes of its file, for what Pillow does not tell of its colours.
    """
    notes: list[str] = []
    orientation = orientation_of(image)
    flip_rows, flip_columns, transpose = turn(orientation)
    width, height = image.size
    pixels = np.empty((width, height, 3) if transpose else (height, width, 3), np.uint8)
    stored = pixels[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]
    stored = stored.swapaxes(0, 1) if transpose else stored
    colours = icc.correction(image, data)
    convert = _converter(image, background, notes, colours)
    by_ink = _counts_ink(image)
    for top, strip in strips(image):
        stored[top : top + strip.height] = convert(ImageChops.invert(strip) if by_ink else strip)
    if by_ink:
        notes.append("CMYK without Adobe's marker, so 0 is no ink")
    if orientation != 1:
        notes.append("turned upright as its EXIF data says")
    pixels.flags.writeable = False
    composed = any(note.startswith(_TRANSPARENT) for note in notes)
    changed = composed or by_ink or colours.convert is not None or image.mode in _NOT_PLAIN
    return Converted(
        pixels, tuple(dict.fromkeys(notes)), plain=not changed and orientation == 1, orientation=orientation
    )


def orientation_of(image: Image.Image) -> int:
    """How an image is to be turned, as its EXIF data says (1 to 8); 1 when that cannot be read."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - damaged EXIF raises whatever its bytes lead to, and the picture is good without it
        return 1
    return value if value in _TURNS else 1


def turn(orientation: int) -> tuple[bool, bool, bool]:
    """How the upright picture must be turned to lie as it is stored: rows, then columns reversed, then transposed."""
    return _TURNS.get(orientation, (False, False, False))


def _counts_ink(image: Image.Image) -> bool:
    """Whether a JPEG in CMYK has more where there is more ink. Pillow takes all for Adobe's, which have less."""
    return image.mode == "CMYK" and image.format in ("JPEG", "MPO") and "adobe" not in image.info


def strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """An image in strips of whole rows, about a million pixels each, with the row at which each begins."""
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(height, top + rows)))


def _converter(image: Image.Image, background: Colour, notes: list[str], colours: icc.Correction) -> _ToRgb:
    """The function for a strip of this image; it may add to the notes when it meets something worth one."""
    if colours.note:
        notes.append(colours.note)
    if image.mode == "LAB":
        notes.append("LAB converted to sRGB")
        return _lab_converter()
    if _has_transparency(image):
        return lambda strip: _composed(strip, background, notes, colours.convert)
    if colours.convert is not None:
        in_srgb = colours.convert
        return lambda strip: np.asarray(in_srgb(strip))
    if image.mode in ("CMYK", "YCbCr", "HSV"):
        notes.append(f"{image.mode} converted to RGB")
    return lambda strip: np.asarray(strip.convert("RGB"))


def _has_transparency(image: Image.Image) -> bool:
    # The picture inside an icon may have lost its palette; Pillow then shows grey.
    return not (image.mode == "P" and image.palette is None) and image.has_transparency_data


def _composed(
    strip: Image.Image, background: Colour, notes: list[str], in_srgb: icc.Convert | None
) -> npt.NDArray[np.uint8]:
    rgba = (strip.convert("LA") if strip.mode == "La" else strip).convert("RGBA")
    alpha = rgba.getchannel("A")
    lowest, _ = alpha.getextrema()
    if in_srgb is not None:
        rgba = in_srgb(rgba.convert("RGB")).convert("RGBA")
        rgba.putalpha(alpha)
    if lowest == 255:
        return np.asarray(rgba.convert("RGB"))
    notes.append(f"{_TRANSPARENT} {_colour_name(background)}")
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
