"""FITS pictures (FITS Standard 4.0): every image of a file, with the values that its header says they have."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.pixels.limits import MAX_PIXELS, check_samples, check_size
from engine.pixels.raster import Raster, Samples
from engine.records import EngineError

_BLOCK, _CARD = 2880, 80
_MAX_CARDS = 36_000
_MAX_PLANES = 20_000
_TYPES = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}

_Cards = Mapping[str, str]


@dataclass(frozen=True)
class Plane:
    """One picture of a file.

    Attributes:
        cards: The header it belongs to: keywords and what they are set to.
        start: Where its values begin in the file.
        width: Pixels a row.
        height: Rows.
        channels: 1, or 3 when three planes are a colour picture.
    """

    cards: _Cards
    start: int
    width: int
    height: int
    channels: int


def is_fits(data: bytes) -> bool:
    """Whether a file begins like FITS."""
    return data.startswith(b"SIMPLE  =")


def planes(data: bytes, name: str) -> tuple[Plane, ...]:
    """The pictures of a file: each plane of each image in it, but three planes of one are one in colour.

    Args:
        data: The bytes of the file.
        name: Its name, as it stands in a sentence.

    Raises:
        EngineError: There is none, or only such that are packed into tables.
    """
    packed = False

    def found() -> Iterator[Plane]:
        nonlocal packed
        for cards, start, size in _units(data):
            packed = packed or cards.get("ZIMAGE") == "T"
            if size and cards.get("XTENSION", "IMAGE") == "IMAGE":
                yield from _planes_of(cards, start, len(data))

    several = tuple(islice(found(), _MAX_PLANES))
    if not several and packed:
        raise EngineError(f"{name} is a FITS picture that is packed, which is not opened; save it unpacked.")
    if not several:
        raise EngineError(f"{name} is a FITS file without a picture in it; choose another file.")
    return several


def read(data: bytes, plane: Plane, name: str) -> Raster:
    """Decode a picture, its first row at the bottom as the standard has it, with BZERO, BSCALE and BLANK applied.

    Args:
        data: The bytes of the file.
        plane: One of `planes`.
        name: The file's name, as it stands in a sentence.

    Raises:
        EngineError: It is too large.
        Exception: The header is damaged, or the file ends within the picture.
    """
    cards, width, height = plane.cards, plane.width, plane.height
    check_size((width, height), MAX_PIXELS, name)
    stored = np.dtype(_TYPES[int(cards["BITPIX"])])
    zero, scale = _real(cards.get("BZERO"), 0.0), _real(cards.get("BSCALE"), 1.0)
    if not (math.isfinite(zero) and math.isfinite(scale)) or scale == 0:
        raise ValueError(zero, scale)
    target = _target(stored, zero, scale)
    check_samples((width, height), plane.channels, target.itemsize, name)
    values = np.frombuffer(data, stored, width * height * plane.channels, plane.start)
    shaped = values.reshape(plane.channels, height, width)
    samples = np.empty((height, width, plane.channels), target)
    upwards = cards.get("ROWORDER") != "TOP-DOWN"
    rows = max(1, 2**20 // width)
    for channel in range(plane.channels):
        for top in range(0, height, rows):
            strip = _physical(shaped[channel, top : top + rows], zero, scale, target)
            samples[slice(top, top + rows), :, channel] = strip
    blank = cards.get("BLANK")
    nodata = None
    if blank is not None and stored.kind in "iu":
        nodata = float(_physical(np.array([int(blank)]).astype(stored), zero, scale, target)[0])
    notes = []
    if (zero, scale) != (0.0, 1.0):
        notes.append(f"values are {scale:g} × stored + {zero:g} as its header says")
    if plane.channels == 3:
        notes.append("its three planes as red, green and blue")
    return Raster(
        samples=samples[::-1] if upwards else samples,
        bits=8 * target.itemsize,
        nodata=nodata,
        notes=tuple(notes),
    )


def _target(stored: np.dtype[Any], zero: float, scale: float) -> np.dtype[Any]:
    """The type that holds values after scaling: whole numbers as long as they stay whole."""
    if stored.kind == "f":
        return np.dtype(np.float64 if stored.itemsize == 8 or (zero, scale) != (0.0, 1.0) else np.float32)
    if scale == 1.0 and zero.is_integer():
        limits = np.iinfo(stored)
        low, high = int(limits.min) + int(zero), int(limits.max) + int(zero)
        for name in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"):
            holds = np.iinfo(name)
            if holds.min <= low and high <= holds.max:
                return np.dtype(name)
    return np.dtype(np.float32 if stored.itemsize <= 2 else np.float64)


def _physical(values: npt.NDArray[Any], zero: float, scale: float, target: np.dtype[Any]) -> Samples:
    if (zero, scale) == (0.0, 1.0):
        return values.astype(target)
    if target.kind == "f":
        return (values.astype(np.float64) * scale + zero).astype(target)
    # Whole numbers wrap around to the right value whichever way they are added.
    return (values.astype(np.int64).view(np.uint64) + np.uint64(int(zero) % 2**64)).astype(target)


def _planes_of(cards: _Cards, start: int, end: int) -> Iterator[Plane]:
    axes = _axes(cards)
    if len(axes) < 2 or min(axes) < 1 or int(cards["BITPIX"]) not in _TYPES:
        return
    size = axes[0] * axes[1] * abs(int(cards["BITPIX"])) // 8
    count = math.prod(axes[2:])
    if count == 3 and axes[2] == 3:
        yield Plane(cards, start, axes[0], axes[1], 3)
        return
    whole = max(1, (end - start) // size)  # those of a file that was cut off, but one in any case
    for number in range(min(count, whole, _MAX_PLANES)):
        yield Plane(cards, start + number * size, axes[0], axes[1], 1)


def _axes(cards: _Cards) -> tuple[int, ...]:
    count = int(cards.get("NAXIS", "0"))
    return tuple(int(cards[f"NAXIS{axis}"]) for axis in range(1, min(count, 999) + 1))


def _units(data: bytes) -> Iterator[tuple[_Cards, int, int]]:
    """Header, beginning of the data and its length, of each unit up to the first that is damaged."""
    at = 0
    while data[at : at + 8] in (b"SIMPLE  ", b"XTENSION"):
        cards, start = _cards(data, at)
        try:
            axes = _axes(cards)
            values = int(cards.get("GCOUNT", "1")) * (int(cards.get("PCOUNT", "0")) + math.prod(axes))
            size = abs(int(cards.get("BITPIX", "8"))) // 8 * values if axes else 0
        except (KeyError, ValueError):
            return
        yield cards, start, size
        if size < 0:
            return
        at = start + -(-size // _BLOCK) * _BLOCK


def _cards(data: bytes, at: int) -> tuple[_Cards, int]:
    """The values of a header's keywords, and where the data after it begin."""
    cards: dict[str, str] = {}
    for number in range(_MAX_CARDS):
        card = data[at + number * _CARD : at + (number + 1) * _CARD]
        keyword = card[:8].rstrip()
        if keyword == b"END" or len(card) < _CARD:
            return cards, at + -(-(number + 1) * _CARD // _BLOCK) * _BLOCK
        if card[8:10] == b"= ":
            text = card[10:].decode("latin-1").strip()
            value = text[1:].split("'")[0] if text.startswith("'") else text.split("/")[0]
            cards.setdefault(keyword.decode("latin-1"), value.strip())
    return cards, at + _MAX_CARDS * _CARD


def _real(text: str | None, default: float) -> float:
    return default if text is None else float(text.replace("D", "E").replace("d", "e"))
