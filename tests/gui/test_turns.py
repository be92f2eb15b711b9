"""What the window does in one turn of the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine import thread_priority
from gui.jobs.event_loop_turns import Turns, begin


class Painted(QWidget):
    """Says when it is painted."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._say("painted")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def window(qtbot: QtBot, said: list[str]) -> Painted:
    window = Painted(said.append)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: "painted" in said)
    said.clear()
    return window


def test_what_is_due_comes_before_the_painting(qtbot: QtBot, window: Painted, said: list[str]) -> None:
    turns = Turns(window)
    timer = QTimer(window, interval=1, singleShot=True)
    timer.timeout.connect(lambda: said.append("due"))
    window.update()
    timer.start()
    threading.Event().wait(0.01)  # as long as something that a click leads to
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said == ["due", "painted"]
    window.update()
    qtbot.waitUntil(lambda: len(said) == 3)
    turns.stop()


def test_threads_give_way_while_there_is_something_to_do(
    qtbot: QtBot, window: Painted, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread_priority, "_PATIENCE_SECONDS", 120)
    turns = Turns(window)

    def go_on() -> None:
        thread_priority.give_way()
        said.append("went on")

    polite = threading.Thread(target=go_on)

    def work() -> None:
        polite.start()
        threading.Event().wait(0.05)
        said.append("worked")

    timer = QTimer(window, interval=1, singleShot=True)
    timer.timeout.connect(begin)
    timer.timeout.connect(work)
    timer.start()
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said == ["worked", "went on"]
    polite.join()
    turns.stop()


def test_threads_give_way_to_what_the_person_does(window: Painted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_priority, "_nobody_hurries", threading.Event())
    thread_priority.rest()
    turns = Turns(window)
    seen = []
    monkeypatch.setattr(window, "mousePressEvent", lambda _event: seen.append(thread_priority._nobody_hurries.is_set()))
    handle = window.windowHandle()
    assert handle is not None
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    assert seen == [False]
    turns.stop()


def test_a_closed_window_keeps_nobody_waiting(qtbot: QtBot, window: Painted, said: list[str]) -> None:
    turns = Turns(window)
    QTimer.singleShot(1, turns.stop)
    QTimer.singleShot(20, lambda: said.append("later"))
    qtbot.waitUntil(lambda: "later" in said)
    assert thread_priority._nobody_hurries.is_set()
    said.clear()
    window.update()
    qtbot.waitUntil(lambda: said == ["painted"])
