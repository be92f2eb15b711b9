"""Channel numbers as people write them."""

from __future__ import annotations

from engine.records import EngineError


def parse_channels(text: str, count: int) -> tuple[int, ...]:
    """Channel numbers from what a person writes: ``all``, ``17`` or ``0-15,40``.

    Args:
        text: The selection. Order is kept, repeats are dropped.
        count: How many channels the layer has.

    Raises:
        EngineError: Not a selection, or a number outside 0 … count - 1.
    """
    if text.strip().lower() == "all":
        return tuple(range(count))
    chosen: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not (first.isdecimal() and (last.isdecimal() if dash else True)):
            raise EngineError(f"Channels are written like 'all', '17' or '0-15,40'. Received: {text!r}.")
        start, end = int(first), int(last if dash else first)
        if start > end or end >= count:
            raise EngineError(f"The layer has channels 0 to {count - 1}. Received: {part.strip()!r}.")
        chosen.update(dict.fromkeys(range(start, end + 1)))
    return tuple(chosen)
