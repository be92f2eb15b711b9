"""A thread that works through jobs a step at a time.

A job is a generator: each yield is a result, or a `Progress`, and a place where the job can be cancelled or overtaken
by a more urgent one. Two of these run for the whole life of the window: the engine thread, the only one that TensorFlow
is ever used on, and the studio thread, for pictures, scaling and files, so that neither waits for the other.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QThread, QTimer, Slot

from gui.job_runner import Handlers, Job, JobEvent, Runner
from gui.listeners import Listeners
from gui.turns import begin

FRAME_MILLISECONDS = 33
"""Progress is shown at 30 Hz however fast it comes: a repaint for each of 400 steps costs more than the steps."""

_AT_ONCE_SECONDS = 0.008
"""For how long events are passed on without a pause: what has piled up while the window waited must not hold it up."""

_numbers = itertools.count(1)
"""Job numbers, shared by all threads: one number never means two jobs."""


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
        self._runner = Runner(handlers)
        self._runner.moveToThread(self._thread)
        self._thread.started.connect(self._runner.run)
        self._runner.arrived.connect(self._read)
        self._rest = QTimer(self, interval=0, singleShot=True)
        self._rest.timeout.connect(self._read)
        self._frames = QTimer(self, interval=FRAME_MILLISECONDS)
        self._frames.timeout.connect(self._show_newest)
        self._thread.start()

    def submit(self, request: object, priority: int = 0, *, paused: bool = False) -> int:
        """Queue a request.

        Args:
            request: A frozen record that one of the handlers knows.
            priority: Lower is sooner; a running job makes way between two of its steps.
            paused: Whether it waits until it is told to go on.

        Returns:
            The job's number.
        """
        number = next(_numbers)
        self._runner.put(Job(number, request, priority, paused=paused))
        return number

    def cancel(self, number: int) -> None:
        """Stop a job before its next step. One that has ended already is left alone."""
        self._runner.cancel(number)

    def pause(self, number: int, paused: bool = True) -> None:
        """Let a job take no further step for now, or go on; it keeps everything that it has. From any thread."""
        self._runner.pause(number, paused)

    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._runner.busy()

    def stop(self) -> None:
        """Cancel everything, and let the thread end as soon as the step that is under way has been taken."""
        self._frames.stop()
        self._runner.stop()
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
        self._runner.arrived.disconnect(self._read)
        self._rest.stop()
        return ended

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


def shut_down(threads: Sequence[JobThread], patience: float | None) -> bool:
    """Shut several threads down at the same time, with one patience for all; whether all of them have ended."""
    for thread in threads:
        thread.stop()
    until = time.monotonic() + (patience or 0.0)
    ended = [thread.shut_down(None if patience is None else until - time.monotonic()) for thread in threads]
    return all(ended)
