"""fsync: data survives a power loss.

Moving a file to its name is certain the moment it is done, but what is in the file may be written half a minute later:
after a power cut an empty file could stand under its final name. So what is moved is written out first.
"""

from __future__ import annotations

import errno
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

_AT_ONCE = 16
"""So many files wait for the disk at the same time: it is asked to empty its own memory once for all of them."""

_CANNOT = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""What file systems answer that write everything out by themselves, or never."""


def sync_descriptor(descriptor: int) -> None:
    """Wait until the disk has what was written to an open file. Raises `OSError` when the disk failed to take it."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def sync_file(path: Path) -> None:
    """The same for a file that is closed."""
    # Windows writes out only what was opened for writing; elsewhere that would ask for a right that is not needed.
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def sync_files(paths: Iterable[Path], stopped: Callable[[], bool]) -> None:
    """The same for many files, in about the time of one.

    Args:
        paths: The files.
        stopped: Asked before each file, on other threads; when it says yes, the rest is left.

    Raises:
        OSError: The disk failed to take one of them.
    """
    waiting: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for path in paths:
        _begin(path)
        waiting.put(path)
    errors: list[OSError] = []

    def work() -> None:
        try:
            while not errors and not stopped():
                sync_file(waiting.get_nowait())
        except queue.Empty:
            return
        except OSError as error:
            errors.append(error)

    # Daemons, as the thread that calls this: the program may end while a share does not answer.
    threads = [threading.Thread(target=work, name="disk", daemon=True) for _ in range(min(_AT_ONCE, waiting.qsize()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder. Not every system can say; then this is left to the system."""
    if sys.platform == "win32":  # a folder cannot be opened
        return
    with suppress(OSError):
        sync_file(folder)


def _begin(path: Path) -> None:
    """Have a file written out without waiting, where the system can be asked for it."""
    if sys.platform == "linux":
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
