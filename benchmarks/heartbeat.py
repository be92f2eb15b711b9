"""Stalls of an event loop: a timer that should tick every millisecond, and what the program did while it did not."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot

_ROOT = Path(__file__).resolve().parents[1]
_OVERDUE_SECONDS = 0.02
_SAMPLE_SECONDS = 0.005
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Stall:
    """A gap between two ticks.

    Attributes:
        seconds: How long it was.
        own: How much of that the GUI thread calculated; the rest it waited for a processor, which other programs may
            have had, or for the interpreter's lock.
        process: How much all threads of the window's process calculated: that much of the gap is of its own making.
        action: What the script was doing.
        where: The program's innermost lines on the GUI thread in the middle of it, each once, or "" when it calculated
            for a short time only.
    """

    seconds: float
    own: float
    process: float
    action: str
    where: str


class Heartbeat(QObject):
    """Measures how long the GUI thread leaves its event loop alone.

    Attributes:
        action: What the script is doing; gaps are put down to it.
        stalls: Every gap there was, but for those that are too short to be kept.
    """

    def __init__(self, shortest: float = 0.0, *, watched: bool = True) -> None:
        """Make one.

        Args:
            shortest: Gaps under so many seconds are not kept: there are a thousand a second.
            watched: Whether to find out where long gaps were: a signal has the GUI thread, which must be the main one,
                look at its own frames. Looking at another thread's has crashed Python 3.11.
        """
        super().__init__()
        self._shortest = shortest
        self.action = ""
        self.stalls: list[Stall] = []
        self._last, self._last_own, self._last_process = time.perf_counter(), time.thread_time(), time.process_time()
        self._where: list[str] = []
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._watched, self._watching = watched and hasattr(signal, "SIGUSR1"), threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin, from within the GUI thread."""
        self._last, self._last_own, self._last_process = time.perf_counter(), time.thread_time(), time.process_time()
        self._timer.start()
        if self._watched:
            signal.signal(signal.SIGUSR1, self._look)
            self._watcher.start()

    def stop(self) -> None:
        """End."""
        self._watching.set()
        if self._watched:
            self._watcher.join()
        self._timer.stop()

    def worst(self, action: str = "", count: int = 5) -> list[Stall]:
        """The longest gaps, longest first, of the actions whose names begin so."""
        stalls = [stall for stall in self.stalls if stall.action.startswith(action)]
        return sorted(stalls, key=lambda stall: -stall.seconds)[:count]

    def busiest(self, count: int = 5) -> list[Stall]:
        """The gaps in which the window's process calculated longest."""
        return sorted(self.stalls, key=lambda stall: -min(stall.seconds, stall.process))[:count]

    @Slot()
    def _tick(self) -> None:
        now, own, process = time.perf_counter(), time.thread_time(), time.process_time()
        if now - self._last >= self._shortest:
            where = ", ".join(dict.fromkeys(self._where))
            spent = now - self._last, own - self._last_own, process - self._last_process
            self.stalls.append(Stall(*spent, self.action, where))
        self._last, self._last_own, self._last_process = now, own, process
        self._where.clear()

    def _watch(self) -> None:
        """While the GUI thread calculates for longer than it should, have it look what it is at."""
        thread = threading.main_thread().ident or 0
        clock = time.pthread_getcpuclockid(thread)
        while not self._watching.wait(_SAMPLE_SECONDS):
            if time.clock_gettime(clock) - self._last_own > _OVERDUE_SECONDS:
                signal.pthread_kill(thread, signal.SIGUSR1)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        self._where.append(_place(traceback.extract_stack(frame)))


def _place(stack: traceback.StackSummary) -> str:
    inside = [entry for entry in stack if entry.filename.startswith((str(_ROOT / "gui"), str(_ROOT / "engine")))]
    return f"{Path(inside[-1].filename).name}:{inside[-1].lineno} {inside[-1].name}" if inside else ""


def spin(seconds: float) -> None:
    """Let the event loop run for that long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def spin_until(done: Callable[[], bool]) -> None:
    """Let the event loop run until something is so; looks every millisecond.

    Raises:
        TimeoutError: It did not become so within two minutes.
    """
    loop = QEventLoop()
    poll = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
    until = time.perf_counter() + _PATIENCE_SECONDS
    poll.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > until else None)
    poll.start()
    loop.exec()
    poll.stop()
    if not done():
        raise TimeoutError("the window did not get there in two minutes")
