"""The numbers of a channel: range, mean, spread, and how much of it is zero."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.records import ChannelStatistics, MapArray

_SQUARABLE = (1e-15, 1e15)
"""Ranges of values whose squares a float32 holds; a channel outside them is reckoned in float64."""

_BLOCK = 255  # positions at a time: the block stays in the cache, and a count of zeros fits in a byte


def channel_statistics(maps: MapArray) -> ChannelStatistics:
    """Statistics of every channel of one layer.

    Mean and variance are taken block by block around the block's own mean and merged in float64 (T. F. Chan,
    G. H. Golub and R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1982),
    so that a large mean does not drown a small spread. A channel that holds a value that is not finite gets figures
    that are not finite either, without a warning.

    Args:
        maps: float32 (height, width, channels), with at least one value a channel.
    """
    values = maps.reshape(-1, maps.shape[2])
    with np.errstate(all="ignore"):
        minimum, maximum = values.min(axis=0), values.max(axis=0)
        mean, variance, zeros = _moments(values)
        extent = maximum - minimum
        extreme = (extent > 0) & ((extent < _SQUARABLE[0]) | (extent > _SQUARABLE[1]))
        if extreme.any():
            mean[extreme] = values[:, extreme].mean(axis=0, dtype=np.float64)
            variance[extreme] = values[:, extreme].var(axis=0, dtype=np.float64)
        single = minimum == maximum  # rounding must not give a constant a spread
        mean[single] = minimum[single]
        variance[single] = 0
        variance = np.maximum(variance, 0)
        result = ChannelStatistics(
            minimum=minimum,
            maximum=maximum,
            mean=mean.astype(np.float32),
            std=np.sqrt(variance).astype(np.float32),
            zeros=(zeros / len(values)).astype(np.float32),
            blank=single & (maximum == 0),
            constant=single & (maximum != 0),
        )
    for array in vars(result).values():
        array.flags.writeable = False
    return result


def _moments(
    values: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Mean, population variance and number of zeros of each column of (positions, channels)."""
    channels = values.shape[1]
    mean, squares = np.zeros(channels), np.zeros(channels)
    zeros = np.zeros(channels, np.int64)
    scratch = np.empty((_BLOCK, channels), np.float32)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        count = len(block)
        centre = np.add.reduce(block, axis=0) / np.float32(count)
        deviation = np.subtract(block, centre, out=scratch[:count])
        centre_error = np.add.reduce(deviation, axis=0).astype(np.float64) / count  # the centre was rounded
        np.multiply(deviation, deviation, out=deviation)
        step = centre + centre_error - mean
        mean += step * (count / (start + count))
        squares += np.add.reduce(deviation, axis=0) - count * centre_error**2
        squares += step**2 * (start * count / (start + count))
        zeros += np.add.reduce((block == 0).view(np.uint8), axis=0, dtype=np.uint8)
    return mean, squares / len(values), zeros
