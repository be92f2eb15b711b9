"""The outcome of an ascent, and further attempts for a blank pattern.

Order of the attempts: the map before ReLU as the loss, the redirected ReLU of Lucid, other seeds, a larger canvas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.patterns.recipes import Recipe
from engine.patterns.records import Outcome

_LARGER = 1.5
_CANVAS_STEP = 16


@dataclass(frozen=True)
class Attempt:
    """One way to try.

    Attributes:
        recipe: The recipe, perhaps changed.
        seed: The seed, perhaps another one.
        redirect: Whether the redirected ReLU is used in the first steps.
        text: What is different from what was asked for, for people; "" for the first attempt.
    """

    recipe: Recipe
    seed: int
    redirect: bool = False
    text: str = ""


def attempts(recipe: Recipe, seed: int) -> Iterator[Attempt]:
    """The attempts, to be made one after the other until a pattern is there."""
    yield Attempt(recipe, seed)
    if not recipe.rescue:
        return
    if recipe.loss == "relu":
        recipe = replace(recipe, loss="linear")
        yield Attempt(recipe, seed, text="the loss taken before ReLU")
    yield Attempt(recipe, seed, redirect=True, text="the redirected ReLU")
    for number in range(1, recipe.seeds + 1):
        yield Attempt(recipe, seed + number, redirect=True, text=f"seed {seed + number}")
    side = larger_canvas(recipe.canvas)
    yield Attempt(replace(recipe, canvas=side), seed, redirect=True, text=f"a canvas of {side} pixels")


def larger_canvas(side: int) -> int:
    """Side of the canvas of the last attempt, in pixels, where that of the others is so large."""
    return -(-int(side * _LARGER) // _CANVAS_STEP) * _CANVAS_STEP


RENDERED = 1.5
"""A pattern is rendered when its channel responds to it this many times as strongly as to noise."""


def judge(score: float, expected: float | None, rise: float) -> Outcome:
    """The outcome of a pattern.

    Args:
        score: Mean of the channel's map after ReLU for the finished picture.
        expected: The channel's `engine.gradient_ascent.noise_response`; None for objectives that are
            not one channel's mean, which are judged by whether they rose.
        rise: By how much the objective rose during the ascent; 0 when no gradient arrived at the picture.

    Returns:
        ``stuck`` when nothing rose or there is no response, ``weak`` when it is hardly above that to noise, else
        ``rendered``.
    """
    if rise <= 0 or (expected is not None and score <= 0):
        return "stuck"
    if expected is None:
        return "rendered"
    return "rendered" if score >= RENDERED * expected else "weak"


def levelled_off(history: list[float], recipe: Recipe) -> bool:
    """Whether the objective has risen by less than the recipe's tolerance over the last quarter of the steps.

    Args:
        history: The objective at every step so far.
        recipe: Says how many steps are planned, and the tolerance.
    """
    span = max(recipe.steps // 4, 2)
    if not recipe.tolerance or len(history) < 2 * span:
        return False
    before, now = np.mean(history[-2 * span : -span]), np.mean(history[-span:])
    return bool(now - before < recipe.tolerance * abs(now))
