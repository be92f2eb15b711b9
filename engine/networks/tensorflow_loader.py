"""The one import of TensorFlow: set up in the program's own process, left alone in somebody else's."""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from engine import own_process
from engine.records import FrameworkError

_M_ARENA_MAX, _ARENAS = -8, 2
"""The number of an option in glibc's malloc.h, and how many arenas there may be."""

_M_MMAP_THRESHOLD, _MAPPED_BYTES = -3, 4 << 20
"""The same for the size from which a block has pages of its own; one of 1 MB costs a pass a sixth more time."""

_STDERR = 2
_NOTICES = (b"I0000 ", b"WARNING: All log messages before absl::InitializeLog()")
"""How lines begin that are no news. No environment variable turns them off: they come before TensorFlow reads one."""


@functools.cache
def load() -> tuple[Any, Any]:
    """Import TensorFlow and Keras, the first time.

    Keras knows one backend a process. Where nobody has imported it yet it is TensorFlow, whatever ``KERAS_BACKEND`` or
    ``keras.json`` say; neither is changed.

    Returns:
        The modules ``tensorflow`` and ``keras``.

    Raises:
        FrameworkError: TensorFlow is missing or broken on this machine, or Keras runs on another backend here.
    """
    try:
        if "keras" in sys.modules:
            _check_backend()
        with _prepared() if own_process.is_claimed() else nullcontext(), _environment(KERAS_BACKEND="tensorflow"):
            _forget_half_imported()
            import tensorflow as tf

            if own_process.is_claimed():
                _set_up(tf)
            _forget_half_imported()
            import keras
        _check_backend()
    except FrameworkError:
        raise
    except (Exception, SystemExit) as error:  # a broken one may raise anything
        raise FrameworkError(
            f"TensorFlow cannot be loaded ({_first_line(error)}); install Convscope's dependencies again."
        ) from error
    if own_process.is_claimed():
        keras.utils.disable_interactive_logging()
    return tf, keras


def check_eager(tf: Any) -> None:
    """Raise a `FrameworkError` where TensorFlow would only write down what it is asked to compute."""
    if not tf.executing_eagerly():
        raise FrameworkError(
            "TensorFlow does not compute at once here, because eager execution is off or this is inside a graph or a "
            "tf.function; use Convscope outside of that, or in a process of its own."
        )


def _check_backend() -> None:
    """Raise a `FrameworkError` if Keras is on another backend."""
    import keras  # by name and not from `sys.modules`: another thread may be importing it

    name = keras.backend.backend()
    if name != "tensorflow":
        raise FrameworkError(
            f"Convscope computes with TensorFlow, but Keras has been imported with {name!r} as its backend in this "
            "process; set KERAS_BACKEND=tensorflow before Keras is imported, or use Convscope in a process of its own."
        )


def _forget_half_imported() -> None:
    """Drop what is left of an import of Keras that failed, with the backend that it was to have.

    TensorFlow tries to import Keras and says nothing when it fails, as with ``KERAS_BACKEND=torch`` without PyTorch.
    """
    if "keras" not in sys.modules:
        for name in [name for name in sys.modules if name.startswith("keras.")]:
            del sys.modules[name]


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Set environment variables for as long as this lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _prepared() -> Iterator[None]:
    """Set what a process of our own needs before TensorFlow is imported, and while it is."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Where it computes with oneDNN, TensorFlow has an allocator of its own that never gives memory back: after a few
    # pictures and patterns the program held 2.6 GB of which it used 1.3. The system's allocator is as fast here.
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    # oneDNN remembers what it has compiled, and so does TensorFlow, each for itself. What TensorFlow lets go of is to
    # be gone: see `engine.gradient_ascent.traces`.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    _tame_malloc()
    # Keras reads its settings from a file in that folder, and stops at one that it does not like. It does without a
    # folder that cannot be made, and nothing is left when the program ends meanwhile.
    with (
        _environment(KERAS_HOME=str(Path(sys.executable) / "nowhere")),
        warnings.catch_warnings(),
        _without_notices(),
    ):
        # Their own deprecations, raised while they import one another; nothing a person can act on.
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _without_notices() -> Iterator[None]:
    """Filter TensorFlow's start-up notices out of stderr, C++ output included: a line there means something failed."""
    try:
        terminal = os.dup(_STDERR)
    except OSError:  # a windowed program has no stderr, and so nothing to keep clean
        yield
        return
    source, sink = os.pipe()
    os.dup2(sink, _STDERR)
    os.close(sink)
    reader = threading.Thread(target=_pass_on, args=(source, terminal), name="stderr")
    reader.start()
    try:
        yield
    finally:
        os.dup2(terminal, _STDERR)  # closes the pipe's last end for writing, which ends the reader
        reader.join()
        os.close(terminal)


def _pass_on(source: int, terminal: int) -> None:
    with os.fdopen(source, "rb") as lines:
        for line in lines:
            if not line.startswith(_NOTICES):
                os.write(terminal, line)


def _set_up(tf: Any) -> None:
    """Set what TensorFlow takes only before it has computed anything; where it has, all works without."""
    with suppress(RuntimeError):
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, enable=True)  # otherwise it takes all of it at once
    with suppress(RuntimeError):
        # One layer needs the one before it: there is nothing to do side by side, and each thread would keep a compiled
        # form of every operation of its own.
        tf.config.threading.set_inter_op_parallelism_threads(1)
    # It takes functions of one line for one function, and warns of tracing it too often when there are many layers.
    tf.get_logger().setLevel(logging.ERROR)


def device_name(tf: Any) -> str:
    """The device that TensorFlow uses, for people: "CPU", or "GPU" with the name of the first one that it uses."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "CPU"
    return f"GPU {tf.config.experimental.get_device_details(gpus[0]).get('device_name', '')}".strip()


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


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
