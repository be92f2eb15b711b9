"""The network in numpy, a dozen lines to check TensorFlow's values against; for small inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.networks.activations import Kernels
from engine.records import LayerInfo, MapArray


def plain_maps(
    inputs: npt.NDArray[np.float32], kernels: Kernels, infos: Sequence[LayerInfo]
) -> Iterator[tuple[str, MapArray]]:
    """The maps of every layer, each with its layer's name, in the order of the network.

    Args:
        inputs: The network's input, float32 (height, width, 3).
        kernels: The weights.
        infos: The layers, in order of computation.

    Yields:
        Name, and float32 (height, width, channels).
    """
    value = inputs
    for info in infos:
        if info.kind == "linear":
            kernel, bias = kernels[info.keras_name]
            around = np.pad(value, ((1, 1), (1, 1), (0, 0)))
            windows = np.lib.stride_tricks.sliding_window_view(around, kernel.shape[:2], (0, 1))
            value = np.tensordot(windows, kernel.transpose(2, 0, 1, 3), 3) + bias
        elif info.kind == "convolution":
            value = np.maximum(value, 0)
        else:
            height, width, channels = value.shape[0] // 2, value.shape[1] // 2, value.shape[2]
            value = value[: 2 * height, : 2 * width].reshape(height, 2, width, 2, channels).max(axis=(1, 3))
        yield info.name, value
