"""What VGG16 looks like, known without loading TensorFlow: layers, shapes, parameters, receptive fields, strides.

Source: K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
arXiv:1409.1556, configuration D without its dense layers, with the layer names of Keras.
"""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from engine.records import EngineError, LayerInfo

DEFAULT_SIZE = 224
"""Side of the input that VGG16 was trained on, in pixels."""

MINIMUM_SIZE = 32
"""The smallest input that leaves one value in the last pooling."""

MAXIMUM_SIZE = 2048
"""The largest input on offer; its maps need close to 10 GB."""

LINEAR = ":linear"
"""Ends the name of a map before the fused ReLU."""

BLOCKS: tuple[tuple[int, int], ...] = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""For each block, how many 3×3 convolutions and how many channels; a 2×2 max pooling ends it."""

_KERNEL = 3
_POOL = 2
_INPUT_CHANNELS = 3


def layers(size: int = DEFAULT_SIZE, blocks: Sequence[tuple[int, int]] = BLOCKS) -> tuple[LayerInfo, ...]:
    """The 31 views of VGG16 in order of computation: 13 convolutions, each preceded by its map before ReLU, 5 poolings.

    Args:
        size: Side of the square input, in pixels.
        blocks: Convolutions and channels of each block; those of VGG16 unless a smaller network will do.

    Raises:
        EngineError: The size is too small or too large.
    """
    check_size(size)
    return _table(size, tuple(blocks))


@functools.lru_cache(maxsize=64)
def _table(size: int, blocks: tuple[tuple[int, int], ...]) -> tuple[LayerInfo, ...]:
    return tuple(_layers(size, blocks))


def _layers(size: int, blocks: Sequence[tuple[int, int]]) -> Iterator[LayerInfo]:
    side, inputs, field, stride = size, _INPUT_CHANNELS, 1, 1
    for number, (convolutions, channels) in enumerate(blocks, start=1):
        block = f"block{number}"
        for index in range(1, convolutions + 1):
            name = f"{block}_conv{index}"
            field += (_KERNEL - 1) * stride
            parameters = _KERNEL * _KERNEL * inputs * channels + channels
            shape = (side, side, channels)
            yield LayerInfo(name + LINEAR, "linear", block, shape, parameters, field, stride)
            yield LayerInfo(name, "convolution", block, shape, parameters, field, stride)
            inputs = channels
        field += (_POOL - 1) * stride
        stride *= _POOL
        side //= _POOL
        yield LayerInfo(f"{block}_pool", "pooling", block, (side, side, channels), 0, field, stride)


def layer(name: str, size: int = DEFAULT_SIZE) -> LayerInfo:
    """The layer of that name.

    Raises:
        EngineError: There is none; the sentence offers the nearest name.
    """
    table = {info.name: info for info in layers(size)}
    if name not in table:
        nearest = difflib.get_close_matches(str(name).lower(), table, n=1, cutoff=0.0)
        hint = f"did you mean {nearest[0]!r}?" if nearest else "`layers` lists them."
        raise EngineError(f"There is no layer {name!r} in VGG16; {hint}")
    return table[name]


def check_size(size: int) -> None:
    """Raise an `EngineError` unless the network can take an input of that side, in pixels."""
    if not isinstance(size, int | np.integer) or not MINIMUM_SIZE <= size <= MAXIMUM_SIZE:
        raise EngineError(
            f"The input size must be a whole number from {MINIMUM_SIZE} to {MAXIMUM_SIZE} pixels, because VGG16 halves "
            f"it five times. Received: {size}."
        )


def maps_bytes(size: int, names: Sequence[str] | None = None) -> int:
    """How many bytes of float32 the maps of these layers take at that input size; of all 31 when names is None."""
    wanted = None if names is None else set(names)
    return sum(4 * math.prod(info.output_shape) for info in layers(size) if wanted is None or info.name in wanted)


def parse_channels(text: str, count: int) -> tuple[int, ...]:
    """Channel numbers from what a person writes: ``all``, ``17`` or ``0-15,40``.

    Args:
        text: The selection. Order is kept, repeats are dropped.
        count: How many channels the layer has.

    Raises:
        EngineError: Not a selection, or a number outside 0 … count - 1.
    """
    if text.strip().lower() == "all":
        return tuple(range(count))
    chosen: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not (first.isdecimal() and (last.isdecimal() if dash else True)):
            raise EngineError(f"Channels are written like 'all', '17' or '0-15,40'. Received: {text!r}.")
        start, end = int(first), int(last if dash else first)
        if start > end or end >= count:
            raise EngineError(f"The layer has channels 0 to {count - 1}. Received: {part.strip()!r}.")
        chosen.update(dict.fromkeys(range(start, end + 1)))
    return tuple(chosen)
