"""Settles a recipe for a layer (canvas, size, steps), and checks that this machine can take it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.memory import estimates
from engine.networks.description import NetworkDescription
from engine.patterns import recipes
from engine.patterns.options import PatternOptions
from engine.patterns.recipes import Recipe
from engine.records import EngineError

_SMALLEST_MAP = 2
"""Rows of the smallest map worth climbing."""

_PHOTOGRAPH = 0.2
"""Standard deviation of a spectrum whose picture has about the contrast of a photograph."""

_EARLY_STRIDE = 2
"""Up to this stride, in blocks 1 and 2, a Fourier picture takes longer steps."""

_EARLY_PACE = 3
"""How many times longer; with the usual steps 14 of these 384 patterns of `crisp` scored less than the sample picture,
and 5 were weak."""

_UNIT = 8
"""Canvases are multiples of so many pixels."""


def settled(network: NetworkDescription, layer: str, options: PatternOptions) -> Recipe:
    """The recipe with its canvas, size and steps settled for a layer.

    Raises:
        EngineError: An unknown layer, recipe or parameter, or a canvas that is too small or too large.
    """
    check_layer(network, layer)
    recipe = _for_early_layers(network, layer, options.resolved(), options.changes)
    canvas = recipe.canvas or canvas_side(recipe, network.layer(layer).stride, network.layer(layer).receptive_field)
    recipe = replace(recipe, canvas=canvas, size=recipe.size or canvas)
    _check_canvas(network, layer, recipe)
    if recipe.steps < 1:
        raise EngineError(f"An ascent needs at least one step. Received: {recipe.steps}.")
    return recipe


def canvas_side(recipe: Recipe, stride: int, receptive_field: int) -> int:
    """Side of the canvas that a layer settles when a recipe leaves it open, in pixels: a whole number of map values.

    Args:
        recipe: The recipe.
        stride: Of the layer, in pixels of the input.
        receptive_field: Of the layer, in pixels of the input.
    """
    unit = max(stride, _UNIT)
    side = min(recipe.field_base + recipe.field_share * receptive_field, recipe.largest)
    return max(round(side / unit), _SMALLEST_MAP) * unit


def picture_side(network: NetworkDescription, layer: str, recipe: Recipe) -> int:
    """Side of the pictures that a recipe makes of a layer, in pixels."""
    info = network.layer(layer)
    return recipe.size or recipe.canvas or canvas_side(recipe, info.stride, info.receptive_field)


def _for_early_layers(network: NetworkDescription, layer: str, recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """The recipe with the settings of an early layer, except for those that the person has changed.

    Before ReLU the very first layer is linear: the mean of its map depends on the mean colour alone, not on any edge.
    So the loss is taken after ReLU, and a Fourier picture starts with the contrast of a photograph for ReLUs to be on.
    And fields of few pixels spread the gradient over nearly all frequencies, so that a Fourier picture has to take
    longer steps to get anywhere.
    """
    plain = recipes.RECIPES.get(recipe.name, Recipe(recipe.name))
    own: dict[str, Any] = {}
    if layer == network.of_kind("convolution")[0].name:
        own["loss"] = "relu"
        if recipe.parameter == "fourier":
            own["start"] = max(plain.start, _PHOTOGRAPH)
    if network.layer(layer).stride <= _EARLY_STRIDE and recipe.parameter == "fourier":
        own["step_size"] = round(_EARLY_PACE * plain.step_size, 6)
    left_open = {
        name: value
        for name, value in own.items()
        if name not in changes and getattr(recipe, name) == getattr(plain, name)
    }
    return replace(recipe, **left_open)


def check_layer(network: NetworkDescription, layer: str) -> None:
    """Raise an `EngineError`, with the nearest name, unless the layer is a convolution of the network."""
    names = [info.name for info in network.of_kind("convolution")]
    if layer not in names:
        nearest = difflib.get_close_matches(layer.lower(), names, n=1, cutoff=0.0)[0]
        raise EngineError(f"Patterns are made of convolutions, and {layer!r} is none; did you mean {nearest!r}?")


def _check_canvas(network: NetworkDescription, layer: str, recipe: Recipe) -> None:
    stride = network.layer(layer).stride
    view = recipe.canvas + 2 * recipe.pad - recipe.jitter
    if view < _SMALLEST_MAP * stride:
        raise EngineError(
            f"A canvas for {layer} needs at least {_SMALLEST_MAP * stride} pixels, for its stride is {stride}. "
            f"Received: {recipe.canvas}."
        )
    if recipe.size < _SMALLEST_MAP * stride:
        raise EngineError(
            f"A picture for {layer} needs at least {_SMALLEST_MAP * stride} pixels, for its stride is {stride}. "
            f"Received: {recipe.size}."
        )
    check_memory(network, layer, recipe)


def check_memory(network: NetworkDescription, layer: str, recipe: Recipe, together: int = 1) -> None:
    """Raise an `EngineError` when so many patterns at once, on settled canvases, need more memory than they may."""
    side = max(recipe.canvas + 2 * recipe.pad - recipe.jitter, recipe.size)
    estimates.check_canvas(network, layer, side, together, rescue=recipe.rescue)
