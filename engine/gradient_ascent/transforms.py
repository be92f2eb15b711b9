"""Small random transforms before each step, so that a pattern does not depend on one exact placement of pixels.

Each is a frozen value called with a picture and a seed; the seed is a tensor, so one trace serves every step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import tensorflow as tf

from engine.gradient_ascent.gradients import Tensor
from engine.patterns.recipes import Recipe


class Transform(Protocol):
    """Pictures (n, height, width, 3) and a seed int32 (2,) to pictures, perhaps of another size."""

    def __call__(self, pictures: Tensor, seed: Tensor) -> Tensor:
        """Apply the transform."""


@dataclass(frozen=True)
class Shift:
    """Rolls the picture by a random offset: what leaves on one side comes in on the other."""

    def __call__(self, pictures: Tensor, seed: Tensor) -> Tensor:
        """Apply the transform."""
        height, width = pictures.shape[1:3]
        offset = tf.random.stateless_uniform([2], seed, maxval=max(height, width), dtype=tf.int32)
        return tf.roll(pictures, offset, axis=[1, 2])


@dataclass(frozen=True)
class Jitter:
    """Puts a grey border around the picture and cuts a window out of that at a random place.

    Attributes:
        pixels: By how much the window is smaller than picture and border.
        border: Width of the border in pixels; its value is 0 in the units that the network is fed.
    """

    pixels: int
    border: int = 0

    def __call__(self, pictures: Tensor, seed: Tensor) -> Tensor:
        """Apply the transform."""
        around = [self.border, self.border]
        pictures = tf.pad(pictures, [[0, 0], around, around, [0, 0]])
        count, height, width, colours = pictures.shape
        size = [count, height - self.pixels, width - self.pixels, colours]
        corner = tf.random.stateless_uniform([2], seed, maxval=self.pixels + 1, dtype=tf.int32)
        return tf.ensure_shape(tf.slice(pictures, tf.concat([[0], corner, [0]], 0), size), size)


@dataclass(frozen=True)
class Turn:
    """Scales by one of some factors and rotates by a random angle, about the centre; outside is the border's value.

    Attributes:
        scales: Factors, above 1 enlarges; one is drawn each time.
        degrees: The largest rotation, to either side.
    """

    scales: tuple[float, ...] = (1.0,)
    degrees: float = 0.0

    def __call__(self, pictures: Tensor, seed: Tensor) -> Tensor:
        """Apply the transform."""
        height, width = pictures.shape[1:3]
        drawn = tf.random.stateless_uniform([2], seed)
        index = tf.cast(drawn[0] * len(self.scales), tf.int32)
        zoom = 1 / tf.gather(tf.constant(self.scales, tf.float32), index)
        angle = (2 * drawn[1] - 1) * math.radians(self.degrees)
        cosine, sine = zoom * tf.cos(angle), zoom * tf.sin(angle)
        middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
        to_x = middle_x - cosine * middle_x + sine * middle_y
        to_y = middle_y - sine * middle_x - cosine * middle_y
        matrix = tf.stack([cosine, -sine, to_x, sine, cosine, to_y, 0.0, 0.0])[tf.newaxis]
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=pictures,
            transforms=matrix,
            output_shape=[height, width],
            fill_value=0.0,
            interpolation="BILINEAR",
            fill_mode="REFLECT",
        )


def compose(recipe: Recipe) -> tuple[Transform, ...]:
    """The transforms of a recipe, in the order in which they are applied."""
    chosen: list[Transform] = []
    if recipe.shift:
        chosen.append(Shift())
    if recipe.pad or recipe.jitter:
        chosen.append(Jitter(recipe.jitter, recipe.pad))
    if recipe.scales or recipe.rotate:
        chosen.append(Turn(recipe.scales or (1.0,), recipe.rotate))
    return tuple(chosen)


def apply(transforms: tuple[Transform, ...], pictures: Tensor, seed: Tensor) -> Tensor:
    """Apply transforms one after the other, each with a seed of its own drawn from ``seed``, int32 (2,)."""
    for index, transform in enumerate(transforms):
        pictures = transform(pictures, tf.stack([seed[0], seed[1] * 16 + index]))
    return pictures
