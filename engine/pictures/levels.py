"""The black and white points of a deep picture, and the 8-bit picture that follows.

By default that is, for integers from 0 to 65535 that use a quarter or more of it, the smallest full scale of 8, 10, 12,
14 or 16 bits that holds them all, if the file does not state its own: sensors and scanners have these, and a dim
photograph stays dim. Anything else has no
known scale and gets the range of its own values. An extreme is left out of that range when it is an outlier: when it
lies further from all but a thousandth of the values than these spread.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.pixels.raster import Raster, Samples
from engine.records import EngineError, Levels

NO_DATA = 3.39e38
"""Floats of at least this size are no measurements: they are what programs write where there is none (the largest
numbers of 32 and 64 bits, -3.4e38)."""

OUTLIERS = 0.001
"""The share of values at each end that may be outliers."""

_FEW = 64  # of so few values, none can be told to be an outlier
_DEPTHS = tuple(2**bits - 1 for bits in (8, 10, 12, 14, 16))
_USED = 0.25
_STRIP_PIXELS = 2**20
_SAMPLED = 2**21  # of more values than these, percentiles come from evenly spaced ones
_MODES = {1: ("L", "LA"), 3: ("RGB", "RGBA"), 4: ("CMYK", "CMYK")}


@dataclass(frozen=True)
class _Range:
    """The range of a picture's values; without any, lowest is above highest."""

    lowest: float = math.inf
    highest: float = -math.inf
    low: float = 0.0
    high: float = 0.0
    missing: int = 0
    infinite: int = 0


def check_levels(levels: tuple[float, float] | None) -> None:
    """Raise an `EngineError` when somebody's levels are none: not finite, or not in ascending order."""
    if levels is not None and not (all(map(math.isfinite, levels)) and levels[0] < levels[1]):
        raise EngineError(
            f"Levels are two numbers, black below white. Received: {levels[0]:g} and {levels[1]:g}; choose others."
        )


def to_image(raster: Raster, chosen: tuple[float, float] | None) -> tuple[Image.Image, Levels | None, tuple[str, ...]]:
    """A raster in 8 bits.

    Args:
        raster: The picture. Its mode becomes L, LA, RGB, RGBA or CMYK.
        chosen: The values to be shown as 0 and 255 (where white is zero: as 255 and 0), or None for those that suit it.
            Only deep pictures have any.

    Returns:
        The image, with its orientation and profile; its levels, if it is deep; and what was done.
    """
    levels, notes = None, raster.notes
    if raster.is_deep:
        found = _range(raster)
        levels = _levels(raster, found, chosen)
        notes = (*notes, *_notes(raster, found, levels))
    low, high = (levels.low, levels.high) if levels else (0.0, raster.white)
    image = _image(raster, low, high)
    if raster.icc_profile:
        image.info["icc_profile"] = raster.icc_profile
    if raster.orientation != 1:
        image.getexif()[0x0112] = raster.orientation
    return image, levels, notes


