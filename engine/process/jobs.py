"""Jobs, their events, and the interface of a job runner."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, get_args

Handler: TypeAlias = Callable[[Any, threading.Event], Iterator[object]]
"""What answers a request: called where the jobs run, with the request and the event that says "cancelled"."""

Handlers: TypeAlias = Callable[[], Mapping[type, Handler]]
"""Called once where the jobs run; gives for each type of request what answers it."""

Ending: TypeAlias = Literal["finished", "cancelled", "failed", "crashed"]
EventKind: TypeAlias = Literal["started", "result", "progress", "newest", Ending, "died"]


class AtRest:
    """What those who work through jobs ask of themselves when there has been nothing to do for a while."""


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
            crash; with "died", which is of no job, the `Death` of a process with which no job failed.
    """

    job: int
    request: object
    kind: EventKind
    value: object = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of the job."""
        return self.kind in get_args(Ending)


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


class EventBox:
    """Events that wait to be taken: all of them in order, but of progress and `Newest` only the newest a job."""

    def __init__(self, arrived: Callable[[], None], shown: Callable[[], None] = lambda: None) -> None:
        """Make an empty one.

        Args:
            arrived: Called, in whichever thread tells, when there is an event and was none before.
            shown: The same for progress and `Newest`, which wait until they are read or replaced.
        """
        self._arrived = arrived
        self._shown = shown
        self._lock = threading.Lock()
        self._newest: dict[int, JobEvent] = {}
        self._events: deque[JobEvent] = deque()

    def tell(self, event: JobEvent) -> None:
        """Add an event; what the job has shown before is dropped, for it must not be seen after that."""
        with self._lock:
            if event.kind != "started":
                self._newest.pop(event.job, None)
            first = not self._events
            self._events.append(event)
        if first:
            self._arrived()

    def show(self, event: JobEvent) -> None:
        """Put progress, or a value of `Newest`, in the place of what the job has shown before."""
        with self._lock:
            first = not self._newest
            self._newest[event.job] = event
        if first:
            self._shown()

    def forget(self, number: int) -> None:
        """Drop what a job has shown."""
        with self._lock:
            self._newest.pop(number, None)

    def take_event(self) -> JobEvent | None:
        """The oldest event that nobody has taken."""
        with self._lock:
            return self._events.popleft() if self._events else None

    def take_newest(self) -> list[JobEvent]:
        """The progress of each job since the last call."""
        with self._lock:
            newest, self._newest = list(self._newest.values()), {}
        return newest


class JobServer(Protocol):
    """What works through jobs: a `Runner` here, or a `Supervisor` whose process has one.

    Attributes:
        events: What became of the jobs.
    """

    events: EventBox

    def put(self, job: Job) -> None:
        """Queue a job, behind those that are as urgent."""

    def cancel(self, number: int) -> None:
        """Have a job end before its next step."""

    def pause(self, number: int, paused: bool) -> None:
        """Have a job wait before its next step, or go on."""

    def stop(self) -> None:
        """Cancel every job, and leave `run` when they have been closed."""

    def busy(self) -> bool:
        """Whether a job runs or waits."""

    def run(self) -> None:
        """Work until stopped."""
