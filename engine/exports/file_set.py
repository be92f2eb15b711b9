"""The files of an export and their manifest: written together, overwriting nothing unasked."""

from __future__ import annotations

import threading
from collections.abc import Collection, Generator
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeAlias

from engine.exports import manifest
from engine.files.atomic import Staging
from engine.files.disk_thread import PatientDisk
from engine.records import EngineError, Progress

Waiting: TypeAlias = Generator[Progress, None, None]
"""Does something on the disk; yields only while the disk does not answer."""


class FileExport:
    """One export under way, as a context manager. Leaving it without `finish` leaves the folder as it was.

    Whatever touches the disk is a generator of progress that waits for it: nothing is yielded as long as the disk
    answers, and a disk that does not can be waited for, or left, at each yield.

    A file that is there already with the same bytes stays. The manifest of an earlier export to the same folder is kept
    inside the new one.

    Attributes:
        existing: Those of the names that something in the folder has already.
    """

    _under_way: ClassVar[set[FileExport]] = set()

    def __init__(self, folder: Path, names: Collection[str], *, overwrite: bool) -> None:
        """Prepare an export.

        Args:
            folder: Where to; made if it is missing.
            names: What the files will be called.
            overwrite: Whether other files of these names may be replaced.
        """
        self.existing: set[str] = set()
        self._names = names
        self._folder = folder
        self._overwrite = overwrite
        self._staging = Staging(folder)
        self._disk = PatientDisk(str(folder))
        self._former: dict[str, Any] | None = None
        self._in_the_way: list[str] = []
        self._ending = threading.Lock()
        self._ended = False

    def __enter__(self) -> Self:
        self._under_way.add(self)
        return self

    def prepare(self) -> Waiting:
        """Make the folder ready, and find out what is there. Raises `EngineError` when the disk refuses."""
        yield from self._disk.do(self._look)

    def _look(self) -> None:
        self._staging.__enter__()
        self.existing = {name for name in self._names if (self._folder / name).exists()}
        self._former = self._former_record()

    def check_strangers(self) -> None:
        """Raise an `EngineError` at once if a file has one of our names that no export to this folder has written.

        For exports that take long to compute: such a file is in the way whatever will be computed.
        """
        records = [] if self._former is None else [self._former, *self._former.get("earlier", ())]
        ours = {name for record in records for selection in record["selections"] for name in selection["files"]}
        self._in_the_way = [name for name in self._names if name in self.existing - ours]
        self.check_the_way()
        self._in_the_way = []

    def add(self, name: str, data: bytes) -> Waiting:
        """Put a file in line. Raises `EngineError` when the disk refuses."""
        yield from self._disk.do(partial(self._add, name, data))

    def _add(self, name: str, data: bytes) -> None:
        if name in self.existing:
            if _same(self._folder / name, data):
                return
            self._in_the_way.append(name)
        self._staging.add(name, data)

    def check_the_way(self) -> None:
        """Raise an `EngineError` if a file that was added would replace another one, and may not."""
        if not self._in_the_way or self._overwrite:
            return
        first, count = self._in_the_way[0], len(self._in_the_way)
        what = f"Another file {first!r}" if count == 1 else f"{count} other files, {first!r} among them,"
        raise EngineError(
            f"{what} would be replaced in {str(self._folder)!r}; choose another folder or allow overwriting."
        )

    def finish(self, record: dict[str, Any]) -> Waiting:
        """Move everything to its place, with this record as the newest of the manifest.

        Raises:
            EngineError: A file is in the way, or the disk refuses.
        """
        self.check_the_way()
        data = manifest.encode(manifest.stacked(record, self._former))
        yield from self._disk.do(partial(self._staging.add, manifest.FILE_NAME, data))
        yield from self._disk.do(self._staging.commit)

    def _former_record(self) -> dict[str, Any] | None:
        path = self._folder / manifest.FILE_NAME
        try:
            return manifest.read_record(path)
        except EngineError as error:
            if self._overwrite and not path.is_dir():
                return None
            raise EngineError(
                f"The {manifest.FILE_NAME} in {str(self._folder)!r} is not one that this program can add to; "
                "choose another folder or allow overwriting."
            ) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._ending:  # the second one waits for the first
            if self._ended:
                return
            self._ended = True
            self._under_way.discard(self)
            self._end(kind, error, trace)

    @classmethod
    def all_under_way(cls) -> tuple[FileExport, ...]:
        """Those that have been entered and not left."""
        return tuple(cls._under_way)

    def _end(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._staging.stop()
        if not self._disk.end(partial(self._staging.__exit__, kind, error, trace)):
            raise EngineError(
                f"The export to {str(self._folder)!r} was stopped because its disk does not answer; "
                "what was begun there is taken back when it does, or by the next export to it."
            ) from error


def take_back() -> None:
    """Take back every export under way, from another thread than the one that makes it and does not come back in time.

    For the end of the program: those exports cannot be gone on with. What a disk that does not answer keeps of them
    stays hidden, and goes with the next export to that folder.
    """
    for export in FileExport.all_under_way():
        with suppress(EngineError):
            export.__exit__(None, None, None)


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:  # a folder, unreadable or gone: not ours, and the commit will say what is wrong
        return False
