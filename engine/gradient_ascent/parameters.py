"""The parameter of an ascent and the picture that it stands for: pixels, or the spectrum of a picture.

Colour decorrelation and the 1/f spectrum are those of C. Olah, A. Mordvintsev and L. Schubert, "Feature
Visualization", Distill, 2017: moving along the directions in which photographs vary keeps every scale and colour in
play.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from engine.gradient_ascent.gradients import Tensor
from engine.networks.preprocessing import CAFFE
from engine.patterns.recipes import Recipe

_COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]], np.float32)
_COLOURS /= np.linalg.norm(_COLOURS, axis=0).max()

_CONTRAST = 0.25
"""Lucid divides its spectrum images by 4 so that steps of 0.05 suit them."""


@dataclass(frozen=True)
class Parameter:
    """From the numbers that are optimised to what the network is fed.

    Attributes:
        recipe: Says which parameter it is.
        side: Side of the canvas in pixels.
    """

    recipe: Recipe
    side: int

    def start(self, seed: int, variant: int = 0) -> npt.NDArray[np.float32]:
        """Random numbers to start from, the same for the same seed and variant: float32 (1, …)."""
        generator = np.random.default_rng([abs(seed), variant])
        recipe = self.recipe
        if recipe.parameter == "pixels":
            noise = generator.uniform(-recipe.start, recipe.start, (1, self.side, self.side, 3))
            return (recipe.level + noise).astype(np.float32)
        shape = (1, 2, 3, self.side, self.side // 2 + 1)
        return (recipe.start * generator.standard_normal(shape)).astype(np.float32)

    def from_picture(self, pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The numbers that stand for a picture: RGB 0–255 (side, side, 3) to float32 (1, …)."""
        if self.recipe.parameter == "pixels":
            return (CAFFE.to_network(pixels) if self.recipe.preprocessing else pixels)[np.newaxis]
        share = np.clip(pixels / 255, 0.01, 0.99)
        colours = np.log(share / (1 - share)) @ np.linalg.inv(_COLOURS.T)
        spectrum = np.fft.rfft2(colours.transpose(2, 0, 1)) / (self._amplitudes() * _CONTRAST)
        return np.stack([spectrum.real, spectrum.imag])[np.newaxis].astype(np.float32)

    def inputs(self, numbers: Tensor) -> Tensor:
        """The network's input: float32 (pictures, side, side, 3)."""
        if self.recipe.parameter == "pixels":
            return numbers
        return tf.reverse(self._rgb(numbers), axis=[-1]) - tf.constant(CAFFE.mean)

    def _rgb(self, numbers: Tensor) -> Tensor:
        spectrum = tf.complex(numbers[:, 0], numbers[:, 1]) * tf.cast(self._amplitudes(), tf.complex64)
        planes = tf.signal.irfft2d(spectrum, [self.side, self.side]) * _CONTRAST
        colours = tf.transpose(planes, (0, 2, 3, 1))
        return 255 * tf.sigmoid(tf.tensordot(colours, tf.constant(_COLOURS.T), 1))

    def _amplitudes(self) -> npt.NDArray[np.float32]:
        """The expected amplitude of each frequency in a photograph, (side, side // 2 + 1)."""
        rows, columns = np.fft.fftfreq(self.side)[:, np.newaxis], np.fft.rfftfreq(self.side)[np.newaxis]
        frequency = np.maximum(np.hypot(rows, columns), 1 / self.side)
        amplitudes: npt.NDArray[np.float32] = (self.side / frequency**self.recipe.decay).astype(np.float32)
        return amplitudes
