"""Which pattern is formed next: orders of one or many goals, in the person's order, what is looked at first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from engine.patterns.goals import Goal
from engine.patterns.recipes import DEFAULT
from engine.patterns.settings import PatternSettings

_MEMORY = 0.2
"""Weight of the newest time in the mean of a layer's seconds a pattern."""


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
