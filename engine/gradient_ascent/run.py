"""One ascent under way: a batch of pictures, on one canvas, of one layer."""

from __future__ import annotations

import functools
import os
import platform
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from engine.gradient_ascent.gradients import Pass, PatternNetwork
from engine.gradient_ascent.parameters import Parameter
from engine.gradient_ascent.step import Goal, Pace, Position, Program, score
from engine.networks.preprocessing import CAFFE
from engine.patterns.objectives import Objective
from engine.patterns.recipes import Recipe
from engine.patterns.records import AscentState, Numbers
from engine.records import EngineError, ImageArray, MapArray

_SEEDS = 2**31
_SENSIBLE = 1e12
"""Inputs beyond this are on their way to infinity; activations of inputs below it are finite."""

_REDIRECTED = 16
"""Lucid redirects ReLU gradients in the first 16 steps."""

_ALL_INSTRUCTIONS = ("", "ALL", "DEFAULT")
"""What oneDNN is told to use of a processor, in the environment, for it to have bfloat16 where the processor has."""

_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True)
class Task:
    """The task of an ascent: everything that its result depends on.

    Attributes:
        layer: Name of a convolution.
        objectives: One a picture.
        variants: For each picture, which one it is of those with the same objective, from 0.
        recipe: The recipe, with canvas, size and steps settled.
        seed: Any whole number.
        redirect: Whether to use the redirected ReLU in the first steps.
    """

    layer: str
    objectives: tuple[Objective, ...]
    variants: tuple[int, ...]
    recipe: Recipe
    seed: int
    redirect: bool = False


class Pictures(NamedTuple):
    """The pictures of a run as they stand.

    Attributes:
        images: For people, uint8 RGB (size, size, 3).
        fed: What the network is fed for it, float32 (size, size, 3).
        scores: What it scores, float32 (n,).
    """

    images: list[ImageArray]
    fed: list[MapArray]
    scores: Numbers


