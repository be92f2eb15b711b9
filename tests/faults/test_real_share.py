"""The same as `test_shares.py` with a real share, whose server is stopped and killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import whole_files
from fake_engine import wait_until_complete
from network_share import NetworkShare, share_or_skip
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from window_words import progress_text, said

from engine.files import atomic, lock_files
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions

ROOT = Path(__file__).parents[2]
Ctrl = Qt.KeyboardModifier.ControlModifier
LAYER, CHANNELS = "block4_conv1", 512
LONG = 60_000
"""Milliseconds, for what ends when everything is written over the share."""


@pytest.fixture
def share(tmp_path: Path) -> Iterator[NetworkShare]:
    with share_or_skip(tmp_path) as made:
        yield made


def writing(share: NetworkShare) -> bool:
    return len(list(share.behind.glob("out/.convscope-*/new-*"))) > 20


def moving(share: NetworkShare) -> bool:
    return len(list(share.behind.glob("out/*.png"))) > 3


MOMENTS = pytest.mark.parametrize("moment", [writing, moving])
Moment = Callable[[NetworkShare], bool]


@pytest.fixture
def begin(cat_window: MainWindow, share: NetworkShare, qtbot: QtBot) -> Callable[[Moment], None]:
    """Begins an export, and stops the server in the middle of it."""

    def run(moment: Moment) -> None:
        cat_window.workspace.layer = LAYER
        cat_window.commands.export.start(ExportOptions(what="layer", folder=str(share.folder / "out")))
        qtbot.waitUntil(lambda: moment(share), timeout=LONG)
        share.stall()

    return run


@MOMENTS
def test_the_window_goes_on_and_the_export_is_whole_when_the_share_answers(
    cat_window: MainWindow, qtbot: QtBot, share: NetworkShare, begin: Callable[[Moment], None], moment: Moment
) -> None:
    begin(moment)
    cat_window.action("scale_layer").trigger()
    wait_until_complete(cat_window, qtbot)
    qtbot.waitUntil(lambda: "to answer" in progress_text(cat_window))
    share.answer()
    qtbot.waitUntil(lambda: any("Exported to" in text for text in said(cat_window)), timeout=LONG)
    assert len(list((share.behind / "out").iterdir())) == CHANNELS + 1
    whole_files.check(share.behind)


@MOMENTS
def test_a_stopped_export_is_taken_back_when_the_share_answers(
    cat_window: MainWindow, qtbot: QtBot, share: NetworkShare, begin: Callable[[Moment], None], moment: Moment
) -> None:
    begin(moment)
    qtbot.keyClick(cat_window, Qt.Key.Key_Period, Ctrl)
    qtbot.waitUntil(lambda: any("its disk does not answer" in text for text in said(cat_window)), timeout=LONG)
    assert not cat_window.commands.export.busy
    share.answer()
    qtbot.waitUntil(lambda: list(share.behind.iterdir()) == [], timeout=LONG)


@MOMENTS
def test_the_window_closes_at_once_and_all_is_taken_back_when_the_share_answers(
    cat_window: MainWindow, qtbot: QtBot, share: NetworkShare, begin: Callable[[Moment], None], moment: Moment
) -> None:
    begin(moment)
    assert cat_window.close()
    share.answer()
    qtbot.waitUntil(lambda: list(share.behind.iterdir()) == [], timeout=LONG)


@MOMENTS
def test_a_share_that_is_lost_is_one_sentence_and_nothing_half_stays(
    cat_window: MainWindow,
    qtbot: QtBot,
    share: NetworkShare,
    begin: Callable[[Moment], None],
    moment: Moment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin(moment)
    before = len(said(cat_window))
    share.lose()
    qtbot.waitUntil(lambda: not cat_window.commands.export.busy, timeout=LONG)
    (sentence,) = said(cat_window)[before:]
    assert "cannot be written" in sentence
    assert "choose another folder" in sentence
    wait_until_complete(cat_window, qtbot)
    whole_files.check(share.behind)
    monkeypatch.setattr(lock_files, "FRESH", 0.0)
    with NetworkShare(share.folder, share.behind):  # it is there again, and the window starts anew
        atomic.recover(share.folder / "out")
    left = list((share.behind / "out").iterdir()) if (share.behind / "out").exists() else []
    assert len(left) == (0 if moment is writing else CHANNELS + 1)


def _heed_interrupts() -> None:
    """Tests that a shell runs in the background ignore Ctrl+C, and so would what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def program(share: NetworkShare, cat_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The command line in the middle of an export, and the server stopped."""
    options = ("--layer", LAYER, "--size", "64", "--out", str(share.folder / "out"))
    command = (sys.executable, "main.py", "maps", str(cat_path), *options)
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=_heed_interrupts) as process:
        until = time.monotonic() + 120
        while not writing(share):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.005)
        share.stall()
        yield process
        share.end()
        process.kill()


@pytest.mark.real
def test_the_command_line_waits_for_the_share(program: subprocess.Popen[str], share: NetworkShare) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(3)
    share.answer()
    _, errors = program.communicate(timeout=120)
    assert (program.returncode, errors) == (0, "")
    assert len(list((share.behind / "out").iterdir())) == CHANNELS + 1
    whole_files.check(share.behind)


@pytest.mark.real
def test_the_command_line_says_that_the_share_is_lost(program: subprocess.Popen[str], share: NetworkShare) -> None:
    share.lose()
    _, errors = program.communicate(timeout=120)
    assert program.returncode == 1
    assert errors.count("\n") == 1
    assert "choose another folder" in errors


@pytest.mark.real
def test_the_command_line_can_be_stopped(program: subprocess.Popen[str], share: NetworkShare) -> None:
    assert program.stderr is not None
    program.send_signal(signal.SIGINT)
    assert "its disk does not answer" in program.stderr.readline()
    share.answer()
    program.communicate(timeout=120)
    assert program.returncode == 1
