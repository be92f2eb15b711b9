"""The engine as a library in a process that somebody lives in: values of plain Keras, and nothing of theirs changed.

    python tests/engine/living_process.py            every situation, each kind in a process of its own
    python tests/engine/living_process.py KIND FILE  one kind, compared with the values in a file of `write_reference`

A process ends with status 1 at the first value that differs by more than 1e-4 of its layer's largest, and at the first
setting that is another one afterwards.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import pytest

import engine
from engine import images
from engine.networks import weights
from engine.networks.vgg16 import VGG16
from engine.records import EngineError

SIZE = 64
PATTERN = ("block2_conv1", 3, 8)
"""Layer, channel and steps of a pattern."""

POLICIES = ("float32", "mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "float64")
FLOATX = ("float16", "bfloat16", "float32", "float64")
FORMATS = ("channels_first", "channels_last")

OTHER_BACKEND = "has been imported with 'numpy' as its backend"


def picture() -> Any:
    """The same random pixels in every process."""
    return np.random.default_rng(3).integers(0, 256, (80, 120, 3), dtype=np.uint8)


def write_reference(file: Path) -> None:
    """Let plain Keras, with its settings as they come, compute every layer of its own VGG16 into an NPZ file."""
    import keras

    plain = keras.applications.VGG16(include_top=False, weights=str(weights.bundled_path()))
    model = keras.Model(plain.inputs, [layer.output for layer in plain.layers[1:]])
    pixels = images.fit_image(picture(), "crop", SIZE)
    maps = model([keras.applications.vgg16.preprocess_input(pixels[np.newaxis].astype(np.float32))])
    values = {layer.name: np.asarray(tensor)[0] for layer, tensor in zip(plain.layers[1:], maps, strict=True)}
    np.savez(file, **values)


class Reference:
    """What plain Keras computes, and the comparison with it."""

    def __init__(self, file: Path) -> None:
        with np.load(file) as values:
            self._expected = {name: values[name] for name in values.files}

    def check(self, maps: Mapping[str, Any]) -> None:
        """Compare all 31 views; those before ReLU become what follows them."""
        assert set(maps) == {info.name for info in VGG16.layers}
        for info in VGG16.layers:
            values, expected = maps[info.name], self._expected[info.keras_name]
            if info.kind == "linear":
                assert values.min() < 0, info.name
                values = np.maximum(values, 0)
            assert (values.dtype, values.shape) == (np.float32, expected.shape), info.name
            difference = np.abs(values - expected).max()
            assert difference <= 1e-4 * expected.max(), f"{info.name} is off by {difference}"

    def check_session(self, *, pattern: bool = False) -> None:
        """Open a session, and have it compute all that it can."""
        with engine.open_session() as session:
            self.check(session.activations(picture(), size=SIZE))
            self.check(dict(session.live_activations(picture(), size=SIZE)))
            if pattern:
                layer, channel, steps = PATTERN
                *_, last = session.patterns(layer, (channel,), steps=steps, every=0)
                side = last.image.shape[0]
                again = session.activations(last.image, layer, size=side)[layer][:, :, channel].mean()
                assert last.score > 0
                assert abs(last.score - again) <= 1e-3 * again, (last.score, again)


def process_state() -> dict[str, Any]:
    """What somebody who works in this process would notice, without TensorFlow and Keras."""
    return {
        "environment": dict(os.environ),
        "warnings": list(warnings.filters),
        "random": random.getstate(),
        "numpy's random": repr(np.random.get_state()),
        "niceness": niceness(),
        "stderr": os.fstat(2).st_ino,
        "garbage": (gc.isenabled(), gc.get_freeze_count()),
        "switch interval": sys.getswitchinterval(),
        "logging": logging.getLogger().level,
    }


def niceness() -> set[int]:
    """That of the process's threads, on Linux."""
    found = set()
    for task in Path("/proc/self/task").glob("*/stat"):
        with suppress(OSError):  # a thread that ends while we look
            found.add(int(task.read_text(encoding="utf-8").rpartition(")")[2].split()[16]))
    return found


def framework_state() -> dict[str, Any]:
    """The same of TensorFlow and Keras."""
    import keras
    import tensorflow as tf

    return {
        "policy": keras.mixed_precision.global_policy().name,
        "floatx": keras.backend.floatx(),
        "axes": keras.backend.image_data_format(),
        "backend": keras.backend.backend(),
        "interactive": keras.utils.is_interactive_logging_enabled(),
        "names": keras.backend.get_uid("functional"),
        "log": (tf.get_logger().level, tf.get_logger().propagate),
        "threads": (
            tf.config.threading.get_inter_op_parallelism_threads(),
            tf.config.threading.get_intra_op_parallelism_threads(),
        ),
        "eagerly": tf.config.functions_run_eagerly(),
        "placement": tf.config.get_soft_device_placement(),
    }


@contextmanager
def untouched(name: str) -> Iterator[None]:
    """Hold that nothing of the caller's is another after this, and that nothing was warned of."""
    logged: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("tensorflow").addHandler(handler)
    before = process_state() | framework_state()
    try:
        with warnings.catch_warnings(record=True) as warned:
            yield
        after = process_state() | framework_state()
    finally:
        logging.getLogger("tensorflow").removeHandler(handler)
    uid = before.pop("names"), after.pop("names")
    assert uid[1] == uid[0] + 1, "names of the caller's next models"
    different = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert not different, different
    assert (logged, [str(warning.message) for warning in warned]) == ([], [])
    print(f"  {name}")


