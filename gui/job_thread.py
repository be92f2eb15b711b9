"""A thread that works through jobs a step at a time.

A job is a generator: each yield is a result, or a `Progress`, and a place where the job can be cancelled or overtaken
by a more urgent one. Two of these run for the whole life of the window: the engine thread, the only one that TensorFlow
is ever used on, and the studio thread, for pictures, scaling and files, so that neither waits for the other.
"""

from __future__ import annotations

import itertools
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from engine import courtesy
from engine.memory import is_exhausted
from engine.records import EngineError, Progress
from gui.listeners import Listeners
from gui.turns import begin

Handler: TypeAlias = Callable[[Any, threading.Event], Iterator[object]]
"""What answers a request: called on the thread with the request and the event that says "cancelled"."""

Handlers: TypeAlias = Callable[[], Mapping[type, Handler]]
"""Called once on the new thread; gives for each type of request what answers it."""

FRAME_MILLISECONDS = 33
"""Progress is shown at 30 Hz however fast it comes: a repaint for each of 400 steps costs more than the steps."""

_AT_ONCE_SECONDS = 0.008
"""For how long events are passed on without a pause: what has piled up while the window waited must not hold it up."""

_NO_MEMORY = "There was not enough memory for this; choose a smaller input size, or smaller patterns."

_numbers = itertools.count(1)
"""Job numbers, shared by all threads: one number never means two jobs."""


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
class _Job:
    number: int
    request: object
    priority: int
    cancelled: threading.Event = field(default_factory=threading.Event)
    paused: bool = False
    steps: Iterator[object] | None = None

    @property
    def order(self) -> tuple[int, int]:
        return self.priority, self.number


class JobThread(QObject):
    """The window's end of such a thread; lives in the GUI thread.

    Attributes:
        happened: Tells of each `JobEvent`, in the GUI thread, in the order in which things happened. Progress is the
            newest there is, at most 30 times a second.
    """

    def __init__(self, name: str, handlers: Handlers, parent: QObject | None = None) -> None:
        """Start the thread.

        Args:
            name: For debuggers and logs.
            handlers: What answers requests.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self.happened: Listeners[JobEvent] = Listeners()
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        self._runner = _Runner(handlers)
        self._runner.moveToThread(self._thread)
        self._thread.started.connect(self._runner.run)
        self._runner.arrived.connect(self._read)
        self._rest = QTimer(self, interval=0, singleShot=True)
        self._rest.timeout.connect(self._read)
        self._frames = QTimer(self, interval=FRAME_MILLISECONDS)
        self._frames.timeout.connect(self._show_newest)
        self._thread.start()

    def submit(self, request: object, priority: int = 0) -> int:
        """Queue a request.

        Args:
            request: A frozen record that one of the handlers knows.
            priority: Lower is sooner; a running job makes way between two of its steps.

        Returns:
            The job's number.
        """
        number = next(_numbers)
        self._runner.put(_Job(number, request, priority))
        return number

    def cancel(self, number: int) -> None:
        """Stop a job before its next step. One that has ended already is left alone."""
        self._runner.cancel(number)

    def pause(self, number: int, paused: bool = True) -> None:
        """Let a job take no further step for now, or go on; it keeps everything that it has."""
        self._runner.pause(number, paused)

    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._runner.busy()

    def shut_down(self) -> None:
        """Cancel everything and wait for the thread to end; only a step that is under way is waited for."""
        self._frames.stop()
        self._runner.stop()
        self._thread.quit()
        self._thread.wait()
        self._runner.arrived.disconnect(self._read)
        self._rest.stop()

    @Slot()
    def _read(self) -> None:
        """Pass events on, and leave what there is no time for until the window has seen to everything else."""
        begin()
        until = time.perf_counter() + _AT_ONCE_SECONDS
        while (event := self._runner.take_event()) is not None:
            self._rest.start()  # first, because whoever is told may open a dialog, and the rest must not wait for that
            self._pass_on(event)
            if time.perf_counter() > until:
                return
        self._rest.stop()

    def _pass_on(self, event: JobEvent) -> None:
        if event.kind == "started":
            self._frames.start()
        elif event.kind not in ("result", "newest"):
            self._show_newest()
            if not self.busy():
                self._frames.stop()
        self.happened.emit(event)

    @Slot()
    def _show_newest(self) -> None:
        begin()
        for event in self._runner.take_newest():
            self.happened.emit(event)


class _Runner(QObject):
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
        self._jobs: list[_Job] = []
        self._newest: dict[int, JobEvent] = {}
        self._events: deque[JobEvent] = deque()
        self._stopping = False

    def put(self, job: _Job) -> None:
        with self._changed:
            self._jobs.append(job)
            self._jobs.sort(key=lambda waiting: waiting.order)
            self._changed.notify()

    def cancel(self, number: int) -> None:
        with self._changed:
            for job in self._jobs:
                if job.number == number:
                    job.cancelled.set()
            self._changed.notify()

    def pause(self, number: int, paused: bool) -> None:
        with self._changed:
            for job in self._jobs:
                if job.number == number:
                    job.paused = paused
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            for job in self._jobs:
                job.cancelled.set()
            self._changed.notify()

    def busy(self) -> bool:
        with self._changed:
            return bool(self._jobs)

    def take_newest(self) -> list[JobEvent]:
        with self._changed:
            newest, self._newest = list(self._newest.values()), {}
        return newest

    def take_event(self) -> JobEvent | None:
        """The oldest event that nobody has taken."""
        with self._changed:
            return self._events.popleft() if self._events else None

    @Slot()
    def run(self) -> None:
        self._handlers = self._make_handlers()
        while (job := self._next()) is not None:
            self._advance(job)
            del job  # an idle thread would hold on to its last request, with all maps of an export

    def _next(self) -> _Job | None:
        """The most urgent job; waits for one. None when the thread is to end and every job has been closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._ready())
            return self._ready()

    def _ready(self) -> _Job | None:
        """What to do now: close a cancelled job before anything else, and pass paused ones over."""
        cancelled = (job for job in self._jobs if job.cancelled.is_set())
        return next(cancelled, None) or next((job for job in self._jobs if not job.paused), None)

    def _advance(self, job: _Job) -> None:
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
            self._deliver(job, value)

    def _deliver(self, job: _Job, value: object) -> None:
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

    def _end(
        self, job: _Job, kind: Literal["finished", "cancelled", "failed", "crashed"], value: object = None
    ) -> None:
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

    def _tell(self, job: _Job, kind: Any, value: object = None) -> None:
        with self._changed:
            first = not self._events
            self._events.append(JobEvent(job.number, job.request, kind, value))
        if first:
            self.arrived.emit()
