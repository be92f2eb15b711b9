"""The real window with the real VGG16: drops, switches, stalls and memory over a scripted visit.

Usage: ``python benchmarks/window.py [--json FILE]``

On the screen that DISPLAY names (a virtual one will do), or offscreen without one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import memory
from heartbeat import Heartbeat
from report import Figure, run_part
from visit import Visit

from gui import app

_BARS = {"TensorFlow": 700.0}
_STALL_BAR = 50.0
_MEMORY_BAR = 1500.0
_ONE_PICTURE = 3
_WORST_SHOWN = 12


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        application, window = app.create(["convscope"], Path(folder) / "settings.ini")
        application.setQuitOnLastWindowClosed(False)
        visit = Visit(window, Heartbeat(), Path(folder))
        figures = [
            *_memory_figures(visit),
            *visit.figures,
        ]
        figures += _stall_figures(visit.heartbeat)
        window.close()
    return figures


def _memory_figures(visit: Visit) -> list[Figure]:
    """Goes through the whole visit, and looks at the memory between its parts."""
    parts = (
        ("window painted", visit.paint),
        ("TensorFlow and VGG16 loaded", visit.load),
        ("all maps of one picture at 224 px", visit.first_picture),
        ("five more pictures dropped", visit.drop_pictures),
        ("all layers visited in every face, scale and colour", visit.all_layers),
    )
    figures = []
    for number, (moment, go) in enumerate(parts):
        go()
        note = f"peak {memory.peak_megabytes():.0f} MB"
        bar = (
            _MEMORY_BAR if number < _ONE_PICTURE else None
        )  # more pictures' maps are kept as the person's limit allows
        figures.append(Figure(f"memory, {moment}", (memory.resident_megabytes(),), "MB", bar, note=note))
    return figures


def _stall_figures(heartbeat: Heartbeat) -> list[Figure]:
    figures = []
    for start in dict.fromkeys(stall.action.partition(":")[0] for stall in heartbeat.stalls):
        stalls = heartbeat.worst(start, count=len(heartbeat.stalls))
        bar = next((bar for name, bar in _BARS.items() if start.startswith(name)), _STALL_BAR)
        note = f"own work at most {1000 * max(stall.own for stall in stalls):.0f} ms"
        figures.append(
            Figure(f"stall, {start}", tuple(1000 * stall.seconds for stall in stalls), "ms", bar, "worst", note)
        )
    everything = [stall for stall in heartbeat.worst(count=10**6) if not stall.action.startswith(tuple(_BARS))]
    for rank, stall in enumerate(everything[:_WORST_SHOWN], start=1):
        note = f"own work {1000 * stall.own:.0f} ms; " + " at ".join(filter(None, (stall.action, stall.where)))
        figures.append(Figure(f"stall, longest no. {rank}", (1000 * stall.seconds,), "ms", note=note))
    return figures


if __name__ == "__main__":
    run_part(measure, __doc__)
