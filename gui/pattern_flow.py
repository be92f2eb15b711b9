"""Filter patterns in the window: what is asked for becomes an order, what forms goes to tiles, viewer and panel."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine import architecture
from engine.patterns import objectives
from engine.patterns.objectives import Objective
from engine.patterns.records import Frame
from engine.records import EngineError, Picture
from gui.channel_model import TilePattern
from gui.choices import Content
from gui.compare_view import Side
from gui.job_thread import JobEvent
from gui.message import MessageKind
from gui.pattern_jobs import FindPatterns, FormPattern, PatternFormed, PatternFrame, PatternsFound, ShelfPattern, slim
from gui.pattern_queue import Goal, Order, PatternQueue, goals_of
from gui.pattern_settings import PatternSettings
from gui.pattern_shelf import PatternShelf
from gui.pipeline import LAST, LATER
from gui.queue_model import QueueRow, State
from gui.wording import number

if TYPE_CHECKING:
    from gui.main_window import MainWindow

DREAM = "dream"
"""The recipe that starts from the person's picture."""

COST = {"block1": 0.1, "block2": 0.3, "block3": 0.7, "block4": 2.0, "block5": 5.0}
"""Seconds that a `crisp` pattern takes on two cores, until one of the layer has been timed."""

OUTCOME_WORDS = {
    "rendering": "still forming",
    "rendered": "rendered",
    "weak": "weak: the filter hardly responds to it",
    "stuck": "stuck: no start led anywhere",
}


