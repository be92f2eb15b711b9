"""A network as a value: what can be said of it before it is loaded, without TensorFlow."""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from engine.networks.preprocessing import Preprocessing
from engine.networks.receptive_field import Fields, Operation, fields
from engine.records import EngineError, Kind, LayerInfo

Source: TypeAlias = Literal["bundled", "application", "file"]
"""Where a network is from: it comes with the program, it is one of `keras.applications`, or a person's file."""

Certainty: TypeAlias = Literal["known", "saved", "guessed"]
"""How sure the preprocessing is: published with the network, found in its file, or guessed."""


_STEP = 32


@dataclass(frozen=True)
class InputInfo:
    """The input of a network.

    Attributes:
        height: In pixels; the network's own where others are possible.
        width: In pixels.
        channels: 3 for colour, 1 for grey.
        preprocessing: From pixels to the numbers that it is fed.
        certainty: How sure that is.
        smallest: The least height and width that it can take; None where both are fixed.
        largest: The greatest height and width on offer.
    """

    height: int
    width: int
    channels: int
    preprocessing: Preprocessing
    certainty: Certainty = "known"
    smallest: int | None = None
    largest: int = 2048


@dataclass(frozen=True)
class Classes:
    """The classes that the network tells apart.

    Attributes:
        names: One for each value of its last layer.
        source: Where the names are from, for people.
    """

    names: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class View:
    """A map of a network that one can look at, whatever the size of the input.

    Attributes:
        name: Keras's name of the layer, or that with ``:linear`` for the map before its activation.
        kind: What the maps are.
        group: What it belongs to in the tree: a nested model, a stage, a block.
        operation: Whose output it is, a number in the network's graph.
        parameters: Trainable numbers of its layer.
    """

    name: str
    kind: Kind
    group: str
    operation: int
    parameters: int


@dataclass(frozen=True)
class NetworkDescription:
    """A network.

    Attributes:
        name: For people.
        digest: Hex digest of its architecture and its weights, which names what is kept of it; "" while the weights
            are not known.
        source: Where it is from.
        input: What it takes.
        operations: Its graph, each operation after those that it takes from.
        views: Its maps, in order of computation.
        classes: What it tells apart, or None.
    """

    name: str
    digest: str
    source: Source
    input: InputInfo
    operations: tuple[Operation, ...]
    views: tuple[View, ...]
    classes: Classes | None = None

    @functools.cached_property
    def layers(self) -> tuple[LayerInfo, ...]:
        """Its maps, with the shapes that they have at this size of the input."""
        found = fields(self.operations, self.input.height, self.input.width)
        return tuple(_layer_info(view, self.operations[view.operation], found[view.operation]) for view in self.views)

    @functools.cached_property
    def _named(self) -> Mapping[str, LayerInfo]:
        return {info.name: info for info in self.layers}

    @functools.cached_property
    def _sizes(self) -> dict[int, NetworkDescription]:
        """What `at` has been asked for."""
        return {}

    @property
    def size(self) -> int:
        """Side of its square input, in pixels."""
        return self.input.height

    def at(self, size: int) -> NetworkDescription:
        """The same network with an input of another size.

        Args:
            size: Side of the square input, in pixels.

        Raises:
            EngineError: It is too small or too large.
        """
        if size == self.size:
            return self
        if size not in self._sizes:
            self.check_size(size)
            self._sizes[size] = replace(self, input=replace(self.input, height=size, width=size))
        return self._sizes[size]

    def with_weights(self, digest: str) -> NetworkDescription:
        """The same architecture with weights of that digest."""
        return replace(self, digest=digest)

    def layer(self, name: str) -> LayerInfo:
        """The layer of that name.

        Raises:
            EngineError: There is none; the sentence offers the nearest name.
        """
        if name not in self._named:
            nearest = difflib.get_close_matches(str(name).lower(), self._named, n=1, cutoff=0.0)
            hint = f"did you mean {nearest[0]!r}?" if nearest else "`layers` lists them."
            raise EngineError(f"There is no layer {name!r} in {self.name}; {hint}")
        return self._named[name]

    def has(self, name: str) -> bool:
        """Whether there is a layer of that name."""
        return name in self._named

    def convolution_of(self, name: str) -> LayerInfo:
        """The convolution whose filters a layer shows: its own, or the last one on the way to it.

        Raises:
            EngineError: There is no such layer, or no convolution before it.
        """
        convolutions = {view.operation: view.name for view in self.views if view.kind == "convolution"}
        if self.layer(name).kind == "linear":
            return self.layer(self.layer(name).keras_name)
        number = next(view.operation for view in self.views if view.name == name)
        while number not in convolutions:
            if not self.operations[number].inputs:
                raise EngineError(f"There is no convolution before {name}, so that it has no filters.")
            number = self.operations[number].inputs[0]
        return self.layer(convolutions[number])

    def of_kind(self, kind: Kind) -> tuple[LayerInfo, ...]:
        """The layers of one kind, in order."""
        return tuple(info for info in self.layers if info.kind == kind)

    def sizes(self) -> tuple[int, int]:
        """The smallest and the largest input on offer, in pixels; the same where it is fixed."""
        own = self.input
        return (own.height, own.height) if own.smallest is None else (own.smallest, own.largest)

    def check_size(self, size: int) -> None:
        """Raise an `EngineError` unless the network can take an input of that side, in pixels."""
        smallest, largest = self.sizes()
        if not isinstance(size, int | np.integer) or not smallest <= size <= largest:
            raise EngineError(
                f"The input size of {self.name} must be a whole number from {smallest} to {largest} pixels. "
                f"Received: {size}."
            )

    def smaller_sizes(self) -> Iterator[int]:
        """Sizes to offer instead of one that is too large, the largest first: in steps of 32 pixels."""
        if self.input.smallest is not None:
            yield from range(self.size // _STEP * _STEP, self.input.smallest - 1, -_STEP)

    def maps_bytes(self, names: Sequence[str] | None = None) -> int:
        """How many bytes of float32 the maps of these layers take; of all of them when names is None."""
        wanted = None if names is None else set(names)
        return sum(4 * math.prod(info.output_shape) for info in self.layers if wanted is None or info.name in wanted)


def _layer_info(view: View, operation: Operation, found: Fields | None) -> LayerInfo:
    if found is None:
        raise EngineError(f"The values of {view.name} see the whole picture: they are no map.")
    down, across = found
    return LayerInfo(
        name=view.name,
        kind=view.kind,
        block=view.group,
        output_shape=(down.length, across.length, operation.channels),
        parameters=view.parameters,
        receptive_field=across.size,
        stride=across.stride,
        start=across.start,
    )
