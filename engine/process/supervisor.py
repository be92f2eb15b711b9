"""The window's end of a child process: hands it jobs, reports their events, restarts it when it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, cast

from engine.memory import budget, machine
from engine.process import blocks, endings, shared_folders
from engine.process.channel import Message, UnreadableError
from engine.process.child import Child, Surroundings
from engine.process.endings import Death, Idle, Starting
from engine.process.jobs import EventBox, EventKind, Job, JobEvent
from engine.process.link import Link
from engine.process.shared_folders import SharedFolders
from engine.units import bytes_text

PATIENCE_SECONDS = 2.0
"""A job that has been cancelled and does not come back within so long is ended with its process."""

TIDYING_SECONDS = 10.0
"""One that has come back may take so long to take back what it began, such as files on a slow disk."""

STOP_SECONDS = 6.0
"""How long a process may take to end when it is told to."""

MOST_DEATHS = 2
"""After so many in a row, with nothing finished in between, what was set up is not set up again unasked."""

_LOOK_SECONDS = 0.25
_MEMORY_SECONDS = 1.0

_FIRST = -1
"""The priority of what is set up again."""

_ENDINGS = ("finished", "cancelled", "failed", "crashed")


class Supervisor:
    """Works through jobs in a process. A `JobServer`: `run` is called in a thread of its own.

    That thread starts the process, reads what comes from it, and buries it. A second one looks whether the process does
    as it is told, and ends it if not; a third, the channel's, writes.

    Attributes:
        events: What became of the jobs.
        process: The process that there is now, if any.
    """

    def __init__(self, work: Child, arrived: Callable[[], None] = lambda: None) -> None:
        """Prepare; the process is started by `run`.

        Args:
            work: What the process does.
            arrived: See `EventBox`.
        """
        self.events = EventBox(arrived)
        self.process: Any = None
        self._work = work
        self._changed = threading.Condition()
        self._jobs: dict[int, Job] = {}
        self._setup: dict[type, Job] = {}
        self._due: dict[int, float] = {}
        self._link: Link | None = None
        self._starts = 0
        self._deaths = 0
        self._told: set[int] = set()
        self._stop_at: float | None = None
        self._over = False

    def put(self, job: Job) -> None:
        """Queue a job, behind those that are as urgent."""
        with self._changed:
            if type(job.request) in self._work.setup:
                self._setup.pop(type(job.request), None)
                self._deaths = 0
            self._jobs[job.number] = job
            if self._link is not None:
                self._link.put(job)
            self._changed.notify_all()

    def cancel(self, number: int) -> None:
        """Have a job end before its next step; one that takes no further step within 2 s ends with its process."""
        with self._changed:
            job = self._jobs.get(number)
            if job is None:
                return
            job.cancelled.set()
            if self._link is None:
                self._end(job, "cancelled")
            else:
                self._due.setdefault(number, time.monotonic() + PATIENCE_SECONDS)
                self._link.channel.send("cancel", number)

    def pause(self, number: int, paused: bool) -> None:
        """Have a job wait before its next step, or go on."""
        with self._changed:
            job = self._jobs.get(number)
            if job is not None:
                job.paused = paused
                if self._link is not None:
                    self._link.channel.send("pause", number, paused)

    def stop(self) -> None:
        """Cancel every job, and leave `run` when the process has ended."""
        with self._changed:
            self._stop_at = time.monotonic() + STOP_SECONDS
            for job in self._jobs.values():
                job.cancelled.set()
            if self._link is not None:
                self._link.channel.send("stop")
            self._changed.notify_all()

    def busy(self) -> bool:
        """Whether a job runs or waits."""
        with self._changed:
            return bool(self._jobs)

    def run(self) -> None:
        """Work until stopped."""
        shared_folders.sweep()
        folders = SharedFolders()
        watch = threading.Thread(target=self._watch, name="watch", daemon=True)
        watch.start()
        try:
            while self._wanted():
                try:
                    link = self._start(folders.places)
                except OSError as error:  # too many processes, or it was gone before it had begun
                    self._die(f"could not be started ({error})", 0, Starting())
                    continue
                self._listen(link)
                self._bury(link, folders.places)
        finally:
            with self._changed:
                for job in list(self._jobs.values()):
                    self._end(job, "cancelled")
                self._over = True
                self._changed.notify_all()
            watch.join()
            folders.remove()

    def _wanted(self) -> bool:
        """Wait until a process is needed; False when everything is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop_at is not None or self._jobs or self._deaths < MOST_DEATHS)
            return self._stop_at is None

    def _start(self, places: tuple[str, ...]) -> Link:
        self._starts += 1
        link = Link(self._work, Surroundings(places, f"{self._work.name}{self._starts}"), self._unsendable)
        with self._changed:
            self._link, self.process = link, link.process
            for job in self._setup.values():
                if job.number not in self._jobs:
                    link.put(Job(job.number, job.request, _FIRST))
            for job in sorted(self._jobs.values(), key=lambda waiting: waiting.order):
                link.put(job)
            if self._stop_at is not None:
                link.channel.send("stop")
        return link

    def _listen(self, link: Link) -> None:
        """Hear what the process says, until it ends."""
        while True:
            try:
                message = link.channel.receive()
            except EOFError:
                return
            except UnreadableError as error:
                message = Message("crashed", error.number, str(error))
                link.channel.send("cancel", error.number)
            link.heard = True
            with self._changed:
                self._take(message)
            del message  # what it brought must not stay here until the next one comes

    def _take(self, message: Message) -> None:
        kind = cast(EventKind, message.kind)
        job = self._jobs.get(message.number)
        if job is None:
            self._take_setup(kind, message)
        elif kind in _ENDINGS:
            if kind == "finished" and type(job.request) not in self._work.setup:
                self._deaths = 0
            self._end(job, kind, message.value)
        elif not job.cancelled.is_set():
            event = JobEvent(job.number, job.request, kind, message.value)
            if kind in ("progress", "newest"):
                self.events.show(event)
                return
            if kind == "result" and isinstance(message.value, self._ready(job)):
                self._setup[type(job.request)] = job
                if job.number in self._told:
                    return  # by a process that has ended since
                self._told.add(job.number)
            self.events.tell(event)

    def _take_setup(self, kind: EventKind, message: Message) -> None:
        """What becomes of something that is set up again: told only when it is not as it was."""
        job = next((job for job in self._setup.values() if job.number == message.number), None)
        if job is None or kind in ("started", "progress", "newest", "finished", "cancelled"):
            return
        if kind == "result" and isinstance(message.value, self._ready(job)):
            return
        self._setup.pop(type(job.request))
        self.events.tell(JobEvent(job.number, job.request, kind, message.value))

    def _ready(self, job: Job) -> type | tuple[()]:
        return self._work.setup.get(type(job.request), ())

    def _end(self, job: Job, kind: EventKind, value: object = None) -> None:
        self._jobs.pop(job.number, None)
        self._due.pop(job.number, None)
        self.events.tell(JobEvent(job.number, job.request, kind, value))

    def _unsendable(self, message: Message, text: str) -> None:
        """A request cannot be pickled."""
        with self._changed:
            if (job := self._jobs.get(message.number)) is not None:
                self._end(job, "crashed", text)

    def _bury(self, link: Link, places: tuple[str, ...]) -> None:
        """The process has ended: tell those whose job ended with it, and keep what goes on in the next one."""
        with self._changed:
            self._link = self.process = None
        status, number = link.close(), abs(link.at_work.value)
        blocks.bury(places, link.owner)
        with self._changed:
            doing = self._doing(number) if number or link.heard else Starting()
            for job in list(self._jobs.values()):
                if job.cancelled.is_set():
                    self._end(job, "cancelled")
                else:
                    self.events.forget(job.number)
            if self._stop_at is None and not link.overdue:
                self._die(link.reason or endings.how(status), number, doing)

    def _doing(self, number: int) -> object:
        """The request that a process was at; between two steps that is the most urgent one."""
        jobs = [*self._jobs.values(), *(job for job in self._setup.values() if job.number == number)]
        at = min(jobs, key=lambda job: (job.number != number, job.paused, job.order), default=None)
        return Idle() if at is None else at.request

    def _die(self, end: str, number: int, doing: object) -> None:
        """Say how a process ended and at which request, in a step of the job of that number, or 0."""
        with self._changed:
            self._deaths += 1
            given_up = self._deaths >= MOST_DEATHS
            job = self._jobs.get(number)
            setting_up = any(known.number == number for known in self._setup.values())
            if job is None and given_up and self._jobs and not setting_up:
                job = min(self._jobs.values(), key=lambda waiting: waiting.order)  # it does not even begin
            lost = self._setup.keys() - set(self._work.kept) if given_up else set()
            fails = job is not None and (given_up or type(job.request) not in self._work.setup)
            death = Death(self._work.called, end, doing, given_up=given_up and (fails or bool(lost)), failed=fails)
            # First, so that nobody asks it for more when the job fails.
            for known in [self._setup.pop(kind) for kind in lost]:
                if known is not job:
                    self.events.tell(JobEvent(known.number, known.request, "failed", death))
            if job is not None and fails:
                self._end(job, "failed", death)
            elif not lost:
                self.events.tell(JobEvent(0, doing, "died", death))

    def _watch(self) -> None:
        """End a process that does not do as it is told; in a thread of its own."""
        look = 0.0
        while True:
            with self._changed:
                now = time.monotonic()
                if self._over:
                    return
                self._check(now)
                if now >= look:
                    look = now + _MEMORY_SECONDS
                    self._check_memory()
                self._changed.wait(_LOOK_SECONDS)

    def _check(self, now: float) -> None:
        link = self._link
        if link is None:
            return
        if self._stop_at is not None and now >= self._stop_at:
            link.kill()
        for number, due in self._due.items():
            tidying = TIDYING_SECONDS if link.at_work.value == -number else 0.0
            if now >= due + tidying and abs(link.at_work.value) == number:
                link.overdue = True
                link.kill()

    def _check_memory(self) -> None:
        link = self._link
        if link is not None and machine.process_bytes(link.process.pid or 0) > budget.current.limit:
            limit = bytes_text(budget.current.limit)
            link.reason = f"took more memory than its limit of {limit} and was ended"
            link.kill()
