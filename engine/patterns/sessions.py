"""A traced function that gives back whatever TensorFlow has compiled for it.

For each shape that it meets, oneDNN compiles a convolution anew, some 0.07 MB, and TensorFlow keeps up to 1,024 of
them for as long as the thread lives that ran them. That of a `tf.function` lives as long as the process. A session has
a thread of its own, which ends with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tensorflow.core.protobuf.config_pb2 import CallableOptions

from engine.tensorflow_loader import politely
from engine.traced import traced


class _Trace(NamedTuple):
    """What it takes to run a function once more.

    Attributes:
        call: Runs it: arrays in, arrays out. The session lives as long as this.
        captured: What the function uses beside its arguments.
        results: The structure of what it gives.
    """

    call: Callable[..., list[Any]]
    captured: list[Any]
    results: Any


class InSessions:
    """One function, in a session for each combination of shapes that its arguments have had.

    It holds no function itself: a method would lead back to what holds this, and only the collector of garbage, in
    whatever thread, would end the sessions.
    """

    def __init__(self) -> None:
        self._traces: dict[Hashable, _Trace] = {}

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function makes of the arguments, nested tuples of tensors; traced when their shapes are new."""
        tensors = tf.nest.flatten(arguments)
        shapes = tuple((tensor.dtype, *tensor.shape) for tensor in tensors)
        if shapes not in self._traces:
            self._traces[shapes] = _trace(function, arguments)
        trace = self._traces[shapes]
        arrays = trace.call(*(_array(tensor) for tensor in tensors), *trace.captured)
        return tf.nest.pack_sequence_as(trace.results, [tf.constant(array) for array in arrays])


def _trace(function: Callable[..., Any], arguments: tuple[Any, ...]) -> _Trace:
    concrete = traced(tf, function).get_concrete_function(*arguments)
    options = CallableOptions()
    options.feed.extend(tensor.name for tensor in concrete.inputs)
    options.fetch.extend(tensor.name for tensor in concrete.outputs)
    threads = tf.compat.v1.ConfigProto(use_per_session_threads=True, inter_op_parallelism_threads=1)
    session = politely(lambda: tf.compat.v1.Session(graph=concrete.graph, config=threads))
    # As Keras did in TensorFlow 1: `Session.run` looks at each of 40 kernels anew, which is a tenth of a step.
    call = session._make_callable_from_options(options)
    results = tf.nest.map_structure(lambda _: None, concrete.structured_outputs)
    return _Trace(call, [_array(tensor) for tensor in concrete.captured_inputs], results)


def _array(tensor: Any) -> npt.NDArray[Any]:
    """The tensor's own memory, which `numpy()` would copy."""
    if tensor.dtype != tf.bfloat16:
        return np.asarray(memoryview(tensor))
    bits = np.asarray(memoryview(tf.bitcast(tensor, tf.uint16)))  # numpy has no such numbers, and no buffer has
    return bits.view(tf.bfloat16.as_numpy_dtype)
