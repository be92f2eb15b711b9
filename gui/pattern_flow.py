"""Filter patterns in the window: what is asked for becomes an order, what forms goes to tiles, viewer and panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine import architecture
from engine.patterns import objectives
from engine.patterns.objectives import Objective
from engine.patterns.records import Frame
from engine.records import EngineError
from gui.channel_model import TilePattern
from gui.choices import Content
from gui.job_thread import JobEvent
from gui.pattern_jobs import FindPatterns, FormPattern, PatternFormed, PatternFrame, PatternsFound, ShelfPattern, slim
from gui.pattern_queue import Goal, Order, PatternQueue, goals_of
from gui.pattern_settings import PatternSettings
from gui.pattern_shelf import PatternShelf
from gui.pipeline import LAST, LATER
from gui.queue_view import QueueRow
from gui.wording import number

if TYPE_CHECKING:
    from gui.main_window import MainWindow

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
        """Form these channels of the shown layer that are not at hand; all of them when none is named."""
        layer = architecture.layer(self.layer)
        wanted = channels or range(layer.channels)
        there = self._shelf.of(layer.name, self.settings)
        missing = [channel for channel in wanted if channel not in there]
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
        self._order(f"{self.layer}, {title}", [Goal(self.layer, objective, self.settings)])

    def continue_pattern(self, steps: int) -> None:
        """Give the shown pattern more steps."""
        goal = self._shown_goal
        if goal is None or self._job is not None:
            return
        try:
            before = self._controller.patterns.get(goal.request().key(self._weights()), with_state=True)
        except EngineError as error:
            self._views.messages.show_message(str(error), "error")
            return
        if before is None:
            self._views.messages.show_message("This pattern came with the program; form it first to continue it.")
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

    @Slot()
    def show_layer(self) -> None:
        """Show what patterns the shown layer has, and look on the disk for the others."""
        patterns = self._shelf.of(self.layer, self.settings) if self._shelf.knows(self.layer, self.settings) else None
        tiles = {channel: self._tile(pattern) for channel, pattern in (patterns or {}).items()}
        self._views.gallery.show_patterns(tiles)
        if patterns is None and self._controller.weights is not None:
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
        pattern = self._shelf.of(self.layer, self.settings).get(channel) if self._at_hand() else None
        if pattern is None:
            self._views.viewer.set_pattern(None)
            self._views.patterns.clear()
        else:
            self._show_large(goal, pattern.frame, 0.0)

    def _at_hand(self) -> bool:
        return self._shelf.knows(self.layer, self.settings)

    def _weights(self) -> str:
        return self._controller.weights.sha256 if self._controller.weights is not None else ""

    def _order(self, title: str, goals: Sequence[Goal]) -> None:
        try:
            self.settings.resolved()
        except EngineError as error:
            self._views.messages.show_message(str(error), "error")
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

    def _start(self, goal: Goal):  # type: ignore[no-untyped-def]
        look = self._controller.pipeline.look
        if goal.settings.recipe != "dream" or look is None or look.fitted is None:
            return None
        return look.fitted.pixels

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
                self._views.messages.show_message(str(event.value), "error")
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
        if goal == self._shown_goal or goal.channel is None:
            self._show_large(goal, frame, live.seconds)
        self._tell()

    def _formed(self, formed: PatternFormed) -> None:
        goal = formed.goal
        self.queue.finish(goal, formed.seconds)
        frame = formed.frames[-1]
        if goal.channel is not None:
            kept = ShelfPattern(slim(frame))
            if self._shelf.knows(goal.layer, goal.settings):
                self._shelf.of(goal.layer, goal.settings)[goal.channel] = kept
            if goal.layer == self.layer and goal.settings == self.settings:
                self._views.gallery.show_pattern(goal.channel, self._tile(kept))
        if goal == self._shown_goal or goal.channel is None:
            self._show_large(goal, frame, formed.seconds or 0.0)
        if self._controller.patterns.problem:
            self._views.messages.show_message(self._controller.patterns.problem, "warning")

    @Slot(object)
    def _on_studio(self, event: JobEvent) -> None:
        found = event.value
        if not isinstance(found, PatternsFound):
            return
        self._shelf.of(found.layer, found.settings).update(found.patterns)
        if found.layer == self.layer and found.settings == self.settings:
            tiles = {c: self._tile(pattern) for c, pattern in self._shelf.of(self.layer, self.settings).items()}
            self._views.gallery.show_patterns(tiles)
            if self._shown_goal is not None and self._shown_goal.channel in found.patterns:
                self.show_channel(self._shown_goal.channel)
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
        known = statistics is not None and goal.channel is not None
        self._views.patterns.show_reference_score(float(statistics.mean[goal.channel]) if known else None)

    def _tile(self, pattern: ShelfPattern) -> TilePattern:
        self._version += 1
        frame = pattern.frame
        text = "" if frame.outcome == "rendered" else frame.outcome
        if not frame.done:
            text = f"{frame.step}/{frame.steps}"
        origin = ", came with the program" if pattern.shipped else ""
        sentence = f"Pattern: score {number(frame.score)}, {OUTCOME_WORDS[frame.outcome]}{origin}. {frame.note}".strip()
        return TilePattern(frame.image, text, sentence, self._version)

    def _row(self, order: Order) -> QueueRow:
        state = "done" if order.ended else "waiting"
        if order.running is not None:
            state = "paused" if self.queue.paused else "running"
        elif self.queue.paused and not order.ended:
            state = "paused"
        left = None if order.ended else self.queue.seconds_left(order)
        return QueueRow(order.number, order.title, state, order.done, order.total, left)

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


def objective_named(name: str, channels: Sequence[int], position: tuple[float, float]) -> Objective:
    """What the panel's choice of an objective means for these channels."""
    first = channels[0]
    if name == "neuron":
        return objectives.neuron(first, position)
    if name == "layer":
        return objectives.layer()
    if name == "negative":
        return -objectives.channel(first)
    if name == "diverse":
        return objectives.diverse(first)
    total = objectives.channel(first)
    for channel in channels[1:]:
        total = total + objectives.channel(channel)
    return total
