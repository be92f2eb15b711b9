"""Files that appear complete or not at all, one by one or all together."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from engine.leftovers import BEGUN, PREFIX, REPLACED, UNDOING, lock, move_back, others_at_work, settle, staged
from engine.records import EngineError

_REASONS = {
    errno.ENOSPC: "the disk is full; make room or choose another folder",
    errno.EDQUOT: "your share of the disk is used up; make room or choose another folder",
    errno.EACCES: "you may not write there; choose another folder",
    errno.EPERM: "you may not write there; choose another folder",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENAMETOOLONG: "its path is too long; choose a folder with a shorter one",
    errno.EEXIST: "a file of that name is there; choose another folder",
    errno.ENOTDIR: "part of its path is a file; choose another folder",
    errno.EISDIR: "a folder has the name of a file to be written; choose another folder",
    errno.ENOENT: "it is gone; choose another folder",
}

_UNFINISHED = ".new"
_FORGOTTEN = 3600.0
"""After so many seconds an unfinished file belongs to nobody."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is complete whenever it is there, whatever happens to this program or another one.

    Raises:
        OSError: The disk refuses; what was there before stays.
    """
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}{_UNFINISHED}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove what killed programs left of files that `write_whole` was to write."""
    until = time.time() - _FORGOTTEN
    with suppress(OSError):
        for path in folder.glob(f".*{_UNFINISHED}"):
            if path.stat().st_mtime < until:
                path.unlink(missing_ok=True)


class Staging:
    """A hidden folder inside the target folder, in which files wait until all of them are complete.

    Use it as a context manager. Leaving without `commit`, for whatever reason, removes everything that was added,
    and the target folder too where entering had to make it. Being in the target folder, it is on the same disk, so a
    commit renames files and never copies them.

    The last file vouches for the others, as a manifest does: when a commit replaces files, the former one of its name
    is taken away first. A program that is killed meanwhile leaves what `leftovers.settle` needs to bring the commit to
    its end; entering does that first. Two programs cannot stage in one folder at the same time.

    Every failure of the disk is an `EngineError`, and so is another program that stages there.

    Attributes:
        folder: The target folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: list[str] = []
        self._made: list[Path] = []
        self._lock: int | None = None
        self._committed = False

    def __enter__(self) -> Staging:
        with _explained(self.folder):
            try:
                self._make_folders()
                settle(self.folder)
                self._stage = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self.folder))
            except BaseException:
                self._remove_made()
                raise
        self._lock = lock(self._stage)
        if others_at_work(self.folder, self._stage):
            self._leave()
            raise EngineError(
                f"Another export to {str(self.folder)!r} is being written; wait for its end or choose another folder."
            )
        return self

    def add(self, name: str, data: bytes) -> None:
        """Write a file that will be called `name` in the target folder. Later files are committed later."""
        with _explained(self.folder):
            self._staged(name).write_bytes(data)
        self._names.append(name)

    def commit(self) -> None:
        """Move every file to its place, over whatever file of that name was there; if one fails, undo the others."""
        with _explained(self.folder):
            self._note(BEGUN)
            try:
                if any(os.path.lexists(self.folder / name) for name in self._names[:-1]):
                    self._take_away(self._names[-1])
                for name in self._names:
                    self._move(name)
            except BaseException:
                with suppress(OSError):
                    (self._stage / BEGUN).replace(self._stage / UNDOING)
                for name in reversed(self._names):
                    move_back(self._stage, name)
                raise
        self._committed = True

    def _note(self, name: str) -> None:
        """Say for `settle`, from one moment to the next, that all files are here, and which ones."""
        write_whole(self._stage / name, json.dumps(self._names).encode())

    def _take_away(self, name: str) -> None:
        target = self.folder / name
        if os.path.lexists(target) and not target.is_dir():
            self._replaced.mkdir(exist_ok=True)
            target.replace(self._replaced / name)

    def _move(self, name: str) -> None:
        target = self.folder / name
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        if os.path.lexists(target):
            self._replaced.mkdir(exist_ok=True)
            try:
                os.link(
                    target, self._replaced / name, follow_symlinks=False
                )  # so that the name is never without a file
            except OSError:  # a disk that knows no links
                target.replace(self._replaced / name)
        self._staged(name).replace(target)

    @property
    def _replaced(self) -> Path:
        return self._stage / REPLACED

    def _staged(self, name: str) -> Path:
        return staged(self._stage, name)

    def _make_folders(self) -> None:
        missing = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            self._made.append(path)

    def _remove_made(self) -> None:
        for path in reversed(self._made):
            try:
                path.rmdir()
            except OSError:  # somebody else has put something there
                return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        shutil.rmtree(self._stage, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if not self._committed:
            self._remove_made()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the disk says into a sentence for a person."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a path with a null character in it
        number = error.errno if isinstance(error, OSError) else None
        reason = _REASONS.get(number or 0, f"{getattr(error, 'strerror', None) or error}; choose another folder")
        raise EngineError(f"The export cannot be written to {str(folder)!r}: {reason}.") from error
