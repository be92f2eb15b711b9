"""Amounts as people read them."""

from __future__ import annotations


def bytes_text(count: float) -> str:
    """An amount of memory or of disk in decimal units, to two or three figures: "110 MB", "9.3 GB".

    Args:
        count: Bytes, 0 or more.
    """
    units = ("bytes", "kB", "MB", "GB", "TB")
    power = 0
    while round(count) >= 1000 and power < len(units) - 1:
        count /= 1000
        power += 1
    decimals = 1 if power and count < 9.95 else 0
    return f"{count:.{decimals}f} {units[power]}"
