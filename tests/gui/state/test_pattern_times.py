"""The time that patterns will take: one estimate, right within bounds as soon as it is shown, by a clock made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from pattern_samples import make_frame
from PySide6.QtWidgets import QLabel

from engine.networks.vgg16 import VGG16
from engine.patterns import costs
from engine.patterns.goals import Goal, goals_of
from engine.patterns.objectives import diverse
from engine.patterns.settings import PatternSettings
from engine.process.pattern_jobs import PatternFrame
from engine.time_left import time_left_text
from gui.control.pattern_display import queue_rows
from gui.main_window import MainWindow
from gui.queue.model import state_text
from gui.state.pattern_queue import PatternQueue

cost = partial(costs.seconds, VGG16)
CRISP = PatternSettings()
LUCID = PatternSettings(recipe="lucid")
STEPS = 48
SEEN = (1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48)
"""Steps after which a frame is shown."""


@pytest.fixture
def queue() -> PatternQueue:
    return PatternQueue(cost=cost)


def form(queue: PatternQueue, goal: Goal, seconds: float, traced: float = 0.0) -> Iterator[float]:
    """Form the running goal in so many seconds, and more for a trace after the second frame; yields the time."""
    for step in SEEN:
        now = seconds * step / STEPS + (traced if step > 2 else 0.0)
        queue.times.watch(goal, step, STEPS, now)
        yield now
    queue.finish(goal, seconds + traced)


@pytest.mark.parametrize("settings", [CRISP, LUCID], ids=["crisp", "lucid"])
@pytest.mark.parametrize("traced", [0.0, 2.0, 30.0])
@pytest.mark.parametrize("each", [0.02, 0.64, 5.0, 90.0])
def test_what_is_promised_is_what_it_takes(
    queue: PatternQueue, settings: PatternSettings, each: float, traced: float
) -> None:
    """11 patterns of block 5, on a machine of any speed, the first of which waits for a trace."""
    queue.add("job", goals_of("block5_conv1", range(11), settings))
    order = queue.orders[0]
    whole, before, shown = 11 * each + traced, 0.0, 0
    assert queue.seconds_left(order) is None
    while (goal := queue.take("", ())) is not None:
        first = order.done == 0
        for now in form(queue, goal, each, traced if first else 0.0):
            left = queue.seconds_left(order)
            if left is None:
                assert first
                assert now <= traced + each / 4  # soon
                continue
            shown += 1
            assert left == pytest.approx(whole - before - now, rel=0.05, abs=0.01)
        before += each + (traced if first else 0.0)
    assert shown > 100
    assert queue.seconds_left(order) == 0.0


def test_a_single_pattern_by_its_own_steps(queue: PatternQueue) -> None:
    queue.add("one", goals_of("block5_conv1", (3,), LUCID))
    goal = queue.take("", ())
    assert goal is not None
    left = [(now, queue.seconds_left(queue.orders[0])) for now in form(queue, goal, 7.0)]
    assert [seconds for _, seconds in left[:3]] == [None, None, None]
    assert all(seconds == pytest.approx(7.0 - now, abs=0.01) for now, seconds in left[3:])


def test_an_attempt_that_begins_anew_is_timed_anew(queue: PatternQueue) -> None:
    queue.add("one", goals_of("block5_conv1", (3,), LUCID))
    goal = queue.take("", ())
    assert goal is not None
    for now in form(queue, goal, 7.0):
        if now > 5:
            break
    for step in (1, 2, 4, 8, 12):
        queue.times.watch(goal, step, STEPS, 6.0 + step)
    assert queue.seconds_left(queue.orders[0]) == pytest.approx(36.0)


def test_another_layer_goes_at_the_pace_of_this_machine(queue: PatternQueue) -> None:
    """With the usual recipe, whose costs are known; of others nobody knows anything yet."""
    queue.add("runs", goals_of("block4_conv1", range(3), CRISP))
    queue.add("waits", goals_of("block5_conv1", range(10), CRISP))
    queue.add("differs", goals_of("block5_conv1", range(10), LUCID))
    goal = queue.take("", ())
    assert goal is not None
    for _ in form(queue, goal, cost("block4_conv1") / 8):
        assert queue.seconds_left(queue.orders[1]) is None
    assert queue.seconds_left(queue.orders[0]) == pytest.approx(2 * cost("block4_conv1") / 8)
    assert queue.seconds_left(queue.orders[1]) == pytest.approx(10 * cost("block5_conv1") / 8)
    assert queue.seconds_left(queue.orders[2]) is None


def test_the_seed_is_all_the_same_but_other_kinds_are_not(queue: PatternQueue) -> None:
    (goal,) = goals_of("block5_conv1", (1,), CRISP)
    queue.times.finish(goal, 3.0)
    assert queue.times.expected(replace(goal, settings=replace(CRISP, seed=9))) == pytest.approx(3.0)
    assert queue.times.expected(replace(goal, objective=diverse(1, 4))) is None
    assert queue.times.expected(replace(goal, more=(50,))) is None
    assert queue.times.expected(replace(goal, settings=replace(CRISP, steps=9))) is None


def test_before_anything_was_timed_only_the_usual_is_guessed(queue: PatternQueue) -> None:
    assert queue.guess("block5_conv1", CRISP) == cost("block5_conv1")
    assert queue.guess("block5_conv1", LUCID) is None
    (goal,) = goals_of("block5_conv1", (1,), CRISP)
    queue.times.finish(goal, 0.5)
    assert queue.guess("block5_conv2", CRISP) == pytest.approx(0.5 * cost("block5_conv2") / cost("block5_conv1"))


@pytest.mark.parametrize("count", [1, 5])
def test_status_bar_and_queue_say_the_same(cat_window: MainWindow, count: int) -> None:
    flow = cat_window.commands.patterns.flow
    flow.runner.queue.add("job", goals_of("block5_conv1", range(count), flow.presenter.settings))
    goal = flow.runner.queue.take("", ())
    assert goal is not None
    (time_label,) = [
        label for label in cat_window.views.job.findChildren(QLabel) if label.accessibleName() == "Time left"
    ]
    texts = []
    for now in form(flow.runner.queue, goal, 40.0, 8.0):
        frame = make_frame(round(min(now, 40.0) / 40.0 * STEPS), STEPS)
        flow.runner.live = PatternFrame(goal, frame, now)
        flow.presenter._show_queue()
        (row,) = queue_rows(flow.runner.queue)
        texts.append(time_label.text())
        assert time_label.text() == time_left_text(row.seconds_left)
        assert state_text(row) == (time_label.text() or "running")
        assert cat_window.views.queue.summary() == "1 running"  # the time stands in the row
    assert texts[:3] == ["", "", ""]
    assert texts[-2] == ("a few seconds left" if count == 1 else "3 min left")
    flow.runner.live = None
    flow.runner.queue.orders.clear()
