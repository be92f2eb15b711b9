from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tiny_network import OTHER

from engine.networks.vgg16 import VGG16
from engine.patterns.goals import Goal, goals_of
from engine.patterns.objectives import channel, diverse, neuron
from engine.patterns.settings import PatternSettings
from gui.state.pattern_queue import PatternQueue
from gui.state.queue_json import add_from_text, to_text

CRISP = PatternSettings()
BOOK = PatternSettings(recipe="chollet")


@pytest.fixture
def queue() -> PatternQueue:
    return PatternQueue(cost=lambda layer: 2.0 if layer.startswith("block4") else 1.0)


def channels(goals: list[Goal]) -> list[int | None]:
    return [goal.channel for goal in goals]


def drain(queue: PatternQueue, layer: str = "", preferred: tuple[int, ...] = ()) -> list[Goal]:
    """Form everything that is left, in the order in which it is given out."""
    formed = []
    while (goal := queue.take(layer, preferred)) is not None:
        formed.append(goal)
        queue.finish(goal)
    return formed


def test_orders_are_worked_on_in_turn(queue: PatternQueue) -> None:
    queue.add("first", goals_of("block1_conv1", (4, 2), CRISP))
    queue.add("second", goals_of("block2_conv1", (0,), CRISP))
    assert [(goal.layer, goal.channel) for goal in drain(queue)] == [
        ("block1_conv1", 4),
        ("block1_conv1", 2),
        ("block2_conv1", 0),
    ]


def test_what_is_looked_at_comes_first(queue: PatternQueue) -> None:
    queue.add("layer", goals_of("block1_conv1", range(6), CRISP))
    queue.add("other", goals_of("block2_conv1", range(3), CRISP))
    assert channels(drain(queue, "block2_conv1", (2, 1))[:3]) == [2, 1, 0]
    queue.add("layer", goals_of("block1_conv1", range(6), CRISP))
    assert channels(drain(queue, "block1_conv1", (5, 3))) == [5, 3, 0, 1, 2, 4]


def test_one_goal_runs_at_a_time(queue: PatternQueue) -> None:
    queue.add("layer", goals_of("block1_conv1", (1, 2), CRISP))
    goal = queue.take("", ())
    assert goal is not None
    assert queue.running == goal
    assert queue.take("", ()) is None
    queue.finish(goal)
    assert channels(drain(queue)) == [2]


def test_stopped_half_way_is_begun_again(queue: PatternQueue) -> None:
    queue.add("layer", goals_of("block1_conv1", (1, 2), CRISP))
    goal = queue.take("", ())
    assert goal is not None
    queue.put_back(goal)
    assert channels(drain(queue)) == [1, 2]


def test_pause_begins_nothing_new(queue: PatternQueue) -> None:
    queue.add("layer", goals_of("block1_conv1", (1,), CRISP))
    queue.paused = True
    assert queue.take("", ()) is None
    queue.paused = False
    assert channels(drain(queue)) == [1]


def test_orders_can_be_moved_and_cancelled(queue: PatternQueue) -> None:
    numbers = [queue.add(str(n), goals_of("block1_conv1", (n,), CRISP)) for n in range(4)]
    queue.move(numbers[3], 0)
    goal = queue.take("", ())
    assert goal is not None
    assert goal.channel == 3
    removed = queue.cancel([numbers[3], numbers[1]])
    assert removed.running == goal
    assert queue.running is None
    assert [order.number for order in queue.orders] == [numbers[0], numbers[2]]
    # Had back, they stand where they stood, and the goal that was stopped half-way is begun again.
    queue.bring_back(removed)
    assert [order.number for order in queue.orders] == [numbers[3], numbers[0], numbers[1], numbers[2]]
    assert channels(drain(queue)) == [3, 0, 1, 2]


