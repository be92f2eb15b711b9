from __future__ import annotations

import numpy as np
import pytest

from engine.patterns import objectives
from engine.patterns.objectives import Objective, channel, diverse, layer, neuron
from engine.records import EngineError


def value(objective: Objective, maps: np.ndarray) -> float:
    channels = objective.channels(maps.shape[2])
    weights = objective.weights(channels, *maps.shape[:2])
    return float((maps[:, :, list(channels)] * weights).sum())


@pytest.fixture
def maps() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(4, 6, 5)).astype(np.float32)


def test_a_channel_is_its_mean(maps: np.ndarray) -> None:
    assert value(channel(2), maps) == pytest.approx(maps[:, :, 2].mean(), rel=1e-5)


def test_a_neuron_is_one_value(maps: np.ndarray) -> None:
    assert value(neuron(3), maps) == pytest.approx(maps[2, 3, 3])
    assert value(neuron(3, (1.0, 0.0)), maps) == pytest.approx(maps[3, 0, 3])


def test_sums_differences_and_factors_leave_their_operands_alone(maps: np.ndarray) -> None:
    first, second = channel(0), channel(1)
    mixed = 2 * first + 3 * second - neuron(1) * 0.5

    expected = 2 * maps[:, :, 0].mean() + 3 * maps[:, :, 1].mean() - 0.5 * maps[2, 3, 1]
    assert value(mixed, maps) == pytest.approx(expected, rel=1e-5)
    assert (first, second) == (channel(0), channel(1))
    assert mixed.channels(5) == (0, 1)


def test_the_negative_of_a_channel(maps: np.ndarray) -> None:
    assert value(-channel(4), maps) == pytest.approx(-maps[:, :, 4].mean(), rel=1e-5)
    assert not (-channel(4)).plain


def test_a_layer_needs_every_channel() -> None:
    assert layer().channels(7) == tuple(range(7))
    assert (2 * layer()).square == 2.0
    assert layer().channel is None


def test_different_patterns_of_one_channel_need_every_channel_to_be_compared() -> None:
    several = diverse(3, pictures=4)

    assert several.channels(6) == tuple(range(6))
    assert (several.pictures, several.channel) == (4, 3)


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(EngineError, match="0 to 4"):
        channel(5).channels(5)
    with pytest.raises(EngineError, match="from 0 to 1"):
        neuron(0, (0.5, 2.0))
    with pytest.raises(EngineError, match="two pictures"):
        diverse(0, pictures=1)


@pytest.mark.parametrize("objective", [channel(0), objectives.neuron(0), layer(), diverse(0)])
def test_objectives_are_values(objective: Objective) -> None:
    assert objective == objective * 1.0
    assert hash(objective) == hash(objective * 1.0)
