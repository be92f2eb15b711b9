"""Numbers as a person reads them in a sentence, and sentences as they fit into a tooltip."""

from __future__ import annotations

import math
import textwrap

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
