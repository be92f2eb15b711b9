"""The end of a `JobThread` that works: takes the most urgent job, does one step of it, and says what came of it."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from engine import courtesy
from engine.memory import is_exhausted
from engine.records import EngineError, Progress, Unanswered

Handler: TypeAlias = Callable[[Any, threading.Event], Iterator[object]]
"""What answers a request: called on the thread with the request and the event that says "cancelled"."""

Handlers: TypeAlias = Callable[[], Mapping[type, Handler]]
"""Called once on the new thread; gives for each type of request what answers it."""

_NO_MEMORY = "There was not enough memory for this; choose a smaller input size, or smaller patterns."


@dataclass(frozen=True, eq=False)
class Newest:
    """A result that the next one makes worthless, such as a pattern that is still forming; shown like progress."""

    value: object


@dataclass(frozen=True)
class JobEvent:
    """What became of a job.

    Attributes:
        job: The job's number.
        request: What was asked for.
        kind: What happened.
        value: The result, the newest `Progress` or value of `Newest`, the sentence of a failure or the traceback of a
            crash.
    """

    job: int
    request: object
    kind: Literal["started", "result", "progress", "newest", "finished", "cancelled", "failed", "crashed"]
    value: object = None


@dataclass(eq=False)
class Job:
    """A request on its way.

    Attributes:
        number: Its number.
        request: What is asked for.
        priority: Lower is sooner.
        cancelled: Whether it is to end.
        paused: Whether it is to wait.
        unanswered: Whether it waits for something that does not answer, and others come first.
        steps: What does it, once begun.
    """

    number: int
    request: object
    priority: int
    cancelled: threading.Event = field(default_factory=threading.Event)
    paused: bool = False
    unanswered: bool = False
    steps: Iterator[object] | None = None

    @property
    def order(self) -> tuple[int, int]:
        """Sorts jobs: the most urgent first, then the oldest."""
        return self.priority, self.number


class Runner(QObject):
    """The thread's end: lives there, and never returns to Qt's event loop until it is stopped.

    Signals:
        arrived: There are events to be taken. Progress is not among them: it waits until it is read or replaced.
    """

    arrived = Signal()

    def __init__(self, handlers: Handlers) -> None:
        super().__init__()
        self._make_handlers = handlers
        self._handlers: Mapping[type, Handler] = {}
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
        self._newest: dict[int, JobEvent] = {}
        self._events: deque[JobEvent] = deque()
        self._stopping = False

    def put(self, job: Job) -> None:
        """Queue a job, behind those that are as urgent."""
        with self._changed:
            self._jobs.append(job)
            self._jobs.sort(key=lambda waiting: waiting.order)
            self._changed.notify()

    def cancel(self, number: int) -> None:
        """Have a job end before its next step."""
        with self._changed:
            for job in self._jobs:
                if job.number == number:
                    job.cancelled.set()
            self._changed.notify()

    def pause(self, number: int, paused: bool) -> None:
        """Have a job wait before its next step, or go on."""
        with self._changed:
            for job in self._jobs:
                if job.number == number:
                    job.paused = paused
            self._changed.notify()

    def stop(self) -> None:
        """Cancel every job, and leave `run` when they have been closed."""
        with self._changed:
            self._stopping = True
            for job in self._jobs:
                job.cancelled.set()
            self._changed.notify()

    def busy(self) -> bool:
        """Whether a job runs or waits."""
        with self._changed:
            return bool(self._jobs)

    def take_newest(self) -> list[JobEvent]:
        """The progress of each job since the last call."""
        with self._changed:
            newest, self._newest = list(self._newest.values()), {}
        return newest

    def take_event(self) -> JobEvent | None:
        """The oldest event that nobody has taken."""
        with self._changed:
            return self._events.popleft() if self._events else None

    @Slot()
    def run(self) -> None:
        """Work until stopped."""
        self._handlers = self._make_handlers()
        while (job := self._next()) is not None:
            self._advance(job)
            del job  # an idle thread would hold on to its last request, with all maps of an export
        self._handlers = {}  # what TensorFlow has made ends on its own thread, not on that of the window

    def _next(self) -> Job | None:
        """The most urgent job; waits for one. None when the thread is to end and every job has been closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._ready())
            return self._ready()

    def _ready(self) -> Job | None:
        """What to do now: close a cancelled job before anything else, and pass paused ones over."""
        cancelled = (job for job in self._jobs if job.cancelled.is_set())
        going = [job for job in self._jobs if not job.paused]
        return next(cancelled, None) or min(going, key=lambda job: job.unanswered, default=None)

    def _advance(self, job: Job) -> None:
        """Take one step of a job, and say what came of it."""
        try:
            if job.cancelled.is_set():
                self._end(job, "cancelled")
                return
            if job.steps is None:
                self._tell(job, "started")
                job.steps = iter(self._handlers[type(job.request)](job.request, job.cancelled))
            courtesy.give_way()
            value = next(job.steps)
        except StopIteration:
            self._end(job, "cancelled" if job.cancelled.is_set() else "finished")
        except EngineError as error:
            self._end(job, "failed", str(error))
        except Exception as error:  # noqa: BLE001 - a job must never take the thread with it
            if is_exhausted(error):
                self._end(job, "failed", _NO_MEMORY)
            else:
                self._end(job, "crashed", traceback.format_exc())
        else:
            job.unanswered = isinstance(value, Unanswered)
            self._deliver(job, value)

    def _deliver(self, job: Job, value: object) -> None:
        if isinstance(value, Progress):
            with self._changed:
                self._newest[job.number] = JobEvent(job.number, job.request, "progress", value)
        elif isinstance(value, Newest):
            with self._changed:
                self._newest[job.number] = JobEvent(job.number, job.request, "newest", value.value)
        elif not job.cancelled.is_set():
            with self._changed:
                self._newest.pop(job.number, None)  # what is older than a result must not be shown after it
            self._tell(job, "result", value)

    def _end(self, job: Job, kind: Literal["finished", "cancelled", "failed", "crashed"], value: object = None) -> None:
        close = getattr(job.steps, "close", None)
        with self._changed:
            self._jobs.remove(job)
            self._newest.pop(job.number, None)
        if close is not None:
            try:
                close()
            except EngineError as error:  # what was begun could not be taken back at once
                kind, value = "failed", str(error)
            except Exception:  # noqa: BLE001 - tidying up after a job must not take the thread with it either
                kind, value = "crashed", traceback.format_exc()
        self._tell(job, kind, value)

    def _tell(self, job: Job, kind: Any, value: object = None) -> None:
        with self._changed:
            first = not self._events
            self._events.append(JobEvent(job.number, job.request, kind, value))
        if first:
            self.arrived.emit()
