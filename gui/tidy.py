"""What the last run of the program may have left behind, if it was killed: cleared away at the next start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.leftovers import settle
from gui.settings import Settings


@dataclass(frozen=True)
class TidyUp:
    """Bring to an end, or remove, what exports to these folders had begun."""

    folders: tuple[Path, ...]


def leftovers_of(settings: Settings) -> TidyUp:
    """Where exports were written the last time."""
    named = (settings.export.folder, settings.export_patterns.folder)
    return TidyUp(tuple(dict.fromkeys(Path(name) for name in named if name)))


def tidy(request: TidyUp, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `TidyUp` on the studio thread."""
    for folder in request.folders:
        settle(folder)
    yield from ()
