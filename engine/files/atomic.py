"""Files that appear complete or not at all, one by one or all together."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from engine.files.disk_errors import explained
from engine.files.fsync import sync_descriptor, sync_files, sync_folder
from engine.files.lock_files import HERE, hold, seized

_UNFINISHED = ".new"
_STAGE = ".convscope-"
_OWNER, _COMMIT, _REPLACED = "owner", "commit", "replaced"
"""In a stage: the file that its program holds locked, the one that says that everything in it is complete, and the
folder for what was in the way."""

EMPTY_SECONDS = 10.0
"""So old a stage that has no owner never got one."""


def write_whole(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file that is complete whenever it is there, whatever happens to this program or another one.

    Args:
        path: The file.
        data: What is to be in it.
        lasting: Whether that holds for a power cut too, for which the disk is waited for. Without it, the file may be
            empty or damaged after one.

    Raises:
        OSError: The disk refuses; what was there before stays.
    """
    unfinished = path.with_name(f".{path.name}.{HERE}-{uuid.uuid4().hex}{_UNFINISHED}")
    descriptor = hold(unfinished)
    try:
        try:
            unfinished.write_bytes(data)
            if lasting:
                sync_descriptor(descriptor)
        finally:
            os.close(descriptor)  # before the move, which Windows refuses for an open file
        unfinished.replace(path)
        if lasting:
            sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove what killed programs left of files that `write_whole` was to write."""
    with suppress(OSError):
        for path in folder.glob(f".*{_UNFINISHED}"):
            with seized(path) as ours:
                if ours:
                    path.unlink(missing_ok=True)


def recover(folder: Path) -> None:
    """Bring to an end what killed programs began in a folder with a `Staging`.

    One whose files were all complete is committed; everything else is taken back. Nothing raises: what the disk
    refuses now stays hidden, and is tried again the next time.
    """
    with suppress(OSError, ValueError):
        for stage in folder.glob(f"{_STAGE}*"):
            if stage.is_symlink() or not stage.is_dir():
                continue
            if not (stage / _OWNER).exists():
                if time.time() - stage.stat().st_mtime > EMPTY_SECONDS:
                    shutil.rmtree(stage, ignore_errors=True)
                continue
            with seized(stage / _OWNER) as ours:
                if ours:
                    _recover(folder, stage)
            if ours:
                with suppress(OSError):  # a network share keeps a file, and so its folder, while somebody holds it
                    stage.rmdir()


def _recover(folder: Path, stage: Path) -> None:
    parents = (folder.absolute(), *folder.absolute().parents)
    made = [path for name in _names_in(stage / _OWNER) if (path := Path(name)) in parents]
    # The folder may come from a stranger: nothing in it may name what lies outside.
    names = [name for name in _names_in(stage / _COMMIT) if Path(name).name == name]
    if names and not (stage / _REPLACED).is_symlink():
        with suppress(OSError):
            _Moves(folder, stage, names).forward(until=(stage / _COMMIT).stat().st_mtime)
            sync_folder(folder)
    _remove_stage(stage)
    if not names:
        _remove_empty(made)


def _remove_stage(stage: Path) -> None:
    """Remove a stage; what says whose it is goes last, so that another program can go on with this."""
    for path in stage.glob("*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _OWNER:
            with suppress(OSError):
                path.unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)


def _names_in(path: Path) -> list[str]:
    """A list of names that was written to a file; empty when it is not there or was never completed."""
    try:
        names = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return []
    return [str(name) for name in names] if isinstance(names, list) else []


def _remove_empty(folders: list[Path]) -> None:
    for path in reversed(folders):
        try:
            path.rmdir()
        except OSError:  # somebody else has put something there
            return


class _Moves:
    """Files on their way from a stage to the folder above it: all of them or none.

    Attributes:
        stopped: Set from any thread to turn back.
    """

    def __init__(self, folder: Path, stage: Path, names: list[str]) -> None:
        self.stopped = threading.Event()
        self._folder = folder
        self._stage = stage
        self._names = names

    def forward(self, until: float | None = None) -> None:
        """Move every file to its place; if one fails, move all of them back.

        Args:
            until: Leave files alone that somebody has put in their place after this time.
        """
        try:
            for name in self._names:
                self._move(name, until)
        except BaseException:
            for name in reversed(self._names):
                self._move_back(name)
            raise

    def _move(self, name: str, until: float | None) -> None:
        if self.stopped.is_set():
            raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))
        staged, target, replaced = staged_in(self._stage, name), self._folder / name, self._replaced / name
        if not staged.exists():  # it is in its place already
            return
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        if os.path.lexists(target):
            if until is not None and (os.path.lexists(replaced) or target.lstat().st_mtime > until):
                return
            self._replaced.mkdir(exist_ok=True)
            target.replace(replaced)
        staged.replace(target)

    def _move_back(self, name: str) -> None:
        staged, target, replaced = staged_in(self._stage, name), self._folder / name, self._replaced / name
        if not staged.exists():
            target.replace(staged)
        if os.path.lexists(replaced):
            replaced.replace(target)

    @property
    def _replaced(self) -> Path:
        return self._stage / _REPLACED


def staged_in(stage: Path, name: str) -> Path:
    """Where a file waits that will be called `name`."""
    return stage / f"new-{name}"


class Staging:
    """A hidden folder inside the target folder, in which files wait until all of them are complete.

    Use it as a context manager. Leaving without `commit`, for whatever reason, removes everything that was added,
    and the target folder too where entering had to make it. Being in the target folder, it is on the same disk, so a
    commit renames files and never copies them. What a killed program left in the folder is brought to an end first.

    Every failure of the disk is an `EngineError`.

    Attributes:
        folder: The target folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: list[str] = []
        self._made: list[Path] = []
        self._stage: Path | None = None
        self._owner: int | None = None
        self._moves: _Moves | None = None
        self._stopped = self._committed = False

    def __enter__(self) -> Staging:
        with explained(self.folder):
            recover(self.folder)
            try:
                self._make_folders()
                self._stage = Path(tempfile.mkdtemp(prefix=f"{_STAGE}{HERE}-", dir=self.folder))
                self._owner = hold(self._stage / _OWNER)
                os.write(self._owner, _as_json([str(path.absolute()) for path in self._made]))
            except BaseException:
                self._tidy_up()
                raise
        return self

    def add(self, name: str, data: bytes) -> None:
        """Write a file that will be called `name` in the target folder. Later files are committed later."""
        with explained(self.folder):
            staged_in(self._entered, name).write_bytes(data)
        self._names.append(name)

    def commit(self) -> None:
        """Move every file to its place, over whatever file of that name was there; if one fails, undo the others.

        Whatever a power cut leaves of this is brought to an end like what a killed program leaves: the files are on the
        disk before the list that says so, that before the first of them is moved, and all names before the list goes.
        """
        with explained(self.folder):
            sync_files((staged_in(self._entered, name) for name in self._names), lambda: self._stopped)
            sync_folder(self._entered)
            self._moves = _Moves(self.folder, self._entered, self._names)
            if self._stopped:
                self._moves.stopped.set()
            else:
                write_whole(self._entered / _COMMIT, _as_json(self._names))
            self._moves.forward()
            for folder in (self.folder, *(made.parent for made in self._made)):
                sync_folder(folder)
        self._committed = True

    def stop(self) -> None:
        """From another thread: let a commit that is under way turn back."""
        self._stopped = True
        if self._moves is not None:
            self._moves.stopped.set()

    @property
    def _entered(self) -> Path:
        if self._stage is None:
            raise ValueError("files are added inside the context")
        return self._stage

    def _make_folders(self) -> None:
        missing = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            self._made.append(path)

    def _tidy_up(self) -> None:
        if self._stage is not None:
            with suppress(OSError):  # before another program can hold it: that would complete what was undone here
                (self._stage / _COMMIT).unlink(missing_ok=True)
        if self._owner is not None:
            with suppress(OSError):
                os.close(self._owner)
            self._owner = None
        with suppress(OSError):  # the share is lost: what led here has been said, and the next one tidies up
            if self._stage is not None:
                _remove_stage(self._stage)
            if not self._committed:
                _remove_empty(self._made)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tidy_up()


def _as_json(names: list[str]) -> bytes:
    return json.dumps(names).encode()
