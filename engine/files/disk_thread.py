"""Disk access in a thread of its own: a network share that does not answer blocks nobody."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from typing import Any, TypeVar

from engine.records import Unanswered

T = TypeVar("T")

_PATIENCE = 0.5
"""Seconds before anybody is told that the disk does not answer."""

_SLICE = 0.1
"""Seconds between two places to cancel while it does not."""

_GLANCE = 0.1
"""Seconds that a window may wait."""

_LAST_PATIENCE = 2.0
"""Seconds that a tidying up is waited for."""


class PatientDisk:
    """Does one thing after the other on a thread of its own, which is left alone where the disk does not answer."""

    def __init__(self, place: str) -> None:
        """Prepare; the thread begins with the first work.

        Args:
            place: What is written to, for people.
        """
        self._progress = Unanswered(0, 0, f"Waiting for {place} to answer")
        self._works: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], T]) -> Generator[Unanswered, None, T]:
        """Have something done; returns, or raises, what it does.

        Yields:
            As long as the disk does not answer: a place to do something else, or to stop.
        """
        done = self._put(work)
        patience = _PATIENCE
        while not done.done():
            wait([done], timeout=patience)
            if not done.done():
                patience = _SLICE
                yield self._progress
        return done.result()

    def end(self, work: Callable[[], None]) -> bool:
        """Have a last thing done, and end the thread; False when the disk does not answer, and it is done later."""
        done = self._put(work)
        self._works.put(None)
        wait([done], timeout=_LAST_PATIENCE)
        if not done.done():
            return False
        if self._thread is not None:
            self._thread.join()
        done.result()
        return True

    def leave(self) -> None:
        """End the thread where nothing has to be tidied up: now, or when the disk answers."""
        self._works.put(None)
        if self._thread is not None:
            self._thread.join(_SLICE)

    def _put(self, work: Callable[[], T]) -> Future[T]:
        if self._thread is None:
            # A daemon: the program may end while a share does not answer.
            self._thread = threading.Thread(target=self._run, name="disk", daemon=True)
            self._thread.start()
        done: Future[T] = Future()
        self._works.put((work, done))
        return done

    def _run(self) -> None:
        while (item := self._works.get()) is not None:
            _fulfil(*item)


def patiently(place: str, work: Callable[[], T]) -> Generator[Unanswered, None, T]:
    """Do one thing on a disk that may not answer, such as reading a file; see `PatientDisk.do`."""
    disk = PatientDisk(place)
    try:
        return (yield from disk.do(work))
    finally:
        disk.leave()


def at_once(work: Callable[[], T]) -> Future[T]:
    """Do something on a disk that mostly answers at once, for a caller who must not wait.

    Returns:
        What comes of it; done already, unless the disk does not answer.
    """
    found: Future[T] = Future()
    thread = threading.Thread(target=_fulfil, args=(work, found), name="disk", daemon=True)
    thread.start()
    thread.join(_GLANCE)
    return found


def _fulfil(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
        done.set_exception(error)
