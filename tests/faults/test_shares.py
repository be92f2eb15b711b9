"""A network share that does not answer: nothing else waits for it, and nothing half is left on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from window_words import progress_text, said

from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions

Ctrl = Qt.KeyboardModifier.ControlModifier


class Stall:
    """A disk that stops answering when the so-manieth file is written, until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, files: int) -> None:
        self.reached = threading.Event()
        self.answers = threading.Event()
        self._left = files
        self._write = Path.write_bytes
        monkeypatch.setattr(Path, "write_bytes", lambda path, data: self._stall(path, data))

    def _stall(self, path: Path, data: bytes) -> int:
        if path.name.startswith("new-"):
            self._left -= 1
            if self._left < 0:
                self.reached.set()
                self.answers.wait(60)
        return self._write(path, data)


@pytest.fixture
def stall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stall]:
    made = Stall(monkeypatch, 3)
    yield made
    made.answers.set()
    for thread in threading.enumerate():
        if thread.name == "disk":
            thread.join(30)


def test_a_share_that_stalls_holds_nothing_else_up(
    cat_window: MainWindow, qtbot: QtBot, tmp_path: Path, stall: Stall
) -> None:
    target = tmp_path / "share"
    cat_window.commands.export.start(ExportOptions(what="layer", folder=str(target)))
    qtbot.waitUntil(stall.reached.is_set)
    # What the studio thread does goes on: another scale is drawn while the disk does not answer.
    cat_window.action("scale_layer").trigger()
    wait_until_complete(cat_window, qtbot)
    qtbot.waitUntil(lambda: "to answer" in progress_text(cat_window))
    stall.answers.set()
    qtbot.waitUntil(lambda: any("Exported to" in text for text in said(cat_window)))
    assert len(list(target.iterdir())) == 65


def test_an_export_to_a_share_that_stalls_can_be_stopped(
    cat_window: MainWindow, qtbot: QtBot, tmp_path: Path, stall: Stall
) -> None:
    target = tmp_path / "share"
    cat_window.commands.export.start(ExportOptions(what="layer", folder=str(target)))
    qtbot.waitUntil(stall.reached.is_set)
    qtbot.keyClick(cat_window, Qt.Key.Key_Period, Ctrl)
    qtbot.waitUntil(lambda: any("its disk does not answer" in text for text in said(cat_window)), timeout=10_000)
    assert not cat_window.commands.export.busy
    assert list(target.glob("*.png")) == []
    stall.answers.set()
    qtbot.waitUntil(lambda: not target.exists())


def test_the_window_closes_while_a_share_stalls(
    cat_window: MainWindow, qtbot: QtBot, tmp_path: Path, stall: Stall
) -> None:
    cat_window.commands.export.start(ExportOptions(what="layer", folder=str(tmp_path / "share")))
    qtbot.waitUntil(stall.reached.is_set)
    assert cat_window.close()
    assert not stall.answers.is_set()
