"""The session: VGG16 in memory, on one thread, answering questions about pictures and filters."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from engine import images
from engine.memory import estimates
from engine.networks import catalogue, weights
from engine.networks.activations import Network
from engine.networks.tensorflow_loader import check_eager, device_name, load
from engine.patterns import recipes
from engine.patterns.options import PatternOptions
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame
from engine.pictures import given as given_pictures
from engine.pictures.given import GivenPicture
from engine.records import EngineError, Fit, MapArray, Picture, WeightsFile

if TYPE_CHECKING:
    from engine.gradient_ascent.gradients import PatternNetwork


def load_framework() -> None:
    """See `engine.load_framework`."""
    load()


class Session:
    """VGG16 with its weights, on the thread that opened it.

    Attributes:
        network: What the network is.
        weights: The weights in use.
        device: What it computes on, for people: "CPU", or "GPU" with its name.
    """

    def __init__(self, weights_file: str | Path | None = None) -> None:
        """Load TensorFlow and the weights; see `engine.open_session`."""
        # Weights first: a wrong file is named in a tenth of a second, TensorFlow takes seconds.
        self.weights: WeightsFile
        self.weights, kernels = weights.load(weights_file)
        tf, _ = load()
        check_eager(tf)
        self.device = device_name(tf)
        self.network = catalogue.named().with_weights(self.weights.sha256)
        self._network: Network | None = Network(kernels, self.network)
        self._pattern_network: PatternNetwork | None = None

    def network_input(self, image: GivenPicture | Picture, fit: Fit = "crop", size: int | None = None) -> MapArray:
        """The network's input for a picture.

        Args:
            image: As for `activations`.
            fit: How the picture is made square; see `engine.images.fit_image`.
            size: Side of the input, in pixels; the network's own when None.

        Returns:
            float32 (size, size, 3), preprocessed, read-only.

        Raises:
            EngineError: An unknown fit, or not such a picture.
        """
        side = self.network.size if size is None else size
        if isinstance(image, Picture):
            fitted = images.fit_picture(image, fit, side)
        else:
            fitted = images.fit_image(given_pictures.rgb(image, plain=fit == "keras"), fit, side)
        return self.network.input.preprocessing.to_network(fitted)

    def activations(
        self, image: GivenPicture | Picture, layers: Sequence[str] | None = None, fit: Fit = "crop", size: int = 224
    ) -> Mapping[str, MapArray]:
        """The feature maps of a picture, from one pass.

        Args:
            image: A picture of any size: uint8 RGB (h, w, 3), RGBA (h, w, 4), which is shown on white, grey (h, w) or
                (h, w, 1), or a PIL image of 8 bits a channel, which is taken as `engine.images.open_image` takes its
                file, or a picture as `engine.images.open_picture` gives it. The ``keras`` fit of that takes what is in
                the file, and of a PIL image what its ``convert("RGB")`` gives.
            layers: Names such as ``block3_conv1`` and ``block3_conv1:linear``; all 31 when None.
            fit: How the picture is made square; see `engine.images.fit_image`.
            size: Side of the network's input, in pixels.

        Returns:
            For each layer, float32 (h, w, channels), read-only.

        Raises:
            EngineError: An unknown layer or fit, a size out of range or for which there is not enough memory, or not
                such a picture: the sentence says what came and what is wanted.
        """
        names = self._names(layers, size)
        estimates.check_pass(self.network.at(size), names)
        maps = self._open_network().run(self.network_input(image, fit, size), names)
        return MappingProxyType(dict(zip(names, maps, strict=True)))

    def live_activations(
        self, image: GivenPicture | Picture, layers: Sequence[str] | None = None, fit: Fit = "crop", size: int = 224
    ) -> Iterator[tuple[str, MapArray]]:
        """The same maps, each with its layer's name as soon as it is computed, in the order of the network.

        Arguments and errors are those of `activations`; what is wrong is told by the call, before the first map.
        """
        names = self._names(layers, size)
        estimates.check_pass(self.network.at(size), names)
        return self._open_network().run_live(self.network_input(image, fit, size), names)

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
        """Patterns of filters: pictures that they respond to, formed by gradient ascent (`engine.gradient_ascent`).

        Args:
            layer: Name of a convolution, such as ``block3_conv1``.
            channels: Channel numbers.
            recipe: A recipe, or the name of one.
            seed: The same seed gives the same bytes again on the same machine with as many processors; see
                `engine.patterns.options.PatternOptions`.
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
        from engine.gradient_ascent import ascent

        return ascent.patterns(
            self.pattern_network(),
            layer,
            channels,
            PatternOptions(recipe, seed, size, steps, overrides),
            batch=batch,
            control=ascent.Control(cancel, every),
        )

    def pattern_network(self) -> PatternNetwork:
        """The network as `engine.gradient_ascent.ascent` runs it, for what `patterns` does not offer."""
        from engine.gradient_ascent.gradients import PatternNetwork

        network = self._open_network()
        if self._pattern_network is None:
            self._pattern_network = PatternNetwork(network.kernels(), self.network)
        return self._pattern_network

    def forget_traces(self) -> None:
        """Drop what patterns were formed with: traces and kernels in other formats, about 70 MB.

        The next pattern is traced again, which takes some tenths of a second; one that is under way goes on.
        """
        if self._pattern_network is not None:
            self._pattern_network.traces.clear()

    def warm_up(self) -> Iterator[None]:
        """Trace every layer, and form a pattern with and without a trace: the first is then as quick as the next.

        Yields:
            After each of its steps, so that something else can be done in between.
        """
        from engine.gradient_ascent import ascent

        size = self.network.size
        grey = np.full((size, size, 3), 128, np.uint8)
        for _ in self.live_activations(grey, size=size):
            yield
        control = ascent.Control(early=True)
        for _ in ascent.patterns(
            self.pattern_network(),
            self.network.of_kind("convolution")[0].name,
            (0,),
            PatternOptions(steps=1),
            control=control,
        ):
            yield

    def close(self) -> None:
        """Let go of the model."""
        self._network = self._pattern_network = None

    def _open_network(self) -> Network:
        if self._network is None:
            raise EngineError("The session is closed; open a new one.")
        check_eager(load()[0])
        return self._network

    def _names(self, layers: Sequence[str] | None, size: int) -> tuple[str, ...]:
        network = self.network.at(size)
        if layers is None:
            return tuple(info.name for info in network.layers)
        if isinstance(layers, str):
            layers = (layers,)
        return tuple(network.layer(name).name for name in dict.fromkeys(layers))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