class PatternFlow(QObject):
    """Mediates between the pattern views, the queue and the engine thread.

    Attributes:
        queue: What is to be formed.
        settings: Recipe, size, steps and seed.
        content: What the tiles show.

    Signals:
        changed: The queue or the patterns of the shown layer have changed.
    """

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.queue = PatternQueue(cost=lambda layer: COST[layer.partition("_")[0]])
        self.settings = PatternSettings()
        self.content: Content = "maps"
        self._controller = window.controller
        self._presenter = window.controller.presenter
        self._views = window.views
        self._shelf = PatternShelf()
        self._version = 0
        self._job: int | None = None
        self._finding: int | None = None
        self._live: PatternFrame | None = None
        self._shown_goal: Goal | None = None
        self._sides: dict[PatternSettings, Side] = {}
        self._controller.engine.happened.connect(self._on_engine)
        self._controller.studio.happened.connect(self._on_studio)
        self._controller.engine_ready.connect(self._engine_ready)
        self._controller.engine_lost.connect(self._engine_lost)
        self._presenter.layer_changed.connect(self.show_layer)
        self._presenter.channel_shown.connect(self.show_channel)

    @property
    def layer(self) -> str:
        """The convolution whose patterns are shown: that of the shown layer, or the one that feeds its pooling."""
        return convolution_of(self._presenter.layer.name)

    def choose_content(self, content: Content) -> None:
        """Show maps, patterns or both in the tiles."""
        self.content = content
        self._views.gallery.set_shown(content)
        self.show_layer()

    def choose_settings(self, settings: PatternSettings) -> None:
        """Form patterns in another way from now on; what is queued stays as it was asked for."""
        self.settings = settings
        self.show_layer()

    def form_channels(self, channels: Sequence[int]) -> None:
        """Form these channels of the shown layer; all of the layer when none is named.

        What was formed on this machine is not formed again. What came with the program is, when it is named: whoever
        asks for it wants to watch it, or to continue it.
        """
        layer = architecture.layer(self.layer)
        wanted = channels or range(layer.channels)
        there = self.at_hand()
        missing = [channel for channel in wanted if channel not in there or (channels and there[channel].shipped)]
        if missing:
            words = f"channel {missing[0]}" if len(missing) == 1 else f"{len(missing)} channels"
            self._order(f"{layer.name}, {words}", goals_of(layer.name, missing, self.settings))
        elif channels:
            self.show_channel(channels[-1])

    def form_network(self) -> None:
        """Form every filter of every convolution."""
        for layer in architecture.layers():
            if layer.kind == "convolution":
                goals = goals_of(layer.name, range(layer.channels), self.settings)
                self._order(f"{layer.name}, all {layer.channels} channels", goals)

    def form_objective(self, title: str, objective: Objective) -> None:
        """Form something that is not just one channel; it is shown in the viewer."""
        settings = self.settings
        if objective.terms[0].channel is None:
            if self._controller.pipeline.look is None:
                self._say("A whole layer dreams on your picture; open one first.", "warning")
                return
            settings = settings.with_recipe(DREAM)
        self._order(f"{self.layer}, {title}", [Goal(self.layer, objective, settings)])

    def compare(self, left: PatternSettings, right: PatternSettings) -> None:
        """Form the shown channel in two ways, side by side."""
        channel = self._views.gallery.current_channel() or 0
        self._sides = {left: "left", right: "right"}
        self._views.compare.show_target(architecture.layer(self.layer), channel)
        for settings in (left, right):
            goals = goals_of(self.layer, (channel,), settings)
            self._order(f"{self.layer}, channel {channel}, {settings.recipe}", goals)

    def forget(self) -> None:
        """The patterns on the disk have been cleared."""
        self._shelf.clear()
        self.show_layer()

    def continue_pattern(self, steps: int) -> None:
        """Give the shown pattern more steps."""
        goal = self._shown_goal
        if goal is None or self._job is not None:
            return
        try:
            before = self._controller.patterns.get(goal.request().key(self._weights()), with_state=True)
        except EngineError as error:
            self._say(str(error), "error")
            return
        if before is None:
            self._say("This pattern came with the program; form it first to continue it.", "info")
            return
        self._job = self._controller.engine.submit(FormPattern(goal, before=before, more=steps), LAST)

    def set_paused(self, paused: bool) -> None:
        """Pause, within a step, or go on."""
        self.queue.paused = paused
        if self._job is not None:
            self._controller.engine.pause(self._job, paused)
        self._go_on()

    def cancel(self, numbers: Sequence[int]) -> None:
        """Drop orders; a pattern of theirs that is forming is stopped within a step."""
        if self.queue.cancel(numbers) is not None and self._job is not None:
            self._controller.engine.cancel(self._job)
        self._go_on()

    def cancel_all(self) -> None:
        """Drop everything."""
        self.cancel([order.number for order in self.queue.orders])

    def move(self, order: int, position: int) -> None:
        """Put an order at that place in the line."""
        self.queue.move(order, position)
        self._tell()

    def clear_ended(self) -> None:
        """Forget orders of which nothing is left to do."""
        self.queue.clear_ended()
        self._tell()

    def rows(self) -> list[QueueRow]:
        """The queue for its view."""
        return [self._row(order) for order in self.queue.orders]

    def at_hand(self) -> Mapping[int, ShelfPattern]:
        """The finished patterns of the shown layer by channel, made as the settings say, that are in memory."""
        return self._shelf.of(self.layer, self.settings)

    @Slot()
    def show_layer(self) -> None:
        """Show what patterns the shown layer has, and look on the disk for the others."""
        tiles = {channel: self._tile(pattern) for channel, pattern in self.at_hand().items()}
        self._views.gallery.show_patterns(tiles)
        if not self._shelf.knows(self.layer, self.settings) and self._controller.weights is not None:
            self._shelf.begin(self.layer, self.settings)
            channels = tuple(range(architecture.layer(self.layer).channels))
            request = FindPatterns(self.layer, channels, self.settings, self._weights())
            self._finding = self._controller.studio.submit(request, LATER)
        self.show_channel(self._views.gallery.current_channel() or 0)
        self._tell()

    @Slot(int)
    def show_channel(self, channel: int) -> None:
        """Show the pattern of a channel large, as far as it has come."""
        goal = goals_of(self.layer, (channel,), self.settings)[0]
        self._shown_goal = goal
        if self._live is not None and self._live.goal == goal:
            self._show_large(goal, self._live.frame, self._live.seconds)
            return
        pattern = self.at_hand().get(channel)
        if pattern is None:
            self._views.viewer.set_pattern(None)
            self._views.patterns.clear()
        else:
            self._show_large(goal, pattern.frame, 0.0)

    def _weights(self) -> str:
        return self._controller.weights.sha256 if self._controller.weights is not None else ""

    def _order(self, title: str, goals: Sequence[Goal]) -> None:
        try:
            self.settings.resolved()
        except EngineError as error:
            self._say(str(error), "error")
            return
        self.queue.add(title, goals)
        self._go_on()

    def _go_on(self) -> None:
        """Begin the next pattern, unless one is forming or there is no network."""
        if self._job is None and self._controller.weights is not None:
            gallery = self._views.gallery
            current = gallery.current_channel()
            preferred = (
                *([] if current is None else [current]),
                *gallery.selected_channels(),
                *gallery.visible_channels(),
            )
            goal = self.queue.take(self.layer, tuple(dict.fromkeys(preferred)))
            if goal is not None:
                self._job = self._controller.engine.submit(FormPattern(goal, self._start(goal)), LAST)
        self._tell()

    def _start(self, goal: Goal) -> Picture | None:
        """The person's picture, where that is what a pattern starts from."""
        look = self._controller.pipeline.look
        return look.picture if look is not None and goal.settings.recipe == DREAM else None

    @Slot(object)
    def _on_engine(self, event: JobEvent) -> None:
        if event.job != self._job or not isinstance(event.request, FormPattern):
            return
        goal = event.request.goal
        if isinstance(event.value, PatternFrame):
            self._forming(event.value)
        elif isinstance(event.value, PatternFormed):
            self._formed(event.value)
        elif event.kind in ("finished", "cancelled", "failed", "crashed"):
            self._job = self._live = None
            if event.kind == "failed":
                self.queue.finish(goal, failed=True)
                self._say(str(event.value), "error")
            elif event.kind == "crashed":
                self.queue.finish(goal, failed=True)
                self._controller.unexpected.emit(str(event.value))
            elif event.kind == "cancelled":
                self.queue.put_back(goal)
            self._go_on()

    def _forming(self, live: PatternFrame) -> None:
        self._live = live
        goal, frame = live.goal, live.frame
        if goal.channel is not None and goal.layer == self.layer and goal.settings == self.settings:
            self._views.gallery.show_pattern(goal.channel, self._tile(ShelfPattern(frame)))
        self._show_compared(goal, frame, live.seconds)
        if goal == self._shown_goal or goal.channel is None:
            self._show_large(goal, frame, live.seconds)
        self._tell()

    def _formed(self, formed: PatternFormed) -> None:
        goal = formed.goal
        self.queue.finish(goal, formed.seconds)
        frame = formed.frames[-1]
        if goal.channel is not None:
            kept = ShelfPattern(slim(frame))
            self._shelf.put(goal.layer, goal.settings, {goal.channel: kept})
            if goal.layer == self.layer and goal.settings == self.settings:
                self._views.gallery.show_pattern(goal.channel, self._tile(kept))
        self._show_compared(goal, frame, formed.seconds or 0.0)
        if goal == self._shown_goal or goal.channel is None:
            self._show_large(goal, frame, formed.seconds or 0.0)
        if self._controller.patterns.problem:
            self._say(self._controller.patterns.problem, "warning")

    @Slot(object)
    def _on_studio(self, event: JobEvent) -> None:
        found = event.value
        if not isinstance(found, PatternsFound):
            return
        self._shelf.put(found.layer, found.settings, found.patterns)
        if found.layer == self.layer and found.settings == self.settings:
            tiles = {channel: self._tile(pattern) for channel, pattern in self.at_hand().items()}
            self._views.gallery.show_patterns(tiles)
            shown = self._shown_goal.channel if self._shown_goal is not None else None
            if shown is not None and shown in found.patterns:
                self.show_channel(shown)
        self._tell()

    @Slot()
    def _engine_ready(self) -> None:
        self._shelf.clear()
        self.show_layer()
        self._go_on()

    @Slot()
    def _engine_lost(self) -> None:
        """Other weights are being loaded: what is forming belongs to the old ones."""
        if self._job is not None:
            self._controller.engine.cancel(self._job)

    def _show_large(self, goal: Goal, frame: Frame, seconds: float) -> None:
        title = f"{goal.layer} · channel {frame.channel}" if frame.channel >= 0 else goal.layer
        self._views.viewer.set_pattern(frame.image, f"{title} · what it looks for")
        self._views.patterns.show_frame(frame, seconds)
        look = self._controller.pipeline.look
        statistics = look.statistics.get(goal.layer) if look is not None else None
        score = None if statistics is None or goal.channel is None else float(statistics.mean[goal.channel])
        self._views.patterns.show_reference_score(score)

    def _tile(self, pattern: ShelfPattern) -> TilePattern:
        self._version += 1
        frame = pattern.frame
        text = f"{frame.step}/{frame.steps}"
        if frame.done:
            text = "" if frame.outcome == "rendered" else frame.outcome
        origin = ", came with the program" if pattern.shipped else ""
        sentence = f"Pattern: score {number(frame.score)}, {OUTCOME_WORDS[frame.outcome]}{origin}. {frame.note}".strip()
        return TilePattern(frame.image, text, sentence, self._version)

    def _row(self, order: Order) -> QueueRow:
        state: State = "done" if order.ended else "waiting"
        if order.running is not None:
            state = "paused" if self.queue.paused else "running"
        elif self.queue.paused and not order.ended:
            state = "paused"
        left = None if order.ended else self.queue.seconds_left(order)
        return QueueRow(order.number, order.title, state, order.done, order.total, left)

    def _say(self, text: str, kind: MessageKind) -> None:
        self._views.messages.show_message(text, kind)

    def _show_compared(self, goal: Goal, frame: Frame, seconds: float) -> None:
        side = self._sides.get(goal.settings)
        if side is not None and goal.channel is not None:
            self._views.compare.show_frame(side, frame, seconds)

    def _tell(self) -> None:
        self._views.queue.show_rows(self.rows())
        self.changed.emit()


