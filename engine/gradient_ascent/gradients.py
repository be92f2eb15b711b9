"""A chain of 3×3 convolutions up to one layer, forward and back to its input, for an ascent and nothing else.

Three things make it faster than a gradient tape over a Keras model. The network is cut at the layer, and of the last
convolution only the channels in question are computed. The way back is written out: the gradient of a convolution with
respect to its input is a convolution of the gradient with the kernel flipped and transposed, and no weight gradient is
ever computed. And the number format is a choice: bfloat16 is twice as fast where the processor has it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from engine.gradient_ascent.traces import Traces
from engine.networks.description import NetworkDescription
from engine.patterns.recipes import Padding, Pooling

Tensor: TypeAlias = Any
"""A `tf.Tensor`; TensorFlow carries no types."""

Backward: TypeAlias = Callable[[Tensor], Tensor]
"""From the gradient with respect to a step's output to that with respect to its input."""


@dataclass(frozen=True)
class Pass:
    """How one pass through the network is computed.

    Attributes:
        padding: What a convolution sees outside the picture.
        pooling: What the gradient of max pooling does.
        precision: "float32" or "bfloat16".
        redirect: Whether a ReLU that is off lets through a gradient that would switch it on (the redirected ReLU of
            Lucid, https://github.com/tensorflow/lucid), wherever the true gradient of the picture is all zero.
    """

    padding: Padding = "zero"
    pooling: Pooling = "max"
    precision: str = "float32"
    redirect: bool = False


class PatternNetwork:
    """The convolutions of a network like VGG16, to be run on the thread that made it.

    Attributes:
        description: The network.
        layers: Names of the convolutions, in order.
        traces: Functions traced for this network.
        responses: Each layer's responses to noise, filled by `engine.gradient_ascent.noise_response`.
    """

    def __init__(self, kernels: Mapping[str, tuple[Any, Any]], description: NetworkDescription) -> None:
        """Take the weights in.

        Args:
            kernels: Kernel (3, 3, inputs, channels) and bias (channels,) of each convolution, by its Keras name, in
                float32: arrays, or tensors as of `engine.networks.activations.Network.kernels`, which are not copied.
            description: A chain of convolutions of 3×3, each with its ReLU, and of max poolings of 2×2.
        """
        self.description = description
        self.layers = tuple(info.name for info in description.of_kind("convolution"))
        self._pooled = frozenset(
            after.keras_name
            for before, after in itertools.pairwise(description.layers)
            if (before.kind, after.kind) == ("pooling", "linear")
        )
        self.traces = Traces()
        self.responses: dict[str, npt.NDArray[np.float32]] = {}
        self._kernels = kernels
        self._shared: WeakValueDictionary[tuple[str, str, str], Tensor] = WeakValueDictionary()

    def channels(self, layer: str) -> int:
        """How many channels the layer has."""
        return int(self._kernels[layer][1].shape[0])

    def stride(self, layer: str) -> int:
        """Input pixels between two neighbouring values of the layer's map."""
        return self.description.layer(layer).stride

    def receptive_field(self, layer: str) -> int:
        """Side of the square of input pixels that one value of the layer's map depends on."""
        return self.description.layer(layer).receptive_field

    def maps(self, inputs: Tensor, layer: str, channels: Tensor, settings: Pass) -> tuple[Tensor, Backward]:
        """The maps of some channels of a layer before ReLU, and the way back.

        Args:
            inputs: float32 (n, height, width, 3), as the network is fed.
            layer: Name of a convolution.
            channels: int32 (k,), which channels.
            settings: How to compute.

        Returns:
            float32 (n, height, width, k), and a function from the gradient with respect to it, of the same shape, to
            the gradient with respect to ``inputs``.
        """
        value = tf.cast(inputs, settings.precision)
        way_back: list[Backward] = []
        for name in self.layers[: self.layers.index(layer) + 1]:
            if name in self._pooled:
                value, back = _max_pool(value, settings)
                way_back.append(back)
            if name != layer:
                value, back = self._convolution_relu(value, name, settings)
                way_back.append(back)
        value, back = self._last_convolution(value, layer, channels, settings)
        way_back.append(back)

        def backward(gradient: Tensor) -> Tensor:
            gradient = tf.cast(gradient, settings.precision)
            for step in reversed(way_back):
                gradient = step(gradient)
            return tf.cast(gradient, tf.float32)

        return tf.cast(value, tf.float32), backward

    def _convolution_relu(self, value: Tensor, name: str, settings: Pass) -> tuple[Tensor, Backward]:
        kernel, bias = self._kernel_and_bias(name, settings.precision)
        output = tf.nn.relu(tf.nn.bias_add(_convolve(value, kernel, settings.padding), bias))
        relu_back = _redirected_relu_back if settings.redirect else _relu_back

        def backward(gradient: Tensor) -> Tensor:
            return _convolve(relu_back(gradient, output), self._kernel_back(name, settings.precision), settings.padding)

        return output, backward

    def _last_convolution(self, value: Tensor, layer: str, channels: Tensor, settings: Pass) -> tuple[Tensor, Backward]:
        kernel, bias = self._kernel_and_bias(layer, settings.precision)
        linear = _convolve(value, tf.gather(kernel, channels, axis=3), settings.padding)

        def backward(gradient: Tensor) -> Tensor:
            flipped = tf.gather(self._kernel_back(layer, settings.precision), channels, axis=2)
            return _convolve(gradient, flipped, settings.padding)

        return tf.nn.bias_add(linear, tf.gather(bias, channels)), backward

    def _kernel_and_bias(self, name: str, precision: str) -> tuple[Tensor, Tensor]:
        """The weights of a convolution in that format."""
        kernel, bias = self._kernels[name]
        return (
            self._kept((name, "kernel", precision), lambda: tf.cast(kernel, precision)),
            self._kept((name, "bias", precision), lambda: tf.cast(bias, precision)),
        )

    def _kernel_back(self, name: str, precision: str) -> Tensor:
        """The kernel of the way back, as large as the one of the way there; a score needs none."""

        def flipped() -> Tensor:
            kernel, _ = self._kernel_and_bias(name, precision)
            return tf.transpose(tf.reverse(kernel, [0, 1]), (0, 1, 3, 2))

        return self._kept((name, "back", precision), flipped)

    def _kept(self, key: tuple[str, str, str], make: Callable[[], Tensor]) -> Tensor:
        """A tensor that every trace shares, for as long as there is a trace that uses it."""
        tensor = self._shared.get(key)
        if tensor is None:
            with tf.init_scope():  # outside whatever is being traced
                tensor = self._shared[key] = make()
        return tensor


