"""Numbers as people read them."""

from __future__ import annotations

from engine.units import bytes_text

__all__ = ["bytes_text", "count_text"]


def count_text(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 channel", "9,920 channels".

    Args:
        count: How many.
        one: The noun for one.
        many: The noun for any other number; `one` with an "s" when None.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
