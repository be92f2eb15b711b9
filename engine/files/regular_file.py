"""Reading a file that a person named, without trusting the path: never a device, never without a limit."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.records import EngineError
from engine.units import bytes_text

_SHOWN_CHARACTERS = 80


def shown(name: str) -> str:
    """A file's name as it can stand in a sentence: quoted, on one line, printable, not endless."""
    if len(name) > _SHOWN_CHARACTERS:
        name = "…" + name[-_SHOWN_CHARACTERS:]
    return repr(name)


def read_regular(path: Path, *, limit: int, kind: str) -> bytes:
    """The bytes of a regular file.

    Args:
        path: Where it is. Links are followed.
        limit: The most bytes that are read.
        kind: What it should be, for the sentence: "picture", "weights file".

    Raises:
        EngineError: There is no such file, it is a folder, a pipe or a device, it may not be read, it is empty or
            larger than the limit.
    """
    name = shown(str(path))
    try:
        data = _read(path, limit)
    except FileNotFoundError as error:
        raise EngineError(f"There is no file {name}; check the path.") from error
    except IsADirectoryError as error:
        raise EngineError(f"{name} is a folder, not a {kind}; choose a file in it.") from error
    except PermissionError as error:
        raise EngineError(f"There is no permission to read {name}; change it or choose another {kind}.") from error
    except (OSError, ValueError, MemoryError) as error:
        raise EngineError(f"{name} cannot be read ({reason(error)}); check the path and the disk.") from error
    name = shown(path.name)  # from here on the path was right, and is only long
    if data is None:
        raise EngineError(f"{name} is a pipe or a device, not a {kind}; choose a file.")
    if not data:
        raise EngineError(f"{name} is empty (0 bytes); choose another {kind}.")
    if len(data) > limit:
        raise EngineError(
            f"{name} is larger than {bytes_text(limit)}, the most that a {kind} may have; choose another."
        )
    return data


def reason(error: BaseException) -> str:
    """An error of the system or a library, as part of a sentence."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()).rstrip(".") or type(error).__name__


def _read(path: Path, limit: int) -> bytes | None:
    """One byte more than the limit at most; None when it is not a regular file."""
    if path.is_dir():  # Windows answers PermissionError to opening one
        raise IsADirectoryError
    # Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        # Read to the limit whatever size the system states: it can be wrong (/proc), and the file may be growing.
        return file.read(limit + 1)
