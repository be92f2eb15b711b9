"""The bytes of a picture's file, and what they are when they are no picture."""

from __future__ import annotations

import codecs
from pathlib import Path

from engine.memory import bytes_text
from engine.records import EngineError
from engine.regular_file import read_regular

MAX_FILE_BYTES = 256 * 10**6
"""The largest file that is read. 64 megapixels of RGBA without compression take as much, and it leaves most of the
1 GB that a picture may take to the decoder and the pixels."""

_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\v\f\r\x1b")

# What people drop by mistake, and what Pillow would hand to another program or could only identify.
_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "a PDF document"),
    (0, b"%!", "a PostScript document"),
    (0, b"\xc5\xd0\xd3\xc6", "an EPS document"),
    (0, b"\xd7\xcd\xc6\x9a", "a WMF drawing"),
    (40, b" EMF", "an EMF drawing"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (0, b"GRIB", "a GRIB file"),
    (0, b"BUFR", "a BUFR file"),
    (0, b"\x00\x00\x01\xb3", "an MPEG film"),
    (0, b"\x00\x00\x01\xba", "an MPEG film"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM film"),
    (0, b"\x7fELF", "a program"),
    (4, b"ftypheic", "a HEIC photograph"),
    (4, b"ftypheix", "a HEIC photograph"),
    (4, b"ftypisom", "an MP4 film"),
    (4, b"ftypmp4", "an MP4 film"),
    (4, b"ftypqt", "a QuickTime film"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
)

_MARKUP = (
    (b"<svg", "an SVG drawing"),
    (b"<html", "a web page"),
    (b"<!doctype html", "a web page"),
    (b"<?xml", "an XML document"),
)


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


def foreign_kind(data: bytes) -> str | None:
    """What a file is that certainly is not a picture to open here ("a PDF document"), or None.

    Args:
        data: The file's bytes; the first 1,024 are looked at.
    """
    head = data[:1024]
    for offset, signature, kind in _FOREIGN:
        if head.startswith(signature, offset):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<"):
        return next((kind for tag, kind in _MARKUP if tag in text), None)
    return None


def is_text(data: bytes) -> bool:
    """Whether the first 1,024 bytes look like plain text in UTF-8."""
    head = data[:1024]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut in two
    except UnicodeDecodeError:
        return False
    return _CONTROLS.isdisjoint(head)
