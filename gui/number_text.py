"""Numbers that stay where they are while they change, and round numbers for ticks."""

from __future__ import annotations

import math

FIGURE_SPACE = "\N{FIGURE SPACE}"
"""As wide as a digit, so a padded number keeps its place in a line of text."""

_SIGNIFICANT = 4
_MOST_DECIMALS = 5
_NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)


def decimals_for(low: float, high: float) -> int:
    """Decimals that show about four significant digits of the largest number of a range, from 0 to 5."""
    largest = max(abs(low), abs(high))
    if not math.isfinite(largest) or largest == 0:
        return 0
    return min(_MOST_DECIMALS, max(0, _SIGNIFICANT - 1 - math.floor(math.log10(largest))))


def fixed(value: float, low: float, high: float) -> str:
    """A value of a range, with the decimals and the width that every value of that range gets.

    Args:
        value: The number to write.
        low: The least value that will be shown in this place.
        high: The greatest.
    """
    decimals = decimals_for(low, high)
    width = max(len(f"{end:.{decimals}f}") for end in (low, high))
    return f"{value:.{decimals}f}".rjust(width, FIGURE_SPACE)


def nice_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Round numbers strictly inside a range, evenly spaced: multiples of 1, 2, 2.5 or 5 times a power of ten.

    Args:
        low: Lower end of the range.
        high: Upper end; nothing is returned unless it is above `low`.
        most: How many numbers there may be, at least 1.
    """
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return ()
    power = 10.0 ** math.floor(math.log10(span / (most + 1)))
    for factor in _NICE_STEPS:
        step = factor * power
        first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
        if last - first + 1 <= most:
            return tuple(index * step for index in range(first, last + 1))
    raise AssertionError("a step of 20 powers leaves at most one number")
