"""The session: VGG16 in memory, on one thread, answering questions about pictures and filters."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from engine import architecture, images, memory, weights
from engine.network import Network
from engine.patterns import recipes
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame
from engine.records import EngineError, Fit, ImageArray, MapArray, WeightsFile
from engine.tensorflow_loader import device_name, load

if TYPE_CHECKING:
    from engine.patterns.network import PatternNetwork


def load_framework() -> None:
    """Import TensorFlow and Keras. Raises `EngineError` when they cannot be used."""
    load()


class Session:
    """VGG16 with its weights, on the thread that opened it.

    Attributes:
        weights: The weights in use.
        device: What it computes on, for people: "CPU", or "GPU" with its name.
    """

    def __init__(self, weights_file: str | Path | None = None) -> None:
        """Load TensorFlow and the weights. Raises `EngineError` when either cannot be used."""
        # Weights first: a wrong file is named in a tenth of a second, TensorFlow takes seconds.
        self.weights: WeightsFile
        self.weights, kernels = weights.load(weights_file)
        tf, _ = load()
        self.device = device_name(tf)
        self._network: Network | None = Network(kernels)
        self._pattern_network: PatternNetwork | None = None

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
            EngineError: An unknown layer or fit, a size out of range or for which there is not enough memory, or not a
                picture.
        """
        names = self._names(layers, size)
        memory.check_pass(size, names)
        maps = self._open_network().run(_network_input(image, fit, size), names)
        return MappingProxyType(dict(zip(names, maps, strict=True)))

    def live_activations(
        self, image: ImageArray, layers: Sequence[str] | None = None, fit: Fit = "crop", size: int = 224
    ) -> Iterator[tuple[str, MapArray]]:
        """The same maps, each with its layer's name as soon as it is computed, in the order of the network."""
        names = self._names(layers, size)
        memory.check_pass(size, names)
        return self._open_network().run_live(_network_input(image, fit, size), names)

    def patterns(
        self,
        layer: str,
        channels: Sequence[int],
        recipe: str | Recipe = recipes.DEFAULT,
        *,
        seed: int = 0,
        size: int | None = None,
        steps: int | None = None,
        overrides: Mapping[str, Any] | None = None,
        batch: int = 1,
        cancel: threading.Event | None = None,
        every: int | None = None,
    ) -> Iterator[Frame]:
        """What filters look for: pictures that they respond to, formed by gradient ascent; see `engine.patterns`.

        Args:
            layer: Name of a convolution, such as ``block3_conv1``.
            channels: Channel numbers.
            recipe: A recipe, or the name of one.
            seed: The same seed gives the same bytes again on the same machine.
            size: Side of the picture in pixels; the recipe's when None.
            steps: Steps; the recipe's when None.
            overrides: Other parameters of the recipe, by name.
            batch: How many channels are climbed at once; the pictures stay the same.
            cancel: Set from any thread to stop after the step under way.
            every: A frame every so many steps, 0 for the last only; as suits the eye when None.

        Yields:
            Frames; for each channel the last has ``done`` set.

        Raises:
            EngineError: An unknown recipe, layer or channel, or a canvas too small for the layer or too large.
        """
        from engine.patterns import ascent

        return ascent.patterns(
            self.pattern_network(),
            layer,
            channels,
            recipe,
            seed=seed,
            size=size,
            steps=steps,
            overrides=overrides,
            batch=batch,
            control=ascent.Control(cancel, every),
        )

    def pattern_network(self) -> PatternNetwork:
        """The network as the ascent runs it, for what `patterns` does not offer; see `engine.patterns.ascent`."""
        from engine.patterns.network import PatternNetwork

        network = self._open_network()
        if self._pattern_network is None:
            self._pattern_network = PatternNetwork(network.kernels())
        return self._pattern_network

    def forget_traces(self) -> None:
        """Drop what patterns were formed with: traces and kernels in other formats, about 70 MB.

        The next pattern is traced again, which takes some tenths of a second; one that is under way goes on.
        """
        if self._pattern_network is not None:
            self._pattern_network.traces.clear()

    def warm_up(self, size: int = architecture.DEFAULT_SIZE) -> Iterator[None]:
        """Trace every layer, and form a pattern with and without a trace: the first is then as quick as the next.

        Yields:
            After each of its steps, so that something else can be done in between.
        """
        from engine.patterns import ascent

        grey = np.full((size, size, 3), 128, np.uint8)
        for _ in self.live_activations(grey, size=size):
            yield
        control = ascent.Control(early=True)
        for _ in ascent.patterns(self.pattern_network(), "block1_conv1", (0,), steps=1, control=control):
            yield

    def close(self) -> None:
        """Let go of the model."""
        self._network = self._pattern_network = None

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
