"""The one place that imports TensorFlow first, with its log quietened and its memory use kept modest."""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import ModuleType
from typing import Any, TypeVar

from engine.quiet import without_notices
from engine.records import FrameworkError

_M_ARENA_MAX, _ARENAS = -8, 2
"""The number of an option in glibc's malloc.h, and how many arenas there may be."""

_M_MMAP_THRESHOLD, _MAPPED_BYTES = -3, 4 << 20
"""The same for the size from which a block has pages of its own; one of 1 MB costs a pass a sixth more time."""

_POLITE = 10
"""Niceness of TensorFlow's workers: a tenth of the weight of the window's threads."""


_T = TypeVar("_T")


@functools.cache
def load() -> tuple[Any, Any]:
    """Import TensorFlow and Keras, the first time.

    Returns:
        The modules ``tensorflow`` and ``keras``.

    Raises:
        FrameworkError: TensorFlow is missing or broken on this machine.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # Where it computes with oneDNN, TensorFlow has an allocator of its own that never gives memory back: after a few
    # pictures and patterns the program held 2.6 GB of which it used 1.3. The system's allocator is as fast here.
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    # oneDNN remembers what it has compiled, and so does TensorFlow, each for itself. What TensorFlow lets go of is to
    # be gone: see `engine.patterns.sessions`.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    _tame_malloc()
    try:
        with warnings.catch_warnings(), without_notices():
            # Their own deprecations, raised while they import one another; nothing a person can act on.
            warnings.simplefilter("ignore")
            import tensorflow as tf

            _grow_memory(tf)
            # One layer needs the one before it: there is nothing to do side by side, and each thread would keep a
            # compiled form of every operation of its own.
            tf.config.threading.set_inter_op_parallelism_threads(1)
            # The first operation starts its worker threads.
            politely(lambda: tf.zeros(1))
            import keras
    except (Exception, SystemExit) as error:  # a broken one may raise anything
        raise FrameworkError(
            f"TensorFlow cannot be loaded ({_first_line(error)}); install Convscope's dependencies again."
        ) from error
    if keras.backend.backend() != "tensorflow":
        raise FrameworkError(
            f"Convscope needs Keras on TensorFlow, but KERAS_BACKEND is {keras.backend.backend()!r}; unset it."
        )
    keras.utils.disable_interactive_logging()
    # It takes functions of one line for one function, and warns of tracing it too often when there are many layers.
    tf.get_logger().setLevel(logging.ERROR)
    return tf, keras


def device_name(tf: Any) -> str:
    """What TensorFlow computes on, for people: "CPU", or "GPU" with the name of the first one that it uses."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "CPU"
    return f"GPU {tf.config.experimental.get_device_details(gpus[0]).get('device_name', '')}".strip()


def _grow_memory(tf: ModuleType) -> None:
    """Let a GPU's memory be taken as needed; TensorFlow refuses this once anything else has touched the device."""
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, enable=True)


def _tame_malloc() -> None:
    """Let threads share the C library's pools of memory, and keep large blocks out of these (Linux).

    Otherwise nearly every thread has a pool of its own. And whenever a large block is freed, blocks up to its size go
    into the pools from then on, where small ones settle in what they leave: after ten thousand actions in the window
    the pools had grown to 3.9 GB, in which 0.6 GB in use were so scattered that they kept 60 MB more pages.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc has no such options
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_ARENA_MAX, _ARENAS)
            libc.mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES)


def politely(start: Callable[[], _T]) -> _T:
    """Call something that starts worker threads of TensorFlow, and let these give way to the window.

    They would otherwise keep every processor busy, and the window would wait up to a tenth of a second for its turn.
    Threads inherit the niceness of the one that starts them, and an ordinary user cannot take it back: hence a thread
    of its own for the call. Linux only; elsewhere niceness is that of the process.
    """
    if sys.platform != "linux":
        return start()

    def give_way() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _POLITE)

    with ThreadPoolExecutor(1, "polite", give_way) as thread:
        return thread.submit(start).result()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