def test_counts_and_time_left(queue: PatternQueue) -> None:
    queue.add("layer", goals_of("block4_conv1", range(10), CRISP))
    order = queue.orders[0]
    assert queue.seconds_left(order) is None  # nothing has been timed on this machine
    for failed in (False, True):
        goal = queue.take("", ())
        assert goal is not None
        queue.finish(goal, 0.5, failed=failed)
    assert (order.formed, order.failed, order.done, order.total) == (1, 1, 2, 10)
    assert queue.seconds_left(order) == pytest.approx(8 * 0.5)
    assert [order.ended for order in queue.orders] == [False]
    drain(queue)
    assert [order.ended for order in queue.orders] == [True]
    queue.clear_ended()
    assert queue.orders == []


def test_slow_layer_makes_the_promise_for_others_longer(queue: PatternQueue) -> None:
    queue.add("runs", goals_of("block4_conv1", range(2), CRISP))
    queue.add("waits", goals_of("block1_conv1", range(10), CRISP))
    queue.add("differs", goals_of("block1_conv1", range(10), BOOK))
    goal = queue.take("", ())
    assert goal is not None
    queue.finish(goal, 6.0)
    assert queue.guess("block4_conv1", CRISP) == pytest.approx(6.0)
    assert queue.guess("block4_conv2", CRISP) == pytest.approx(6.0)
    assert queue.guess("block4_conv1", BOOK) is None
    assert [queue.seconds_left(order) for order in queue.orders[:2]] == pytest.approx([6.0, 30.0])
    assert queue.seconds_left(queue.orders[2]) is None


def test_pattern_found_on_the_disk_does_not_count_as_quick(queue: PatternQueue) -> None:
    queue.add("layer", goals_of("block4_conv1", range(3), CRISP))
    goal = queue.take("", ())
    assert goal is not None
    queue.finish(goal, None)
    assert queue.seconds_left(queue.orders[0]) is None


def test_same_goal_twice_in_an_order_is_one(queue: PatternQueue) -> None:
    queue.add("twice", goals_of("block1_conv1", (1, 1, 2), CRISP))
    assert queue.orders[0].total == 2


def test_only_plain_patterns_belong_to_a_tile() -> None:
    assert Goal("block1_conv1", neuron(3), CRISP).channel is None
    assert Goal("block1_conv1", diverse(3), CRISP).channel is None
    assert goals_of("block1_conv1", (3,), BOOK)[0].channel == 3


def test_what_is_left_survives_a_restart(queue: PatternQueue) -> None:
    queue.add("layer", goals_of("block3_conv1", (5, 6, 7), PatternSettings(seed=4, steps=12)))
    queue.add("neuron", [Goal("block5_conv3", neuron(9, (0.25, 0.5)), BOOK), Goal("block5_conv3", diverse(9), BOOK)])
    queue.take("", ())
    again = PatternQueue(cost=lambda _layer: 1.0)
    add_from_text(again, to_text(queue, VGG16), VGG16)
    assert [order.title for order in again.orders] == ["layer", "neuron"]
    queue.put_back(goals_of("block3_conv1", (5,), PatternSettings(seed=4, steps=12))[0])
    assert drain(again) == drain(queue)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"format": 99, "orders": [{}]}',
        '{"format": 1, "orders": [{"title": "x", "goals": [{"layer": "nowhere"}]}]}',
        '{"format": 1, "orders": [{"title": "x", "goals": [{"layer": "block1_conv1", "terms": [[64, 1, null]]}]}]}',
        '{"format": 1, "orders": 7}',
        '{"format": 2, "orders": [{"title": "x", "goals": ['
        '{"layer": "block1_conv1", "settings": "", "channels": [64]}]}]}',
        '{"format": 2, "orders": [{"title": "x", "goals": ['
        '{"layer": "block1_conv1", "settings": "", "channels": 3}]}]}',
    ],
)
def test_nonsense_from_the_disk_is_left_out(queue: PatternQueue, text: str) -> None:
    add_from_text(queue, text, VGG16)
    assert drain(queue) == []


