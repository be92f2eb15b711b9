"""What goes wrong on the window's threads, disks and screens is said, and the window goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_engine import FakeEngine, wait_until_complete
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.patterns.requests import of_channel
from engine.patterns.store import PatternStore
from engine.process.jobs import Handler
from engine.process.requests import ComputeMaps, OpenEngine
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions
from gui.state.session import Session
from gui.state.settings import Settings

Make = Callable[[Settings, Path], MainWindow]


class Saboteur:
    """Stands between the window and its engine thread.

    Attributes:
        errors: What the next requests of a kind raise instead of being answered; each once.
    """

    def __init__(self, engine: FakeEngine) -> None:
        self.errors: dict[type, list[BaseException]] = {}
        self._engine = engine

    def handlers(self, patterns: PatternStore) -> Mapping[type, Handler]:
        return {kind: self._between(kind, answer) for kind, answer in self._engine.handlers(patterns).items()}

    def _between(self, kind: type, answer: Handler) -> Handler:
        def handle(request: Any, cancelled: threading.Event) -> Iterator[object]:
            if self.errors.get(kind):
                raise self.errors[kind].pop(0)
            yield from answer(request, cancelled)

        return handle


@pytest.fixture
def saboteur(fake_engine: FakeEngine) -> Saboteur:
    return Saboteur(fake_engine)


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication, saboteur: Saboteur, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes windows whose crashes are counted instead of shown."""
    import pyqtgraph as pg

    from gui.commands.commands import Commands

    pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
    monkeypatch.setattr(Commands, "show_crash", lambda _self, details: crashes.append(details))
    made: list[MainWindow] = []

    def make_window(settings: Settings, cache: Path) -> MainWindow:
        window = MainWindow(settings, engine_jobs=saboteur.handlers, cache=cache)
        made.append(window)
        window.controller.unexpected.connect(crashes.append)
        window.show()
        qtbot.waitExposed(window)
        return window

    crashes.clear()
    yield make_window
    for window in made:
        window.close()
        window.deleteLater()


crashes: list[str] = []


def settings_in(folder: Path) -> Settings:
    settings = Settings(folder / "settings.ini")
    settings.session = Session(size=64).to_text()
    return settings


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


def with_cat(window: MainWindow, qtbot: QtBot, cat_path: Path) -> MainWindow:
    window.open_images([cat_path])
    wait_until_complete(window, qtbot)
    return window


def formed(window: MainWindow) -> list[int]:
    return sorted(window.commands.patterns.flow.presenter.at_hand())


def test_the_engine_cannot_be_opened(make: Make, saboteur: Saboteur, qtbot: QtBot, tmp_path: Path) -> None:
    saboteur.errors[OpenEngine] = [RuntimeError("odd"), MemoryError()]
    window = make(settings_in(tmp_path), tmp_path / "cache")
    qtbot.waitUntil(lambda: window.views.engine_state.text() == "No network")
    assert any("RuntimeError: odd" in details for details in crashes)
    window.controller.open_engine(None)
    qtbot.waitUntil(lambda: any("not enough memory" in text for text in said(window)))
    window.controller.open_engine(None)
    qtbot.waitUntil(lambda: window.controller.weights is not None)


@pytest.mark.parametrize("error", [MemoryError(), ZeroDivisionError("by zero")], ids=["memory", "crash"])
def test_a_pass_fails_and_the_next_one_works(
    make: Make, saboteur: Saboteur, qtbot: QtBot, tmp_path: Path, cat_path: Path, error: Exception
) -> None:
    window = make(settings_in(tmp_path), tmp_path / "cache")
    saboteur.errors[ComputeMaps] = [error]
    window.open_images([cat_path])
    qtbot.waitUntil(lambda: bool(crashes) or any("not enough memory" in text for text in said(window)))
    assert bool(crashes) == isinstance(error, ZeroDivisionError)
    window.controller.choose_input("crop", 96)
    wait_until_complete(window, qtbot)


def test_the_studio_thread_survives_what_a_step_raises(
    make: Make, qtbot: QtBot, tmp_path: Path, cat_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = with_cat(make(settings_in(tmp_path), tmp_path / "cache"), qtbot, cat_path)

    def fail(*_: object, **__: object) -> bytes:
        raise ZeroDivisionError("by zero")

    options = ExportOptions("layer", folder=str(tmp_path / "out"))
    with monkeypatch.context() as patch:
        patch.setattr("engine.exports.maps.encode_channel_png", fail)
        window.commands.export.start(options)
        qtbot.waitUntil(lambda: bool(crashes))
    assert not (tmp_path / "out").exists()
    window.commands.export.start(options)
    qtbot.waitUntil(lambda: (tmp_path / "out" / "manifest.json").exists())


def test_a_home_that_cannot_be_written(make: Make, qtbot: QtBot, tmp_path: Path, cat_path: Path) -> None:
    """Root may write whatever is read-only, so the home is below a file."""
    (tmp_path / "home").write_text("a file")
    window = make(Settings(tmp_path / "home" / "settings.ini"), tmp_path / "home" / "cache")
    window.controller.choose_input("crop", 64)
    with_cat(window, qtbot, cat_path)
    window.commands.patterns.flow.form_channels((1, 2))
    qtbot.waitUntil(lambda: formed(window) == [1, 2])
    assert any("settings cannot be saved" in text for text in said(window))
    assert any("Patterns are not kept for the next time" in text for text in said(window))
    window.close()
    assert (tmp_path / "home").read_text() == "a file"
    assert crashes == []


def test_one_damaged_goal_costs_no_other(make: Make, qtbot: QtBot, tmp_path: Path, cat_path: Path) -> None:
    first = make(settings_in(tmp_path), tmp_path / "cache")
    flow = first.commands.patterns.flow
    flow.runner.set_paused(True)
    flow.form_channels((1, 2, 3))
    first.close()
    settings = Settings(tmp_path / "settings.ini")
    record = json.loads(settings.text("patterns/queue"))
    goals = record["orders"][0]["goals"]
    goals[0]["channels"][1] = "x"
    goals.append({"layer": "block9_conv9", "terms": "x"})
    record["orders"].insert(0, {"goals": 7})
    settings.set_text("patterns/queue", json.dumps(record))
    settings.save()
    second = make(Settings(tmp_path / "settings.ini"), tmp_path / "cache")
    waiting = [goal.channel for order in second.commands.patterns.flow.runner.queue.orders for goal in order.waiting]
    done = lambda: {1, 3} <= {*formed(second), *waiting}  # noqa: E731
    qtbot.waitUntil(done)
    assert crashes == []


def test_two_windows_share_settings_and_patterns(make: Make, qtbot: QtBot, tmp_path: Path, cat_path: Path) -> None:
    one = with_cat(make(settings_in(tmp_path), tmp_path / "cache"), qtbot, cat_path)
    other = with_cat(make(Settings(tmp_path / "settings.ini"), tmp_path / "cache"), qtbot, cat_path)
    for window in (one, other):
        window.workspace.layer = "block2_conv1"
        window.commands.patterns.flow.form_channels((1, 2, 3))
    qtbot.waitUntil(lambda: formed(one) == formed(other) == [1, 2, 3])
    keys = {of_channel("block2_conv1", channel).key("0" * 64) for channel in (1, 2, 3)}
    assert one.controller.patterns.keys() == keys
    one.settings.scheme = "dark"
    one.close()
    other.settings.weights = "w"
    other.close()
    again = Settings(tmp_path / "settings.ini")
    assert (again.problem, again.scheme, again.weights) == ("", "dark", "w")
    assert crashes == []
