"""A thread that works through jobs a step at a time.

A job is a generator: each yield is a result, or a `Progress`, and a place where the job can be cancelled or overtaken
by a more urgent one. Two of these run for the whole life of the window: the engine's, where alone TensorFlow is, and
the studio's, for pictures, scaling and files, so that neither waits for the other. The work itself is done in a process
that the thread is the other end of; tests may have it done on the thread.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from engine.process.child import Child
from engine.process.endings import Death
from engine.process.jobs import Handlers, Job, JobEvent, JobServer
from engine.process.runner import Runner
from engine.process.supervisor import Supervisor

FRAME_MILLISECONDS = 33
"""Progress is shown at 30 Hz however fast it comes: a repaint for each of 400 steps costs more than the steps."""

_AT_ONCE_SECONDS = 0.008
"""For how long events are passed on without a pause: what has piled up while the window waited must not hold it up."""

_numbers = itertools.count(1)
"""Job numbers, shared by all threads: one number never means two jobs."""


class _Worker(QObject):
    """What lives in the thread, and never returns to Qt's event loop until it is stopped.

    Attributes:
        server: What works through the jobs.

    Signals:
        arrived: There are events to be taken.
    """

    arrived = Signal()

    def __init__(self, work: Handlers | Child) -> None:
        super().__init__()
        arrived = self.arrived.emit
        self.server: JobServer = Supervisor(work, arrived) if isinstance(work, Child) else Runner(work, arrived)

    @Slot()
    def run(self) -> None:
        self.server.run()


Hears: TypeAlias = Callable[["JobHandle", JobEvent], object]
"""Called with a job and what has become of it, in the GUI thread, in the order in which things happened. Progress is
the newest there is, at most 30 times a second."""


class JobHandle:
    """A job, as whoever submitted it has it.

    Attributes:
        number: The job's number.
        request: What was asked for.
        hears: What hears of it.
    """

    def __init__(self, number: int, request: object, server: JobServer, hears: Hears | None) -> None:
        self.number = number
        self.request = request
        self.hears = hears
        self._server = server

    def cancel(self) -> None:
        """Stop the job before its next step. One that has ended already is left alone."""
        self._server.cancel(self.number)

    def drop(self) -> None:
        """Stop the job, and hear nothing more of it."""
        self.hears = None
        self.cancel()

    def pause(self, paused: bool = True) -> None:
        """Let the job take no further step for now, or go on; it keeps everything that it has. From any thread."""
        self._server.pause(self.number, paused)


class JobThread(QObject):
    """The window's end of such a thread; lives in the GUI thread.

    Attributes:
        late: Hears of a job that had ended: what it set up was lost with the process, and cannot be set up again.
        watchers: Hear of every event of every job, for those who measure.

    Signals:
        died: The process has ended, as the `JobEvent` with its `Death` says; told once for each.
    """

    died = Signal(object)

    def __init__(self, name: str, work: Handlers | Child, parent: QObject | None = None) -> None:
        """Start the thread, and the process if there is to be one.

        Args:
            name: For debuggers and logs.
            work: A process to have the work done in, or what answers requests on the thread itself.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self._death: Death | None = None
        self.late: Callable[[JobEvent], object] = lambda _event: None
        self.watchers: list[Callable[[JobEvent], object]] = []
        self._jobs: dict[int, JobHandle] = {}
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        self._worker = _Worker(work)
        self._server, self._events = self._worker.server, self._worker.server.events
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        # Queued also from this thread: who cancels is not to hear of it before the call has returned.
        self._worker.arrived.connect(self._read, Qt.ConnectionType.QueuedConnection)
        self._rest = QTimer(self, interval=0, singleShot=True)
        self._rest.timeout.connect(self._read)
        self._frames = QTimer(self, interval=FRAME_MILLISECONDS)
        self._frames.timeout.connect(self._show_newest)
        self._thread.start()

    def submit(
        self, request: object, priority: int = 0, hears: Hears | None = None, *, paused: bool = False
    ) -> JobHandle:
        """Queue a request.

        Args:
            request: A frozen record that one of the handlers knows.
            priority: Lower is sooner; a running job makes way between two of its steps.
            hears: What hears of it, never before this call has returned.
            paused: Whether it waits until it is told to go on.
        """
        job = JobHandle(next(_numbers), request, self._server, hears)
        self._jobs[job.number] = job
        self._server.put(Job(job.number, request, priority, paused=paused))
        return job

    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._server.busy()

    def stop(self) -> None:
        """Cancel everything, and let the thread end as soon as the step that is under way has been taken."""
        self._frames.stop()
        self._server.stop()
        self._thread.quit()

    def shut_down(self, patience: float | None = None) -> bool:
        """Cancel everything and wait for the thread to end; only a step that is under way is waited for.

        Args:
            patience: For how many seconds, at most; None for as long as it takes.

        Returns:
            Whether it has ended. One that has not must stay what it is until the process ends, which is to be soon.
        """
        self.stop()
        ended = self._thread.wait() if patience is None else self._thread.wait(round(1000 * max(0.0, patience)))
        self._worker.arrived.disconnect(self._read)
        self._rest.stop()
        return ended

    @Slot()
    def _read(self) -> None:
        """Pass events on, and leave what there is no time for until the window has seen to everything else."""
        until = time.perf_counter() + _AT_ONCE_SECONDS
        while (event := self._events.take_event()) is not None:
            self._rest.start()  # first, because whoever is told may open a dialog, and the rest must not wait for that
            self._pass_on(event)
            if time.perf_counter() > until:
                return
        self._rest.stop()

    def _pass_on(self, event: JobEvent) -> None:
        if isinstance(event.value, Death) and event.value is not self._death:
            self._death = event.value
            self.died.emit(event)
        if event.kind == "died":
            return
        if event.kind == "started":
            self._frames.start()
        elif event.kind not in ("result", "newest"):
            self._show_newest()
            if not self.busy():
                self._frames.stop()
        self._tell(event)

    def _tell(self, event: JobEvent) -> None:
        """Tell who hears of a job; an error of theirs goes to `sys.excepthook`, and keeps nothing from others."""
        job = self._jobs.get(event.job)
        if event.ended:
            self._jobs.pop(event.job, None)
        try:
            for watch in self.watchers:
                watch(event)
            if job is None:
                self.late(event)
            elif job.hears is not None:
                job.hears(job, event)
        except Exception:  # noqa: BLE001 - what comes next must be told as well
            sys.excepthook(*sys.exc_info())

    @Slot()
    def _show_newest(self) -> None:
        for event in self._events.take_newest():
            self._tell(event)


def shut_down(threads: Sequence[JobThread], patience: float | None) -> bool:
    """Shut several threads down at the same time, with one patience for all; whether all of them have ended."""
    for thread in threads:
        thread.stop()
    until = time.monotonic() + (patience or 0.0)
    ended = [thread.shut_down(None if patience is None else until - time.monotonic()) for thread in threads]
    return all(ended)
