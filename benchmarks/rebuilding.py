"""The longest gaps of the window's event loop while its engine's process builds and traces another network on and on.

Usage: ``python benchmarks/rebuilding.py [--actions 3000] [--seed 1]``

The engine's process builds EfficientNetB3 with random weights and traces it with the outputs of all layers, again and
again, as jobs of a kind of its own, while the robot user of ``tests/faults`` works on the window. Prints the gap that
was longest by the clock, of which other programs may have had a part, and the longest that the window's process
calculated.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "faults")]

from engine.patterns.store import PatternStore  # noqa: E402
from engine.process import engine_jobs  # noqa: E402
from engine.process.jobs import Handler, JobEvent  # noqa: E402
from engine.records import Progress  # noqa: E402


@dataclass(frozen=True)
class Rebuild:
    """Build and trace the network; answered by how many seconds that took."""

    doing: ClassVar[str] = "building networks"


def handlers(patterns: Path) -> Mapping[type, Handler]:
    """What the engine answers, and `Rebuild`."""
    jobs = engine_jobs.EngineJobs(PatternStore(patterns))
    jobs.load_framework()
    return {**jobs.handlers(), Rebuild: rebuild}


def rebuild(_request: Rebuild, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `Rebuild`; yields between building and tracing, so that other jobs have their turn."""
    import keras
    import tensorflow as tf

    begun = time.monotonic()
    model = keras.applications.EfficientNetB3(weights=None)
    outputs = keras.Model(model.inputs, [layer.output for layer in model.layers[1:]])
    yield Progress(0, 0, "Building")
    shape = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    tf.function(lambda pixels: outputs(pixels, training=False)).get_concrete_function(shape)
    yield time.monotonic() - begun


def main() -> int:
    """Let the robot work on such a window."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--actions", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    import rebuilding  # by this name its handlers are found in the other process
    import robot
    from heartbeat import spin_until

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        robot.at_home_in(folder)
        from gui import app
        from gui.jobs import workers
        from gui.jobs.job_thread import JobHandle
        from gui.main_window import MainWindow

        plain = engine_jobs.engine_process
        vars(workers)["engine_process"] = lambda patterns: replace(plain(patterns), handlers=rebuilding.handlers)
        built: list[Any] = []

        def make() -> MainWindow:
            _, window = app.create(["rebuilding"], folder / "settings.ini")
            engine = window.controller.engine

            def note(_job: JobHandle, event: JobEvent) -> None:
                if event.kind == "result":
                    built.append(event.value)
                    engine.submit(event.request, 0, note)

            engine.submit(rebuilding.Rebuild(), 0, note)
            return window

        first = app.create(["rebuilding"], folder / "settings.ini")[1]  # makes the application
        first.deleteLater()
        first.close()
        user = robot.Robot(make, folder, options.seed)
        begun = time.monotonic()
        spin_until(lambda: bool(built))
        user.only_use(options.actions)
        user.record.report(time.monotonic() - begun)
    print(f"EfficientNetB3 was built and traced {len(built)} times, {sum(built) / max(1, len(built)):.1f} s each")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
