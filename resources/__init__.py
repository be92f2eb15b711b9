"""The files that the program carries: weights, sample pictures, icons, colour maps, patterns."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Where a carried file or folder is, in a checkout and in a packaged program alike.

    Args:
        parts: The path below ``resources/``, such as ``"samples", "chelsea.png"``.
    """
    return _HERE.joinpath(*parts)


def guide(*parts: str) -> Path:
    """Where the user guide is, or a file of it.

    In a checkout that is ``docs/guide``; an installed or packaged program carries the same files in
    ``resources/guide``.

    Args:
        parts: The path below the guide's folder, such as ``"scales.md"``.
    """
    carried = _HERE / "guide"
    return (carried if carried.is_dir() else _HERE.parent / "docs" / "guide").joinpath(*parts)
