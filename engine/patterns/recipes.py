"""Named settings of the ascent, as data: what the field calls a recipe."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias, get_args, get_type_hints

from engine.records import EngineError

ALGORITHM_VERSION = 2
"""Raised whenever the same recipe and seed would give another picture, so that kept patterns are recomputed."""

Parameter: TypeAlias = Literal["pixels", "fourier"]
Optimizer: TypeAlias = Literal["ascent", "adam"]
Loss: TypeAlias = Literal["relu", "linear"]
Padding: TypeAlias = Literal["zero", "wrap"]
Pooling: TypeAlias = Literal["max", "average"]
Precision: TypeAlias = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True)
class Recipe:
    """Every number that the look of a pattern depends on, apart from the seed.

    Attributes:
        name: What a person calls it.
        parameter: What is changed step by step: ``pixels`` of the network's input, or a ``fourier`` spectrum.
        preprocessing: Whether the picture goes through VGG16's preprocessing. Without it the network is fed the
            numbers as they are, as the book does, and red and blue are not swapped back for the eye.
        size: Side of the picture in pixels; 0 means the side of the canvas.
        canvas: Side of the square that is optimised, in pixels, then tiled to ``size``; 0 means by receptive field:
            ``field_base`` pixels and ``field_share`` of the receptive field, but no more than ``largest``.
        field_base: See ``canvas``.
        field_share: See ``canvas``.
        largest: See ``canvas``.
        start: Contrast of the noise at the start: the half-width of a uniform distribution around ``level`` for
            pixels, the standard deviation of the spectrum for fourier.
        level: Mean of the starting pixels, in the units that the network is fed. Fourier starts from mid-grey.
        loss: What is climbed: the mean of the map after ReLU (``relu``) or before it (``linear``).
        optimizer: ``ascent`` divides the gradient by its root mean square; ``adam`` is D. Kingma and J. Ba,
            arXiv:1412.6980.
        step_size: Length of a step, in the units of the parameter. Left as the recipe has it, it is longer for Fourier
            pictures of early layers; likewise ``loss`` and ``start`` in the first one. See `engine.patterns.settle`.
        momentum: Share of the last step that is kept (``ascent`` only).
        steps: How many steps.
        anneal: Share of the steps, at the end, over which the step size falls linearly to a tenth.
        decay: Exponent of the 1/f amplitude that a Fourier picture starts from and moves in; 1 is that of photographs.
        shift: Whether each step sees the picture rolled by a random offset, which makes it tileable.
        jitter: Largest random displacement in pixels, without wrapping; the border is cut off.
        scales: Factors one of which is drawn for each step; empty for none.
        rotate: Largest random rotation, in degrees.
        pad: Grey border around the picture before the other transforms, in pixels.
        padding: How a convolution of the ascent sees the world outside: ``zero`` as Keras does, or ``wrap`` as if the
            picture were tiled for ever. Scores are always measured with ``zero``.
        pooling: What the gradient of max pooling does: ``max`` is the true one, ``average`` spreads it over the window
            in proportion to the values, which removes its checkerboard.
        precision: Number format of the network during the ascent; ``auto`` is bfloat16 where the processor has it.
        tolerance: The ascent stops early once the score has risen by less than this share over the last quarter of
            the planned steps; 0 never stops early.
        rescue: Whether a pattern that stays blank is tried again, see `engine.patterns.rescue`.
        seeds: How many other seeds a rescue tries.
    """

    name: str
    parameter: Parameter = "fourier"
    preprocessing: bool = True
    size: int = 0
    canvas: int = 0
    field_base: int = 48
    field_share: float = 0.6
    largest: int = 128
    start: float = 0.01
    level: float = 0.0
    loss: Loss = "linear"
    optimizer: Optimizer = "adam"
    step_size: float = 0.08
    momentum: float = 0.0
    steps: int = 0
    anneal: float = 0.0
    decay: float = 1.0
    shift: bool = False
    jitter: int = 0
    scales: tuple[float, ...] = ()
    rotate: float = 0.0
    pad: int = 0
    padding: Padding = "zero"
    pooling: Pooling = "max"
    precision: Precision = "auto"
    tolerance: float = 0.0
    rescue: bool = True
    seeds: int = 2

    def traced(self) -> Recipe:
        """Only what is fixed in a trace of a step; the rest are tensors or happen outside of it."""
        return dataclasses.replace(
            self,
            name="",
            size=0,
            canvas=0,
            field_base=0,
            field_share=0.0,
            largest=0,
            step_size=0.0,
            steps=0,
            anneal=0.0,
            tolerance=0.0,
            rescue=False,
            seeds=0,
        )

    def as_dict(self) -> dict[str, Any]:
        """Every parameter by name, ready for JSON."""
        return dataclasses.asdict(self)


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        # Fourier, decorrelated colour, Adam and circular shifts, through the preprocessing: clear, and tileable.
        Recipe("crisp", step_size=0.05, steps=48, anneal=0.25, shift=True, padding="wrap", pooling="average"),
        # F. Chollet, "Deep Learning with Python", 1st ed., ch. 5.4.
        Recipe(
            "chollet",
            parameter="pixels",
            preprocessing=False,
            size=150,
            canvas=150,
            start=10.0,
            level=138.0,
            loss="relu",
            optimizer="ascent",
            step_size=1.0,
            steps=40,
            precision="float32",
            rescue=False,
        ),
        # What the book's figure needs of a pattern, as quickly as possible: a small canvas, tiled.
        Recipe(
            "fast",
            parameter="pixels",
            preprocessing=False,
            size=150,
            field_base=22,
            field_share=0.36,
            start=10.0,
            level=138.0,
            optimizer="ascent",
            step_size=14.0,
            momentum=0.8,
            steps=8,
            shift=True,
            padding="wrap",
        ),
        # Lucid's transforms and canvas: Olah, Mordvintsev and Schubert, "Feature Visualization", Distill, 2017.
        Recipe(
            "lucid",
            size=192,
            canvas=192,
            step_size=0.035,
            steps=96,
            anneal=0.25,
            pooling="average",
            pad=12,
            jitter=16,
            scales=(0.9, 0.95, 1.0, 1.05, 1.1),
            rotate=5.0,
        ),
        # A. Mordvintsev et al., "Inceptionism: Going Deeper into Neural Networks", 2015, on a picture of one's own.
        Recipe(
            "dream",
            parameter="pixels",
            size=224,
            canvas=224,
            start=20.0,
            optimizer="ascent",
            step_size=2.0,
            momentum=0.5,
            steps=30,
            shift=True,
            loss="relu",
            pooling="average",
        ),
    )
}
"""The recipes on offer, the default first."""

DEFAULT = "crisp"


def recipe(name: str, overrides: Mapping[str, Any] | None = None) -> Recipe:
    """A recipe by name, with some of its parameters changed.

    Args:
        name: One of `RECIPES`.
        overrides: New values by parameter name.

    Raises:
        EngineError: An unknown recipe or parameter, with the nearest name, or a value of the wrong type.
    """
    if name not in RECIPES:
        raise EngineError(f"There is no recipe {name!r}; did you mean {_nearest(name, RECIPES)!r}?")
    changes = {key: _checked(key, value) for key, value in (overrides or {}).items()}
    return dataclasses.replace(RECIPES[name], **changes)


def from_dict(values: Mapping[str, Any]) -> Recipe:
    """The inverse of `Recipe.as_dict`, also after a journey through JSON.

    Raises:
        EngineError: Not a recipe.
    """
    name = values.get("name")
    if not isinstance(name, str):
        raise EngineError(f"A recipe needs a name. Received: {name!r}.")
    changes = {key: _checked(key, value) for key, value in values.items() if key != "name"}
    return Recipe(name, **changes)


@lru_cache(maxsize=1)
def _hints() -> dict[str, Any]:
    return get_type_hints(Recipe)


def _checked(key: str, value: Any) -> Any:
    hints = _hints()
    if key not in hints or key == "name":
        raise EngineError(f"A recipe has no parameter {key!r}; did you mean {_nearest(key, hints)!r}?")
    hint = hints[key]
    choices = get_args(hint)
    if key == "scales":
        return _factors(value)
    if choices:
        if value not in choices:
            raise EngineError(f"{key} must be one of {', '.join(choices)}. Received: {value!r}.")
        return value
    if hint is bool:
        if not isinstance(value, bool):
            raise EngineError(f"{key} must be true or false. Received: {value!r}.")
        return value
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value < math.inf
        or value != hint(value)
    ):
        kind = "a whole number" if hint is int else "a number"
        raise EngineError(f"{key} must be {kind}, 0 or more. Received: {value!r}.")
    return hint(value)


def _factors(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or not all(
        isinstance(one, int | float) and 0.1 <= one <= 10 for one in value
    ):
        raise EngineError(f"scales must be a list of factors from 0.1 to 10. Received: {value!r}.")
    return tuple(float(one) for one in value)


def _nearest(name: str, names: Mapping[str, Any]) -> str:
    return str(difflib.get_close_matches(name.lower(), list(names), n=1, cutoff=0.0)[0])
