"""The session: VGG16 in memory, on one thread, answering questions about pictures and filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import numpy as np

from engine import architecture, images, weights
from engine.network import Network
from engine.records import EngineError, Fit, ImageArray, MapArray, WeightsFile
from engine.tensorflow_loader import load


class Session:
    """VGG16 with its weights, on the thread that opened it.

    Attributes:
        weights: The weights in use.
        device: What it computes on, for people: "CPU" or "GPU".
    """

    def __init__(self, weights_file: str | Path | None = None) -> None:
        """Load TensorFlow and the weights. Raises `EngineError` when either cannot be used."""
        # Weights first: a wrong file is named in a tenth of a second, TensorFlow takes seconds.
        self.weights: WeightsFile
        self.weights, kernels = weights.load(weights_file)
        tf, _ = load()
        self.device = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
        self._network: Network | None = Network(kernels)

    def activations(
        self, image: ImageArray, layers: Sequence[str] | None = None, fit: Fit = "crop", size: int = 224
    ) -> Mapping[str, MapArray]:
        """The feature maps of a picture, from one pass.

        Args:
            image: uint8 RGB (h, w, 3), of any shape.
            layers: Names such as ``block3_conv1`` and ``block3_conv1:linear``; all 31 when None.
            fit: How the picture is made square; see `engine.images.fit_image`.
            size: Side of the network's input, in pixels.

        Returns:
            For each layer, float32 (h, w, channels), read-only.

        Raises:
            EngineError: An unknown layer or fit, a size out of range, or not a picture.
        """
        names = self._names(layers, size)
        maps = self._open_network().run(_network_input(image, fit, size), names)
        return MappingProxyType(dict(zip(names, maps, strict=True)))

    def live_activations(
        self, image: ImageArray, layers: Sequence[str] | None = None, fit: Fit = "crop", size: int = 224
    ) -> Iterator[tuple[str, MapArray]]:
        """The same maps, each with its layer's name as soon as it is computed, in the order of the network."""
        names = self._names(layers, size)
        return self._open_network().run_live(_network_input(image, fit, size), names)

    def warm_up(self, size: int = architecture.DEFAULT_SIZE) -> None:
        """Trace every layer, so that the first picture is as quick as the next."""
        grey = np.full((size, size, 3), 128, np.uint8)
        for _ in self.live_activations(grey, size=size):
            pass

    def close(self) -> None:
        """Let go of the model."""
        self._network = None

    def _open_network(self) -> Network:
        if self._network is None:
            raise EngineError("The session is closed; open a new one.")
        return self._network

    def _names(self, layers: Sequence[str] | None, size: int) -> tuple[str, ...]:
        known = [info.name for info in architecture.layers(size)]
        if layers is None:
            return tuple(known)
        if isinstance(layers, str):
            layers = (layers,)
        return tuple(architecture.layer(name, size).name for name in dict.fromkeys(layers))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _network_input(image: ImageArray, fit: Fit, size: int) -> MapArray:
    return images.to_network(images.fit_image(image, fit, size))
