"""Truncated picture files: shown as far as they go, with a note of how far that is.

Pillow has one switch for it, for the whole process, and does not say how much was there. So a cut file is decoded
twice, each time with something else where the rest should be: the rows above the first difference are the picture's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from PIL import Image, ImageFile

from engine.records import EngineError

Reopen = Callable[[bytes], Image.Image]
"""A picture of these bytes, opened in the same way and not loaded."""

LEAST_SHARE = 0.125
"""The least part of the rows that is a picture to show."""

_END = b"\xff\xd9"
_STUFFING = bytes(range(1, 255)) * 64
"""What no encoder writes; as the rest of a JPEG's data it gives other pixels than nothing does."""

_ROWS = 64
_GREY = 128
_WHITE: dict[str, float | tuple[int, ...]] = {
    **dict.fromkeys(("1", "L", "P"), 255),
    **{mode: (255,) * bands for mode, bands in (("LA", 2), ("RGB", 3), ("RGBA", 4), ("CMYK", 4))},
    **dict.fromkeys(("I;16", "I;16B"), 65535),
    **dict.fromkeys(("I", "F"), 1),
}
"""What memory is filled with before pixels come, in the modes in which that can be told from the 0 of other memory."""

_GREYS: dict[str, int | tuple[int, ...]] = {
    "L": _GREY,
    "LA": (_GREY, 255),
    "RGB": (_GREY,) * 3,
    "RGBA": (_GREY, _GREY, _GREY, 255),
}


def is_cut(error: Exception) -> bool:
    """Whether that is how Pillow says that it wanted more bytes than there are."""
    return isinstance(error, OSError) and "truncated" in str(error)


def ends_in_grey(image: Image.Image) -> bool:
    """Whether the last row of a loaded JPEG is the grey that libjpeg puts where there are no data."""
    if image.format not in ("JPEG", "MPO"):
        return False
    last = image.crop((0, image.height - 1, *image.size))
    return set(last.tobytes()) <= {_GREY - 1, _GREY}


def rescued(reopen: Reopen, image: Image.Image, data: bytes, name: str) -> tuple[Image.Image, str] | None:
    """The rows of a truncated picture that its file has.

    Args:
        reopen: Opens it again.
        image: The picture as far as it was loaded.
        data: The bytes of its file.
        name: What to call it in a sentence.

    Returns:
        The picture, loaded, with grey or black where rows are missing, and a note; None when it cannot be told what is
        missing.

    Raises:
        EngineError: Nearly all of it is missing.
    """
    if image.format in ("JPEG", "MPO"):
        image.im = Image.new("L", (1, 1)).im  # two more are to be decoded
        return _jpeg(reopen, data, name)
    if image.mode not in _WHITE or image.format == "TIFF":
        return None
    _keep_what_there_is(image)
    other = reopen(data)
    other.im = Image.new(image.mode, image.size, _WHITE[image.mode]).im
    with suppress(OSError):
        other.load()
    _keep_what_there_is(other)
    there = _rows_alike(image, other)
    if image.format == "GIF" and "transparency" in image.info:  # its plugin fills memory with that
        there = image.height - _rows_below(image, {image.info["transparency"]})
    upwards = there == 0
    if upwards:
        there = _rows_alike(image, other, upwards=True)
    _check_share(there, image, name)
    if image.mode in _GREYS:
        missing = (0, 0, image.width, image.height - there) if upwards else (0, there, *image.size)
        image.paste(_GREYS[image.mode], missing)
    return image, _note(there, image.height, "first" if upwards else "last")


def completed(reopen: Reopen, data: bytes, name: str) -> tuple[Image.Image, str] | None:
    """The same for a JPEG that ends in grey: None when that is its own grey."""
    found = _jpeg(reopen, data[: data.rfind(_END)] if _END in data else data, name)
    return found if found[1] != _NOTHING_MISSING else None


_NOTHING_MISSING = "its file ends too early, but no row of it is missing"


def _note(there: int, height: int, which: str = "last") -> str:
    missing = height - there
    if not missing:
        return _NOTHING_MISSING
    if missing == 1:
        return f"cut off: the {which} of its {height} rows is missing"
    return f"cut off: the {which} {missing} of its {height} rows are missing"


def _check_share(there: int, image: Image.Image, name: str) -> None:
    if there < LEAST_SHARE * image.height:
        rows = "no row" if there == 0 else f"only {there} row{'s' if there > 1 else ''}"
        raise EngineError(f"{name} is cut off, and {rows} of {image.height} can be read; open an intact copy of it.")


def _jpeg(reopen: Reopen, data: bytes, name: str) -> tuple[Image.Image, str]:
    first, second = reopen(data + _END), reopen(data + _STUFFING + _END)
    first.load()
    second.load()
    alike = _rows_alike(first, second)
    if "progressive" not in first.info or alike == first.height:
        _check_share(alike, first, name)
        return first, _note(alike, first.height)
    # What is missing is detail, all over the picture; rows only if it was cut before the first scan had an end.
    there = first.height - _rows_below(first, {_GREY - 1, _GREY})
    _check_share(there, first, name)
    if there < first.height:
        return first, f"{_note(there, first.height)}; the rest has less detail"
    return first, "cut off: it has less detail"


def _keep_what_there_is(image: Image.Image) -> None:
    """Have Pillow take what it has loaded for all there is."""
    assert isinstance(image, ImageFile.ImageFile)
    image.tile = []


def _rows_alike(first: Image.Image, second: Image.Image, *, upwards: bool = False) -> int:
    """How many rows two pictures have in common from the top, or from the bottom."""
    width, height = first.size
    for done in range(0, height, _ROWS):
        rows = min(_ROWS, height - done)
        top = height - done - rows if upwards else done
        box = (0, top, width, top + rows)
        differs = (np.asarray(first.crop(box)) != np.asarray(second.crop(box))).reshape(rows, -1).any(axis=1)
        if differs.any():
            return done + int((differs[::-1] if upwards else differs).argmax())
    return height


def _rows_below(image: Image.Image, values: set[int]) -> int:
    """How many rows at the bottom have no other values than these."""
    for count in range(image.height):
        bottom = image.height - count
        if not set(image.crop((0, bottom - 1, image.width, bottom)).tobytes()) <= values:
            return count
    return image.height
