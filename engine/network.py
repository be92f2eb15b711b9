"""A network like VGG16 as Keras layers, with each convolution apart from its ReLU so that both maps can be looked at.

Source: F. Chollet, "Deep Learning with Python": one multi-output model gives the activations of every layer in one
pass. Splitting the fused ReLU off gives the map before it as one more output, and the same numbers after it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from engine import courtesy
from engine.networks.description import NetworkDescription
from engine.records import LINEAR, LayerInfo
from engine.tensorflow_loader import load
from engine.traced import traced

Kernels: TypeAlias = Mapping[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]
"""Kernel (3, 3, inputs, channels) and bias (channels,) of each convolution, by its Keras name."""

_TRACES_KEPT = 8


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
        self._input = self._keras.Input((None, None, 3), name="picture")
        self._outputs: dict[str, Any] = {}
        self._steps: dict[str, Any] = {}
        self._connect(kernels)
        self._passes: OrderedDict[tuple[str, ...], Callable[..., Any]] = OrderedDict()
        self._stages: dict[str, Callable[..., Any]] = {}

    def kernels(self) -> Mapping[str, tuple[Any, Any]]:
        """Kernel and bias of each convolution by its Keras name, as tensors that share the model's memory."""
        tensor = self._tf.convert_to_tensor
        steps = {info.keras_name: self._steps[info.name] for info in self._infos if info.kind == "linear"}
        return {name: (tensor(step.kernel), tensor(step.bias)) for name, step in steps.items()}

    def model(self, names: Sequence[str]) -> Any:
        """The Keras model with these outputs, in this order; it reaches no deeper than the deepest of them."""
        return self._keras.Model(self._input, [self._outputs[name] for name in names])

    def run(self, inputs: npt.NDArray[np.float32], names: Sequence[str]) -> list[npt.NDArray[np.float32]]:
        """All these layers in one traced pass of one multi-output model.

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
            value = self._traced_stage(info)(value)
            if info.name in wanted:
                wanted.remove(info.name)
                yield info.name, _first_of_batch(value)

    def _connect(self, kernels: Kernels) -> None:
        value = self._input
        for info in self._infos:
            courtesy.give_way()
            step = self._layer(info)
            value = step(value)
            if info.kind == "linear":
                step.set_weights(list(kernels[info.keras_name]))
            self._steps[info.name], self._outputs[info.name] = step, value

    def _layer(self, info: LayerInfo) -> Any:
        make = self._keras.layers
        if info.kind == "linear":
            # A colon cannot be part of a name in a TensorFlow graph.
            return make.Conv2D(info.channels, 3, padding="same", name=info.name.replace(LINEAR, "_linear"))
        if info.kind == "convolution":
            return make.ReLU(name=info.name)
        return make.MaxPooling2D(2, name=info.name)

    def _batch(self, inputs: npt.NDArray[np.float32]) -> Any:
        return self._tf.constant(inputs[np.newaxis], dtype=self._tf.float32)

    def _traced_pass(self, names: tuple[str, ...]) -> Callable[..., Any]:
        if names not in self._passes:
            model = self.model(names)
            # Keras gives a list of one output as that output.
            self._passes[names] = self._trace(lambda value: self._tf.nest.flatten(model(value)), 3)
            if len(self._passes) > _TRACES_KEPT:
                self._passes.popitem(last=False)
        self._passes.move_to_end(names)
        return self._passes[names]

    def _traced_stage(self, info: LayerInfo) -> Callable[..., Any]:
        if info.name not in self._stages:
            step = self._steps[info.name]
            self._stages[info.name] = self._trace(step, step.input.shape[-1])
        return self._stages[info.name]

    def _trace(self, function: Any, channels: int) -> Callable[..., Any]:
        signature = [self._tf.TensorSpec((1, None, None, channels), self._tf.float32)]
        # The concrete function: TensorFlow would take 18 functions from one line for one that is traced 18 times.
        concrete: Callable[..., Any] = traced(self._tf, function, input_signature=signature).get_concrete_function()
        return concrete


def _first_of_batch(tensor: Any) -> npt.NDArray[np.float32]:
    maps: npt.NDArray[np.float32] = np.asarray(tensor)[0]
    maps.setflags(write=False)
    return maps
