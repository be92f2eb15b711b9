"""What is only there for the next job is given back once there has been none for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest

from engine.memory import machine
from engine.process import runner
from engine.process.jobs import AtRest, Job
from engine.process.runner import Runner


def count(number: int, _cancelled: threading.Event) -> Iterator[object]:
    yield from range(number)


@pytest.fixture
def told() -> SimpleQueue[str]:
    return SimpleQueue()


@pytest.fixture
def make(told: SimpleQueue[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Runner]]:
    monkeypatch.setattr(runner, "REST_SECONDS", 0.05)
    started: list[tuple[Runner, threading.Thread]] = []

    def rest(_request: AtRest, _cancelled: threading.Event) -> Iterator[object]:
        told.put("rests")
        yield "nobody hears of this"

    def start(**handlers: object) -> Runner:
        made = Runner(lambda: {int: count, **({AtRest: rest} if handlers else {})}, rested=lambda: told.put("rested"))
        thread = threading.Thread(target=made.run)
        thread.start()
        started.append((made, thread))
        return made

    yield start
    for made, thread in started:
        made.stop()
        thread.join()


def test_once_after_the_work_and_again_after_more(make: Callable[..., Runner], told: SimpleQueue[str]) -> None:
    made = make(rest=True)
    for number in (1, 2):
        made.put(Job(number, 3, 0))
        assert (told.get(timeout=60), told.get(timeout=60)) == ("rests", "rested")
    threading.Event().wait(0.2)
    assert told.empty()
    events = list(iter(made.events.take_event, None))
    assert [event.value for event in events if event.kind == "result"] == [0, 1, 2, 0, 1, 2]
    assert {event.job for event in events} == {1, 2}


def test_what_is_paused_does_not_hold_it_up(make: Callable[..., Runner], told: SimpleQueue[str]) -> None:
    make().put(Job(1, 3, 0, paused=True))
    assert told.get(timeout=60) == "rested"


def test_giving_back_does_no_harm() -> None:
    machine.give_back()
