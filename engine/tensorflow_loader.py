"""The one place that imports TensorFlow first, with its log quietened and its memory use kept modest."""

from __future__ import annotations

import os
import warnings
from types import ModuleType
from typing import Any

from engine.quiet import without_notices
from engine.records import EngineError


def load() -> tuple[Any, Any]:
    """Import TensorFlow and Keras.

    Returns:
        The modules ``tensorflow`` and ``keras``.

    Raises:
        EngineError: TensorFlow is missing or broken on this machine.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    try:
        with warnings.catch_warnings(), without_notices():
            # Their own deprecations, raised while they import one another; nothing a person can act on.
            warnings.simplefilter("ignore")
            import tensorflow as tf

            _grow_memory(tf)
            import keras
    except (ImportError, OSError, AttributeError, TypeError) as error:
        raise EngineError(
            f"TensorFlow cannot be loaded ({_first_line(error)}); install Convscope's dependencies again."
        ) from error
    if keras.backend.backend() != "tensorflow":
        raise EngineError(
            f"Convscope needs Keras on TensorFlow, but KERAS_BACKEND is {keras.backend.backend()!r}; unset it."
        )
    keras.utils.disable_interactive_logging()
    return tf, keras


def _grow_memory(tf: ModuleType) -> None:
    """Let a GPU's memory be taken as needed; TensorFlow refuses this once anything else has touched the device."""
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, enable=True)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
