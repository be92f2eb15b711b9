"""Numbers and counts as a person reads them, and sentences as they fit into a tooltip."""

from __future__ import annotations

import math
import textwrap

from engine.units import bytes_text

__all__ = [
    "FIGURE_SPACE",
    "ZERO_WIDTH_SPACE",
    "bytes_text",
    "count_text",
    "decimals_for",
    "fixed",
    "nice_ticks",
    "number",
    "percent",
    "tip",
]

_DIGITS = 4
_PLAIN_FROM, _PLAIN_TO = 1e-4, 1e7
ZERO_WIDTH_SPACE = "\u200b"
"""Where a long word may be broken."""

_TIP_WIDTH = 80
"""Characters in a line of a tooltip: Qt breaks the lines of rich text only."""


def number(value: float) -> str:
    """The number in four significant digits, without an exponent where that is readable: ``123.4``, ``0.01235``."""
    value = float(value)
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if not _PLAIN_FROM <= abs(value) < _PLAIN_TO:
        return f"{value:.{_DIGITS - 1}e}"
    rounded = float(f"{value:.{_DIGITS}g}")
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(abs(rounded))))
    text = f"{rounded:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage: ``73 %``, ``2.5 %``; never rounded to 0 % or 100 % unless it is that."""
    hundredths = 100 * float(share)
    if 0 < hundredths < 0.1:
        return "<0.1 %"
    if 99.9 < hundredths < 100:
        return ">99.9 %"
    decimals = 1 if hundredths < 10 or hundredths > 99 else 0
    return f"{hundredths:.{decimals}f}".removesuffix(".0") + " %"


def tip(text: str) -> str:
    """The text for a tooltip: long lines are broken, the other breaks stay."""
    return "\n".join(line for given in text.split("\n") for line in textwrap.wrap(given, _TIP_WIDTH) or [""])


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


def count_text(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 channel", "9,920 channels".

    Args:
        count: How many.
        one: The noun for one.
        many: The noun for any other number; `one` with an "s" when None.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
