"""How long patterns take: learned from those that form, the only source of every time that the window shows of them."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from engine.patterns.recipes import DEFAULT
from engine.patterns.settings import PatternSettings

if TYPE_CHECKING:
    from engine.patterns.goals import Goal

_Key = TypeVar("_Key")

_MEMORY = 0.2
"""Weight of the newest time in the mean of a layer's seconds a pattern."""

_FEW = 3
"""So many stretches of steps must have been timed before their pace means anything."""

_OUTLIER = 3.0
"""A stretch that takes so many times as long as others is no pace: a step was traced, or the machine was elsewhere."""

_Like: TypeAlias = tuple[str, PatternSettings, int, tuple[int, ...]]
"""Layer, settings but for the seed, number of pictures and continuations of patterns that take equally long."""


class PatternTimes:
    """Times patterns, and says how long others of their like will take."""

    def __init__(self, cost: Callable[[str], float]) -> None:
        """Know nothing yet.

        Args:
            cost: Seconds that a pattern of a layer with the usual recipe is expected to take on a usual machine: of use
                to compare layers, but no promise on this one.
        """
        self._cost = cost
        self._seconds: dict[_Like, float] = {}
        self._paces: dict[PatternSettings, float] = {}
        self._goal: Goal | None = None
        self._marks: list[tuple[int, float]] = []
        self._steps = 0

    def watch(self, goal: Goal, step: int, steps: int, seconds: float) -> None:
        """Take note of how far the pattern is that forms.

        Args:
            goal: What it is.
            step: Steps done; fewer than the last time means another attempt.
            steps: Steps in all.
            seconds: For how long it has been forming, without pauses.
        """
        if goal != self._goal or (self._marks and step < self._marks[-1][0]):
            self._goal, self._marks = goal, []
        if not self._marks or step > self._marks[-1][0]:
            self._marks.append((step, seconds))
        self._steps = steps

    def finish(self, goal: Goal, seconds: float | None) -> None:
        """The pattern is there: after so many seconds, or None where that says nothing about others."""
        if seconds is not None:
            steady = seconds - (self._lost() if goal == self._goal else 0.0)
            self._learn(self._seconds, _like(goal), steady)
            if _plain(_like(goal)):
                self._learn(self._paces, _like(goal)[1], steady / self._cost(goal.layer))
        self.forget()

    def forget(self) -> None:
        """Nothing forms any more."""
        self._goal, self._marks = None, []

    def expected(self, goal: Goal) -> float | None:
        """Seconds that a pattern will take; None as long as nobody knows.

        As others of its like took, else as fast as the one of its like that forms, else by the pace of other layers,
        which says something with the usual recipe only.
        """
        like = _like(goal)
        known = self._seconds.get(like)
        if known is None and self._goal is not None and _like(self._goal) == like:
            pace = self._pace()
            known = None if pace is None else pace * self._steps
        if known is None and _plain(like) and (pace := self._paces.get(like[1])) is not None:
            known = pace * self._cost(goal.layer)
        return known

    def guess(self, goal: Goal) -> float | None:
        """The same for who wants to decide beforehand: for the usual recipe, what it takes on a usual machine."""
        known = self.expected(goal)
        return self._cost(goal.layer) if known is None and _plain(_like(goal)) else known

    def left(self, goal: Goal) -> float | None:
        """Seconds that the pattern that forms will still take, by its own pace, else by that of its like."""
        if goal != self._goal or not self._marks:
            return self.expected(goal)
        step, seconds = self._marks[-1]
        if (pace := self._pace()) is not None:
            return pace * max(0, self._steps - step)
        expected = self.expected(goal)
        return None if expected is None else max(0.0, expected - seconds)

    def _pace(self) -> float | None:
        """Seconds a step."""
        rates = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(self._marks)]
        return statistics.median(rates) if len(rates) >= _FEW else None

    def _lost(self) -> float:
        """Seconds of the pattern that its like will not need again: in stretches that took far longer than usual."""
        pace, lost = self._pace(), 0.0
        if pace is None:
            return 0.0
        for (step, seconds), (later, end) in pairwise(self._marks):
            usual = pace * (later - step)
            if end - seconds > _OUTLIER * usual:
                lost += end - seconds - usual
        return lost

    @staticmethod
    def _learn(means: dict[_Key, float], key: _Key, value: float) -> None:
        means[key] = means.get(key, value) * (1 - _MEMORY) + value * _MEMORY


def _plain(like: _Like) -> bool:
    """Whether it is what costs are known of: one picture, by the usual recipe as it stands."""
    _, settings, pictures, more = like
    return settings.recipe == DEFAULT and not settings.changes and (pictures, more) == (1, ())


def _like(goal: Goal) -> _Like:
    return goal.layer, _unseeded(goal.settings), goal.objective.pictures, goal.more


@functools.lru_cache(maxsize=64)
def _unseeded(settings: PatternSettings) -> PatternSettings:
    return replace(settings, seed=0)
