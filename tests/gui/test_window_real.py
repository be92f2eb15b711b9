"""The window with the real VGG16 and the real cat, and what it does about weights that cannot be used."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_engine import wait_until_complete
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

import resources
from engine.maps import scaling
from engine.process.engine_jobs import EngineHandlers, EngineJobs
from engine.records import ImageArray, Style
from engine.session import Session
from gui import app
from gui.main_window import MainWindow
from gui.state.settings import Settings

pytestmark = pytest.mark.real


@pytest.fixture
def make_real_window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    made: list[MainWindow] = []

    def make(*arguments: str, weights_file: str | None = None, engine_jobs: EngineHandlers | None = None) -> MainWindow:
        if engine_jobs is None:
            _, window = app.create(["convscope", *arguments], tmp_path / "settings.ini", weights_file)
        else:
            window = MainWindow(Settings(tmp_path / "settings.ini"), weights_file, engine_jobs, tmp_path / "cache")
            window.open_images(arguments)
        made.append(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()


def wait_for_words(window: MainWindow, qtbot: QtBot, *words: str) -> None:
    def said() -> bool:
        return any(all(word in message.text for word in words) for message in window.views.messages.recent())

    qtbot.waitUntil(said, timeout=30_000)


def press(window: MainWindow, text: str) -> None:
    """Press a button of the message bar."""
    next(button for button in window.views.messages.findChildren(QPushButton) if button.text() == text).click()


def test_cat_on_the_command_line_shows_the_true_values(
    make_real_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path, cat: ImageArray, session: Session
) -> None:
    window = make_real_window(str(cat_path))
    wait_until_complete(window, qtbot)
    look = window.controller.pipeline.look
    assert look is not None
    expected = session.activations(cat)
    assert set(look.maps) == set(expected)
    for name, maps in expected.items():
        np.testing.assert_allclose(look.maps[name], maps, atol=1e-4 * np.abs(maps).max())
    window.workspace.layer = "block5_conv3"
    shown = window.controller.presenter.scaled()
    assert shown is not None
    levels = scaling.scale_maps(look.maps["block5_conv3"], Style(), signed=False).levels
    np.testing.assert_array_equal(shown.levels, levels)
    assert "VGG16 · CPU · 224 px" in window.views.engine_state.text()


def test_closing_while_tensorflow_is_loaded(make_real_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = make_real_window()
    qtbot.waitUntil(lambda: window.views.engine_state.text() != "")
    window.close()


def test_wrong_weights_are_named_and_the_bundled_ones_are_on_offer(
    make_real_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path, tmp_path: Path
) -> None:
    truncated = tmp_path / "truncated.h5"
    truncated.write_bytes(resources.path("weights", "vgg16_imagenet_notop.weights.h5").read_bytes()[:1_000_000])
    window = make_real_window(str(cat_path), weights_file=str(truncated))
    wait_for_words(window, qtbot, "truncated.h5")
    # The program goes on: the picture is there, its maps are not.
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 1)
    assert window.views.engine_state.text() == "No network"
    press(window, "Use the bundled weights")
    wait_until_complete(window, qtbot)
    assert window.controller.weights is not None
    assert window.controller.weights.source == "bundled"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server on loopback that has the weights; gives the address of the file."""
    folder = resources.path("weights")
    handler = partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        thread = threading.Thread(target=made.serve_forever, name="server")
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}/vgg16_imagenet_notop.weights.h5"
        made.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the tests' stderr clean."""


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any weights, for windows whose engine is in this process."""
    monkeypatch.setattr("engine.networks.weights.bundled_path", lambda: tmp_path / "no such file")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.mark.usefixtures("no_weights")
def test_download_is_offered_and_used(
    make_real_window: Callable[..., MainWindow],
    qtbot: QtBot,
    cat_path: Path,
    server: str,
) -> None:
    bundled = resources.path("weights", "vgg16_imagenet_notop.weights.h5").read_bytes()
    window = make_real_window(str(cat_path), engine_jobs=EngineJobs.start)
    window.commands.weights.url = server
    window.commands.weights.md5 = hashlib.md5(bundled, usedforsecurity=False).hexdigest()
    qtbot.waitUntil(lambda: window.views.engine_state.text() == "No network", timeout=30_000)
    press(window, "Download 59 MB")
    wait_until_complete(window, qtbot)
    assert window.controller.weights is not None
    assert window.controller.weights.source == "keras"


@pytest.mark.usefixtures("no_weights")
def test_download_of_a_wrong_file_says_so(
    make_real_window: Callable[..., MainWindow], qtbot: QtBot, server: str, tmp_path: Path
) -> None:
    window = make_real_window(engine_jobs=EngineJobs.start)
    window.commands.weights.url = server
    qtbot.waitUntil(lambda: window.views.engine_state.text() == "No network", timeout=30_000)
    press(window, "Download 59 MB")
    wait_for_words(window, qtbot, "not")
    qtbot.waitUntil(lambda: not window.views.job.busy)
    assert not list((tmp_path / "keras").rglob("*.h5"))


def test_pattern_in_the_window_has_the_score_that_keras_computes(
    make_real_window: Callable[..., MainWindow], qtbot: QtBot, session: Session
) -> None:
    window = make_real_window()
    window.action("sample").trigger()
    wait_until_complete(window, qtbot)
    window.workspace.layer = "block2_conv1"
    flow = window.commands.patterns.flow
    # It came with the program, and is formed live all the same for somebody who asks for it.
    qtbot.waitUntil(lambda: 17 in flow.presenter.at_hand(), timeout=30_000)
    assert flow.presenter.at_hand()[17].shipped
    window.views.gallery.select_channels([17], current=17)
    window.action("run_patterns").trigger()
    qtbot.waitUntil(lambda: not flow.presenter.at_hand()[17].shipped, timeout=30_000)
    frame = flow.presenter.at_hand()[17].frame
    assert frame.outcome == "rendered"
    assert len(frame.curve) > 5
    maps = session.activations(frame.image, ["block2_conv1"], size=frame.image.shape[0])["block2_conv1"]
    assert frame.score == pytest.approx(float(maps[:, :, 17].mean()), rel=1e-3)
