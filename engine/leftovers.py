"""What a killed program left of an export: brought to its end if it had begun to appear, removed if not.

An export waits in a hidden folder inside its target, locked for as long as its program lives. The lock goes with the
program, however that ends. Where the system has no such locks, a folder is taken for forgotten after an hour.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PREFIX = ".convscope-"
"""What the hidden folders are called."""

REPLACED = "replaced"
"""The folder in it for the files that were there before."""

BEGUN = "begun.json"
"""The file in it that says that all files are complete and begin to appear; it lists their names in order."""

UNDOING = "undoing.json"
"""The name of the same file when that failed and the files of before come back."""

FORGOTTEN = 3600.0
"""After so many seconds without a change, what cannot be locked belongs to nobody."""

_TRIES = 20

_JUST_MADE = 5.0
"""A folder without a lock may have been made this very moment; seconds."""


def staged(stage: Path, name: str) -> Path:
    """Where a file waits that is to be called `name`."""
    return stage / f"new-{name}"


def lock(stage: Path) -> int | None:
    """Say that a hidden folder is in use.

    Returns:
        A descriptor to be closed at the end, or None where another program has it or the system knows no such locks.
    """
    for _ in range(_TRIES):
        descriptor, held = _try_lock(stage)
        if not held:
            return descriptor
        time.sleep(0.01)  # another program looks whether this one is forgotten
    return None


def others_at_work(folder: Path, own: Path) -> bool:
    """Whether another program, or another thread of this one, stages files in the folder."""
    return any(_lives(stage) for stage in _stages(folder) if stage != own)


def settle(folder: Path) -> None:
    """Bring to an end in a folder what a killed program had begun, and remove what it had not.

    Nothing raises; what the disk refuses stays for the next time.
    """
    for stage in _stages(folder):
        descriptor, held = _try_lock(stage)
        try:
            if not held and _forgotten(stage, locked=descriptor is not None):
                with suppress(OSError, ValueError):
                    _finish(folder, stage)
                    shutil.rmtree(stage)
        finally:
            if descriptor is not None:
                os.close(descriptor)


def move_back(stage: Path, name: str) -> None:
    """Undo a move, wherever it stopped."""
    target = stage.parent / name
    if not staged(stage, name).exists() and os.path.lexists(target):
        target.replace(staged(stage, name))
    if os.path.lexists(stage / REPLACED / name):
        (stage / REPLACED / name).replace(target)


def _finish(folder: Path, stage: Path) -> None:
    if (stage / UNDOING).is_file():
        for name in reversed(_names(stage / UNDOING)):
            move_back(stage, name)
    elif (stage / BEGUN).is_file():
        for name in _names(stage / BEGUN):
            with suppress(FileNotFoundError):  # it is in its place already
                staged(stage, name).replace(folder / name)


def _names(path: Path) -> list[str]:
    """The names of files in a list; `ValueError` when one of them would lead out of the folder."""
    names = json.loads(path.read_bytes())
    if not isinstance(names, list) or not all(isinstance(name, str) and Path(name).name == name for name in names):
        raise ValueError("this is not a list of names")
    return names


def _stages(folder: Path) -> Iterator[Path]:
    with suppress(OSError, ValueError):
        yield from [path for path in folder.glob(f"{PREFIX}*") if path.is_dir() and not path.is_symlink()]


def _lives(stage: Path) -> bool:
    descriptor, held = _try_lock(stage)
    if descriptor is not None:
        os.close(descriptor)
    return held


def _forgotten(stage: Path, *, locked: bool) -> bool:
    try:
        age = time.time() - stage.stat().st_mtime
        return age > FORGOTTEN or (locked and (age > _JUST_MADE or any(stage.iterdir())))
    except OSError:
        return False


def _try_lock(stage: Path) -> tuple[int | None, bool]:
    """A descriptor that holds the lock of a folder or None, and whether somebody else holds it."""
    if sys.platform == "win32":  # has no locks of folders
        return None, False
    import fcntl

    try:
        descriptor = os.open(stage, os.O_RDONLY)
    except OSError:
        return None, False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        return None, error.errno in (errno.EWOULDBLOCK, errno.EACCES)
    return descriptor, False
