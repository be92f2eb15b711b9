"""What the window itself does when another layer of 512 channels is shown, with the other threads at rest.

Usage: ``python benchmarks/switches.py [--json FILE]``

Each switch is measured from the person's choice until nothing is left to be painted: as time of the window's thread on
a processor, and as time on the clock, once undisturbed and once on a single processor that a busy process of the same
niceness has half of: a processor of half the speed. Where there is one figure for the whole, and one for the longest
turn of the event loop, it is the latter that a person can feel: keys and mouse come in between two turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if not os.environ.get("DISPLAY"):
    screen = os.path.relpath(Path(__file__).resolve().parents[1] / "tests" / "screen.json")
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={screen}")

from heartbeat import spin, spin_until
from PySide6.QtWidgets import QApplication
from report import Figure, run_part

from engine.networks.vgg16 import VGG16
from gui import app
from gui.main_window import MainWindow

_SIZES = ((1280, 800), (1920, 1040))
_TILES = (48, 96, 192)
_LAYERS = tuple(info.name for info in VGG16.layers if info.channels == 512)
_AWAY = "block1_pool"
_BAR = 16.0
_ROUNDS = 3
_SETTLED = 0.3  # seconds: patterns are looked up where one stays for a quarter of a second
_QUIET_TURNS = 3


@dataclass(frozen=True)
class Switch:
    """One switch, in milliseconds.

    Attributes:
        own: What the window's thread calculated.
        turn: The most of it in one turn of the event loop.
        clock: How long that turn took on the clock.
    """

    own: float
    turn: float
    clock: float


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        application, window = app.create(["convscope"], Path(folder) / "settings.ini")
        application.setQuitOnLastWindowClosed(False)
        window.show()
        window.controller.open_sample()
        pipeline = window.controller.pipeline
        spin_until(lambda: pipeline.look is not None and not pipeline.missing())
        spin_until(lambda: pipeline.look is not None and len(pipeline.look.scaled_in(window.workspace.style)) == 31)
        spin(1.0)
        figures = [*_figures(window, "")]
        if hasattr(os, "sched_setaffinity"):
            with half_a_processor():
                figures += _figures(window, ", half a processor")
        window.close()
    return figures


def _figures(window: MainWindow, where: str) -> Iterator[Figure]:
    for width, height in _SIZES:
        window.resize(width, height)
        for side in _TILES:
            window.commands.look.set_tile_size(side)
            spin(_SETTLED)
            switches = [_switch(window, name) for _ in range(_ROUNDS) for name in _LAYERS]
            name = f"{width}×{height}, tiles of {side} px{where}"
            yield Figure(f"own work, {name}", tuple(one.own for one in switches), "ms", _BAR)
            yield Figure(f"longest turn, own, {name}", tuple(one.turn for one in switches), "ms", _BAR)
            yield Figure(f"longest turn, on the clock, {name}", tuple(one.clock for one in switches), "ms", _BAR)


def _switch(window: MainWindow, name: str) -> Switch:
    """Go to a layer from one whose tiles are forgotten, as a click in the tree does."""
    window.workspace.layer = _AWAY
    spin(_SETTLED)
    turns: list[tuple[float, float]] = []
    quiet = 0
    while quiet < _QUIET_TURNS:
        own, clock = time.thread_time(), time.perf_counter()
        if not turns:
            window.workspace.layer = name
        QApplication.processEvents()
        turns.append((1000 * (time.thread_time() - own), 1000 * (time.perf_counter() - clock)))
        quiet = quiet + 1 if turns[-1][0] < 0.3 else 0
    return Switch(sum(own for own, _ in turns), *max(turns))


@contextmanager
def half_a_processor() -> Iterator[None]:
    """Share one processor with a process that is always busy."""
    before = os.sched_getaffinity(0)
    one = {min(before)}
    os.sched_setaffinity(0, one)
    busy = subprocess.Popen((sys.executable, "-c", "while True: pass"))
    os.sched_setaffinity(busy.pid, one)
    try:
        yield
    finally:
        busy.kill()
        busy.wait()
        os.sched_setaffinity(0, before)


if __name__ == "__main__":
    run_part(measure, __doc__)
