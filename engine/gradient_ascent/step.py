"""One step of the ascent as a traced function, and the scores.

A trace serves every channel, seed, step and step size of one layer and canvas: all of these are tensors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import tensorflow as tf

from engine.gradient_ascent import transforms
from engine.gradient_ascent.gradients import Pass, PatternNetwork, Tensor
from engine.gradient_ascent.parameters import Parameter
from engine.networks.preprocessing import CAFFE

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8
_RMS_EPSILON = 1e-5


class Goal(NamedTuple):
    """An objective as tensors.

    Attributes:
        channels: int32 (k,), which channels are computed.
        weights: float32 (n or 1, height, width, k), the linear part.
        square: float32, weight of the mean square.
        diversity: float32, weight of likeness between the pictures.
    """

    channels: Tensor
    weights: Tensor
    square: Tensor
    diversity: Tensor


class Position(NamedTuple):
    """Where the ascent is: the parameter and the optimiser's two averages, float32 (n, …)."""

    numbers: Tensor
    first: Tensor
    second: Tensor


class Pace(NamedTuple):
    """The settings that change from step to step.

    Attributes:
        count: float32, steps done including this one.
        size: float32, the step size.
        seed: int32 (2,), for the transforms.
    """

    count: Tensor
    size: Tensor
    seed: Tensor


@dataclass(frozen=True)
class Program:
    """Everything that is fixed in a trace.

    Attributes:
        network: The network.
        layer: The layer.
        parameter: What is optimised.
        settings: How the network is computed.
        whole_layer: Whether the goal has a square or a diversity part.
    """

    network: PatternNetwork
    layer: str
    parameter: Parameter
    settings: Pass
    whole_layer: bool = False

    @property
    def view_side(self) -> int:
        """Side of what the network sees after the transforms, in pixels."""
        recipe = self.parameter.recipe
        return self.parameter.side + 2 * recipe.pad - recipe.jitter

    def step(self, position: Position, pace: Pace, goal: Goal) -> tuple[Position, Tensor, Tensor]:
        """Take one step uphill.

        Returns:
            The new position; the objective before the step, float32 (n,); the root mean square of the gradient, (n,).
        """
        with tf.GradientTape() as tape:
            tape.watch(position.numbers)
            view = transforms.apply(
                transforms.compose(self.parameter.recipe), self.parameter.inputs(position.numbers), pace.seed
            )
        maps, backward = self.network.maps(view, self.layer, goal.channels, self.settings)
        value, slope = self._objective(maps, goal)
        gradient = tape.gradient(view, position.numbers, output_gradients=backward(slope))
        length = _root_mean_square(gradient)
        return self._moved(position, gradient, length, pace), value, tf.reshape(length, [-1])

    def inputs(self, numbers: Tensor) -> Tensor:
        """The network's input without transforms."""
        return self.parameter.inputs(numbers)

    def _objective(self, maps: Tensor, goal: Goal) -> tuple[Tensor, Tensor]:
        """The objective of each picture, (n,), and its gradient with respect to the maps."""
        with tf.GradientTape() as tape:
            tape.watch(maps)
            climbed = tf.nn.relu(maps) if self.parameter.recipe.loss == "relu" else maps
            value = tf.reduce_sum(climbed * goal.weights, axis=(1, 2, 3))
            if self.whole_layer:
                active = tf.nn.relu(maps)
                value += goal.square * tf.reduce_mean(active**2, axis=(1, 2, 3)) / 2
                value -= goal.diversity * _likeness(active) * tf.stop_gradient(tf.abs(value))
        return value, tape.gradient(value, maps)

    def _moved(self, position: Position, gradient: Tensor, length: Tensor, pace: Pace) -> Position:
        recipe = self.parameter.recipe
        if recipe.optimizer == "ascent":
            first = recipe.momentum * position.first + gradient / (length + _RMS_EPSILON)
            return Position(self._bounded(position.numbers + pace.size * first), first, position.second)
        first = _BETA_1 * position.first + (1 - _BETA_1) * gradient
        second = _BETA_2 * position.second + (1 - _BETA_2) * gradient**2
        rate = pace.size * tf.sqrt(1 - _BETA_2**pace.count) / (1 - _BETA_1**pace.count)
        return Position(position.numbers + rate * first / (tf.sqrt(second) + _EPSILON), first, second)

    def _bounded(self, numbers: Tensor) -> Tensor:
        if not self.parameter.recipe.preprocessing:
            return numbers
        darkest = -tf.constant(CAFFE.mean)
        return tf.clip_by_value(numbers, darkest, darkest + 255.0)


def score(network: PatternNetwork, layer: str, inputs: Tensor, channels: Tensor) -> Tensor:
    """Mean over the map after ReLU, as Keras computes it: float32 (n, k)."""
    maps, _ = network.maps(inputs, layer, channels, Pass())
    return tf.reduce_mean(tf.nn.relu(maps), axis=(1, 2))


def _root_mean_square(gradient: Tensor) -> Tensor:
    axes = list(range(1, len(gradient.shape)))
    return tf.sqrt(tf.reduce_mean(gradient**2, axis=axes, keepdims=True))


def _likeness(active: Tensor) -> Tensor:
    """For each picture, the mean cosine between the correlations of its channels and those of the others.

    The correlations (Gram matrix) describe texture whatever its place: L. Gatys et al., arXiv:1505.07376.
    """
    count = active.shape[0]
    flat = tf.reshape(active, [count, -1, active.shape[-1]])
    gram = tf.reshape(tf.matmul(flat, flat, transpose_a=True), [count, -1])
    gram = tf.math.l2_normalize(gram, axis=1)
    cosines = tf.matmul(gram, gram, transpose_b=True)
    return (tf.reduce_sum(cosines, axis=1) - 1) / max(count - 1, 1)
