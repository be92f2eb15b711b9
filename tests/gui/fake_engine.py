"""An engine thread that makes maps up at once, so that the window's own behaviour is what is tested."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

from engine import architecture
from engine.patterns.store import PatternStore
from engine.records import WeightsFile
from gui.job_thread import Handler
from gui.main_window import MainWindow
from gui.worker import ComputeMaps, EngineReady, LayerMaps, MapsComplete, OpenEngine

SIZE = 64


class FakeEngine:
    """Answers as the real engine does, with seeded maps that depend on the picture.

    Attributes:
        step_seconds: How long each layer takes.
        computed: The mean of each picture whose pass was run to its end.
        begun: How many passes were begun.
    """

    def __init__(self) -> None:
        self.step_seconds = 0.0
        self.computed: list[float] = []
        self.begun = 0

    def handlers(self, _patterns: PatternStore) -> Mapping[type, Handler]:
        return {OpenEngine: self._open, ComputeMaps: self._compute}

    def _open(self, request: OpenEngine, _cancelled: threading.Event) -> Iterator[object]:
        yield EngineReady(WeightsFile(request.weights_file or "bundled", "0" * 64, "bundled", known=True), "CPU")

    def _compute(self, request: ComputeMaps, _cancelled: threading.Event) -> Iterator[object]:
        self.begun += 1
        for name in request.layers:
            time.sleep(self.step_seconds)
            yield LayerMaps(name, made_up_maps(name, request.inputs))
        self.computed.append(float(request.inputs.mean()))
        yield MapsComplete(0.1)


def made_up_maps(name: str, inputs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Maps of the layer's shape: channel 0 blank, channel 1 constant, the rest random."""
    info = architecture.layer(name, inputs.shape[0])
    seed = int(inputs.sum()) + info.channels
    maps = np.random.default_rng(seed).normal(0, 10, info.output_shape).astype(np.float32)
    if not info.signed:
        maps = np.maximum(maps, 0)
    maps[:, :, 0] = 0
    maps[:, :, 1] = 7
    maps.setflags(write=False)
    return maps


def wait_until_complete(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until every layer of the current picture can be seen."""

    def complete() -> bool:
        pipeline = window.controller.pipeline
        return pipeline.look is not None and len(pipeline.look.scaled_in(pipeline.style)) == 31

    qtbot.waitUntil(complete, timeout=20_000)
