"""Feature maps to grey levels for the eye: which real value is black, which is white, and what fell outside.

Every scale but ``chollet`` is one straight line for each channel, level = 255 · (value - low) / (high - low), rounded;
they differ in how low and high are chosen. ``chollet`` is the arithmetic of F. Chollet, *Deep Learning with Python*,
first edition chapter 5.4, second edition chapter 9, third edition chapter 10, kept bit for bit.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.records import EngineError, MapArray, ScaledMaps, Style

GRID_COLUMNS = 16
"""Tiles in a row of the book's grid."""

OUTLIERS = 0.01
"""Share of the values that the ``percentile`` scale may clip at an end."""

_TOP = 255
_FLAT_LEVEL = 128
_SIGMA_LEVELS = 64.0
_MEAN_LEVEL = 128.0
_HUGE = np.float32(
    1e30
)  # stands in for anything larger: far from any real value, and a range of these does not overflow

_Rows: TypeAlias = npt.NDArray[np.float32]  # (channels, height · width): each channel contiguous
_Limits: TypeAlias = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]  # low and high, each (channels,)


def scale_maps(maps: MapArray, style: Style, *, signed: bool) -> ScaledMaps:
    """Turn the feature maps of one layer into grey levels.

    The scales:

    - ``channel``: 0 … the channel's maximum; minimum … maximum where values are signed.
    - ``layer``: the same over all channels together, so that brightness compares between them.
    - ``percentile``: as ``channel``, but up to one value in a hundred is clipped at an end. After ReLU most values
      are 0 and would drag every percentile down with them, so low is 0 and the hundredth is counted among the others.
    - ``absolute``: `style.low` … `style.high`.
    - ``chollet``: mean 128, one standard deviation 64 levels. See `chollet_levels` for its corner cases.

    A blank channel is level 0 in every scale whose low is 0 for it. A signed constant channel has no range and becomes
    level 128 throughout, with low and high both at its value. Where `style.centred` asks for it, the first three scales
    have the larger of -low and high at both ends, so that 0 is level 128.

    Args:
        maps: float32 (height, width, channels).
        style: The scale, and the limits of the ``absolute`` one.
        signed: Whether values below 0 belong there: true before ReLU.

    Raises:
        EngineError: The limits of the ``absolute`` scale are not two numbers in ascending order.
    """
    height, width, channels = maps.shape
    rows = np.ascontiguousarray(maps.reshape(-1, channels).T, dtype=np.float32)
    with np.errstate(all="ignore"):  # what is not finite or does not fit shows as an end of the scale, not as a warning
        if style.scale == "chollet":
            levels, low, high, outside = _chollet(np.array(rows) if np.may_share_memory(rows, maps) else rows)
        else:
            rows = _finite(rows)
            low, high = _limits(rows, style, signed=signed)
            levels, outside = _linear_levels(rows, low, high, blank=_FLAT_LEVEL if style.centred else 0)
    clipped = (outside / (height * width)).astype(np.float32)
    result = ScaledMaps(style, levels.reshape(channels, height, width), low, high, clipped)
    for array in (result.levels, low, high, clipped):
        array.flags.writeable = False
    return result


def chollet_levels(maps: MapArray) -> npt.NDArray[np.uint8]:
    """The book's grey levels, uint8 (channels, height, width).

    For each channel whose sum is not 0: ``(x - mean) / std * 64 + 128`` in float32 with the population's standard
    deviation; then clipped to 0 … 255 and cut to whole numbers. A channel with sum 0 is clipped and cut as it is.

    Where the standard deviation of a constant channel is exactly 0 the book divides 0 by 0; casting the result gives
    level 0 and a warning. Here it is level 0 without the warning. Where rounding leaves the mean one unit in the last
    place beside the constant, the book shows 0 or 255, and so does this: the constant badge says what it means.
    """
    return scale_maps(maps, Style("chollet"), signed=True).levels


def book_grid(maps: MapArray) -> npt.NDArray[np.uint8]:
    """All channels of a layer in one picture, as in the book: 16 tiles a row, separators of one pixel of level 0.

    Unlike the book, a last row that is not full is kept; the rest of it is 0.

    Args:
        maps: float32 (height, width, channels).

    Returns:
        uint8 ((height + 1) · rows - 1, 16 · (width + 1) - 1).
    """
    height, width, channels = maps.shape
    count = math.ceil(channels / GRID_COLUMNS)
    cells = np.zeros((count * GRID_COLUMNS, height + 1, width + 1), np.uint8)
    cells[:channels, :height, :width] = chollet_levels(maps)
    lines = cells.reshape(count, GRID_COLUMNS, height + 1, width + 1).swapaxes(1, 2)
    grid = lines.reshape(count * (height + 1), GRID_COLUMNS * (width + 1))
    return np.ascontiguousarray(grid[:-1, :-1])


