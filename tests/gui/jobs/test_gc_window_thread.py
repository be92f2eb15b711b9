from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui.jobs.gc_window_thread import GarbageCollector


class Cycle(QObject):
    """Garbage that only the cyclic collector can free."""

    def __init__(self, ended: list[str]) -> None:
        super().__init__()
        self.me = self
        weakref.finalize(self, lambda: ended.append(threading.current_thread().name))


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    made = GarbageCollector()
    yield made
    made.stop()


def test_cycles_end_in_the_thread_of_the_window(collector: GarbageCollector, qtbot: QtBot) -> None:
    ended: list[str] = []

    def allocate() -> None:
        for _ in range(3):
            _ = [[] for _ in range(20_000)]  # would run Python's own collector many times

    Cycle(ended)
    thread = threading.Thread(target=allocate, name="test")
    thread.start()
    thread.join()
    assert ended == []
    _ = [[] for _ in range(20_000)]
    qtbot.waitUntil(lambda: ended == [threading.current_thread().name])


def test_python_collects_again_afterwards(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


def test_what_was_there_before_the_window_is_not_gone_through(qtbot: QtBot) -> None:
    before = gc.get_freeze_count()
    made = [[number] for number in range(1000)]
    collector = GarbageCollector()
    assert gc.get_freeze_count() >= before + len(made)
    collector.stop()
    assert gc.get_freeze_count() == 0
