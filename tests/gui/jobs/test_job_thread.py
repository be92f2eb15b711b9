from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from pytestqt.qtbot import QtBot

from engine.process.jobs import JobEvent, Newest
from engine.records import EngineError, Progress
from gui.jobs.job_thread import JobHandle, JobThread


@dataclass(frozen=True)
class Count:
    """Yields the numbers below `upto`; waits for `gate` before the one numbered `hold`."""

    upto: int
    hold: int = -1
    gate: threading.Event = field(default_factory=threading.Event, compare=False)


@dataclass(frozen=True)
class Raise:
    error: Exception


@dataclass(frozen=True)
class Form:
    """Yields so many values that are worthless once the next one is there, then a result."""

    steps: int


class Recorder(QObject):
    """Keeps the events, and checks that they come in the thread that this lives in."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[JobEvent] = []
        self.home = threading.current_thread()

    @Slot(object)
    def record(self, event: JobEvent) -> None:
        assert threading.current_thread() is self.home
        self.events.append(event)

    def of(self, job: int) -> list[tuple[str, Any]]:
        return [(event.kind, event.value) for event in self.events if event.job == job]

    def ended(self, job: int) -> bool:
        return any(kind in ("finished", "cancelled", "failed", "crashed") for kind, _ in self.of(job))


class Desk:
    """The handlers, and what became of their generators."""

    def __init__(self) -> None:
        self.closed: list[int] = []
        self.threads: set[str] = set()

    def handlers(self) -> dict[type, Any]:
        return {Count: self.count, Raise: self.fail, Progress: self.progress, Form: self.form}

    def count(self, request: Count, _cancelled: threading.Event) -> Iterator[object]:
        self.threads.add(threading.current_thread().name)
        try:
            for number in range(request.upto):
                if number == request.hold:
                    assert request.gate.wait(10)
                yield number
        finally:
            self.closed.append(request.upto)

    def fail(self, request: Raise, _cancelled: threading.Event) -> Iterator[object]:
        yield "begun"
        raise request.error

    def progress(self, request: Progress, _cancelled: threading.Event) -> Iterator[object]:
        for done in range(request.total):
            time.sleep(0.001)
            yield Progress(done + 1, request.total)

    def form(self, request: Form, _cancelled: threading.Event) -> Iterator[object]:
        for step in range(request.steps):
            time.sleep(0.001)
            yield Newest(step)
        yield "formed"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def recorder(qtbot: QtBot) -> Recorder:
    return Recorder()


@pytest.fixture
def thread(desk: Desk, recorder: Recorder) -> Iterator[JobThread]:
    made = JobThread("test", desk.handlers)
    made.watchers.append(recorder.record)
    yield made
    made.shut_down()


def test_results_arrive_in_order_in_the_gui_thread(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    job = thread.submit(Count(3))
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    assert recorder.of(job.number) == [
        ("started", None),
        ("result", 0),
        ("result", 1),
        ("result", 2),
        ("finished", None),
    ]
    assert not thread.busy()


def test_urgent_job_overtakes_between_two_steps(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    slow = Count(4, hold=1)
    late = thread.submit(slow, priority=2)
    qtbot.waitUntil(lambda: ("result", 0) in recorder.of(late.number))
    urgent = thread.submit(Count(2), priority=0)
    slow.gate.set()
    qtbot.waitUntil(lambda: recorder.ended(late.number))
    order = [(event.job, event.value) for event in recorder.events if event.kind == "result"]
    numbers = (late.number, late.number, urgent.number, urgent.number, late.number, late.number)
    assert order == list(zip(numbers, (0, 1, 0, 1, 2, 3), strict=True))


def test_cancelled_job_takes_no_further_step(thread: JobThread, recorder: Recorder, desk: Desk, qtbot: QtBot) -> None:
    request = Count(1000, hold=2)
    job = thread.submit(request)
    qtbot.waitUntil(lambda: ("result", 1) in recorder.of(job.number))
    job.cancel()
    request.gate.set()
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    assert recorder.of(job.number)[-1] == ("cancelled", None)
    assert ("result", 2) not in recorder.of(job.number)
    assert desk.closed == [1000]


def test_cancelled_before_its_turn_never_starts(
    thread: JobThread, recorder: Recorder, desk: Desk, qtbot: QtBot
) -> None:
    first = Count(2, hold=0)
    running = thread.submit(first)
    waiting = thread.submit(Count(5))
    waiting.cancel()
    first.gate.set()
    qtbot.waitUntil(lambda: recorder.ended(running.number) and recorder.ended(waiting.number))
    assert recorder.of(waiting.number) == [("cancelled", None)]
    assert desk.closed == [2]


def test_what_has_piled_up_leaves_the_window_time_for_other_things(thread: JobThread, qtbot: QtBot) -> None:
    told: list[str] = []

    @Slot(object)
    def tell(event: JobEvent) -> None:
        told.append(event.kind)
        time.sleep(0.005)

    thread.watchers.append(tell)
    other = QTimer(interval=0)
    other.timeout.connect(lambda: told.append("other"))
    thread.submit(Count(20))
    while thread.busy():
        time.sleep(0.001)  # the window is held up, and all of it piles up
    assert told == []
    other.start()
    qtbot.waitUntil(lambda: "finished" in told)
    other.stop()
    assert told.count("result") == 20
    assert told[: told.index("finished")].count("other") >= 5


def test_a_dialog_that_an_event_opens_does_not_keep_the_others_waiting(thread: JobThread, qtbot: QtBot) -> None:
    told: list[object] = []

    @Slot(object)
    def tell(event: JobEvent) -> None:
        told.append(event.value)
        if event.value == 3:
            qtbot.waitUntil(lambda: 9 in told)

    thread.watchers.append(tell)
    thread.submit(Count(10))
    while thread.busy():
        time.sleep(0.001)
    qtbot.waitUntil(lambda: 9 in told)
    assert [value for value in told if value is not None] == list(range(10))


def test_error_for_a_person_is_a_failure(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    job = thread.submit(Raise(EngineError("The picture is empty.")))
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    assert recorder.of(job.number)[-1] == ("failed", "The picture is empty.")


def test_crash_tells_where_and_the_thread_goes_on(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    job = thread.submit(Raise(ZeroDivisionError("no")))
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    kind, details = recorder.of(job.number)[-1]
    assert kind == "crashed"
    assert "ZeroDivisionError: no" in details
    assert "test_job_thread.py" in details
    after = thread.submit(Count(1))
    qtbot.waitUntil(lambda: recorder.ended(after.number))
    assert recorder.of(after.number)[-1] == ("finished", None)


def test_memory_that_runs_out_is_said_in_a_sentence(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    job = thread.submit(Raise(MemoryError()))
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    kind, sentence = recorder.of(job.number)[-1]
    assert kind == "failed"
    assert "memory" in sentence


def test_progress_is_the_newest_and_not_every_one(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    job = thread.submit(Progress(0, 300))
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    shown = [value.done for kind, value in recorder.of(job.number) if kind == "progress"]
    assert shown == sorted(shown)
    assert 0 < len(shown) < 100


def test_numbers_are_never_shared_by_two_threads(thread: JobThread, desk: Desk, recorder: Recorder) -> None:
    other = JobThread("other", desk.handlers)
    assert other.submit(Count(1)).number != thread.submit(Count(1)).number
    other.shut_down()


def test_shutting_down_in_the_middle_closes_every_generator(desk: Desk, recorder: Recorder, qtbot: QtBot) -> None:
    thread = JobThread("test", desk.handlers)
    thread.watchers.append(recorder.record)
    request = Count(10**9)
    running = thread.submit(request)
    thread.submit(Count(7), priority=5)
    qtbot.waitUntil(lambda: ("result", 5) in recorder.of(running.number))
    thread.shut_down()
    assert desk.closed == [10**9]
    assert not thread.busy()


def test_what_the_handlers_hold_ends_on_their_thread(qtbot: QtBot) -> None:
    ended: list[int] = []

    class Held:
        def __del__(self) -> None:
            ended.append(threading.get_ident())

    def make() -> dict[type, Any]:
        held = Held()

        def where(_request: int, _cancelled: object) -> Iterator[object]:
            yield threading.get_ident(), held is not None

        return {int: where}

    thread = JobThread("engine", make)
    results: list[Any] = []
    thread.watchers.append(lambda event: results.append(event.value) if event.kind == "result" else None)
    thread.submit(1)
    qtbot.waitUntil(lambda: bool(results))
    assert ended == []
    thread.shut_down()

    assert ended == [results[0][0]]
    assert ended != [threading.get_ident()]


def test_all_jobs_run_on_one_thread(thread: JobThread, desk: Desk, recorder: Recorder, qtbot: QtBot) -> None:
    jobs = [thread.submit(Count(2)) for _ in range(5)]
    qtbot.waitUntil(lambda: all(recorder.ended(job.number) for job in jobs))
    assert len(desk.threads) == 1
    assert threading.current_thread().name not in desk.threads


def test_newest_values_come_in_order_and_never_after_the_result(
    thread: JobThread, recorder: Recorder, qtbot: QtBot
) -> None:
    job = thread.submit(Form(200))
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    kinds = [kind for kind, _ in recorder.of(job.number)]
    steps = [value for kind, value in recorder.of(job.number) if kind == "newest"]
    assert steps == sorted(steps)
    assert 0 < len(steps) < 100
    assert kinds[-2:] == ["result", "finished"]
    assert "newest" not in kinds[kinds.index("result") :]


def test_paused_job_waits_and_goes_on_where_it_was(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    request = Count(50, hold=2)
    job = thread.submit(request)
    qtbot.waitUntil(lambda: ("result", 1) in recorder.of(job.number))
    job.pause()
    request.gate.set()
    other = thread.submit(Count(1), priority=9)
    qtbot.waitUntil(lambda: recorder.ended(other.number))
    assert not recorder.ended(job.number)
    job.pause(False)
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    assert [value for kind, value in recorder.of(job.number) if kind == "result"] == list(range(50))


def test_paused_job_can_be_cancelled(thread: JobThread, recorder: Recorder, desk: Desk, qtbot: QtBot) -> None:
    request = Count(50, hold=1)
    job = thread.submit(request)
    qtbot.waitUntil(lambda: ("result", 0) in recorder.of(job.number))
    job.pause()
    request.gate.set()
    job.cancel()
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    assert desk.closed == [50]


def test_who_submits_hears_of_that_job_alone_and_after_the_call(thread: JobThread, qtbot: QtBot) -> None:
    heard: list[tuple[object, str, object]] = []

    def hear(job: JobHandle, event: JobEvent) -> None:
        heard.append((job, event.kind, event.value))

    other: list[object] = []
    thread.submit(Count(2), 0, lambda _job, event: other.append(event.value))
    job = thread.submit(Count(1), 0, hear)
    assert heard == []
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == [(job, "started", None), (job, "result", 0), (job, "finished", None)]
    assert other == [None, 0, 1, None]
    assert isinstance(job.request, Count)


def test_of_a_dropped_job_nothing_more_is_heard(thread: JobThread, recorder: Recorder, qtbot: QtBot) -> None:
    heard: list[str] = []
    job = thread.submit(Count(10**9), 0, lambda _job, event: heard.append(event.kind))
    qtbot.waitUntil(lambda: "result" in heard)
    job.drop()
    before = len(heard)
    qtbot.waitUntil(lambda: recorder.ended(job.number))
    assert len(heard) == before
    job.cancel()  # it has ended: nothing happens
    job.pause()
    assert recorder.of(job.number)[-1][0] == "cancelled"


def test_the_error_of_one_that_hears_keeps_nothing_from_the_others(
    thread: JobThread, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: errors.append(error))
    heard: list[str] = []

    def fail(_job: JobHandle, event: JobEvent) -> None:
        heard.append(event.kind)
        raise ZeroDivisionError

    thread.submit(Count(1), 0, fail)
    thread.submit(Count(1), 0, lambda _job, event: heard.append(f"other {event.kind}"))
    qtbot.waitUntil(lambda: "other finished" in heard)
    assert heard == ["started", "result", "finished", "other started", "other result", "other finished"]
    assert [type(error) for error in errors] == [ZeroDivisionError] * 3
