"""Results without a tile: which are kept, and which go first."""

from __future__ import annotations

import pytest
from pattern_samples import make_frame

from engine.patterns.goals import Goal
from engine.patterns.objectives import neuron
from engine.patterns.settings import PatternSettings
from gui.control import untiled_results
from gui.control.untiled_results import UntiledResults


def goal(channel: int) -> Goal:
    return Goal("block3_conv1", neuron(channel, (0.5, 0.5)), PatternSettings())


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untiled_results, "_MOST_BYTES", 2 * 3 * 24**2)
    results = UntiledResults()
    numbers = [results.put(goal(channel), [make_frame(done=True)]) for channel in range(3)]
    assert [results.goal(number) for number in numbers] == [None, goal(1), goal(2)]
    assert [len(results.frames(goal(channel))) for channel in range(3)] == [0, 1, 1]


def test_the_newest_stays_however_large_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untiled_results, "_MOST_BYTES", 1)
    results = UntiledResults()
    results.put(goal(1), [make_frame(done=True)])
    assert len(results.frames(goal(1))) == 1


def test_other_weights_forget_all() -> None:
    results = UntiledResults()
    results.ask([goal(1)], ("block3_conv1", 1, ""))
    assert results.take(goal(1))
    number = results.put(goal(1), [make_frame(done=True)])
    results.clear()
    assert results.shown is None
    assert results.goal(number) is None
    assert results.frames(goal(1)) == ()
