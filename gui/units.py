"""Numbers as people read them."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def bytes_text(count: float) -> str:
    """An amount of memory or of disk in decimal units, to two or three figures: "110 MB", "9.3 GB".

    Args:
        count: Bytes, 0 or more.
    """
    power = 0
    while round(count) >= 1000 and power < len(_UNITS) - 1:
        count /= 1000
        power += 1
    decimals = 1 if power and count < 9.95 else 0
    return f"{count:.{decimals}f} {_UNITS[power]}"


def count_text(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 channel", "9,920 channels".

    Args:
        count: How many.
        one: The noun for one.
        many: The noun for any other number; `one` with an "s" when None.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
