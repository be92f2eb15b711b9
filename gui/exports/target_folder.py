"""Whether files can be written to a folder: what can be known before the first one is."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path


def expanded(folder: str) -> str:
    """The folder with a leading ``~`` written out; one that names nobody stays, and is no whole path then."""
    return os.path.expanduser(folder.strip())  # noqa: PTH111  # Path.expanduser raises for a name that nobody has


def folder_problem(folder: str) -> str:
    """One sentence about why nothing can be written to a folder, or "" when nothing is known against it.

    Args:
        folder: As a person wrote it. It need not be there yet: what is above it must then be writable.
    """
    if not folder.strip():
        return "Choose a folder for the files."
    path = Path(expanded(folder))
    if not path.is_absolute():
        return f"Write the folder's whole path. Received: {folder}"
    try:
        nearest = next(parent for parent in (path, *path.parents) if parent.exists())
        if not nearest.is_dir():
            return f"{nearest} is a file, not a folder; choose another folder."
    except (OSError, StopIteration):
        return f"{path} cannot be reached; choose another folder."
    if not os.access(nearest, os.W_OK | os.X_OK):
        return f"{nearest} is not writable; choose another folder."
    return ""


def names_in(folder: str) -> frozenset[str]:
    """The names of what is in a folder; none when it is not there or cannot be read."""
    try:
        return frozenset(entry.name for entry in Path(expanded(folder)).iterdir())
    except OSError:
        return frozenset()


def clash_problem(wanted: Collection[str], present: Collection[str]) -> str:
    """One sentence about files that are in the way of those to be written, or ""."""
    clashes = [name for name in wanted if name in present]
    if not clashes:
        return ""
    if len(clashes) == 1:
        return f"There is a file {clashes[0]} in this folder; replace it, or choose another folder."
    return f"{len(clashes):,} of these files are in this folder; replace them, or choose another folder."
