"""A picture that is piped into the program: ``-`` on the command line."""

from __future__ import annotations

import sys

from engine.pictures.file_bytes import MAX_FILE_BYTES
from engine.records import EngineError

DASH = "-"
"""What stands for it where a file is asked for; a file of that name is ``./-``."""

NAME = "standard input"
"""What such a picture is called, in sentences and manifests."""


def read_picture() -> bytes:
    """The bytes that are piped in, and no more of them than tell that there are too many.

    Raises:
        EngineError: Nothing can be piped in, or it cannot be read.
    """
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise EngineError(f"{DASH!r} is a picture from standard input, and none is piped in; pipe one, or name a file.")
    try:
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise EngineError(f"Standard input cannot be read ({reason}); name a file instead.") from error
