"""Results without a tile, a neuron's or a dream: which of them the viewer shows, and those that wait to be shown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from engine.patterns.goals import Goal
from engine.patterns.records import Frame
from engine.process.pattern_jobs import slim

_MOST_BYTES = 32_000_000
"""What the pictures of those that are not shown may take; the newest one is kept in any case."""

View: TypeAlias = tuple[str, int | None, str]
"""What the person looks at: layer, current channel, picture."""


class UntiledResults:
    """What was asked for last that has no tile, and what has come of it.

    As long as the person looks at the same channel of the same picture, results of that take the viewer. Once they
    have gone somewhere else, they do not any more, also when the person comes back.
    """

    def __init__(self) -> None:
        self._asked: list[Goal] = []
        self._view: View | None = None
        self._shown: Goal | None = None
        self._numbers: dict[int, Goal] = {}
        self._count = 0
        self._frames: OrderedDict[Goal, tuple[Frame, ...]] = OrderedDict()

    def ask(self, goals: Iterable[Goal], view: View) -> None:
        """These are wanted, beside what was asked for with the same view."""
        self.look(view)
        self._view = view
        self._asked.extend(goals)

    def look(self, view: View) -> None:
        """The person looks at this now."""
        if view != self._view:
            self.turn_away()

    def turn_away(self) -> bool:
        """The viewer is wanted for something else; whether it was for one of these."""
        followed = bool(self._asked)
        self._asked, self._shown, self._view = [], None, None
        return followed

    def take(self, goal: Goal) -> bool:
        """Whether the viewer is to show this one, which it does from now on if so."""
        if not any(goal.shown_with(asked) for asked in self._asked):
            return False
        self._shown = goal
        return True

    @property
    def shown(self) -> Goal | None:
        """That which the viewer is to show, if there is one."""
        return self._shown

    def put(self, goal: Goal, frames: Iterable[Frame]) -> int:
        """Keep a finished one, as long as there is room.

        Returns:
            Its number, for `goal`.
        """
        key = _place(goal)
        self._frames[key] = tuple(slim(frame) for frame in frames)
        self._frames.move_to_end(key)
        while len(self._frames) > 1 and self._bytes() > _MOST_BYTES:
            self._frames.popitem(last=False)
        self._numbers = {number: one for number, one in self._numbers.items() if _place(one) in self._frames}
        self._count += 1
        self._numbers[self._count] = goal
        return self._count

    def goal(self, number: int) -> Goal | None:
        """The goal of that number, or None when its result is not kept any more."""
        return self._numbers.get(number)

    def frames(self, goal: Goal) -> tuple[Frame, ...]:
        """The last frames of a finished one, if they are kept."""
        return self._frames.get(_place(goal), ())

    def clear(self) -> None:
        """Forget everything: other weights make other patterns."""
        self.turn_away()
        self._frames.clear()
        self._numbers.clear()

    def _bytes(self) -> int:
        return sum(frame.image.nbytes for frames in self._frames.values() for frame in frames)


def _place(goal: Goal) -> Goal:
    """A pattern and its continuation are one result."""
    return replace(goal, more=())
