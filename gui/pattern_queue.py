"""Which pattern is formed next: orders of one or many goals, in the person's order, what is looked at first."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from engine import architecture
from engine.patterns.objectives import Objective, Term, channel
from engine.patterns.recipes import DEFAULT
from engine.patterns.requests import PatternRequest
from engine.records import EngineError
from gui.pattern_goals import DREAM
from gui.pattern_settings import PatternSettings

FORMAT = 1
"""Version of what `PatternQueue.to_text` writes."""

_MOST_DONE = 100_000
"""The most patterns of an order that are believed to have been formed before."""

_MEMORY = 0.2
"""Weight of the newest time in the mean of a layer's seconds a pattern."""


@dataclass(frozen=True)
class Goal:
    """One pattern that is wanted.

    Attributes:
        layer: Name of a convolution.
        objective: What is climbed.
        settings: Recipe, size, steps and seed.
        more: By how many steps it is continued afterwards, once for each time.
        picture: Which of the person's pictures it starts from, by `picture_key`; "" for noise.
    """

    layer: str
    objective: Objective
    settings: PatternSettings
    more: tuple[int, ...] = ()
    picture: str = ""

    @property
    def channel(self) -> int | None:
        """The channel whose tile shows it: only a plain one's."""
        return self.objective.channel if self.objective.plain and self.objective.pictures == 1 else None

    @property
    def kept(self) -> bool:
        """Whether the pattern is put into the store: one alone, that does not start from a person's picture."""
        return self.objective.pictures == 1 and self.settings.recipe != DREAM

    def request(self) -> PatternRequest:
        """The goal as the engine and the store know it.

        Raises:
            EngineError: The settings make no recipe.
        """
        return PatternRequest(self.layer, self.objective, self.settings.resolved(), self.settings.seed, more=self.more)

    def shown_with(self, other: Goal | None) -> bool:
        """Whether both have the same place on the screen: of a pattern and its continuation, there is one at a time."""
        return other is not None and replace(self, more=()) == replace(other, more=())


@dataclass(eq=False)
class Order:
    """What the person asked for at once.

    Attributes:
        number: Its number.
        title: What it is, for people.
        waiting: Goals that have not been begun.
        total: How many goals it had.
        formed: How many are finished.
        failed: How many could not be formed.
    """

    number: int
    title: str
    waiting: list[Goal]
    total: int
    formed: int = 0
    failed: int = 0
    running: Goal | None = None

    @property
    def done(self) -> int:
        """Goals that need no more work."""
        return self.formed + self.failed

    @property
    def left(self) -> list[Goal]:
        """Goals that need more work, that which runs first."""
        return [*([self.running] if self.running else []), *self.waiting]

    @property
    def ended(self) -> bool:
        """Whether nothing of it waits or runs."""
        return not self.waiting and self.running is None


