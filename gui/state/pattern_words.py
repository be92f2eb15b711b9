"""What patterns are called, in sentences and titles."""

from __future__ import annotations

from dataclasses import dataclass

from engine.patterns.objectives import Objective


@dataclass(frozen=True)
class ObjectiveText:
    """How an objective is offered.

    Attributes:
        label: What it is called in the list.
        purpose: A sentence about it.
        alone: What one channel is turned into: "Form {alone}".
        several: What several channels are turned into.
        title: What its picture is, behind the name of the layer.
        rendered: What it means that its picture was found.
        least: How many channels have to be selected.
        each: Whether its patterns have a place in the tiles, so that a whole layer of them can be formed.
    """

    label: str
    purpose: str
    alone: str
    several: str
    title: str
    rendered: str
    least: int = 1
    each: bool = False


OBJECTIVES: dict[str, ObjectiveText] = {
    "channel": ObjectiveText(
        "this channel",
        "What the filter looks for: its map as strong as possible, everywhere",
        "channel {channel}",
        "{count} selected channels",
        "channel {channel} · what it looks for",
        "The channel responds to this pattern clearly more than to noise{compared}.",
        each=True,
    ),
    "neuron": ObjectiveText(
        "one neuron",
        "One value of the channel's map: shows how large a part of the picture it sees",
        "one neuron of channel {channel}",
        "one neuron of {count} channels",
        "channel {channel} · what one neuron of it looks for",
        "One value of the map was made as large as possible; the score is the mean of the whole map.",
    ),
    "layer": ObjectiveText(
        "whole layer, from my picture",
        "Everything that the layer sees in your picture, strengthened (DeepDream)",
        "the whole layer, from my picture",
        "the whole layer, from my picture",
        "what it sees in your picture, strengthened",
        "Your picture was changed towards whatever the layer responds to in it; the score is the mean of all its maps.",
        least=0,
    ),
    "sum": ObjectiveText(
        "sum of the selected",
        "One picture that all selected channels respond to",
        "the sum of 2 or more channels",
        "the sum of {count} channels",
        "what {count} channels look for together",
        "The sum of the channels rose; the score is that of channel {channel} alone.",
        least=2,
    ),
    "negative": ObjectiveText(
        "opposite (negative)",
        "What the filter responds to least: its map before ReLU pushed as far down as possible",
        "the opposite of channel {channel}",
        "the opposites of {count} channels",
        "channel {channel} · what it responds to least",
        "The map before ReLU was pushed down; the score is the mean after ReLU, so a low one is what was sought.",
    ),
    "diverse": ObjectiveText(
        "several different ones",
        "Several patterns of one channel that are as different as can be: a filter may look for more than one thing",
        "{pictures} patterns of channel {channel}",
        "{pictures} patterns of each of {count} channels",
        "channel {channel} · {pictures} different patterns",
        "The channel responds to the last of these clearly more than to noise; score and curve are its own.",
    ),
}
"""What can be climbed, by name, the default first."""


def objective_name(objective: Objective) -> str:
    """Which of `OBJECTIVES` it is."""
    term = objective.terms[0]
    if term.channel is None:
        return "layer"
    if len(objective.terms) > 1:
        return "sum"
    if objective.pictures > 1:
        return "diverse"
    if term.position is not None:
        return "neuron"
    return "negative" if term.weight < 0 else "channel"


def picture_title(layer: str, objective: Objective) -> str:
    """What the picture of an objective is: ``block3_conv1 · channel 17 · what it looks for``."""
    text = OBJECTIVES[objective_name(objective)].title
    words = text.format(channel=objective.channel, count=len(objective.terms), pictures=objective.pictures)
    return f"{layer} · {words}"


NOTHING_LEFT = "Nothing is left to form: every pattern of the network that is made in this way is there"
"""Why the network is not formed."""
