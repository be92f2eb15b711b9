"""A network like VGG16 as a Keras model, and its maps: all from one pass, or layer by layer.

Source: F. Chollet, "Deep Learning with Python": one pass with many outputs gives the activations of every layer. They
are recorded while the model is traced (`engine.networks.capture`), the maps before each ReLU as well.

Keras has settings for the whole process: the number format of layers (policy, ``floatx``) and the order of axes
(``image_data_format``). Others in the process may change them at any time, so each layer is told its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.networks.capture import captured, pick
from engine.networks.description import NetworkDescription
from engine.networks.tensorflow_loader import load
from engine.records import LayerInfo

Kernels: TypeAlias = Mapping[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]
"""Kernel (3, 3, inputs, channels) and bias (channels,) of each convolution, by its Keras name."""

_TRACES_KEPT = 8

_NUMBERS = "float32"
_AXES = "channels_last"


class Network:
    """A chain of convolutions and poolings, ready to be run on the thread that made it.

    Every function is traced once for inputs of any size: the height and width of its signature are open.
    """

    def __init__(self, kernels: Kernels, description: NetworkDescription) -> None:
        """Build the network.

        Args:
            kernels: Its weights.
            description: A chain of convolutions and poolings.
        """
        self._tf, self._keras = load()
        self._infos = description.layers
        self._model = self._build(kernels)
        self._passes: OrderedDict[tuple[str, ...], Callable[..., Any]] = OrderedDict()
        self._stages: dict[str, Callable[..., Any]] = {}

    def kernels(self) -> Mapping[str, tuple[Any, Any]]:
        """Kernel and bias of each convolution by its Keras name, as tensors that share the model's memory."""
        tensor = self._tf.convert_to_tensor
        steps = {info.name: self._model.get_layer(info.name) for info in self._infos if info.kind == "convolution"}
        return {name: (tensor(step.kernel), tensor(step.bias)) for name, step in steps.items()}

    def run(self, inputs: npt.NDArray[np.float32], names: Sequence[str]) -> list[npt.NDArray[np.float32]]:
        """All these layers in one traced pass, which reaches no deeper than the deepest of them.

        Args:
            inputs: The network's input, float32 (height, width, 3).
            names: Layers, in any order.

        Returns:
            Read-only float32 maps (height, width, channels), one a name.
        """
        outputs = self._traced_pass(tuple(names))(self._batch(inputs))
        return [_first_of_batch(output) for output in outputs]

    def run_live(
        self, inputs: npt.NDArray[np.float32], names: Sequence[str]
    ) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
        """The same maps one layer after the other, each as soon as it is computed.

        A tenth slower than `run`, but the first maps are there at once and the caller can stop between two layers.
        """
        wanted = set(names)
        value = self._batch(inputs)
        for info in self._infos:
            if not wanted:
                return
            value = self._traced_stage(info, value.shape[-1])(value)
            if info.name in wanted:
                wanted.remove(info.name)
                yield info.name, _first_of_batch(value)

    def _build(self, kernels: Kernels) -> Any:
        picture = value = self._keras.Input((None, None, 3), dtype=_NUMBERS, name="picture")
        for info in self._infos:
            if info.kind != "linear":  # which is recorded inside the convolution
                value = self._layer(info)(value)
        model = self._keras.Model(picture, value, name="network")
        for name, weights in kernels.items():
            model.get_layer(name).set_weights(list(weights))
        return model

    def _layer(self, info: LayerInfo) -> Any:
        make = self._keras.layers
        if info.kind == "pooling":
            return make.MaxPooling2D(2, data_format=_AXES, dtype=_NUMBERS, name=info.name)
        return make.Conv2D(
            info.channels,
            3,
            padding="same",
            activation="relu",
            # Random ones would be drawn for nothing, and from Python's generator, which is the caller's too.
            kernel_initializer="zeros",
            data_format=_AXES,
            dtype=_NUMBERS,
            name=info.name,
        )

    def _stage(self, info: LayerInfo) -> Callable[[Any], Any]:
        """From the map before to that of a layer, of which a convolution has two: before its ReLU, and after."""
        nn, layer = self._tf.nn, self._model.get_layer(info.keras_name)
        if info.kind == "linear":
            return lambda value: nn.bias_add(nn.conv2d(value, layer.kernel, 1, "SAME"), layer.bias)
        step: Callable[[Any], Any] = nn.relu if info.kind == "convolution" else layer
        return step

    def _pass(self, value: Any, names: tuple[str, ...]) -> list[Any]:
        """The outputs of these layers, in this order."""
        _, found = captured(self._model, value, until=names)
        return pick(found, names)

    def _batch(self, inputs: npt.NDArray[np.float32]) -> Any:
        return self._tf.constant(inputs[np.newaxis], dtype=self._tf.float32)

    def _traced_pass(self, names: tuple[str, ...]) -> Callable[..., Any]:
        if names not in self._passes:
            self._passes[names] = self._trace(lambda value: self._pass(value, names), 3)
            if len(self._passes) > _TRACES_KEPT:
                self._passes.popitem(last=False)
        self._passes.move_to_end(names)
        return self._passes[names]

    def _traced_stage(self, info: LayerInfo, channels: int) -> Callable[..., Any]:
        if info.name not in self._stages:
            self._stages[info.name] = self._trace(self._stage(info), channels)
        return self._stages[info.name]

    def _trace(self, function: Any, channels: int) -> Callable[..., Any]:
        signature = [self._tf.TensorSpec((1, None, None, channels), self._tf.float32)]
        # The concrete function: TensorFlow would take 18 functions from one line for one that is traced 18 times.
        concrete: Callable[..., Any] = self._tf.function(
            function, input_signature=signature, autograph=False
        ).get_concrete_function()
        return concrete


def _first_of_batch(tensor: Any) -> npt.NDArray[np.float32]:
    maps: npt.NDArray[np.float32] = np.asarray(tensor)[0]
    maps.setflags(write=False)
    return maps
