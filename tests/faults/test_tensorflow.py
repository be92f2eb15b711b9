"""TensorFlow missing, broken or out of memory; weights that change; a screen that goes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from fake_engine import FakeEngine, wait_until_complete
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

import engine
import resources
from engine.networks import weights
from engine.process.engine_jobs import EngineJobs
from engine.process.jobs import Handler
from engine.process.requests import ComputeMaps, OpenEngine
from engine.records import EngineError, FrameworkError
from engine.session import Session
from gui.dialogs.error import ErrorDialog
from gui.main_window import MainWindow
from gui.state import session as saved
from gui.state.settings import Settings

ROOT = Path(__file__).parents[2]
WEIGHTS = resources.path("weights", "vgg16_imagenet_notop.weights.h5")
BROKEN = {
    "missing": "raise ModuleNotFoundError(\"No module named 'tensorflow'\", name='tensorflow')",
    "half of it": "raise RuntimeError('module compiled against ABI version 0x1000009')",
    "odd": "raise SystemError('initialization of _pywrap failed without raising')",
    "empty": "",
}


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's, which is not imported for this."""


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


@pytest.mark.parametrize("kind", BROKEN)
def test_tensorflow_that_cannot_be_imported_is_one_line(tmp_path: Path, cat_path: Path, kind: str) -> None:
    (tmp_path / "tensorflow.py").write_text(BROKEN[kind] + "\n", encoding="utf-8")
    out = tmp_path / "out"
    command = (sys.executable, "main.py", "maps", str(cat_path), "--layer", "block1_conv1", "--out", str(out))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("convscope: TensorFlow cannot be loaded (")
    assert done.stderr.endswith("install Convscope's dependencies again.\n")
    assert done.stderr.count("\n") == 1
    assert not out.exists()


def broken(fake: FakeEngine, request_type: type, error: BaseException) -> Callable[..., Mapping[type, Handler]]:
    """An engine thread on which one kind of request always ends like this."""

    def fail(_request: object, _cancelled: threading.Event) -> Iterator[object]:
        yield from ()
        raise error

    return lambda patterns: {**fake.handlers(patterns), request_type: fail}


@pytest.fixture
def make_broken(qtbot: QtBot, tmp_path: Path, fake_engine: FakeEngine) -> Iterator[Callable[..., MainWindow]]:
    made: list[MainWindow] = []

    def make(request_type: type, error: BaseException) -> MainWindow:
        settings = Settings(tmp_path / "settings.ini")
        settings.session = saved.Session(size=64).to_text()
        jobs = broken(fake_engine, request_type, error)
        window = MainWindow(settings, engine_jobs=jobs, cache=tmp_path / "cache")
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()


def test_without_tensorflow_the_window_stays_and_says_why(
    make_broken: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path
) -> None:
    window = make_broken(OpenEngine, EngineError("TensorFlow cannot be loaded (No module named 'tensorflow')."))
    window.open_images([cat_path])
    qtbot.waitUntil(lambda: any("TensorFlow cannot be loaded" in text for text in said(window)))
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 1)
    assert window.views.engine_state.text() == "No network"
    assert window.close()


def test_a_broken_tensorflow_is_no_matter_of_weights(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise FrameworkError("TensorFlow cannot be loaded (No module named 'tensorflow').")

    monkeypatch.setattr(engine, "load_framework", fail)
    window = MainWindow(Settings(tmp_path / "settings.ini"), engine_jobs=EngineJobs.start, cache=tmp_path / "cache")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: any("TensorFlow cannot be loaded" in text for text in said(window)))
    assert window.views.engine_state.text() == "No network"
    buttons = [button.text() for button in window.views.messages.findChildren(QAbstractButton)]
    assert not any("Download" in text for text in buttons)
    assert window.close()


@pytest.mark.parametrize("error", [MemoryError(), ResourceExhaustedError("OOM when allocating tensor")])
def test_a_pass_without_memory_is_a_sentence(
    make_broken: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path, error: Exception
) -> None:
    window = make_broken(ComputeMaps, error)
    window.open_images([cat_path])
    qtbot.waitUntil(lambda: any("There was not enough memory for this" in text for text in said(window)))


def test_a_step_that_raises_is_a_dialog_and_no_end(
    make_broken: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path
) -> None:
    window = make_broken(ComputeMaps, ZeroDivisionError("by nothing"))
    crashes: list[str] = []
    window.controller.unexpected.connect(crashes.append)
    window.open_images([cat_path])
    qtbot.waitUntil(lambda: len(crashes) == 1)
    assert "by nothing" in crashes[0]
    dialog = window.findChild(ErrorDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()
    window.commands.patterns.flow.form_channels((1,))
    qtbot.waitUntil(lambda: len(window.controller.patterns.keys()) == 1)


@pytest.mark.parametrize("error", [MemoryError(), EngineError("Not this one.")])
def test_a_pattern_that_fails_leaves_the_others(
    window: MainWindow, qtbot: QtBot, fake_engine: FakeEngine, error: Exception
) -> None:
    qtbot.waitUntil(lambda: window.controller.weights is not None)
    fake_engine.failing = frozenset({4})
    window.commands.patterns.flow.form_channels((3, 4, 5))
    qtbot.waitUntil(lambda: not any(not order.ended for order in window.commands.patterns.flow.runner.queue.orders))
    assert sorted(channel for channel in fake_engine.formed if channel is not None) == [3, 5]


@pytest.mark.real
def test_weights_that_are_replaced_while_they_are_used(tmp_path: Path) -> None:
    mine = tmp_path / "mine.h5"
    mine.write_bytes(WEIGHTS.read_bytes())
    picture = np.random.default_rng(2).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    with Session(mine) as session:
        before = session.activations(picture, "block2_conv1", size=64)["block2_conv1"]
        mine.write_bytes(WEIGHTS.read_bytes()[:200_000])
        after = session.activations(picture, "block2_conv1", size=64)["block2_conv1"]
        np.testing.assert_array_equal(before, after)
        for content in (mine.read_bytes(), b"", b"not weights at all" * 100):
            mine.write_bytes(content)
            with pytest.raises(EngineError, match=r"mine\.h5"):
                weights.load(mine)
        mine.unlink()
        with pytest.raises(EngineError, match=r"mine\.h5"):
            weights.load(mine)
        np.testing.assert_array_equal(session.activations(picture, "block2_conv1", size=64)["block2_conv1"], before)


def test_a_window_that_was_on_a_screen_which_is_gone_comes_up_visible(
    make_window: Callable[[], MainWindow], qtbot: QtBot, cat_path: Path
) -> None:
    window = make_window()
    window.resize(900, 600)
    window.move(QPoint(5000, 4000))  # where the second screen was
    qtbot.waitUntil(lambda: window.x() == 5000)
    window.close()
    again = make_window()
    screen = again.screen().availableGeometry()
    shown = again.frameGeometry().intersected(screen)
    assert shown.width() > 300, (again.frameGeometry(), screen)
    assert shown.height() > 200
    again.open_images([cat_path])
    wait_until_complete(again, qtbot)
