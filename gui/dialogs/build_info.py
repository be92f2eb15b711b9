"""What a packaged program knows about itself: what it was built from, and the licences of what it carries.

`packaging/` writes both when it makes a bundle. In a checkout there is neither.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import resources


@dataclass(frozen=True)
class Notice:
    """One thing that a bundle carries.

    Attributes:
        name: What it is called.
        version: Its version, or "".
        licence: The licence's name, or "" when only the text says it.
        file: The text.
    """

    name: str
    version: str
    licence: str
    file: Path

    def text(self) -> str:
        """The licence's text."""
        return self.file.read_text(encoding="utf-8", errors="replace")


def built_from(record: Path | None = None) -> str:
    """What the program was built from, in a few words; "" in a checkout.

    Args:
        record: The record of the build; that of this program when None.
    """
    try:
        known = json.loads((record or resources.path("build-info.json")).read_text(encoding="utf-8"))
        commit, date, builder = known["commit"], known["date"], known["pyinstaller"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    short, _, changes = (commit or "").partition(" ")
    where = f"commit {short[:12]}{' ' * bool(changes)}{changes}" if short else "an unknown commit"
    return f"{where}{f' of {date}' if date else ''}, by PyInstaller {builder}"


def notices(folder: Path | None = None) -> tuple[Notice, ...]:
    """Everything that is carried, this program first; nothing in a checkout.

    Args:
        folder: Where the texts are; those of this program when None.
    """
    folder = folder or resources.path("licences")
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        return tuple(
            Notice(entry["name"], entry["version"], entry["licence"], folder / entry["file"]) for entry in index
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()
