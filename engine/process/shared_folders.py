"""Private folders for shared memory, removed with the program however it ends.

The program that makes them holds a lock in each. The next start removes those whose owner is gone.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

from engine.files.lock_files import HERE, hold, seized

_PREFIX = f"convscope-shared-{HERE}-"
_LOCK = "lock"
_IN_MEMORY = Path("/dev/shm")


def roots() -> list[Path]:
    """Where such folders may be, the best first: memory where the system has it as a folder, then the disk."""
    if sys.platform == "win32":  # shared memory has names there, and needs no files
        return []
    found = dict.fromkeys((_IN_MEMORY, Path(tempfile.gettempdir())))
    return [root for root in found if root.is_dir() and os.access(root, os.W_OK | os.X_OK)]


class SharedFolders:
    """One private folder in each of `roots` that has room for one.

    Attributes:
        places: Where blocks may be made, the best first: folders, or on Windows the beginning of names.
    """

    def __init__(self) -> None:
        _held.add(self)
        token = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._locks: list[int] = []
        self.places: tuple[str, ...] = (f"Local\\convscope-{token}-",) if sys.platform == "win32" else ()
        for root in roots():
            folder = root / (_PREFIX + token)
            try:
                folder.mkdir(0o700)
                self._locks.append(hold(folder / _LOCK))
            except OSError:  # full, or not ours to write after all
                shutil.rmtree(folder, ignore_errors=True)
            else:
                self.places += (f"{folder}{os.sep}",)

    def remove(self) -> None:
        """Remove the folders with everything in them; who has something of it mapped keeps that."""
        remove(self.places)
        while self._locks:
            os.close(self._locks.pop())
        _held.discard(self)


_held: set[SharedFolders] = set()
"""Those that this process has made and not removed yet."""


def remove_held() -> None:
    """Remove the folders of this process, for it ends at once, whatever its threads are doing."""
    for folders in tuple(_held):
        remove(folders.places)


def remove(places: tuple[str, ...]) -> None:
    """Remove these folders; nothing happens where they are only names."""
    if sys.platform != "win32":
        for place in places:
            shutil.rmtree(place, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of programs that were killed."""
    for root in roots():
        with suppress(OSError):
            for folder in root.glob(f"{_PREFIX}*"):
                with seized(folder / _LOCK) as gone:
                    if gone:
                        shutil.rmtree(folder, ignore_errors=True)
