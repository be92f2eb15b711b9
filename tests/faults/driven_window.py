"""The real window with the real network, driven to do one thing and then closed; for a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

import resources
from engine.patterns.settings import PatternSettings
from engine.patterns.store import PatternStore
from gui import app
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions
from gui.state.pattern_export_options import PatternExportOptions

_FEW_STEPS = PatternSettings(steps=2, overrides=(("rescue", False),))
_CHANNELS = range(16)
_LOOK_EVERY = 5
"""Milliseconds."""


def export_maps(folder: Path) -> None:
    """Open the cat and export one layer."""
    window = _open(folder, str(resources.path("samples", "chelsea.png")))

    def shown() -> bool:
        pipeline = window.controller.pipeline
        return pipeline.look is not None and pipeline.look.seconds is not None

    def start() -> None:
        window.commands.export.start(ExportOptions(what="layer", folder=str(folder / "out"), overwrite=True))

    _run(window, shown, start, lambda: not window.commands.export.busy)


def export_patterns(folder: Path) -> None:
    """Export the patterns of a layer."""
    window = _open(folder)

    def start() -> None:
        window.commands.patterns.set_content("patterns")
        options = PatternExportOptions(what="layer", folder=str(folder / "out"), overwrite=True)
        window.commands.export.patterns.start(options)

    _run(window, lambda: window.controller.weights is not None, start, (folder / "out" / "manifest.json").exists)


def form_queue(folder: Path) -> None:
    """Form a few patterns, or go on with those that an earlier run did not come to."""
    window = _open(folder)
    flow = window.commands.patterns.flow

    def start() -> None:
        window.commands.patterns.set_settings(_FEW_STEPS)
        if not any(not order.ended for order in flow.runner.queue.orders):
            flow.form_channels(tuple(_CHANNELS))

    def formed() -> bool:
        store: PatternStore = window.controller.patterns
        return len(store.keys()) == len(_CHANNELS)

    _run(window, lambda: window.controller.weights is not None, start, formed)


def _open(folder: Path, *pictures: str) -> MainWindow:
    settings = folder / "settings.ini"
    if not settings.exists():
        settings.write_text("[picture]\nsize=64\n[gallery]\nlayer=block1_conv1\n", encoding="utf-8")
    _, window = app.create(["convscope", *pictures], settings_file=settings)
    window.show()
    return window


def _run(window: MainWindow, ready: Callable[[], bool], start: Callable[[], None], done: Callable[[], bool]) -> None:
    """Wait, do it, wait, close."""
    begun = False

    def look() -> None:
        nonlocal begun
        if not begun and ready():
            begun = True
            start()
        elif begun and done():
            timer.stop()
            window.close()
            QApplication.exit(0)

    timer = QTimer(interval=_LOOK_EVERY)
    timer.timeout.connect(look)
    timer.start()
    status = QApplication.exec()
    if status:
        raise SystemExit(status)
