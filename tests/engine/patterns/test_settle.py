"""What a layer settles in a recipe, and what it leaves to the person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.networks.vgg16 import VGG16
from engine.patterns import recipes
from engine.patterns.options import PatternOptions
from engine.patterns.recipes import RECIPES
from engine.patterns.settle import settled


def test_early_layers_take_longer_steps_and_the_first_one_starts_in_contrast() -> None:
    first, second = (
        settled(VGG16, "block1_conv1", PatternOptions("crisp")),
        settled(VGG16, "block2_conv2", PatternOptions("crisp")),
    )
    plain = RECIPES["crisp"]

    assert first.step_size == second.step_size == 0.15
    assert (first.loss, second.loss) == ("relu", "linear")
    assert first.start > second.start == plain.start
    assert settled(VGG16, "block3_conv1", PatternOptions("crisp")).step_size == plain.step_size


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("layer", ["block1_conv1", "block1_conv2", "block4_conv1"])
def test_what_is_settled_stays_so(layer: str, name: str) -> None:
    once = settled(VGG16, layer, PatternOptions(name))

    assert settled(VGG16, layer, PatternOptions(once)) == once


@pytest.mark.parametrize("changes", [{"step_size": 0.02}, {"start": 0.05}, {"loss": "linear", "optimizer": "ascent"}])
def test_what_a_person_has_changed_is_left(changes: dict[str, Any]) -> None:
    named = settled(VGG16, "block1_conv1", PatternOptions("crisp", overrides=changes))
    made = settled(VGG16, "block1_conv1", PatternOptions(replace(RECIPES["crisp"], **changes)))

    for name, value in changes.items():
        assert getattr(named, name) == value
        if name != "loss":  # a recipe as a value does not tell a loss that was chosen from one that was left
            assert getattr(made, name) == value


def test_pixels_are_not_hurried() -> None:
    assert settled(VGG16, "block1_conv1", PatternOptions("fast")).step_size == recipes.recipe("fast").step_size
    assert settled(VGG16, "block1_conv1", PatternOptions("chollet")).step_size == 1.0
