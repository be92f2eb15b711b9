"""Painting the window while other threads compute in Python, by how soon the window gets Python back.

Usage: ``python benchmarks/python_lock.py [--json FILE]``

Every call that Qt makes into Python while it paints may have to wait for another thread. One of them computes in Python
alone; three are more than ever do at once. The settings take turns within one run; that of the program is marked as
kept. What is best here is not best in the program: with 50 µs the robot user (`tests/faults/robot.py`) had stalls of
0.4 s.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from heartbeat import spin, spin_until
from PySide6.QtWidgets import QWidget
from report import Figure, run_part

from gui import app
from gui.main_window import MainWindow

_ROUNDS = 25
_SETTINGS = (("5 ms, Python's own", 0.005), ("2 ms", 0.002), ("0.5 ms, kept", 0.0005), ("50 µs", 0.00005))
_OTHERS = (1, 3)


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        application, window = app.create(["convscope"], Path(folder) / "settings.ini")
        application.setQuitOnLastWindowClosed(False)
        window.show()
        window.controller.open_sample()
        pipeline = window.controller.pipeline
        spin_until(lambda: pipeline.look is not None and not pipeline.missing())
        spin(1.0)
        figures = [Figure("painted with Python to itself", tuple(_paints(window) for _ in range(_ROUNDS)), "ms")]
        for count in _OTHERS:
            figures += _beside_python(window, count)
        window.close()
    return figures


def _beside_python(window: MainWindow, count: int) -> list[Figure]:
    done = threading.Event()
    others = [threading.Thread(target=_compute, args=(done,)) for _ in range(count)]
    for other in others:
        other.start()
    usual = sys.getswitchinterval()
    taken: dict[str, list[float]] = {name: [] for name, _ in _SETTINGS}
    for _ in range(_ROUNDS):
        for name, switch in _SETTINGS:
            sys.setswitchinterval(switch)
            taken[name].append(_paints(window))
    sys.setswitchinterval(usual)
    done.set()
    for other in others:
        other.join()
    first = statistics.median(taken[_SETTINGS[0][0]])
    figures = []
    for name, times in taken.items():
        note = f"{first / statistics.median(times):.1f} times as fast"
        figures.append(Figure(f"beside {count} in Python, {name}", tuple(times), "ms", note=note))
    return figures


def _paints(window: MainWindow) -> float:
    """Milliseconds that it takes to paint every widget."""
    spin(0.01)
    visible = [widget for widget in window.findChildren(QWidget) if widget.isVisible() and not widget.isWindow()]
    begun = time.perf_counter()
    for widget in visible:
        widget.repaint()
    return 1000 * (time.perf_counter() - begun)


def _compute(done: threading.Event) -> None:
    total = 0
    while not done.is_set():
        for number in range(1000):
            total += number * number


if __name__ == "__main__":
    run_part(measure, __doc__)
