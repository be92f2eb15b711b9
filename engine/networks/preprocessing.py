"""From pixels to the numbers that a network was trained on, and back: one formula, with the names that Keras gives it.

Source: `keras.applications.imagenet_utils.preprocess_input`; the means are those of ImageNet's training pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.records import EngineError, ImageArray


@dataclass(frozen=True)
class Preprocessing:
    """(value / ``divisor`` − ``mean``) / ``std``, channel by channel.

    Attributes:
        mode: Its name.
        divisor: What the levels 0–255 are divided by first.
        mean: What is subtracted, in the order of the network's channels.
        std: What the rest is divided by.
        reverse: Whether the network takes blue first.
    """

    mode: str
    divisor: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    reverse: bool = False

    def to_network(self, pixels: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """A picture as the network takes it.

        Args:
            pixels: RGB or grey, (…, channels), values 0–255.

        Returns:
            float32 of the same shape, C-contiguous and read-only.
        """
        inputs: npt.NDArray[np.float32] = self._turned(pixels).astype(np.float32, order="C")
        # Each step only where it changes something: a division by 1 costs as much as any other.
        if self.divisor != 1:
            inputs /= np.float32(self.divisor)
        if any(self.mean):
            inputs -= np.array(self.mean, np.float32)
        if any(part != 1 for part in self.std):
            inputs /= np.array(self.std, np.float32)
        inputs.flags.writeable = False
        return inputs

    def levels(self, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The inverse of `to_network`: RGB or grey levels, neither rounded nor clipped; float32 of the same shape."""
        scaled = inputs * np.array(self.std, np.float32) + np.array(self.mean, np.float32)
        return np.ascontiguousarray(self._turned(scaled * np.float32(self.divisor)))

    def pixels(self, inputs: npt.NDArray[np.float32]) -> ImageArray:
        """An input of the network as a person sees it: `levels`, rounded and clipped.

        Returns:
            uint8 of the same shape, C-contiguous and read-only. What is not a number becomes 0.
        """
        levels = np.nan_to_num(self.levels(inputs), nan=0.0)
        pixels = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
        pixels.flags.writeable = False
        return pixels

    def limits(self) -> tuple[float, float]:
        """The least and the greatest number that the network is ever fed."""
        ends = self.to_network(np.array([[0] * len(self.mean), [255] * len(self.mean)]))
        return float(ends.min()), float(ends.max())

    def _turned(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values[..., ::-1] if self.reverse else values


CAFFE = Preprocessing("caffe", mean=(103.939, 116.779, 123.68), reverse=True)
"""Blue first, each less ImageNet's mean: what VGG and ResNet were trained on (the figures of VGG's Caffe model)."""

TF = Preprocessing("tf", divisor=127.5, mean=(1.0,))
"""−1…1."""

TORCH = Preprocessing("torch", divisor=255.0, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
"""0…1, less ImageNet's mean, in units of its standard deviation."""

UNIT = Preprocessing("unit", divisor=255.0)
"""0…1."""

RAW = Preprocessing("raw")
"""0…255, as the pixels are."""

MODES: Mapping[str, Preprocessing] = MappingProxyType({each.mode: each for each in (CAFFE, TF, TORCH, UNIT, RAW)})
"""The modes that can be named."""


def named(mode: str) -> Preprocessing:
    """The mode of that name. Raises `EngineError` when there is none."""
    if mode not in MODES:
        raise EngineError(f"Preprocessing is one of {', '.join(MODES)}. Received: {mode!r}.")
    return MODES[mode]
