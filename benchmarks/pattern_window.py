"""Patterns in the window: first frame after the click, stalls while layers form, memory over hundreds of patterns.

Layers are formed with a seed that is not the shipped one, so that every pattern is really formed; the one of 512
channels with fewer steps, which makes more of what the window has to do: begin, show, keep. Three to ten minutes.

    python benchmarks/pattern_window.py [--json FILE]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from heartbeat import Heartbeat, spin, spin_until
from memory import resident_megabytes
from report import Figure, run_part

from engine.patterns.settings import PatternSettings
from gui import app
from gui.main_window import MainWindow

LAYERS = (("block3_conv1", PatternSettings(seed=7)), ("block4_conv1", PatternSettings(seed=7, steps=16)))
FIRST_FRAME_LAYER, FIRST_FRAME_CHANNELS = "block3_conv2", (5, 40, 77, 130, 200)
STEADY_AFTER = 64
SHORTEST_GAP_SECONDS = 0.005
"""Shorter gaps are not kept: 300,000 of them would be what memory grows by, and what garbage is looked for in."""


def measure() -> Sequence[Figure]:
    """Take the figures with the real network on the sample cat."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        application, window = app.create(["benchmark"], Path(folder) / "settings.ini")
        window.show()
        window.action("sample").trigger()
        spin_until(lambda: window.controller.pipeline.look is not None and not window.controller.pipeline.missing())
        spin_until(lambda: not window.controller.engine.busy())
        window.commands.patterns.flow.choose_settings(LAYERS[0][1])
        figures = [_first_frames(window), *_layers(window)]
        window.close()
        application.processEvents()
    return figures


def _first_frames(window: MainWindow) -> Figure:
    """From the command to a frame in the viewer, with everything warm but the trace of the layer in the first one."""
    flow, seconds = window.commands.patterns.flow, []
    frames: list[str] = []  # only that there are some: a frame that is kept here would look like a leak
    window.controller.engine.watchers.append(
        lambda event: frames.append(event.kind) if event.kind in ("newest", "result") else None
    )
    window.workspace.layer = FIRST_FRAME_LAYER
    for channel in FIRST_FRAME_CHANNELS:
        window.views.gallery.select_channels([channel], current=channel)
        window.controller.presenter.show_channel(channel)
        frames.clear()
        begun = time.perf_counter()
        window.action("run_patterns").trigger()
        spin_until(lambda: bool(frames))
        seconds.append(1000 * (time.perf_counter() - begun))
        spin_until(lambda: all(order.ended for order in flow.runner.queue.orders))
    return Figure(
        "click to first frame of a pattern, block3", tuple(seconds), "ms", 500.0, note="the first one is traced"
    )


def _layers(window: MainWindow) -> list[Figure]:
    flow, beat = window.commands.patterns.flow, Heartbeat(SHORTEST_GAP_SECONDS)
    beat.start()
    memory: list[float] = []
    for layer, settings in LAYERS:
        # What the person does first is not counted: `window.py` measures a switch by itself.
        beat.action = "choose"
        flow.choose_settings(settings)
        spin(0.2)
        window.workspace.layer = layer
        spin(0.2)
        beat.action = "form"
        window.action("run_layer_patterns").trigger()
        while not all(order.ended for order in flow.runner.queue.orders):
            spin(0.5)
            if sum(order.formed for order in flow.runner.queue.orders) >= STEADY_AFTER:
                memory.append(resident_megabytes())
    beat.stop()
    formed = sum(order.formed for order in flow.runner.queue.orders)
    gaps = tuple(1000 * stall.seconds for stall in beat.stalls if stall.action == "form")
    (longest,) = beat.worst("form", count=1)
    growth = memory[-1] - memory[0]
    return [
        Figure(
            f"stall while {formed} patterns form",
            gaps,
            "ms",
            50.0,
            "worst",
            f"own work in the longest {1000 * longest.own:.0f} ms {longest.where}",
        ),
        Figure(f"memory from pattern {STEADY_AFTER} to {formed}", tuple(memory), "MB", note=f"grew by {growth:.0f} MB"),
    ]


if __name__ == "__main__":
    run_part(measure, __doc__)
