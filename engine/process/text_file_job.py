"""Texts to files and back by the studio: a disk or a share may not answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from engine.files.atomic import write_whole
from engine.files.disk_errors import explained
from engine.files.disk_thread import patiently
from engine.files.regular_file import read_regular
from engine.records import EngineError

MOST_BYTES = 10**7
"""A text that is larger is not read."""


@dataclass(frozen=True)
class ReadText:
    """Read a UTF-8 text of that kind ("session"); answered by the text."""

    doing: ClassVar[str] = "reading a file"

    path: Path
    kind: str


@dataclass(frozen=True)
class WriteText:
    """Write a text of that kind to a file, whole or not at all; nothing answers."""

    doing: ClassVar[str] = "writing a file"

    path: Path
    text: str
    kind: str


def read_text(request: ReadText, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `ReadText`. Raises `EngineError` when it cannot be read."""
    read = partial(read_regular, request.path, limit=MOST_BYTES, kind=request.kind)
    data = yield from patiently(str(request.path), read)
    try:
        yield data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EngineError(f"{request.path.name} is no {request.kind}: it is not text.") from error


def write_text(request: WriteText, _cancelled: threading.Event) -> Iterator[object]:
    """Do `WriteText`. Raises `EngineError` when the disk refuses."""

    def write() -> None:
        with explained(request.path.parent, f"The {request.kind}"):
            write_whole(request.path, request.text.encode())

    yield from patiently(str(request.path), write)
