"""What is asked for is formed, one pattern after the other, by the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from engine.patterns import costs
from engine.patterns.goals import DREAM, Goal, picture_key
from engine.patterns.settings import PatternSettings
from engine.process.endings import Death
from engine.process.jobs import JobEvent
from engine.process.pattern_jobs import FormPattern, PatternFormed, PatternFrame, stored_as
from engine.records import EngineError, Picture
from gui.control.controller import Controller
from gui.control.removed_orders import RemovedOrders
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import LAST
from gui.state.pattern_queue import PatternQueue, Removed
from gui.widgets.message_bar import MessageBar, MessageKind

LookedAt: TypeAlias = Callable[[], tuple[str, tuple[int, ...]]]
"""Gives the convolution that the person looks at, and the channels of it that they see, the most wanted first."""

_CLOSED = "A dream in the queue waits for the picture that it starts from; open that again, or cancel the dream."


class PatternRunner(QObject):
    """Works through the queue, one pattern after the other, and tells what forms.

    Attributes:
        queue: What is to be formed.
        live: The pattern that forms, as far as it has come.
        removed: What was taken out of the queue.

    Signals:
        changed: The queue has changed, or a pattern has come further.
        forming: A `PatternFrame`.
        formed: A `PatternFormed`.
    """

    changed = Signal()
    forming = Signal(object)
    formed = Signal(object)

    def __init__(self, controller: Controller, messages: MessageBar, looked_at: LookedAt) -> None:
        super().__init__(controller)
        self.queue = PatternQueue(cost=lambda layer: costs.seconds(controller.workspace.network, layer))
        self.live: PatternFrame | None = None
        self.removed = RemovedOrders(messages, self._put_in, self)
        self._looked_at = looked_at
        self._controller = controller
        self._messages = messages
        self._job: JobHandle | None = None
        self._fatal: Goal | None = None
        """What the engine's process ended with the last time."""
        self._controller.engine_lost.connect(self._engine_lost)
        self._controller.opener.opened.connect(self.go_on)  # a dream may have waited for this picture

    def add(self, orders: Sequence[tuple[str, Sequence[Goal]]]) -> None:
        """Form these, each a title and goals, in the ways that they name, after what is asked for already."""
        try:
            for settings in {goal.settings for _, goals in orders for goal in goals}:
                settings.resolved()
        except EngineError as error:
            self._say(str(error), "error")
            return
        for title, goals in orders:
            self.queue.add(title, [self.from_picture(goal) for goal in goals])
        self.go_on()

    def continue_goal(self, goal: Goal, steps: int) -> None:
        """Give a finished pattern more steps, unless another one is forming."""
        if self._job is not None:
            return
        try:
            before = self._controller.patterns.get(stored_as(goal.request(), self._digest()), with_state=True)
        except EngineError as error:
            self._say(str(error), "error")
            return
        if before is None:
            self._say("This pattern came with the program; form it first to continue it.", "info")
            return
        self._job = self._form(FormPattern(goal, before=before, more=steps))

    @Slot()
    def go_on(self) -> None:
        """Begin the next pattern, unless one is forming or there is no network."""
        if self._job is None and self._controller.weights is not None:
            goal = self._take()
            if goal is not None:
                self._job = self._form(FormPattern(goal, self._start(goal)))
        self.changed.emit()

    def set_paused(self, paused: bool) -> None:
        """Pause, within a step, or go on."""
        self.queue.paused = paused
        if self._job is not None:
            self._job.pause(paused)
        self.go_on()

    @property
    def busy(self) -> bool:
        """Whether a pattern is being formed or continued, or is paused half-way."""
        return self._job is not None

    def cancel(self, numbers: Sequence[int]) -> None:
        """Take orders out of the queue; a pattern of theirs that is forming is stopped within a step."""
        removed = self.queue.cancel(numbers)
        if removed.running is not None and self._job is not None:
            self._job.cancel()
        self.removed.keep(removed)
        self.go_on()

    def stop(self) -> None:
        """Stop the pattern that forms, and take its order out of the queue; the next order's turn has come."""
        running = [order.number for order in self.queue.orders if order.running is not None]
        if running:
            self.cancel(running)
        elif self._job is not None:  # one that is continued is of no order
            self._job.cancel()

    def cancel_all(self) -> None:
        """Take everything out of the queue."""
        self.cancel([order.number for order in self.queue.orders])

    def move(self, order: int, position: int) -> None:
        """Put an order at that place in the line."""
        self.queue.move(order, position)
        self.changed.emit()

    def clear_ended(self) -> None:
        """Forget orders of which nothing is left to do."""
        self.queue.clear_ended()
        self.changed.emit()

    def from_picture(self, goal: Goal) -> Goal:
        """The goal with the picture that it starts from, if it does and names none."""
        return goal if goal.picture else replace(goal, picture=self.picture(goal.settings))

    def picture(self, settings: PatternSettings) -> str:
        """Which picture a pattern of these settings starts from, if it is asked for now; "" for noise."""
        look = self._controller.pipeline.look
        return picture_key(look.picture) if look is not None and settings.recipe == DREAM else ""

    def _put_in(self, removed: Removed) -> None:
        self.queue.bring_back(removed)
        self.go_on()

    def _digest(self) -> str:
        return self._controller.workspace.network.digest if self._controller.weights is not None else ""

    def _take(self) -> Goal | None:
        """The goal to be formed now; dreams wait for the picture that they start from."""
        goal = self.queue.take(*self._looked_at(), ready=self._is_ready)
        if goal is None and not self.queue.paused and any(order.waiting for order in self.queue.orders):
            self._say(_CLOSED, "warning")
        return goal

    def _is_ready(self, goal: Goal) -> bool:
        return not goal.picture or self._start(goal) is not None

    def _start(self, goal: Goal) -> Picture | None:
        """The person's picture, where that is what a pattern starts from: the one that it was asked for with."""
        return next((one for one in self._controller.workspace.pictures if picture_key(one) == goal.picture), None)

    def _form(self, request: FormPattern) -> JobHandle:
        return self._controller.engine.submit(request, LAST, partial(self._on_event, request))

    def _on_event(self, request: FormPattern, _job: JobHandle, event: JobEvent) -> None:
        goal = request.goal
        if isinstance(event.value, PatternFrame):
            self.live = event.value
            self.queue.times.watch(goal, event.value.frame.step, event.value.frame.steps, event.value.seconds)
            self.forming.emit(event.value)
            self.changed.emit()
        elif isinstance(event.value, PatternFormed):
            # To continue a pattern takes as long as the steps that it is given, which says nothing of others.
            self.queue.finish(goal, event.value.seconds if request.before is None else None)
            self.formed.emit(event.value)
            if event.value.problem:
                self._say(event.value.problem, "warning")
        elif event.ended:
            self._job = self.live = None
            self._controller.report(event)
            death = event.value if isinstance(event.value, Death) else None
            if death is not None and not (death.at_work and goal == self._fatal):
                self._fatal = goal if death.at_work else self._fatal
                self.queue.put_back(goal)
            elif event.kind in ("failed", "crashed"):
                self.queue.finish(goal, failed=True)
            elif event.kind == "cancelled":
                self.queue.put_back(goal)
            self.go_on()

    @Slot()
    def _engine_lost(self) -> None:
        """Other weights are being loaded: what is forming belongs to the old ones."""
        if self._job is not None:
            self._job.cancel()

    def _say(self, text: str, kind: MessageKind) -> None:
        self._messages.show_message(text, kind)
