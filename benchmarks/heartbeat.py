"""Stalls of an event loop: a timer that should tick every millisecond, and what the program did while it did not."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot

_ROOT = Path(__file__).resolve().parents[1]
_OVERDUE_SECONDS = 0.025
_SAMPLE_SECONDS = 0.005
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Stall:
    """A gap between two ticks.

    Attributes:
        seconds: How long it was.
        own: How much of that the GUI thread calculated; the rest of a long gap it waited for a processor, which other
            programs may have had, or for the interpreter's lock.
        action: What the script was doing.
        where: The program's innermost line on the GUI thread in the middle of it, or "" when it was short, or spent
            waiting for the interpreter's lock.
    """

    seconds: float
    own: float
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
            watched: Whether to find out where long gaps were. Looking at another thread's frames has crashed
                Python 3.11, about once in a hundred thousand looks, so that long runs do without.
        """
        super().__init__()
        self._shortest = shortest
        self.action = ""
        self.stalls: list[Stall] = []
        self._last, self._last_own = time.perf_counter(), time.thread_time()
        self._where = ""
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._gui_thread = threading.get_ident()
        self._watched, self._watching = watched, threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin, from within the GUI thread."""
        self._last, self._last_own = time.perf_counter(), time.thread_time()
        self._timer.start()
        if self._watched:
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

    @Slot()
    def _tick(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        if now - self._last >= self._shortest:
            self.stalls.append(Stall(now - self._last, own - self._last_own, self.action, self._where))
        self._last, self._last_own, self._where = now, own, ""

    def _watch(self) -> None:
        """While a tick is overdue, look what the GUI thread is at."""
        while not self._watching.wait(_SAMPLE_SECONDS):
            if time.perf_counter() - self._last > _OVERDUE_SECONDS and not self._where:
                frame = sys._current_frames().get(self._gui_thread)
                self._where = _place(traceback.extract_stack(frame)) if frame is not None else ""


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
