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