class Run:
    """An ascent that is advanced step by step.

    Attributes:
        task: What it does.
        step: Steps done.
        objective: The objective before the last step, one a picture.
        slope: Root mean square of the gradient at the last step, one a picture.
        rise: By how much the objective has risen since the first step, one a picture; 0 where no gradient arrives.
        broken: Whether a step led to numbers that were not finite; it has been taken back.
    """

    def __init__(self, network: PatternNetwork, task: Task, start: Numbers | None = None) -> None:
        self.task = task
        self.step = 0
        self.broken = False
        count = len(task.objectives)
        self.objective = np.zeros(count, np.float32)
        self.slope = np.ones(count, np.float32)
        self.rise = np.ones(count, np.float32)
        self._bottom: Numbers | None = None
        self._network = network
        self._channels = _channels(network, task)
        self._place()
        if start is None:
            start = np.concatenate([self._parameter.start(task.seed, variant) for variant in task.variants])
        self._position = self._verified = _at_rest(start)

    @classmethod
    def resume(cls, network: PatternNetwork, task: Task, state: AscentState) -> Run:
        """Go on where a state was taken, towards the steps of the task."""
        run = cls(network, task, state.numbers[np.newaxis])
        run.step = state.step
        run._position = run._verified = Position(
            *(tf.constant(a[np.newaxis]) for a in (state.numbers, state.first, state.second))
        )
        return run

    def advance(self) -> None:
        """Take one step. Where the last one led to numbers that are not finite, take that back and be `broken`."""
        count = self.step + 1
        position, objective, slope = self._network.traces.run(self._key, self._next_program.step, *self._arguments())
        self.objective, self.slope = objective.numpy(), slope.numpy()
        if np.isfinite(self.objective).all() and np.isfinite(self.slope).all():
            self._verified, self._position, self.step = self._position, position, count
            self._bottom = self.objective if self._bottom is None else self._bottom
            self.rise = np.where(self.slope > 0, self.objective - self._bottom, 0)
        else:
            self._take_back()

    def pictures(self) -> Pictures:
        """The pictures as they stand."""
        traces, layer = self._network.traces, self.task.layer
        key = ("inputs", self._program.parameter)
        values = traces.run(key, self._program.inputs, self._position.numbers).numpy()
        if not _sensible(values):
            self._take_back()
            return self.pictures()
        return self._seen(values, functools.partial(traces.run, ("score", layer), self._score))

    @property
    def traced(self) -> bool:
        """Whether the next step can be taken without being traced first."""
        return self._network.traces.known(self._key, *self._arguments())

    def glimpse(self) -> Pictures | None:
        """The pictures after the next step, without taking or tracing it.

        Each operation is computed as it comes, which for one step is a fraction of what its trace takes. It is rounded
        elsewhere than in a trace, most of all in bfloat16, so nothing is kept of this; the scores are true of what is
        to be seen.

        Returns:
            The pictures, or None when the step leads to numbers that are not finite.
        """
        position, _, _ = self._next_program.step(*self._arguments())
        values = self._program.inputs(position.numbers).numpy()
        if not _sensible(values):
            return None
        return self._seen(values, self._score)

    @property
    def _score(self) -> Callable[..., Any]:
        return functools.partial(score, self._network, self.task.layer)

    def _seen(self, values: Numbers, score_of: Callable[..., Any]) -> Pictures:
        size = self.task.recipe.size
        seen = [_shown(one, self.task.recipe) for one in values]
        fed = [tiled(one, size) for _, one in seen]
        means = score_of(tf.constant(np.stack(fed)), tf.constant(self._channels, tf.int32)).numpy()
        scores = [
            means[row].mean() if goal.channel is None else means[row, self._channels.index(goal.channel)]
            for row, goal in enumerate(self.task.objectives)
        ]
        return Pictures([tiled(image, size) for image, _ in seen], fed, np.array(scores, np.float32))

    def _take_back(self) -> None:
        """Return to where the last step came from, which is known to be finite."""
        if self._position is self._verified:
            raise EngineError("The start of the ascent is not finite; choose a smaller start or another picture.")
        self.broken = True
        self._position = self._verified
        self.step -= 1

    def state(self, picture: int, curve: Numbers) -> AscentState:
        """Where one of the pictures stands."""
        numbers, first, second = (read_only(array.numpy()[picture]) for array in self._position)
        task = self.task
        return AscentState(
            layer=task.layer,
            recipe=task.recipe,
            seed=task.seed,
            variant=task.variants[picture],
            redirect=task.redirect,
            step=self.step,
            numbers=numbers,
            first=first,
            second=second,
            curve=curve,
        )

    def _place(self) -> None:
        task = self.task
        self._parameter = Parameter(task.recipe.traced(), task.recipe.canvas)
        self._settings = Pass(
            padding=task.recipe.padding, pooling=task.recipe.pooling, precision=precision(task.recipe.precision)
        )
        self._program = Program(
            self._network, task.layer, self._parameter, self._settings, any(o.whole_layer for o in task.objectives)
        )
        side = max(self._program.view_side // self._network.stride(task.layer), 1)
        weights = np.stack([goal.weights(self._channels, side, side) for goal in task.objectives])
        first = task.objectives[0]
        self._goal = Goal(
            tf.constant(self._channels, tf.int32),
            tf.constant(weights),
            tf.constant(first.square),
            tf.constant(first.diversity),
        )

    @property
    def _next_program(self) -> Program:
        redirect = self.task.redirect and self.step < _REDIRECTED
        return replace(self._program, settings=replace(self._settings, redirect=redirect))

    @property
    def _key(self) -> Hashable:
        program = self._next_program
        return "step", program.layer, program.parameter, program.settings, program.whole_layer

    def _arguments(self) -> tuple[Position, Pace, Goal]:
        """The arguments of the next step."""
        count = self.step + 1
        seed = tf.constant([self.task.seed % _SEEDS, count], tf.int32)
        pace = Pace(tf.constant(float(count)), tf.constant(self._step_size()), seed)
        return self._position, pace, self._goal

    def _step_size(self) -> float:
        recipe = self.task.recipe
        left = (recipe.steps - self.step) / max(recipe.anneal * recipe.steps, 1e-9)
        return recipe.step_size * max(min(left, 1.0), 0.1)


@functools.cache
def precision(wanted: str) -> str:
    """The number format that a recipe's ``precision`` means on this machine.

    bfloat16 is emulated, and slow, on processors that do not compute in it. Where the environment keeps oneDNN, which
    computes for TensorFlow, from using all that the processor has, TensorFlow does not know of it, and would fail.
    """
    if wanted != "auto":
        return wanted
    if os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper() not in _ALL_INSTRUCTIONS:
        return "float32"
    flags = Path("/proc/cpuinfo")
    if platform.system() != "Linux" or not flags.is_file():
        return "float32"
    words = set(flags.read_text(errors="replace").split())
    return "bfloat16" if words & {"avx512_bf16", "amx_bf16"} else "float32"


def tiled(picture: npt.NDArray[_Value], size: int) -> npt.NDArray[_Value]:
    """Repeat a square picture in both directions and cut it to a size."""
    times = -(-size // picture.shape[0])
    return np.ascontiguousarray(np.tile(picture, (times, times, 1))[:size, :size])


def read_only(array: npt.NDArray[_Value]) -> npt.NDArray[_Value]:
    """The same array, contiguous, never to be written again."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array


def _shown(inputs: MapArray, recipe: Recipe) -> tuple[ImageArray, MapArray]:
    """What a person sees, and what the network is fed to get the score of just that."""
    if recipe.preprocessing:
        image = CAFFE.pixels(inputs)
        return image, CAFFE.to_network(image)
    contrast = (inputs - inputs.mean()) / (inputs.std() + 1e-5) * 0.1 + 0.5
    return (np.clip(contrast, 0, 1) * 255).astype(np.uint8), inputs


def _sensible(values: Numbers) -> bool:
    return bool((np.abs(values) < _SENSIBLE).all())  # one that is not a number is not less than anything


def _channels(network: PatternNetwork, task: Task) -> tuple[int, ...]:
    count = network.channels(task.layer)
    return tuple(dict.fromkeys(number for goal in task.objectives for number in goal.channels(count)))


def _at_rest(numbers: Numbers) -> Position:
    still = np.zeros_like(numbers)
    return Position(tf.constant(numbers), tf.constant(still), tf.constant(still))
