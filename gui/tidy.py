"""What the last run of the program may have left behind, if it was killed: cleared away at the next start."""

from __future__ import annotations

import threading
from pathlib import Path

from engine.leftovers import settle
from gui.settings import Settings


def tidy_up(settings: Settings) -> None:
    """Bring to an end, or remove, what exports to the folders of the last time had begun.

    On a thread of its own, which nobody waits for: a share of the network that does not answer would hold up the
    others, or the end of the program. It can be left at any moment, and goes on the next time.
    """
    named = (settings.export.folder, settings.export_patterns.folder)
    folders = tuple(dict.fromkeys(Path(name) for name in named if name))
    if folders:
        threading.Thread(target=_settle, args=(folders,), name="tidy", daemon=True).start()


def _settle(folders: tuple[Path, ...]) -> None:
    for folder in folders:
        settle(folder)
