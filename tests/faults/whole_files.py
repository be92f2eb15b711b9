"""What must be true of the files of a program that was killed."""

from __future__ import annotations

import configparser
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from engine.exports import manifest
from engine.patterns import store_entry

_HIDDEN_KEPT = frozenset({".work"})
"""Hidden, and meant to stay: finished patterns of an atlas."""


def everything(folder: Path) -> frozenset[str]:
    """Every path below a folder, at this moment."""
    return frozenset(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)  # noqa: PTH118


def visible(folder: Path) -> dict[str, bytes]:
    """The files of a folder that a person sees."""
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in _files(folder) if path.parent == folder}


def patterns(folder: Path) -> dict[str, bytes]:
    """Every finished pattern below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*.pattern") if not path.name.startswith(".")}


def check(folder: Path) -> None:
    """Every file that is taken for a result can be read to its end."""
    for path in _files(folder):
        data = path.read_bytes()
        if path.suffix in (".png", ".webp"):
            with Image.open(path) as image:
                image.load()
        elif path.suffix == ".npy":
            assert np.isfinite(np.load(path)).all(), path
        elif path.suffix == ".json":
            json.loads(data)
            if path.name == manifest.FILE_NAME:
                manifest.read_any(path)
        elif path.suffix == ".pattern":
            store_entry.decode(data, with_state=True)
        elif path.suffix == ".ini":
            parser = configparser.RawConfigParser(strict=False)
            parser.read_string(data.decode())
        else:
            assert path.suffix in (".log", ".lock", ""), f"what is {path}?"


def check_patterns(folder: Path, known: dict[str, bytes]) -> None:
    """Every pattern that was finished is there, with the same bytes."""
    found = patterns(folder)
    lost = [name for name, data in known.items() if found.get(name) != data]
    assert not lost, f"{len(lost)} of {len(known)} patterns are lost or changed: {lost[:3]}"


def leftovers(folder: Path) -> list[str]:
    """What is there and should not be: hidden files and folders."""
    names = [*folder.rglob(".*"), *folder.rglob("*.part")]
    return [str(path) for path in names if path.name not in _HIDDEN_KEPT]


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder that no hidden name leads to, but for the atlas's work."""
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") and part not in _HIDDEN_KEPT for part in parts)
        if not hidden and stat.S_ISREG(path.lstat().st_mode):
            yield path
