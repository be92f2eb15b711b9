from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tiny_network import TINY

from engine.networks.activations import Kernels
from engine.networks.tensorflow_loader import load
from engine.patterns.goals import goals_of
from engine.patterns.options import PatternOptions
from engine.patterns.requests import of_channel
from engine.patterns.settings import PatternSettings
from engine.patterns.store import PatternStore
from engine.process.jobs import Newest
from engine.process.pattern_jobs import FormPattern, PatternFormed, PatternFrame, form, keys_of

WEIGHTS = "a" * 64


def test_keys_of_channels_are_those_that_the_engine_files_their_patterns_under() -> None:
    keys = keys_of("block2_conv1", (3, 70), PatternSettings(size=96, seed=5), WEIGHTS)
    assert keys == tuple(
        of_channel("block2_conv1", channel, PatternOptions(seed=5, size=96)).key(WEIGHTS) for channel in (3, 70)
    )


def test_other_weights_and_settings_have_other_keys() -> None:
    layer, channels = "block2_conv1", (3,)
    keys = {
        keys_of(layer, channels, PatternSettings(), WEIGHTS),
        keys_of(layer, channels, PatternSettings(), "b" * 64),
        keys_of(layer, channels, PatternSettings(seed=1), WEIGHTS),
        keys_of(layer, channels, PatternSettings(recipe="chollet"), WEIGHTS),
    }
    assert len(keys) == 4


def test_whoever_watches_sees_a_first_frame_before_the_step_is_traced(tiny_kernels: Kernels, tmp_path: Path) -> None:
    load()
    from engine.gradient_ascent.gradients import PatternNetwork

    network = PatternNetwork(tiny_kernels, TINY)
    session: Any = SimpleNamespace(weights=SimpleNamespace(sha256=WEIGHTS), pattern_network=lambda: network)
    (goal,) = goals_of("block2_conv1", (1,), PatternSettings(size=16, steps=4, overrides=(("rescue", False),)))
    answers = form(session, PatternStore(tmp_path), FormPattern(goal), threading.Event())
    first = next(answers)
    traced = len(network.traces)
    *others, last = answers

    assert isinstance(first, Newest)
    assert isinstance(first.value, PatternFrame)
    assert (first.value.frame.step, traced) == (1, 0)
    later = [other.value for other in others if isinstance(other, Newest)]
    assert [one.frame.step for one in later if isinstance(one, PatternFrame)] == [1, 2]
    assert isinstance(last, PatternFormed)
    assert last.frames[0].curve[:, 0].tolist() == [1, 2, 3]  # the tiny network gives this channel no gradient
