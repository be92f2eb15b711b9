"""The job loop: one step at a time of the most urgent job, in the thread that calls it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping

from engine.memory.budget import is_exhausted
from engine.process.jobs import AtRest, Ending, EventBox, EventKind, Handler, Handlers, Job, JobEvent, Newest
from engine.records import EngineError, Progress, Unanswered

_NO_MEMORY = "There was not enough memory for this; choose a smaller input size, or smaller patterns."


REST_SECONDS = 10.0
"""After so long without a job, what is only there for the next one is given back."""


class Runner:
    """Takes the most urgent job, does one step of it, says what came of it, and looks again. A `JobServer`.

    Attributes:
        events: What became of the jobs.
    """

    def __init__(
        self,
        handlers: Handlers,
        arrived: Callable[[], None] = lambda: None,
        at_work: Callable[[int], None] = lambda _number: None,
        shown: Callable[[], None] = lambda: None,
        rested: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing is done before `run`.

        Args:
            handlers: What answers requests; called by `run`.
            arrived: See `EventBox`.
            at_work: Told the number of a job before each of its steps, its negative before it is closed, and 0 after
                either.
            shown: See `EventBox`.
            rested: Called after `REST_SECONDS` with nothing to do, and after what answers `AtRest`, if anything does.
        """
        self.events = EventBox(arrived, shown)
        self._make_handlers = handlers
        self._handlers: Mapping[type, Handler] = {}
        self._at_work = at_work
        self._rested = rested
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
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

    def run(self) -> None:
        """Work until stopped."""
        self._handlers = self._make_handlers()
        while (job := self._next()) is not None:
            self._advance(job)
            del job  # an idle thread would hold on to its last request, with all maps of an export
        self._handlers = {}  # what TensorFlow has made ends on its own thread

    def _next(self) -> Job | None:
        """The most urgent job; waits for one. None when everything is to end and every job has been closed."""
        if not self._wait(REST_SECONDS):
            self._rest()
            self._wait()
        with self._changed:
            return self._ready()

    def _wait(self, seconds: float | None = None) -> bool:
        """Wait until there is something to do; False when there is nothing after so long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopping or self._ready() is not None, seconds)

    def _rest(self) -> None:
        """Give back what is only there for the next job."""
        if (handler := self._handlers.get(AtRest)) is not None:
            for _ in handler(AtRest(), threading.Event()):
                pass
        self._rested()

    def _ready(self) -> Job | None:
        """The next job: a cancelled one first, to be closed, and no paused one."""
        cancelled = (job for job in self._jobs if job.cancelled.is_set())
        going = [job for job in self._jobs if not job.paused]
        return next(cancelled, None) or min(going, key=lambda job: job.unanswered, default=None)

    def _advance(self, job: Job) -> None:
        """Take one step of a job, and say what came of it."""
        try:
            if job.cancelled.is_set():
                self._end(job, "cancelled")
                return
            value = self._step(job)
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

    def _step(self, job: Job) -> object:
        self._at_work(job.number)
        try:
            if job.steps is None:
                self._tell(job, "started")
                job.steps = iter(self._handlers[type(job.request)](job.request, job.cancelled))
            return next(job.steps)
        finally:
            self._at_work(0)

    def _deliver(self, job: Job, value: object) -> None:
        if isinstance(value, Progress):
            self.events.show(JobEvent(job.number, job.request, "progress", value))
        elif isinstance(value, Newest):
            self.events.show(JobEvent(job.number, job.request, "newest", value.value))
        elif not job.cancelled.is_set():
            self._tell(job, "result", value)

    def _end(self, job: Job, kind: Ending, value: object = None) -> None:
        close = getattr(job.steps, "close", None)
        with self._changed:
            self._jobs.remove(job)
        self.events.forget(job.number)
        if close is not None:
            self._at_work(-job.number)
            try:
                close()
            except EngineError as error:  # what was begun could not be taken back at once
                kind, value = "failed", str(error)
            except Exception:  # noqa: BLE001 - tidying up after a job must not take the thread with it either
                kind, value = "crashed", traceback.format_exc()
            finally:
                self._at_work(0)
        self._tell(job, kind, value)

    def _tell(self, job: Job, kind: EventKind, value: object = None) -> None:
        self.events.tell(JobEvent(job.number, job.request, kind, value))
