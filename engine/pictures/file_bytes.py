"""The bytes of a picture's file."""

from __future__ import annotations

import codecs
from pathlib import Path

from engine.files.regular_file import read_regular
from engine.records import EngineError
from engine.units import bytes_text

MAX_FILE_BYTES = 256 * 10**6
"""The largest file that is read. 64 megapixels of RGBA without compression take as much, and it leaves most of the
1 GB that a picture may take to the decoder and the pixels."""

_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\v\f\r\x1b")


def read_bytes(path: Path) -> bytes:
    """The bytes of a picture's file.

    Raises:
        EngineError: It cannot be read, or not within `MAX_FILE_BYTES`.
    """
    return read_regular(path, limit=MAX_FILE_BYTES, kind="picture")


def check_length(data: bytes, name: str) -> None:
    """Raise an `EngineError` when there is nothing, or more than `MAX_FILE_BYTES`; ``name`` is as `shown` gives it."""
    if not data:
        raise EngineError(f"{name} is empty (0 bytes); choose another picture.")
    if len(data) > MAX_FILE_BYTES:
        raise EngineError(
            f"{name} is larger than {bytes_text(MAX_FILE_BYTES)}, the most that is opened; make it smaller."
        )


def is_text(data: bytes) -> bool:
    """Whether the first 1,024 bytes look like plain text in UTF-8."""
    head = data[:1024]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut in two
    except UnicodeDecodeError:
        return False
    return _CONTROLS.isdisjoint(head)
