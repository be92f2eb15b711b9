"""What can be formed, in the person's words and in the engine's."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence

from engine.patterns import objectives
from engine.patterns.objectives import Objective
from engine.records import Picture

COST = {"block1": 0.1, "block2": 0.3, "block3": 0.7, "block4": 2.0, "block5": 5.0}
"""Seconds that a `crisp` pattern takes on two cores, until one of the layer has been timed."""


def picture_key(picture: Picture) -> str:
    """What tells a picture that patterns start from apart from all others, also at the next start of the program."""
    key, levels = f"{picture.sha256}/{picture.frame}", picture.levels
    return f"{key}/{levels.low!r}…{levels.high!r}" if levels is not None and levels.chosen else key


def objective_named(name: str, channels: Sequence[int], place: tuple[float, float], pictures: int) -> list[Objective]:
    """What the panel's choice of an objective means for these channels: one objective each, or one for all of them.

    Args:
        name: One of `gui.patterns.text.OBJECTIVES`.
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
