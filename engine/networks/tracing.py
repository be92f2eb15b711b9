"""Tracing, which is the longest that TensorFlow is busy in Python, without holding a window up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import thread_priority


def traced(tf: Any, function: Callable[..., Any], **options: Any) -> Any:
    """A function to be traced, which then gives way to the window at each operation.

    Args:
        tf: The module ``tensorflow``.
        function: Makes operations of tensors. There is no Python in it to convert; besides, AutoGraph would leave
            files in the folder for temporary ones.
        options: Further arguments of `tf.function`.
    """

    def politely(*arguments: Any) -> Any:
        # What is asked for the device of each new operation is the one thing that TensorFlow calls that often.
        with tf.compat.v1.get_default_graph().device(_same_device):
            return function(*arguments)

    return tf.function(politely, autograph=False, **options)


def _same_device(operation: Any) -> str:
    thread_priority.give_way()
    device: str = operation.device
    return device
