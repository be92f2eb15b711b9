"""VGG16 as a value, made from constants, so that a window can show its layers before anything is loaded.

Source: K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
arXiv:1409.1556, configuration D without its dense layers, with the layer names of Keras.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.networks.description import InputInfo, NetworkDescription, View
from engine.networks.preprocessing import CAFFE
from engine.networks.receptive_field import POINT, Operation, Window
from engine.records import LINEAR, Kind

BLOCKS: tuple[tuple[int, int], ...] = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""For each block, how many 3×3 convolutions and how many channels; a 2×2 max pooling ends it."""

_KERNEL = 3
_CONVOLUTION = Window(_KERNEL, padding="same")
_POOLING = Window(2, 2)

# The smallest input leaves one value in the last pooling; the maps of the largest need close to 10 GB.
_INPUT = InputInfo(224, 224, 3, CAFFE, smallest=32, largest=2048)


def description(blocks: Sequence[tuple[int, int]] = BLOCKS) -> NetworkDescription:
    """A network of that kind: convolutions, each preceded by its map before ReLU, and a pooling that ends each block.

    Args:
        blocks: Convolutions and channels of each block; those of VGG16 unless a smaller network will do.
    """
    operations: list[Operation] = []
    views: list[View] = []
    inputs = _INPUT.channels

    def add(name: str, kind: Kind, window: Window, channels: int, parameters: int) -> None:
        before = (len(operations) - 1,) if operations else ()
        operations.append(Operation(before, (window, window), channels))
        views.append(View(name, kind, name.partition("_")[0], len(operations) - 1, parameters))

    for number, (convolutions, channels) in enumerate(blocks, start=1):
        for index in range(1, convolutions + 1):
            name = f"block{number}_conv{index}"
            parameters = _KERNEL * _KERNEL * inputs * channels + channels
            add(name + LINEAR, "linear", _CONVOLUTION, channels, parameters)
            add(name, "convolution", POINT, channels, parameters)
            inputs = channels
        add(f"block{number}_pool", "pooling", _POOLING, channels, 0)
    return NetworkDescription("VGG16", "", "bundled", _INPUT, tuple(operations), tuple(views))


VGG16 = description()
"""The network."""
