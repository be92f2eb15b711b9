"""Gradient ascent as a generator of frames: each is progress, a picture to show, and a place to stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from engine.gradient_ascent.attempts import Climb, Control
from engine.gradient_ascent.gradients import PatternNetwork
from engine.gradient_ascent.parameters import Parameter
from engine.gradient_ascent.run import Run, Task
from engine.patterns.objectives import Objective, channel
from engine.patterns.options import AS_IS, PatternOptions
from engine.patterns.recipes import Recipe
from engine.patterns.records import AscentState, Frame, Numbers
from engine.patterns.settle import check_memory, settled
from engine.records import EngineError, ImageArray

__all__ = ["Control", "pattern", "patterns", "resume"]


def patterns(
    network: PatternNetwork,
    layer: str,
    channels: Sequence[int],
    options: PatternOptions = AS_IS,
    *,
    batch: int = 1,
    control: Control | None = None,
) -> Iterator[Frame]:
    """Patterns of channels of a layer, one or a few at a time.

    Args:
        network: The network, on the thread that made it.
        layer: Name of a convolution, such as ``block3_conv1``.
        channels: Channel numbers.
        options: How they are wanted.
        batch: How many channels are climbed at once. It changes nothing about the pictures; it is up to twice as
            fast in all, and each one takes longer.
        control: How often to show a frame, and how to stop; often and not at all when None.

    Yields:
        Frames; for each channel the last has ``done`` set. A cancel ends the iteration with a frame of the channel
        under way as far as it has come, from whose state it can be continued.

    Raises:
        EngineError: An unknown recipe, layer or channel, or a canvas too small for the layer or too large for memory.
    """
    plan = settled(network.description, layer, options)
    goals = [channel(number) for number in channels]
    for goal in goals:
        goal.channels(network.channels(layer))
    # Those that stop early stop at different steps, so they cannot share theirs.
    together = 1 if plan.tolerance else max(batch, 1)
    check_memory(network.description, layer, plan, min(together, len(goals)) or 1)
    climb = Climb(network, layer, control or Control())
    for first in range(0, len(goals), together):
        yield from climb.with_rescue(goals[first : first + together], plan, options.seed)
        if climb.control.cancelled:
            return


def pattern(
    network: PatternNetwork,
    layer: str,
    objective: Objective,
    options: PatternOptions = AS_IS,
    *,
    start: ImageArray | None = None,
    control: Control | None = None,
) -> Iterator[Frame]:
    """The pattern of one objective, or its several patterns side by side when it asks for more than one picture.

    Args:
        network: The network, on the thread that made it.
        layer: Name of a convolution.
        objective: What is climbed.
        options: How they are wanted.
        start: A picture to start from instead of noise, uint8 RGB, square, with the canvas's side.
        control: How often to show a frame, and how to stop; often and not at all when None.

    Yields:
        Frames, as from `patterns`.

    Raises:
        EngineError: As from `patterns`, a start of the wrong shape, or one for several pictures.
    """
    if start is not None and objective.pictures > 1:
        raise EngineError(
            "Patterns that differ cannot all start from one picture; choose another recipe, or another objective."
        )
    plan = settled(network.description, layer, options)
    objective.channels(network.channels(layer))
    if objective.placed:
        plan = replace(plan, shift=False, jitter=0)
    numbers = None if start is None else _start(network, plan, start)
    yield from Climb(network, layer, control or Control()).with_rescue(
        (objective,) * objective.pictures, plan, options.seed, numbers
    )


def resume(
    network: PatternNetwork, state: AscentState, objective: Objective, steps: int, *, control: Control | None = None
) -> Iterator[Frame]:
    """Go on with a pattern that was paused, cancelled or finished.

    Args:
        network: The network, on the thread that made it.
        state: From the last frame.
        objective: What was climbed.
        steps: How many more steps.
        control: How often to show a frame, and how to stop; often and not at all when None.

    Yields:
        Frames, as from `patterns`, that count on from where it stood.
    """
    recipe = replace(state.recipe, steps=state.step + steps)
    task = Task(state.layer, (objective,), (state.variant,), recipe, state.seed, state.redirect)
    continued = (*state.continued, steps)
    climb = Climb(network, state.layer, control or Control())
    for frame in climb.going_on(Run.resume(network, task, state), state.curve):
        kept = None if frame.state is None else replace(frame.state, continued=continued)
        yield replace(frame, continued=continued, state=kept)


def _start(network: PatternNetwork, recipe: Recipe, picture: ImageArray) -> Numbers:
    if picture.shape != (recipe.canvas, recipe.canvas, 3) or picture.dtype != np.uint8:
        raise EngineError(
            f"A picture to start from has to be {recipe.canvas}×{recipe.canvas} pixels in RGB. "
            f"Received: {picture.dtype} {picture.shape}."
        )
    parameter = Parameter(recipe, recipe.canvas, network.description.input.preprocessing)
    return parameter.from_picture(picture.astype(np.float32))