def notebook(reference: Reference) -> None:
    """Somebody has computed with TensorFlow, has settings of their own, and changes them as they go."""
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(3)
    tf.zeros(1)
    import keras

    keras.utils.enable_interactive_logging()
    random.seed(5)

    def reset() -> None:
        keras.mixed_precision.set_global_policy("float32")
        keras.backend.set_floatx("float32")
        keras.backend.set_image_data_format("channels_last")

    with untouched("a tensor made"):
        reference.check_session(pattern=True)
    settings: list[tuple[str, Callable[[], None]]] = [
        *((f"policy {name}", partial(keras.mixed_precision.set_global_policy, name)) for name in POLICIES),
        *((f"floatx {name}", partial(keras.backend.set_floatx, name)) for name in FLOATX),
        *((name, partial(keras.backend.set_image_data_format, name)) for name in FORMATS),
    ]
    for name, change in settings:
        change()
        with untouched(name):
            reference.check_session()
        reset()
    with engine.open_session() as session:
        for _, change in settings:
            change()
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
        keras.backend.set_image_data_format("channels_first")
        with untouched("all of them changed while a session is open"):
            reference.check(session.activations(picture(), size=SIZE))
            reference.check(dict(session.live_activations(picture(), size=SIZE)))
    with untouched("in another thread, with all of them changed"):
        in_thread(lambda: reference.check_session(pattern=True))
    reset()
    tf.config.run_functions_eagerly(True)
    with untouched("functions run eagerly, under a tape and a device"), tf.GradientTape(), tf.device("/CPU:0"):
        reference.check_session()
    tf.config.run_functions_eagerly(False)
    with untouched("in a graph"), tf.Graph().as_default():
        refused("does not compute at once")


def in_thread(work: Callable[[], None]) -> None:
    """Do it in another thread, with its error raised here."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def refused(words: str) -> None:
    """Hold that no session opens here, and that one sentence says why."""
    with pytest.raises(EngineError, match=words) as caught:
        engine.open_session()
    assert str(caught.value).count("\n") + str(caught.value).count(". ") == 0


def environment(reference: Reference) -> None:
    """Other backends are named in the environment or in ``keras.json``, with what else can stand there."""
    before, threads = dict(os.environ), niceness()
    reference.check_session(pattern=True)
    assert (dict(os.environ), niceness()) == (before, threads)
    with untouched("once Keras is imported"):
        reference.check_session()


def tensor_first(reference: Reference) -> None:
    """The same after TensorFlow has tried to import Keras, in vain."""
    import tensorflow as tf

    tf.zeros(1)
    environment(reference)


class Pretended(MetaPathFinder, Loader):
    """Finds modules of JAX and SciPy that are not installed, with nothing real in them."""

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        """A package of that name."""
        known = fullname.partition(".")[0] in ("jax", "scipy")
        return ModuleSpec(fullname, self, is_package=True) if known else None

    def create_module(self, _spec: ModuleSpec) -> Any:
        """Whatever is asked of it is there."""
        return MagicMock(__path__=[])

    def exec_module(self, _module: Any) -> None:
        """There is nothing to run."""


def other_backend(_reference: Reference) -> None:
    """Keras is there already, and computes with numpy; for that it imports parts of JAX and SciPy, unused here."""
    sys.meta_path.append(Pretended())
    import keras

    assert keras.backend.backend() == "numpy"
    before = process_state()
    refused(OTHER_BACKEND)
    assert process_state() == before
    assert keras.backend.backend() == "numpy"
    print(f"  {OTHER_BACKEND}")


KINDS: dict[str, tuple[Callable[[Reference], None], dict[str, str], dict[str, str]]] = {
    "notebook": (notebook, {}, {}),
    "torch": (environment, {"KERAS_BACKEND": "torch"}, {"floatx": "float16", "image_data_format": "channels_first"}),
    "jax": (environment, {"KERAS_BACKEND": "jax"}, {"backend": "torch", "floatx": "float64"}),
    "keras.json": (tensor_first, {}, {"backend": "jax", "image_data_format": "channels_first"}),
    "numpy": (other_backend, {"KERAS_BACKEND": "numpy"}, {}),
}
"""For each kind what is done, what the environment has, and what ``keras.json`` has."""


def child_environment(kind: str, folder: Path) -> dict[str, str]:
    """The environment of a process of that kind, whose ``keras.json`` is put into the folder."""
    _, variables, settings = KINDS[kind]
    (folder / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KERAS_", "TF_", "ONEDNN_"))}
    return inherited | variables | {"KERAS_HOME": str(folder)}


def run_kind(kind: str, reference: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Have one kind checked in a process of its own."""
    command = [sys.executable, __file__, kind, str(reference)]
    return subprocess.run(command, env=child_environment(kind, folder), capture_output=True, text=True, check=False)


def main() -> int:
    """Check every kind; 1 when one of them fails."""
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        reference = Path(name) / "reference.npz"
        write_reference(reference)
        for kind in KINDS:
            folder = Path(name) / kind
            folder.mkdir()
            done = run_kind(kind, reference, folder)
            failed += done.returncode != 0
            print(f"{kind}: {'failed' if done.returncode else 'well'}\n{done.stdout}", end="")
            if done.returncode:
                print(done.stderr)
    return int(failed > 0)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        KINDS[sys.argv[1]][0](Reference(Path(sys.argv[2])))
    else:
        sys.exit(main())
