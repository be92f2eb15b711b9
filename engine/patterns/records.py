"""The frozen values that an ascent hands out; arrays are read-only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.patterns.recipes import Recipe
from engine.records import ImageArray, MapArray

Outcome: TypeAlias = Literal["rendering", "rendered", "weak", "stuck"]
"""``rendering`` until it is done; then see `engine.patterns.rescue.judge`."""

Numbers: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AscentState:
    """Where an ascent stands, so that it can be continued with more steps, on any thread or another day.

    Attributes:
        layer: The layer.
        recipe: The recipe, with the canvas and steps that were used.
        seed: The seed that was used.
        variant: Which one it is of several different patterns of one channel.
        redirect: Whether the redirected ReLU was in use.
        step: Steps done.
        numbers: The parameter, float32.
        first: The optimiser's momentum, like ``numbers``.
        second: The optimiser's mean square, like ``numbers``.
        curve: The scores so far, see `Frame`.
        continued: See `Frame`.
    """

    layer: str
    recipe: Recipe
    seed: int
    variant: int
    redirect: bool
    step: int
    numbers: Numbers
    first: Numbers
    second: Numbers
    curve: Numbers
    continued: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Frame:
    """A pattern as it stands after some steps.

    Attributes:
        layer: The layer.
        channel: The channel, or -1 when the objective is a whole layer.
        variant: Which one it is of several different patterns of one channel, from 0.
        step: Steps done.
        steps: Steps planned.
        done: Whether this is the last frame of this pattern.
        score: Mean of the channel's map after ReLU for ``input``, as Keras computes it; of all maps for a whole layer.
        outcome: What became of it; see `Outcome`.
        image: What a person sees, uint8 RGB (size, size, 3).
        input: What the network is fed to get ``score``, float32 (size, size, 3), after preprocessing.
        curve: float32 (n, 2): step and score of every frame so far.
        recipe: The recipe that made it, with every parameter, after overrides and rescue.
        seed: The seed that made it.
        attempts: How many ascents it took; above 1 a rescue was needed.
        note: What a person should know about how it went, or "".
        continued: By how many steps it was continued after its recipe's, once for each time: a step size that falls
            towards the end makes two times 16 steps something else than 32.
        state: With the last frame: what `engine.gradient_ascent.ascent.patterns` needs to go on from here.
        best_attempt: Which of the attempts it is from when all of them were stuck and it is the best one; else 0, and
            not kept on disk.
    """

    layer: str
    channel: int
    variant: int
    step: int
    steps: int
    done: bool
    score: float
    outcome: Outcome
    image: ImageArray
    input: MapArray
    curve: Numbers
    recipe: Recipe
    seed: int
    attempts: int = 1
    note: str = ""
    continued: tuple[int, ...] = ()
    state: AscentState | None = field(default=None, repr=False)
    best_attempt: int = 0
