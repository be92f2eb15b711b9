"""Convscope's engine: what the program knows about pictures, VGG16, feature maps and patterns. It knows no screen.

Importing it loads numpy and Pillow, but neither Qt nor TensorFlow; `open_session` loads TensorFlow. Whatever else the
process does with TensorFlow and Keras, before or after, the values are the same and its settings stay as they are.

    import engine

    image = engine.images.open_image("cat.png")
    with engine.open_session() as session:
        maps = session.activations(image, layers=("block3_conv1", "block3_conv1:linear"))
        maps["block3_conv1"]  # float32 (h, w, channels), read-only
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

__version__ = "0.1.0"

from engine import images
from engine.maps import scaling, statistics
from engine.networks import weights
from engine.records import EngineError

if TYPE_CHECKING:
    from engine.session import Session

__all__ = [
    "EngineError",
    "__version__",
    "images",
    "load_framework",
    "open_session",
    "scaling",
    "statistics",
    "weights",
]


def load_framework() -> None:
    """Import TensorFlow and Keras, which takes a few seconds the first time; `open_session` does it otherwise.

    Where nobody has imported Keras yet it is on TensorFlow from then on, whatever ``KERAS_BACKEND`` says, because Keras
    has one backend a process.

    Raises:
        EngineError: TensorFlow cannot be used, or Keras has been imported on another backend; the sentence says why.
    """
    from engine.session import load_framework as load

    load()


def open_session(weights_file: str | Path | None = None) -> Session:
    """Load TensorFlow and VGG16, which takes a few seconds the first time.

    The session, and everything that comes from it, belongs to the thread that calls this, which may be any. It computes
    in float32 and channels last, whatever Keras is set to, and changes no setting of TensorFlow's, Keras's or the
    process's; see `load_framework` about backends.

    Args:
        weights_file: Weights to use instead of the bundled ones.

    Returns:
        A context manager; leaving it frees the model.

    Raises:
        EngineError: TensorFlow or the weights cannot be used, Keras has been imported on another backend, or TensorFlow
            does not compute at once here (in a graph, or with eager execution off); the sentence says why.
    """
    from engine.session import Session

    return Session(weights_file)
