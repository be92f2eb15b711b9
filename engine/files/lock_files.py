"""Lock files: what a killed program left behind, told from what a running one still writes.

A writer holds a lock on a file, which the system releases when the process ends, however it ends. Where there
are no such locks, or where the file was made on another machine, its age has to do.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

HERE = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
"""Stands in the names of unfinished files for the machine that writes them: locks of others may not be seen here."""

FRESH = 2.0
"""So many seconds after a file was made, its maker may not have locked it yet."""

_FORGOTTEN = 3600.0
"""After so many seconds an unfinished file belongs to nobody, whatever is known of its lock."""


def hold(path: Path) -> int:
    """Make a file and lock it, until the descriptor that this returns is closed or the process ends.

    Raises:
        OSError: It cannot be made, or is there already.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    _lock(descriptor)
    return descriptor


@contextmanager
def seized(path: Path) -> Iterator[bool]:
    """Whether the program that made an unfinished file is gone, and if so, the file is ours until the context ends.

    The name of the file or of its folder says on which machine it was made.
    """
    try:
        age = time.time() - path.stat().st_mtime
        local = sys.platform != "win32" and f"{HERE}-" in path.name + path.parent.name
        descriptor = os.open(path, os.O_RDWR) if local and age > FRESH else None
    except OSError:  # it has just been finished, or is not ours
        yield False
        return
    try:
        ours = _lock(descriptor) if descriptor is not None else None
        yield age > _FORGOTTEN if ours is None else ours
    finally:
        if descriptor is not None:
            os.close(descriptor)


_doomed: set[Path] = set()


@contextmanager
def doomed(path: Path) -> Iterator[None]:
    """Remove a file when the context ends, also if the program ends before that and calls `remove_doomed`."""
    _doomed.add(path)
    try:
        yield
    finally:
        _doomed.discard(path)
        with suppress(OSError):
            path.unlink(missing_ok=True)


def remove_doomed() -> None:
    """Remove what threads that do not come back in time would have removed; for the end of the program."""
    for path in tuple(_doomed):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _lock(descriptor: int) -> bool | None:
    """Try to lock a file; False when somebody else has done so, None where there are no locks."""
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