@dataclass
class PatternQueue:
    """The orders, and one goal of one of them that runs.

    Attributes:
        orders: In the order in which they will be worked on; ended ones stay until they are cleared.
        paused: Whether nothing new is begun.
        cost: Seconds that a pattern of a layer is expected to take, before one of that layer has been timed.
    """

    cost: Callable[[str], float]
    orders: list[Order] = field(default_factory=list)
    paused: bool = False
    _seconds: dict[tuple[str, PatternSettings], float] = field(default_factory=dict)
    _paces: dict[PatternSettings, float] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, title: str, goals: Sequence[Goal]) -> int:
        """Add an order at the end.

        Returns:
            Its number.
        """
        waiting = list(dict.fromkeys(goals))
        order = Order(next(self._numbers), title, waiting, len(waiting))
        self.orders.append(order)
        return order.number

    def take(
        self, layer: str, preferred: Iterable[int], ready: Callable[[Goal], bool] = lambda _goal: True
    ) -> Goal | None:
        """The goal to be formed now, which counts as running.

        Args:
            layer: The layer that the person looks at.
            preferred: Channels of it that they see, the most wanted first; these come before all else.
            ready: Whether a goal can be formed now; others wait on.
        """
        if self.paused or self.running is not None:
            return None
        place = {number: rank for rank, number in enumerate(preferred)}
        best: tuple[int, Order, Goal] | None = None
        for order in self.orders:
            for goal in order.waiting:
                rank = place.get(goal.channel, len(place)) if goal.layer == layer and goal.channel is not None else None
                if rank is not None and rank < len(place) and (best is None or rank < best[0]) and ready(goal):
                    best = rank, order, goal
        if best is None:
            best = next(((0, order, goal) for order in self.orders for goal in order.waiting if ready(goal)), None)
        if best is None:
            return None
        _, order, goal = best
        order.waiting.remove(goal)
        order.running = goal
        return goal

    @property
    def running(self) -> Goal | None:
        """The goal that is being formed."""
        return next((order.running for order in self.orders if order.running is not None), None)

    def wanted(self, layer: str, settings: PatternSettings, picture: str = "") -> set[int]:
        """The channels of a layer that are asked for, made in this way from that picture, and not finished."""
        made = layer, settings, picture
        goals = (goal for order in self.orders for goal in order.left)
        return {
            goal.channel
            for goal in goals
            if goal.channel is not None and (goal.layer, goal.settings, goal.picture) == made
        }

    def finish(self, goal: Goal, seconds: float | None = None, *, failed: bool = False) -> None:
        """The running goal has been formed, in so many seconds unless it was found on the disk, or has failed."""
        for order in self.orders:
            if order.running == goal:
                order.running = None
                order.failed += failed
                order.formed += not failed
        if seconds is not None and not failed:
            key, pace = (goal.layer, goal.settings), seconds / self.cost(goal.layer)
            self._seconds[key] = self._seconds.get(key, seconds) * (1 - _MEMORY) + seconds * _MEMORY
            self._paces[goal.settings] = self._paces.get(goal.settings, pace) * (1 - _MEMORY) + pace * _MEMORY

    def put_back(self, goal: Goal) -> None:
        """The running goal was stopped half-way, to be begun again later."""
        for order in self.orders:
            if order.running == goal:
                order.running = None
                order.waiting.insert(0, goal)

    def cancel(self, numbers: Iterable[int]) -> Goal | None:
        """Drop orders.

        Returns:
            The goal that was running in one of them, to be stopped.
        """
        dropped = [order for order in self.orders if order.number in set(numbers)]
        self.orders = [order for order in self.orders if order not in dropped]
        return next((order.running for order in dropped if order.running is not None), None)

    def move(self, number: int, position: int) -> None:
        """Put an order at that place in the line."""
        order = next((order for order in self.orders if order.number == number), None)
        if order is not None:
            self.orders.remove(order)
            self.orders.insert(max(0, position), order)

    def clear_ended(self) -> None:
        """Forget orders of which nothing is left to do."""
        self.orders = [order for order in self.orders if not order.ended]

    def expected(self, layer: str, settings: PatternSettings) -> float | None:
        """Seconds a pattern: as timed, or from `cost` where that holds, which is for the recipe of its figures."""
        usual = settings.recipe == DEFAULT and not settings.changes
        return self._guess(layer, settings) if usual or (layer, settings) in self._seconds else None

    def seconds_left(self, order: Order) -> float:
        """How long an order will still take, from patterns like its own that were timed, or else from `cost`."""
        total, like, guess = 0.0, None, 0.0
        for goal in order.left:  # 4,224 of them, 30 times a second: neighbours have their layer and settings in common
            if like is None or goal.layer != like.layer or goal.settings is not like.settings:
                like, guess = goal, self._guess(goal.layer, goal.settings)
            total += guess
        return total

    def _guess(self, layer: str, settings: PatternSettings) -> float:
        """Seconds a pattern: as timed, or `cost` by the pace at which other layers went with these settings."""
        # Else a slow machine would promise a layer that waits in a third of the time of its like that runs.
        return self._seconds.get((layer, settings), self.cost(layer) * self._paces.get(settings, 1.0))

    def to_text(self) -> str:
        """What is left to do, as JSON, for the next start."""
        orders = [
            {"title": order.title, "goals": [_goal_record(goal) for goal in order.left], "done": order.done}
            for order in self.orders
            if not order.ended
        ]
        return json.dumps({"format": FORMAT, "orders": orders})

    def add_from_text(self, text: str) -> None:
        """Add the orders of `to_text`. What makes no sense, or is of another version, is left out."""
        try:
            record = json.loads(text)
            orders = record["orders"] if record["format"] == FORMAT else []
        except (ValueError, LookupError, TypeError, RecursionError):
            return
        for order in orders if isinstance(orders, list) else ():
            with suppress(*_SENSELESS):
                goals = [goal for entry in order["goals"] if (goal := _sensible(entry)) is not None]
                if goals:
                    self.add(str(order["title"]), goals)
                    self._count_done(order.get("done"))

    def _count_done(self, done: object) -> None:
        """Take into account what an earlier run of the program formed of the last order."""
        if isinstance(done, int) and 0 < done <= _MOST_DONE:
            self.orders[-1].formed = done
            self.orders[-1].total += done


def of_later_version(text: str) -> bool:
    """Whether a later version of the program wrote this in place of `PatternQueue.to_text`."""
    try:
        found = json.loads(text)["format"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
    return type(found) is int and found > FORMAT


def goals_of(layer: str, channels: Iterable[int], settings: PatternSettings, picture: str = "") -> list[Goal]:
    """A plain goal for each of these channels."""
    return [Goal(layer, channel(number), settings, picture=picture) for number in channels]


_SENSELESS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, EngineError)


def _sensible(record: Any) -> Goal | None:
    try:
        return _goal(record)
    except _SENSELESS:
        return None


def _goal_record(goal: Goal) -> dict[str, Any]:
    return {
        "layer": goal.layer,
        "settings": goal.settings.to_text(),
        "terms": [[term.channel, term.weight, term.position] for term in goal.objective.terms],
        "pictures": goal.objective.pictures,
        "diversity": goal.objective.diversity,
        "more": list(goal.more),
        "picture": goal.picture,
    }


def _goal(record: dict[str, Any]) -> Goal:
    layer = architecture.layer(record["layer"])
    terms = tuple(
        Term(
            None if number is None else range(layer.channels)[int(number)],
            float(weight),
            None if place is None else (float(place[0]), float(place[1])),
        )
        for number, weight, place in record["terms"]
    )
    objective = Objective(terms, int(record["pictures"]), float(record["diversity"]))
    more = tuple(int(steps) for steps in record.get("more", ()))
    picture = str(record.get("picture", ""))
    return Goal(layer.name, objective, PatternSettings.from_text(record["settings"]), more, picture)
