"""Frames of patterns for the tests of the views, made without a network."""

from __future__ import annotations

import numpy as np

from engine.patterns.recipes import recipe
from engine.patterns.records import AscentState, Frame, Outcome


def make_frame(
    step: int = 32,
    steps: int = 48,
    *,
    done: bool = False,
    score: float = 345.6,
    outcome: Outcome = "rendering",
    name: str = "crisp",
    seed: int = 0,
    side: int = 24,
    attempts: int = 1,
    note: str = "",
    kept: bool = True,
) -> Frame:
    """A frame whose score has risen evenly to `score`; with a state to go on from when it is done and kept."""
    numbers = np.arange(1, step + 1, dtype=np.float32)
    curve = np.stack([numbers, score * numbers / max(step, 1)], axis=1)
    image = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    nothing = np.zeros(1, np.float32)
    state = AscentState("block3_conv1", recipe(name), seed, 0, False, step, nothing, nothing, nothing, curve)
    return Frame(
        layer="block3_conv1",
        channel=17,
        variant=0,
        step=step,
        steps=steps,
        done=done,
        score=score,
        outcome=outcome,
        image=image,
        input=image.astype(np.float32),
        curve=curve,
        recipe=recipe(name),
        seed=seed,
        attempts=attempts,
        note=note,
        state=state if done and kept else None,
    )
