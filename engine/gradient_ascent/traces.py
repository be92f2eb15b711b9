"""A bounded cache of traced functions, each of which frees what TensorFlow has compiled for it.

oneDNN compiles a convolution anew for each shape, some 0.07 MB, and TensorFlow keeps up to 1,024 of them for as long as
the thread lives that ran them. The thread of a `tf.function` lives as long as the process; a session has its own, which
ends with it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tensorflow.core.protobuf.config_pb2 import CallableOptions

from engine.networks.tensorflow_loader import device_name, politely
from engine.networks.tracing import traced

_KEPT = 6
"""A recipe on a layer takes up to three, of up to 12 MB each: two recipes on one layer, or one on two, fit."""


class Traces:
    """Functions traced for arguments of certain shapes; the least recently used are dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Callable[..., Any]] = OrderedDict()
        # What a session takes comes from this machine's memory, and a GPU would wait for it.
        self._in_sessions = device_name(tf) == "CPU"

    def run(self, key: Hashable, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function, traced once for each combination of shapes.

        Args:
            key: Whatever is fixed in the function, which has to do the same whenever this is the same.
            function: Makes nested tuples of tensors.
            arguments: Nested tuples of tensors.
        """
        place = _place(key, arguments)
        if place not in self._kept:
            self._kept[place] = InSession(function, arguments) if self._in_sessions else traced(tf, function)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(place)
        return self._kept[place](*arguments)

    def known(self, key: Hashable, *arguments: Any) -> bool:
        """Whether `run` needs no trace for them."""
        return _place(key, arguments) in self._kept

    def clear(self) -> None:
        """Drop all; what is needed is traced again."""
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)


def _place(key: Hashable, arguments: tuple[Any, ...]) -> Hashable:
    return key, *((tensor.dtype, *tensor.shape) for tensor in tf.nest.flatten(arguments))


class InSession:
    """A function, traced for arguments of one combination of shapes, in a session of its own.

    It does not hold the function itself: a method would lead back to what holds this, and only the collector of
    garbage, in whatever thread, would end the session.
    """

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Trace it.

        Args:
            function: Makes nested tuples of tensors.
            arguments: Nested tuples of tensors, for their shapes.
        """
        concrete = traced(tf, function).get_concrete_function(*arguments)
        options = CallableOptions()
        options.feed.extend(tensor.name for tensor in concrete.inputs)
        options.fetch.extend(tensor.name for tensor in concrete.outputs)
        threads = tf.compat.v1.ConfigProto(use_per_session_threads=True, inter_op_parallelism_threads=1)
        session = politely(lambda: tf.compat.v1.Session(graph=concrete.graph, config=threads))
        # As Keras did in TensorFlow 1: `Session.run` looks at each of 40 kernels anew, which is a tenth of a step.
        self._call = session._make_callable_from_options(options)
        self._captured = [_array(tensor) for tensor in concrete.captured_inputs]
        self._results = tf.nest.map_structure(lambda _: None, concrete.structured_outputs)

    def __call__(self, *arguments: Any) -> Any:
        """Call the function with arguments of those shapes."""
        arrays = self._call(*(_array(tensor) for tensor in tf.nest.flatten(arguments)), *self._captured)
        return tf.nest.pack_sequence_as(self._results, [tf.constant(array) for array in arrays])


def _array(tensor: Any) -> npt.NDArray[Any]:
    """The tensor's own memory, which `numpy()` would copy."""
    if tensor.dtype != tf.bfloat16:
        return np.asarray(memoryview(tensor))
    bits = np.asarray(memoryview(tf.bitcast(tensor, tf.uint16)))  # numpy has no such numbers, and no buffer has
    return bits.view(tf.bfloat16.as_numpy_dtype)
