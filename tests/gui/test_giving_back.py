"""Memory goes back to the system once the threads have come to rest."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.memory import machine
from engine.process.requests import ForgetTraces, GiveBack
from engine.process.studio_jobs import give_back
from gui.jobs import idle_cleanup
from gui.jobs.idle_cleanup import GivingBack
from gui.jobs.job_thread import JobThread


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that memory was given back."""
    found: list[str] = []
    monkeypatch.setattr(machine, "give_back", lambda: found.append("given"))
    monkeypatch.setattr(idle_cleanup, "REST_MILLISECONDS", 30)
    return found


class Cycle:
    """Only the collector of garbage frees it."""

    def __init__(self) -> None:
        self.itself = self


def count(request: int, _cancelled: object) -> Iterator[object]:
    yield from range(request)


def endlessly(_request: int, cancelled: threading.Event) -> Iterator[object]:
    while not cancelled.wait(0.001):
        yield "a result"


def test_memory_is_given_back_once_after_the_work(qtbot: QtBot, given: list[str]) -> None:
    engine = JobThread("engine", lambda: {int: count})
    studio = JobThread("studio", lambda: {int: count, GiveBack: give_back})
    watch = GivingBack(engine, studio)
    engine.submit(3)
    studio.submit(2)
    qtbot.waitUntil(lambda: given == ["given"])
    qtbot.wait(150)
    assert given == ["given"]  # and not for its own sake again
    engine.submit(1)
    qtbot.waitUntil(lambda: given == ["given", "given"])
    watch.stop()
    engine.shut_down()
    studio.shut_down()


def test_what_is_paused_does_not_hold_it_up(qtbot: QtBot, given: list[str]) -> None:
    engine = JobThread("engine", lambda: {int: endlessly})
    studio = JobThread("studio", lambda: {GiveBack: give_back})
    watch = GivingBack(engine, studio)
    results: list[object] = []
    engine.watchers.append(lambda event: results.append(event.value))
    number = engine.submit(0)
    qtbot.waitUntil(lambda: "a result" in results)
    number.pause()
    qtbot.waitUntil(lambda: given == ["given"])
    watch.stop()
    engine.shut_down()
    studio.shut_down()


def test_traces_are_forgotten_once_after_a_longer_rest(
    qtbot: QtBot, given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_cleanup, "FORGET_MILLISECONDS", 3_600_000)
    told: list[str] = []
    cycles: list[weakref.ref[Cycle]] = []

    def forget(_request: ForgetTraces, _cancelled: object) -> Iterator[object]:
        told.append("forgotten")
        cycles.append(weakref.ref(Cycle()))
        yield from ()

    engine = JobThread("engine", lambda: {int: count, ForgetTraces: forget})
    studio = JobThread("studio", lambda: {GiveBack: give_back})
    watch = GivingBack(engine, studio)
    engine.submit(3)
    qtbot.waitUntil(lambda: given == ["given"])
    assert told == []
    watch._long_rest.start(120)  # only now: on a busy machine both rests would end at once
    qtbot.waitUntil(lambda: given == ["given", "given"])  # again, for what the traces have held
    assert told == ["forgotten"]
    assert [cycle() for cycle in cycles] == [None]
    qtbot.wait(300)
    assert told == ["forgotten"]
    engine.submit(1)
    qtbot.waitUntil(lambda: told == ["forgotten", "forgotten"])
    watch.stop()
    engine.shut_down()
    studio.shut_down()


def test_giving_back_does_no_harm() -> None:
    machine.give_back()