def convolution_of(layer: str) -> str:
    """The convolution whose filters a view shows: the layer itself, or the last convolution before a pooling."""
    name = layer.removesuffix(architecture.LINEAR)
    if not name.endswith("_pool"):
        return name
    before = [info.name for info in architecture.layers() if info.kind == "convolution" and info.name < name]
    return before[-1]


def objective_named(name: str, channels: Sequence[int], place: tuple[float, float], pictures: int) -> list[Objective]:
    """What the panel's choice of an objective means for these channels: one objective each, or one for all of them.

    Args:
        name: One of `gui.pattern_text.OBJECTIVES`.
        channels: The selected channels.
        place: (row, column) of a neuron, as shares of the map.
        pictures: How many different patterns of a channel.

    Raises:
        EngineError: They make no objective.
    """
    if name == "layer":
        return [objectives.layer()]
    if name == "sum":
        return [functools.reduce(operator.add, (objectives.channel(channel) for channel in channels))]
    make: dict[str, Callable[[int], Objective]] = {
        "channel": objectives.channel,
        "neuron": lambda channel: objectives.neuron(channel, place),
        "negative": lambda channel: -objectives.channel(channel),
        "diverse": lambda channel: objectives.diverse(channel, pictures),
    }
    return [make[name](channel) for channel in channels]