def _convolve(value: Tensor, kernel: Tensor, padding: Padding) -> Tensor:
    if padding == "zero":
        return tf.nn.conv2d(value, kernel, 1, "SAME")
    for axis in (1, 2):
        side = value.shape[axis]
        value = _picked(value, [side - 1, *range(side), 0], axis)
    return tf.nn.conv2d(value, kernel, 1, "VALID")


def _picked(value: Tensor, indices: list[int], axis: int) -> Tensor:
    """Rows or columns by index: one node in a trace, where slices and their concatenation are thirteen."""
    return tf.raw_ops.GatherV2(params=value, indices=tf.constant(indices, tf.int32), axis=axis)


def _relu_back(gradient: Tensor, output: Tensor) -> Tensor:
    return tf.raw_ops.ReluGrad(gradients=gradient, features=output)


def _redirected_relu_back(gradient: Tensor, output: Tensor) -> Tensor:
    """Where no unit of an example that is on gets a gradient, those that are off are pulled up, never pushed down."""
    plain = _relu_back(gradient, output)
    redirected = tf.where(output > 0, gradient, tf.nn.relu(gradient))
    lost = tf.reduce_all(plain == 0, axis=(1, 2, 3), keepdims=True)
    return tf.where(lost, redirected, plain)


def _max_pool(value: Tensor, settings: Pass) -> tuple[Tensor, Backward]:
    output = tf.nn.max_pool2d(value, 2, 2, "VALID")
    if settings.pooling == "max":
        window = [1, 2, 2, 1]
        return output, lambda gradient: tf.raw_ops.MaxPoolGrad(
            orig_input=value, orig_output=output, grad=gradient, ksize=window, strides=window, padding="VALID"
        )
    return output, lambda gradient: _weighted_pool_back(gradient, value)


def _weighted_pool_back(gradient: Tensor, value: Tensor) -> Tensor:
    """Shares the gradient of a window out in proportion to its values: the true one has a checkerboard in it.

    Values are at least 0, for they come from a ReLU. The idea is Lucid's smoothed max-pool gradient.
    """
    height, width = value.shape[1] // 2 * 2, value.shape[2] // 2 * 2
    odd = (height, width) != (value.shape[1], value.shape[2])
    kept = value[:, :height, :width] if odd else value
    share = tf.math.divide_no_nan(gradient, 4 * tf.nn.avg_pool2d(kept, 2, 2, "VALID"))
    for axis, side in ((1, height), (2, width)):
        share = _picked(share, [index // 2 for index in range(side)], axis)
    spread = kept * share
    if not odd:
        return spread
    return tf.pad(spread, [[0, 0], [0, value.shape[1] - height], [0, value.shape[2] - width], [0, 0]])
