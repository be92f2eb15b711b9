"""A traced function that gives back whatever TensorFlow has compiled for it.

For each shape that it meets, oneDNN compiles a convolution anew, some 0.07 MB, and TensorFlow keeps up to 1,024 of
them for as long as the thread lives that ran them. That of a `tf.function` lives as long as the process. A session has
a thread of its own, which ends with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tensorflow.core.protobuf.config_pb2 import CallableOptions

from engine.networks.tensorflow_loader import politely
from engine.networks.tracing import traced


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
        """What the function makes of arguments of those shapes."""
        arrays = self._call(*(_array(tensor) for tensor in tf.nest.flatten(arguments)), *self._captured)
        return tf.nest.pack_sequence_as(self._results, [tf.constant(array) for array in arrays])


def _array(tensor: Any) -> npt.NDArray[Any]:
    """The tensor's own memory, which `numpy()` would copy."""
    if tensor.dtype != tf.bfloat16:
        return np.asarray(memoryview(tensor))
    bits = np.asarray(memoryview(tf.bitcast(tensor, tf.uint16)))  # numpy has no such numbers, and no buffer has
    return bits.view(tf.bfloat16.as_numpy_dtype)