def test_a_whole_network_is_little_text(queue: PatternQueue) -> None:
    convolutions = [info for info in VGG16.layers if info.kind == "convolution"]
    for info in convolutions:
        queue.add(info.name, goals_of(info.name, range(info.channels), CRISP))
    queue.add("others", [Goal("block1_conv1", channel(3), CRISP, more=(8,)), Goal("block1_conv1", -channel(3), CRISP)])
    text = to_text(queue, VGG16)
    assert len(text) < 40_000
    again = PatternQueue(cost=lambda _layer: 1.0)
    add_from_text(again, text, VGG16)
    assert drain(again) == drain(queue)


def test_text_of_an_earlier_version_is_read(queue: PatternQueue) -> None:
    record = {"layer": "block1_conv1", "settings": CRISP.to_text(), "terms": [[5, 1.0, None]], "pictures": 1}
    record |= {"diversity": 0.0, "more": [], "picture": ""}
    add_from_text(queue, json.dumps({"format": 1, "orders": [{"title": "x", "goals": [record], "done": 0}]}), VGG16)
    assert drain(queue) == goals_of("block1_conv1", (5,), CRISP)


def test_what_an_earlier_run_formed_still_counts(queue: PatternQueue) -> None:
    queue.add("3 channels", goals_of("block1_conv1", (1, 2, 3), CRISP))
    queue.finish(queue.take("", ()) or pytest.fail("nothing to do"))
    queue.take("", ())
    again = PatternQueue(cost=lambda _layer: 1.0)
    add_from_text(again, to_text(queue, VGG16), VGG16)
    (order,) = again.orders
    assert (order.done, order.total, channels(order.left)) == (1, 3, [2, 3])


def test_what_is_wanted_of_a_layer(queue: PatternQueue) -> None:
    queue.add("some", goals_of("block1_conv1", (1, 2, 3), CRISP))
    queue.add("others", [*goals_of("block1_conv2", (4,), CRISP), *goals_of("block1_conv1", (5,), BOOK)])
    queue.finish(queue.take("", ()) or pytest.fail("nothing to do"))
    queue.take("", ())
    assert queue.wanted("block1_conv1", CRISP) == {2, 3}
    assert queue.wanted("block1_conv1", BOOK) == {5}


def test_time_left_of_layers_and_recipes_mixed_is_the_sum_of_theirs(queue: PatternQueue) -> None:
    goals = [
        goal
        for layer, settings in (("block1_conv1", CRISP), ("block4_conv1", CRISP), ("block4_conv1", BOOK))
        for goal in goals_of(layer, range(2), settings)
    ]
    queue.add("mixed", [goals[place] for place in (0, 2, 4, 1, 3, 5)])
    order = queue.orders[0]
    for goal, seconds in ((goals[0], 1.5), (goals[2], 2.5), (goals[4], 7.0)):
        queue.times.finish(goal, seconds)
    assert queue.seconds_left(order) == pytest.approx(2 * (1.5 + 2.5 + 7.0))


def test_a_goal_named_twice_is_formed_once(queue: PatternQueue) -> None:
    queue.add("twice", [*goals_of("block1_conv1", (1, 2), CRISP), *goals_of("block1_conv1", (2, 3), CRISP)])
    assert queue.orders[0].total == 3
    assert channels(drain(queue)) == [1, 2, 3]


def test_a_queue_is_for_the_network_that_it_names(queue: PatternQueue) -> None:
    queue.add("tiny", goals_of("block1_conv1", (1,), PatternSettings()))
    text = to_text(queue, OTHER)
    for network, orders in (
        (OTHER, 1),
        (OTHER.with_weights("8" * 64), 1),
        (replace(OTHER, name="Renamed"), 1),
        (VGG16, 0),
    ):
        found = PatternQueue(cost=lambda _: 1.0)
        add_from_text(found, text, network)
        assert len(found.orders) == orders
