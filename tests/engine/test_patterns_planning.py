"""What a layer settles in a recipe, and what it leaves to the person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from engine import architecture
from engine.patterns import recipes
from engine.patterns.network import PatternNetwork
from engine.patterns.planning import settled
from engine.patterns.recipes import RECIPES


class Shapes:
    """As much of VGG16 as planning asks for."""

    layers = tuple(info.name for info in architecture.layers() if info.kind == "convolution")

    def stride(self, layer: str) -> int:
        return architecture.layer(layer).stride

    def receptive_field(self, layer: str) -> int:
        return architecture.layer(layer).receptive_field


network = cast(PatternNetwork, Shapes())


def test_early_layers_take_longer_steps_and_the_first_one_starts_in_contrast() -> None:
    first, second = settled(network, "block1_conv1", "crisp"), settled(network, "block2_conv2", "crisp")
    plain = RECIPES["crisp"]

    assert first.step_size == second.step_size == 0.15
    assert (first.loss, second.loss) == ("relu", "linear")
    assert first.start > second.start == plain.start
    assert settled(network, "block3_conv1", "crisp").step_size == plain.step_size


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("layer", ["block1_conv1", "block1_conv2", "block4_conv1"])
def test_what_is_settled_stays_so(layer: str, name: str) -> None:
    once = settled(network, layer, name)

    assert settled(network, layer, once) == once


@pytest.mark.parametrize("changes", [{"step_size": 0.02}, {"start": 0.05}, {"loss": "linear", "optimizer": "ascent"}])
def test_what_a_person_has_changed_is_left(changes: dict[str, Any]) -> None:
    named = settled(network, "block1_conv1", "crisp", overrides=changes)
    made = settled(network, "block1_conv1", replace(RECIPES["crisp"], **changes))

    for name, value in changes.items():
        assert getattr(named, name) == value
        if name != "loss":  # a recipe as a value does not tell a loss that was chosen from one that was left
            assert getattr(made, name) == value


def test_pixels_are_not_hurried() -> None:
    assert settled(network, "block1_conv1", "fast").step_size == recipes.recipe("fast").step_size
    assert settled(network, "block1_conv1", "chollet").step_size == 1.0
