"""Moving rows of a list as single steps: this row to that place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def moves(order: Sequence[int], chosen: Sequence[int], place: int) -> Iterator[tuple[int, int]]:
    """The steps that bring some rows together at a place, in their order, one step a row at most.

    A step (number, position) takes the row out and puts it in so that it stands at that position, counted from 0.

    Args:
        order: The numbers of all rows, from the top.
        chosen: The numbers of those that are moved; others than these keep their order.
        place: They go before the row that is here now; ``len(order)`` is behind the last.
    """
    wanted = set(chosen)
    block = [(row, number) for row, number in enumerate(order) if number in wanted]
    first = sum(number not in wanted for number in order[:place])
    targets = [(row, first + index, number) for index, (row, number) in enumerate(block)]
    # The last one goes down first, then the first one goes up first: no step pushes one that has arrived.
    for row, target, number in reversed(targets):
        if target > row:
            yield number, target
    for row, target, number in targets:
        if target < row:
            yield number, target


def moved(order: Sequence[int], number: int, position: int) -> list[int]:
    """The order after one step."""
    rest = [other for other in order if other != number]
    return [*rest[:position], number, *rest[position:]]
