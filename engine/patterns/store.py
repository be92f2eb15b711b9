"""Finished patterns on disk, so that none is computed twice.

A folder with one file a pattern, named by `PatternRequest.key`. Any number of programs may
use the same folder at the same time: a file is there complete or not at all, and one that is gone is computed again.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

from engine.files.atomic import sweep, write_whole
from engine.files.regular_file import reason, shown
from engine.patterns.records import Frame
from engine.patterns.store_entry import DamagedError, LaterError, decode, encode

DEFAULT_LIMIT = 2**30
"""How many bytes are kept unless somebody says otherwise."""

_SUFFIX = ".pattern"
_LOW_WATER = 0.9
"""Share of the limit that is left when patterns are dropped, so that this is not done for every new one."""

_CHECK_EVERY = 0.05
"""After so large a share of the limit has been written, the folder is measured again: others write there too."""


class PatternStore:
    """Patterns by key; the least recently used are dropped when they take too much room.

    Nothing raises: a store that cannot be used is an empty one. One thread may write while another one reads.

    Attributes:
        folder: Where the files are; made when the first one is written.
        limit: How many bytes to keep, or None for all.
        problem: One sentence about why patterns are not being kept, or "" while they are.
    """

    def __init__(self, folder: Path, limit: int | None = DEFAULT_LIMIT) -> None:
        self.folder = folder
        self.limit = limit
        self.problem = ""
        self._unmeasured: int | None = None
        self._swept = False
        self._lock = threading.Lock()

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def keys(self) -> frozenset[str]:
        """Of all patterns that are there now: one look at the folder instead of one for each key."""
        with suppress(OSError, ValueError), os.scandir(self.folder) as entries:
            return frozenset(entry.name.removesuffix(_SUFFIX) for entry in entries if entry.name.endswith(_SUFFIX))
        return frozenset()

    def get(self, key: str, *, with_state: bool = False) -> Frame | None:
        """The last frame of a pattern, equal to the one that was put, or None when it is not there.

        A damaged file is removed, and so is one of an older version; one of a later version is left to that.

        Args:
            key: From `PatternRequest.key`.
            with_state: Whether to read what is needed to continue the pattern, too.
        """
        path = self._path(key)
        try:
            data = path.read_bytes()
        except (OSError, ValueError):  # ValueError: a path with a null character in it
            return None
        try:
            frame = decode(data, with_state=with_state)
        except MemoryError:  # says nothing about the file
            return None
        except LaterError:
            return None
        except DamagedError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        with suppress(OSError):
            os.utime(path)  # the time of the last use; that of the disk is often switched off
        return frame

    def put(self, key: str, frame: Frame, *, with_state: bool = True) -> bool:
        """Keep a finished pattern; whether that was possible.

        Args:
            key: From `PatternRequest.key`.
            frame: Its last frame.
            with_state: Whether to keep what is needed to continue it, a few hundred kilobytes.
        """
        data = encode(frame, with_state=with_state)
        if self.limit is not None and len(data) > self.limit:
            return False
        with self._lock:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._make_room(len(data))
                # One that a power cut damages is formed again; waiting for the disk at each would cost more.
                write_whole(self._path(key), data, lasting=False)
            except (OSError, ValueError) as error:
                self._complain(error)
                return False
            self.problem = ""
            return True

    def trim(self) -> None:
        """Drop what was used longest ago until the limit is kept; for a limit that has just been lowered."""
        with self._lock:
            self._unmeasured = None
            try:
                self._make_room(0)
            except OSError as error:
                self._complain(error)

    def size(self) -> int:
        """How many bytes the kept patterns take."""
        return sum(size for _, size, _ in self._files())

    def clear(self) -> None:
        """Remove every pattern, and nothing else that may be in the folder."""
        with self._lock:
            sweep(self.folder)
            for _, _, path in self._files():
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    self._complain(error)
            self._unmeasured = None

    def _make_room(self, wanted: int) -> None:
        """Drop what was used longest ago, if the next file would exceed the limit, and what killed programs left."""
        if self.limit is None:
            if not self._swept:
                self._swept = True
                sweep(self.folder)
            return
        if self._unmeasured is not None and self._unmeasured + wanted <= _CHECK_EVERY * self.limit:
            self._unmeasured += wanted
            return
        self._unmeasured = 0
        sweep(self.folder)
        files = sorted(self._files())
        total = sum(size for _, size, _ in files) + wanted
        reserve = _CHECK_EVERY * self.limit
        if total + reserve <= self.limit:
            return
        for _, size, path in files:
            if total <= _LOW_WATER * self.limit:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _files(self) -> list[tuple[int, int, Path]]:
        """Time of the last use in nanoseconds, bytes and path of every pattern."""
        found = []
        with suppress(OSError, ValueError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX) and not entry.name.startswith("."):
                    with suppress(OSError):  # another program has just dropped it
                        facts = entry.stat()
                        found.append((facts.st_mtime_ns, facts.st_size, Path(entry.path)))
        return found

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _complain(self, error: Exception) -> None:
        self.problem = (
            f"Patterns are not kept for the next time, because {shown(str(self.folder))} cannot be written "
            f"({reason(error)}); make room there or allow writing."
        )