def _strips(raster: Raster) -> Iterator[slice]:
    height, width = raster.samples.shape[:2]
    rows = max(1, _STRIP_PIXELS // width)
    return (slice(top, min(height, top + rows)) for top in range(0, height, rows))


def _missing(raster: Raster, rows: slice) -> npt.NDArray[np.bool_]:
    """Which pixels of some rows were not measured."""
    values = raster.samples[rows]
    missing = np.zeros(values.shape[:2], np.bool_)
    if values.dtype.kind == "f":
        missing |= (np.isnan(values) | (np.isfinite(values) & (np.abs(values) >= NO_DATA))).any(axis=2)
    if raster.nodata is not None:
        missing |= (values == values.dtype.type(raster.nodata)).all(axis=2)
    return missing


def _range(raster: Raster) -> _Range:
    lowest, highest, gone, infinite = math.inf, -math.inf, 0, 0
    step = max(1, raster.samples.size // _SAMPLED) | 1  # odd, so that it does not stay in one column or channel
    counts, samples = np.zeros(2**16, np.int64), []
    for rows in _strips(raster):
        values, missing = raster.samples[rows], _missing(raster, rows)
        gone += int(missing.sum())
        seen = ~missing if raster.alpha is None else ~missing & (raster.alpha[rows] > 0)
        known = values.reshape(-1) if seen.all() else values[seen].reshape(-1)
        if known.dtype.kind == "f":
            finite = known[np.isfinite(known)]
            infinite += known.size - finite.size
            known = finite
        if not known.size:
            continue
        lowest, highest = min(lowest, float(known.min())), max(highest, float(known.max()))
        if _is_short(known):
            counts += np.bincount(known.astype(np.int64) + _offset(known), minlength=2**16)
        else:
            samples.append(known[::step])
    if lowest > highest:
        return _Range(missing=gone, infinite=infinite)
    first = _offset(raster.samples)
    low, high = _of_counts(counts, first) if _is_short(raster.samples) else _of_samples(np.concatenate(samples))
    return _Range(lowest, highest, low, high, gone, infinite)


def _is_short(values: Samples) -> bool:
    return values.dtype.kind in "iu" and values.dtype.itemsize <= 2


def _offset(values: Samples) -> int:
    """What makes any value of a short integer type an index."""
    return 2**15 if values.dtype.kind == "i" else 0


def _outliers(count: int) -> int:
    """How many values at each end may be outliers."""
    return math.ceil(count * OUTLIERS) if count >= _FEW else 0


def _of_counts(counts: npt.NDArray[np.int64], offset: int) -> tuple[float, float]:
    """The values that no more than the outliers are below and above."""
    total = counts.cumsum()
    few = _outliers(int(total[-1]))
    low, high = np.searchsorted(total, (few + 1, int(total[-1]) - few))
    return float(low - offset), float(high - offset)


def _of_samples(values: Samples) -> tuple[float, float]:
    few = _outliers(values.size)
    ordered = np.partition(values, (few, values.size - 1 - few))
    return float(ordered[few]), float(ordered[values.size - 1 - few])


def _levels(raster: Raster, found: _Range, chosen: tuple[float, float] | None) -> Levels:
    if found.lowest > found.highest:
        low, high = chosen or (0.0, 1.0)
        return Levels(low, high, 0.0, 1.0, chosen is not None)
    low, high = chosen or _window(found, _full_scale(raster, found))
    return Levels(low, high, found.lowest, found.highest, chosen is not None)


def _full_scale(raster: Raster, found: _Range) -> float | None:
    """The value that is white whatever the picture shows, or None for kinds of data that have none."""
    if raster.stated_white is not None:
        return raster.stated_white
    if raster.samples.dtype.kind in "iu" and found.lowest >= 0:
        return next((float(white) for white in _DEPTHS if white >= found.highest), None)
    return None


def _window(found: _Range, white: float | None) -> tuple[float, float]:
    """The values that become black and white unless somebody chooses others."""
    spread = found.high - found.low
    if white is not None and (spread >= _USED * white or found.lowest == found.highest):
        return 0.0, white
    if spread <= 0:
        return found.lowest, found.highest
    low = found.lowest if found.lowest >= found.low - spread else found.low
    high = found.highest if found.highest <= found.high + spread else found.high
    return low, high


def _notes(raster: Raster, found: _Range, levels: Levels) -> Iterator[str]:
    scaled = f"{raster.kind}, scaled from {levels.low:.6g}…{levels.high:.6g}"
    if found.lowest < levels.low or found.highest > levels.high:
        scaled += f" of {found.lowest:.6g}…{found.highest:.6g}"
    yield scaled
    if raster.white_is_zero:
        yield "white is zero in the file"
    if found.missing:
        pixels = "1 pixel" if found.missing == 1 else f"{found.missing:,} pixels"
        yield f"{pixels} without data left out and black"
    if found.infinite:
        yield "1 infinite value left out" if found.infinite == 1 else f"{found.infinite:,} infinite values left out"


def _image(raster: Raster, low: float, high: float) -> Image.Image:
    height, width, channels = raster.samples.shape
    image = Image.new(_MODES[channels][raster.alpha is not None], (width, height))
    table = _table(raster, low, high)
    for rows in _strips(raster):
        values = raster.samples[rows]
        shown = _scaled(values, low, high) if table is None else table[values.view(np.uint16)]
        if raster.white_is_zero:
            shown = 255 - shown
        if raster.is_deep:
            shown[_missing(raster, rows)] = 0
        if raster.alpha is not None and channels < 4:
            shown = np.concatenate((shown, _scaled(raster.alpha[rows], 0.0, raster.opaque)[..., None]), axis=2)
        strip = np.ascontiguousarray(shown[..., 0] if shown.shape[2] == 1 else shown)
        image.paste(_as_image(strip, image.mode), (0, rows.start))
    return image


def _as_image(strip: npt.NDArray[np.uint8], mode: str) -> Image.Image:
    return Image.frombytes(mode, (strip.shape[1], strip.shape[0]), strip)


def _table(raster: Raster, low: float, high: float) -> npt.NDArray[np.uint8] | None:
    """The level of each 16-bit value, or None for other depths."""
    if raster.samples.dtype.kind not in "iu" or raster.samples.dtype.itemsize != 2:
        return None
    return _scaled(np.arange(2**16, dtype=np.uint16).view(raster.samples.dtype), low, high)


def _scaled(values: Samples, low: float, high: float) -> npt.NDArray[np.uint8]:
    """Low…high as 0…255; halved first, because the difference of two of the largest floats is infinite."""
    with np.errstate(all="ignore"):
        span = (high / 2 - low / 2) or 1.0
        levels = np.clip((values.astype(np.float64) / 2 - low / 2) / span, 0.0, 1.0) * 255.0
        return np.rint(np.nan_to_num(levels)).astype(np.uint8)
