"""Unexpected errors reach the log and the person, from any thread, and Qt's warnings reach the log."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QThread, QUrl, Slot, qWarning
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui import log
from gui.dialogs.error import ErrorDialog

TRACEBACK = "Traceback (most recent call last):\n  File 'x.py', line 1\nValueError: too many cats\n"


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[str, bool]] = []

    @Slot(str)
    def take(self, details: str) -> None:
        self.got.append((details, QThread.currentThread() is self.thread()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some folder" / "convscope.log"


@pytest.fixture
def hooks(qtbot: QtBot, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[log.Hooks]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    hooks = log.install_hooks(file)
    yield hooks
    hooks.remove()
    log.stop_log()


@pytest.fixture
def receiver(hooks: log.Hooks) -> Receiver:
    receiver = Receiver()
    hooks.crashed.connect(receiver.take)
    return receiver


def uncaught(error: BaseException) -> None:
    sys.excepthook(type(error), error, None)


def test_an_exception_is_logged_and_told(receiver: Receiver, file: Path) -> None:
    uncaught(ValueError("too many cats"))
    ((details, in_thread),) = receiver.got
    assert details.endswith("ValueError: too many cats\n")
    assert in_thread
    assert "ValueError: too many cats" in file.read_text(encoding="utf-8")


def test_an_exception_of_another_thread_arrives_in_the_window_s(receiver: Receiver, qtbot: QtBot, file: Path) -> None:
    def fail() -> None:
        raise RuntimeError("out of cats")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert receiver.got == []
    qtbot.waitUntil(lambda: len(receiver.got) == 1)
    ((details, in_thread),) = receiver.got
    assert "RuntimeError: out of cats" in details
    assert in_thread
    assert "out of cats" in file.read_text(encoding="utf-8")


def test_the_end_of_a_thread_is_no_error(receiver: Receiver, qtbot: QtBot) -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    qtbot.wait(10)
    assert receiver.got == []


def test_an_interrupt_goes_to_python(file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: passed.append(kind))
    hooks = log.install_hooks(file)
    told: list[str] = []
    hooks.crashed.connect(told.append)
    try:
        uncaught(KeyboardInterrupt())
    finally:
        hooks.remove()
        log.stop_log()
    assert passed == [KeyboardInterrupt]
    assert told == []


def test_qt_s_warnings_are_logged(hooks: log.Hooks, file: Path) -> None:
    qWarning("QPainter::begin: Paint device returned engine == 0")
    text = file.read_text(encoding="utf-8")
    assert "WARNING" in text
    assert "convscope.qt: QPainter::begin" in text


def test_the_old_hooks_come_back(file: Path, qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook
    hooks = log.install_hooks(file)
    assert sys.excepthook is not before[0]
    hooks.remove()
    hooks.remove()
    log.stop_log()
    assert (sys.excepthook, threading.excepthook) == before


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "a file").touch()
    hooks = log.install_hooks(tmp_path / "a file" / "convscope.log")
    try:
        assert hooks.log is None
        with qtbot.waitSignal(hooks.crashed):
            hooks.report(TRACEBACK)
    finally:
        hooks.remove()
        log.stop_log()


def test_the_log_does_not_grow_for_ever(file: Path) -> None:
    log.start_log(file)
    for _ in range(60):
        log.logger.warning("x" * 100_000)
    log.stop_log()
    files = sorted(file.parent.iterdir())
    assert len(files) == 4
    assert all(one.stat().st_size < 1_100_000 for one in files)
    assert log.logger.handlers == []


def test_the_log_has_a_place_of_its_own() -> None:
    assert log.log_path().is_absolute()
    assert log.log_path().name == "convscope.log"


def button(dialog: ErrorDialog, text: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == text)


def test_the_dialog_says_it_in_one_sentence(qtbot: QtBot, file: Path) -> None:
    dialog = ErrorDialog(TRACEBACK, file)
    qtbot.addWidget(dialog)
    assert any(label.text().endswith(": ValueError: too many cats") for label in dialog.findChildren(QLabel))
    assert dialog.details() == TRACEBACK


def test_copy_details(qtbot: QtBot) -> None:
    dialog = ErrorDialog(TRACEBACK)
    qtbot.addWidget(dialog)
    dialog.add("Another\n")
    QTest.mouseClick(button(dialog, "&Copy details"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.details()
    assert "too many cats" in dialog.details()
    assert "Another" in dialog.details()


def test_show_log(qtbot: QtBot, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    dialog = ErrorDialog(TRACEBACK, file)
    qtbot.addWidget(dialog)
    QTest.mouseClick(button(dialog, "Show &log"), Qt.MouseButton.LeftButton)
    assert opened == [QUrl.fromLocalFile(str(file))]


def test_without_a_log_there_is_none_to_show(qtbot: QtBot) -> None:
    dialog = ErrorDialog("")
    qtbot.addWidget(dialog)
    assert not button(dialog, "Show &log").isEnabled()


def test_escape_and_enter_close_it(qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        dialog = ErrorDialog(TRACEBACK)
        qtbot.addWidget(dialog)
        dialog.show()
        QTest.keyClick(dialog, key)
        assert not dialog.isVisible()


def test_records_name_their_level() -> None:
    assert logging.getLogger("convscope.drop").parent is log.logger
