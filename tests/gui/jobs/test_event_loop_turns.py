"""What the window does in one turn of the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.jobs.event_loop_turns import Turns


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
    turns = Turns(window, lambda: None)
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


def test_a_closed_window_is_painted_as_any_other(qtbot: QtBot, window: Painted, said: list[str]) -> None:
    turns = Turns(window, lambda: None)
    QTimer.singleShot(1, turns.stop)
    QTimer.singleShot(20, lambda: said.append("later"))
    qtbot.waitUntil(lambda: "later" in said)
    said.clear()
    window.update()
    qtbot.waitUntil(lambda: said == ["painted"])


def test_what_follows_is_settled_at_the_end_of_each_turn(qtbot: QtBot, window: Painted, said: list[str]) -> None:
    turns = Turns(window, lambda: said.append("settled"))
    QTimer.singleShot(1, lambda: said.append("changed"))
    qtbot.waitUntil(lambda: "changed" in said and said[-1] == "settled")
    turns.stop()
    said.clear()
    qtbot.wait(20)
    assert said == []
