"""Cleans up what a killed run of the program left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from engine.files import atomic
from engine.files.disk_thread import PatientDisk
from engine.patterns.store import PatternStore


@dataclass(frozen=True)
class TidyUp:
    """Bring to an end what was begun in these folders; answered by nothing."""

    doing: ClassVar[str] = "tidying up"

    folders: tuple[Path, ...]


def tidy_up(store: PatternStore, request: TidyUp, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `TidyUp`; a folder that does not answer holds nothing else up."""
    works = [(store.folder, partial(atomic.sweep, store.folder))]
    works += [(folder, partial(atomic.recover, folder)) for folder in request.folders]
    for folder, work in works:
        disk = PatientDisk(str(folder))
        try:
            yield from disk.do(work)
        finally:
            disk.end(lambda: None)