def _finite(rows: _Rows) -> _Rows:
    if (np.abs(rows) <= _HUGE).all():
        return rows
    return np.clip(np.nan_to_num(rows), -_HUGE, _HUGE)


def _limits(rows: _Rows, style: Style, *, signed: bool) -> _Limits:
    if style.scale == "absolute":
        return _fixed(style, len(rows))
    low, high = _own_limits(rows, style, signed=signed)
    if style.centred:
        high = np.maximum(-low, high)
        low = -high
    return low, high


def _own_limits(rows: _Rows, style: Style, *, signed: bool) -> _Limits:
    if style.scale == "percentile":
        return _signed_percentiles(rows) if signed else _sparse_percentiles(rows)
    low, high = _extremes(rows, signed=signed)
    if style.scale == "layer":
        return np.full_like(low, low.min()), np.full_like(high, high.max())
    return low, high


def _extremes(rows: _Rows, *, signed: bool) -> _Limits:
    high = rows.max(axis=1)
    if signed:
        return rows.min(axis=1), high
    return np.zeros_like(high), np.maximum(high, 0)


def _signed_percentiles(rows: _Rows) -> _Limits:
    count = rows.shape[1]
    cut = int(OUTLIERS * count)
    ordered = np.partition(rows, (cut, count - 1 - cut), axis=1)
    low, high = ordered[:, cut].copy(), ordered[:, count - 1 - cut].copy()
    flat = low == high  # nearly all values are the same: the few others are all there is to see
    if flat.any():
        low[flat], high[flat] = _extremes(rows[flat], signed=True)
    return low, high


def _sparse_percentiles(rows: _Rows) -> _Limits:
    last = rows.shape[1] - 1
    cuts = (OUTLIERS * np.count_nonzero(rows, axis=1)).astype(int)
    high = np.zeros(len(rows), np.float32)
    for channel, (row, cut) in enumerate(zip(rows, cuts, strict=True)):
        high[channel] = np.partition(row, last - cut)[last - cut]
    return np.zeros(len(rows), np.float32), np.maximum(high, 0)


def _fixed(style: Style, channels: int) -> _Limits:
    low, high = np.float32(style.low), np.float32(style.high)
    if not -_HUGE <= low < high <= _HUGE:
        raise EngineError(
            f"The absolute scale needs a lower limit below its upper limit. Received: {style.low:g} and {style.high:g}."
        )
    return np.full(channels, low), np.full(channels, high)


def _linear_levels(
    rows: _Rows, low: npt.NDArray[np.float32], high: npt.NDArray[np.float32], *, blank: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.intp]]:
    outside = np.count_nonzero((rows < low[:, None]) | (rows > high[:, None]), axis=1)
    span = high - low
    values = rows - low[:, None]
    values /= np.where(span > 0, span, 1)[:, None]
    values *= _TOP
    values += 0.5
    np.clip(values, 0, _TOP, out=values)
    levels = values.astype(np.uint8)
    levels[span <= 0] = blank
    levels[(span <= 0) & (low != 0)] = _FLAT_LEVEL
    return levels, outside


def _chollet(
    rows: _Rows,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Levels, low, high and the number of values outside; writes to `rows`.

    Each operation is the book's, in its order: sums over contiguous rows are the same sums as over single maps, and so
    every rounding is the same. Fusing any two of them would change levels here and there.
    """
    low = np.zeros(len(rows), np.float32)
    high = np.full(len(rows), _TOP, np.float32)
    used = rows.sum(axis=1) != 0
    values = rows if used.all() else rows[used]
    mean = values.mean(axis=1, keepdims=True)
    values -= mean
    std = values.std(axis=1, keepdims=True)
    values /= std
    values *= _SIGMA_LEVELS
    values += _MEAN_LEVEL
    low[used] = (mean - std * (_MEAN_LEVEL / _SIGMA_LEVELS))[:, 0]
    high[used] = (mean + std * ((_TOP - _MEAN_LEVEL) / _SIGMA_LEVELS))[:, 0]
    undefined = ~((std > 0) & np.isfinite(std))[:, 0]
    if undefined.any():
        values[undefined] = np.where(np.isnan(values[undefined]), 0, values[undefined])
    if values is not rows:
        rows[used] = values
    outside = np.count_nonzero((rows < 0) | (rows > _TOP), axis=1)
    return np.clip(rows, 0, _TOP, out=rows).astype(np.uint8), low, high, outside
