"""Which pattern is formed next: orders of one or many goals, in the person's order, what is looked at first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from engine.patterns.goals import Goal, goals_of
from engine.patterns.settings import PatternSettings
from gui.state.pattern_times import PatternTimes


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


@dataclass(frozen=True, eq=False)
class Removed:
    """Orders that were taken out of the queue.

    Attributes:
        orders: Each with the place in line that it had, from the first one on.
        running: The goal that was being formed in one of them, to be stopped.
    """

    orders: tuple[tuple[int, Order], ...]
    running: Goal | None = None


@dataclass
class PatternQueue:
    """The orders, and one goal of one of them that runs.

    Attributes:
        orders: In the order in which they will be worked on; ended ones stay until they are cleared.
        paused: Whether nothing new is begun.
        cost: Seconds that a pattern of a layer with the usual recipe takes on a usual machine.
        times: How long patterns take on this one.
    """

    cost: Callable[[str], float]
    orders: list[Order] = field(default_factory=list)
    paused: bool = False
    times: PatternTimes = field(init=False)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.times = PatternTimes(self.cost)

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
        alike = (  # the layer first: there may be 4,224 goals, and this is asked several times in a turn
            goal
            for order in self.orders
            for goal in order.left
            if goal.layer == layer and goal.picture == picture and goal.settings == settings
        )
        return {channel for goal in alike if (channel := goal.channel) is not None}

    def finish(self, goal: Goal, seconds: float | None = None, *, failed: bool = False) -> None:
        """The running goal has been formed, in so many seconds unless it was found on the disk, or has failed."""
        for order in self.orders:
            if order.running == goal:
                order.running = None
                order.failed += failed
                order.formed += not failed
        self.times.finish(goal, None if failed else seconds)

    def put_back(self, goal: Goal) -> None:
        """The running goal was stopped half-way, to be begun again later."""
        for order in self.orders:
            if order.running == goal:
                order.running = None
                order.waiting.insert(0, goal)

    def cancel(self, numbers: Iterable[int]) -> Removed:
        """Take orders out. A goal that is running in one of them waits in it again."""
        gone, running = set(numbers), None
        taken = [(place, order) for place, order in enumerate(self.orders) if order.number in gone]
        for _, order in taken:
            self.orders.remove(order)
            if order.running is not None:
                running, order.running = order.running, None
                order.waiting.insert(0, running)
        return Removed(tuple(taken), running)

    def bring_back(self, removed: Removed) -> None:
        """Put orders that were taken out where they were, as far as the others still stand as they did."""
        for place, order in removed.orders:
            self.orders.insert(place, order)

    def move(self, number: int, position: int) -> None:
        """Put an order at that place in the line."""
        order = next((order for order in self.orders if order.number == number), None)
        if order is not None:
            self.orders.remove(order)
            self.orders.insert(max(0, position), order)

    def clear_ended(self) -> None:
        """Forget orders of which nothing is left to do."""
        self.orders = [order for order in self.orders if not order.ended]

    def guess(self, layer: str, settings: PatternSettings) -> float | None:
        """Seconds that a plain pattern of a layer takes; also before one has been timed, if that can be guessed."""
        return self.times.guess(goals_of(layer, (0,), settings)[0])

    def seconds_left(self, order: Order) -> float | None:
        """How long an order will still take, not counting what comes before it; None as long as nobody knows."""
        total, like, each = 0.0, None, None
        if order.running is not None:
            left = self.times.left(order.running)
            if left is None:
                return None
            total = left
        for goal in order.waiting:  # 4,224 of them, 30 times a second: neighbours are mostly alike
            if like is None or not _alike(goal, like):
                like, each = goal, self.times.expected(goal)
                if each is None:
                    return None
            total += each or 0.0
        return total


def _alike(goal: Goal, other: Goal) -> bool:
    """Whether two goals take equally long, as far as that can be seen at a glance."""
    same = goal.settings is other.settings and goal.objective.pictures == other.objective.pictures
    return same and goal.layer == other.layer and goal.more == other.more
