"""Puts patterns, and how far they are, where they are seen: tiles, viewer, panel, comparison and status bar."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from engine.patterns.goals import Goal
from engine.patterns.records import Frame
from engine.patterns.settings import PatternSettings
from engine.process.pattern_jobs import PatternFrame, ShelfPattern
from engine.records import ImageArray, Progress
from gui.canvas.pattern_scale import GREY, as_on_a_sheet
from gui.canvas.tile_images import TilePattern
from gui.control.pipeline import Pipeline
from gui.formatting import number
from gui.state.choices import Side
from gui.state.pattern_queue import Order, PatternQueue
from gui.state.pattern_words import objective_name, picture_title
from gui.state.queue_rows import QueueRow, State
from gui.views import Views

_LINE = 2

OUTCOME_WORDS = {
    "rendering": "still forming",
    "rendered": "rendered",
    "weak": "weak: the filter hardly responds to it",
    "stuck": "stuck: no start led anywhere",
}


class PatternDisplay:
    """The views of one window, as far as patterns go.

    Attributes:
        sides: Which side of the comparison shows patterns made in which way.
        silent: Whether the status bar belongs to another job.
    """

    def __init__(self, views: Views, pipeline: Pipeline) -> None:
        self.sides: dict[PatternSettings, Side] = {}
        self.silent = False
        self._views = views
        self._pipeline = pipeline
        self._version = 0
        self._in_status = self._large = False
        self._several_of: Goal | None = None
        self._several: dict[int, ImageArray] = {}

    def clear(self) -> None:
        """Show no pattern large."""
        if self._large:  # most channels of a layer that one goes through for its maps have none
            self._large = False
            self._views.viewer.set_pattern(None)
            self._views.patterns.clear()

    def show_large(self, goal: Goal, frame: Frame, seconds: float) -> None:
        """Show a pattern in the viewer and its score in the panel, after so many seconds."""
        self._large = True
        self._views.viewer.set_pattern(self._picture(goal, frame), picture_title(goal.layer, goal.objective))
        self._views.patterns.show_frame(frame, seconds, objective_name(goal.objective), kept=goal.kept)
        look = self._pipeline.look
        statistics = look.statistics.get(goal.layer) if look is not None else None
        score = None if statistics is None or goal.channel is None else float(statistics.mean[goal.channel])
        self._views.patterns.show_reference_score(score)

    def _picture(self, goal: Goal, frame: Frame) -> ImageArray:
        """The pattern, or all of several different ones that have been seen, side by side."""
        if goal != self._several_of:
            self._several_of, self._several = goal, {}
        if goal.channel is not None:
            return as_on_a_sheet(frame)
        if goal.objective.pictures == 1:
            return frame.image  # none of its like comes with the program, and that of a neuron has a place
        self._several[frame.variant] = frame.image
        return side_by_side(self._several, goal.objective.pictures)

    def show_compared(self, goal: Goal, frame: Frame, seconds: float) -> None:
        """Show a pattern in the comparison, if it belongs there."""
        side = self.sides.get(goal.settings)
        if side is not None and goal.channel is not None:
            self._views.compare.show_frame(side, frame, seconds)

    def tile(self, pattern: ShelfPattern) -> TilePattern:
        """The pattern for its tile."""
        self._version += 1
        frame = pattern.frame
        text = f"{frame.step}/{frame.steps}"
        if frame.done:
            text = "" if frame.outcome == "rendered" else frame.outcome
        origin = ", came with the program" if pattern.shipped else ""
        sentence = f"Pattern: score {number(frame.score)}, {OUTCOME_WORDS[frame.outcome]}{origin}. {frame.note}".strip()
        return TilePattern(as_on_a_sheet(frame), text, sentence, self._version)

    def show_queue(self, queue: PatternQueue, live: PatternFrame | None) -> None:
        """Show the orders, and how far the one is that is worked on."""
        self._views.queue.show_rows(queue_rows(queue))
        self._show_status(queue, live)

    def _show_status(self, queue: PatternQueue, live: PatternFrame | None) -> None:
        """Say in the status bar how far that is which is worked on: an order in patterns, a single pattern in steps."""
        if self.silent:
            self._in_status = False
            return
        order = next((order for order in queue.orders if order.running is not None), None)
        if live is not None and (order is None or order.total == 1):
            title = order.title if order is not None else f"{live.goal.layer}, channel {live.frame.channel}, continued"
            left = queue.times.left(live.goal) if order is None else queue.seconds_left(order)
            progress = Progress(live.frame.step, live.frame.steps, title)
            self._views.job.show_progress(progress, paused=queue.paused, left=left)
            self._in_status = True
        elif order is not None:
            title = f"{order.title}: {order.done:,} of {order.total:,}"
            progress = Progress(order.done, order.total, title)
            self._views.job.show_progress(progress, paused=queue.paused, left=queue.seconds_left(order))
            self._in_status = True
        elif self._in_status:
            self._views.job.finish()
            self._in_status = False


def side_by_side(images: Mapping[int, ImageArray], count: int) -> ImageArray:
    """Pictures of one size in a square, in reading order, with grey lines between them and where one is missing.

    Args:
        images: uint8 RGB (side, side, 3) by place.
        count: How many places there are.
    """
    side = max(len(image) for image in images.values())
    columns = math.ceil(math.sqrt(count))
    whole = columns * (side + _LINE) - _LINE
    square = np.full((whole, whole, 3), GREY, np.uint8)
    for place, image in images.items():
        row, column = divmod(place, columns)
        top, left = row * (side + _LINE), column * (side + _LINE)
        square[top : top + len(image), left : left + len(image)] = image
    square.setflags(write=False)
    return square


def stock_text(patterns: Mapping[int, ShelfPattern], channels: int, queued: int, keys: str) -> str:
    """How many patterns of a layer are there, where from, and how to get the others.

    Args:
        patterns: Those that are there, by channel.
        channels: How many channels the layer has.
        queued: How many of the missing ones are asked for already.
        keys: That form the whole layer.
    """
    missing = channels - len(patterns)
    if not patterns and not queued:
        return f"This layer has no patterns yet that are made in this way; {keys} forms them"
    shipped = sum(pattern.shipped for pattern in patterns.values())
    parts = [f"{shipped} came with the program"] if shipped else []
    if formed := len(patterns) - shipped:
        parts.append(f"{formed} formed here")
    if queued:
        parts.append(f"{queued} in the queue")
    if missing > queued:
        parts.append(f"{missing - queued} missing; {keys} forms them")
    return "Patterns: " + ", ".join(parts)


def queue_rows(queue: PatternQueue) -> list[QueueRow]:
    """The orders for the view of the queue."""
    return [_queue_row(queue, order) for order in queue.orders]


def _queue_row(queue: PatternQueue, order: Order) -> QueueRow:
    state: State = "done" if order.ended else "waiting"
    if order.running is not None:
        state = "paused" if queue.paused else "running"
    elif queue.paused and not order.ended:
        state = "paused"
    left = None if order.ended else queue.seconds_left(order)
    return QueueRow(order.number, order.title, state, order.done, order.total, left)
