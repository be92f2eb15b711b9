"""Disk errors while a file is written, as sentences that help."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    errno.EFBIG: "a file would be larger than the system allows; choose another folder",
}


@contextmanager
def explained(folder: Path, what: str = "The export") -> Iterator[None]:
    """Turn what the disk says about writing something to a folder into a sentence for a person."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a path with a null character in it
        number = error.errno if isinstance(error, OSError) else None
        reason = _REASONS.get(number or 0, f"{getattr(error, 'strerror', None) or error}; choose another folder")
        raise EngineError(f"{what} cannot be written to {str(folder)!r}: {reason}.") from error
