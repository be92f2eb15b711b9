"""Reading a manifest by the studio: it may be large, and on a share that does not answer."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from engine.exports import manifest
from engine.exports.manifest import Manifest, PatternManifest
from engine.files.disk_thread import patiently
from engine.networks.description import NetworkDescription


@dataclass(frozen=True)
class ReadManifest:
    """Read a manifest of this network; answered by `ManifestRead`."""

    doing: ClassVar[str] = "reading a manifest"

    path: Path
    network: NetworkDescription


@dataclass(frozen=True, eq=False)
class ManifestRead:
    """What is in a manifest, and where its picture may be.

    Attributes:
        folder: Where the manifest is.
        found: What it says.
        beside: The picture's file in the manifest's folder, when there is one of that name, or in a folder in that one,
            when the manifest names it so.
        named: The file that the manifest names, absolute, when there is one. It may come from a stranger: nothing is
            opened by that name without asking.
    """

    folder: Path
    found: Manifest | PatternManifest
    beside: Path | None
    named: Path | None


def read_manifest(request: ReadManifest, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `ReadManifest`. Raises `EngineError` when it cannot be read, or is none."""
    yield (yield from patiently(str(request.path), partial(_read, request)))


def _read(request: ReadManifest) -> ManifestRead:
    found, folder = manifest.read_any(request.path, request.network), _absolute(request.path).parent
    if found.picture is None:
        return ManifestRead(folder, found, None, None)
    named = found.picture.path
    # It may come from another system, and have been typed like ./cat.png.
    parts = re.split(r"[/\\]", re.sub(r"^(\.[/\\])+", "", named or found.picture.name))
    inside = (folder.joinpath(*parts),) if _stays_inside(parts) else ()
    beside = _first_file((*inside, folder / parts[-1]))
    if named is None or _on_network(named):
        return ManifestRead(folder, found, beside, None)
    # Old manifests have the path as it was typed, and mostly one folder up: `maps pics/cat.jpg --out maps`.
    above = (folder.parent.joinpath(*parts),) if _stays_inside(parts) else ()
    return ManifestRead(folder, found, beside, _first_file((Path(named), *above)))


def _stays_inside(parts: list[str]) -> bool:
    """Whether a path of these parts leads into folders of the one that it is joined to, and nowhere else."""
    return not any(part in ("", ".", "..") or part[1:2] == ":" for part in parts)


def _first_file(paths: Sequence[Path]) -> Path | None:
    """The first that is there, absolute."""
    for path in paths:
        with suppress(OSError):  # a name that no file can have, or a folder that may not be looked into
            if path.is_file():
                return _absolute(path)
    return None


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # Path.resolve follows links, and people know a file by its link


def _on_network(named: str) -> bool:
    """Whether a path leads to another machine; Windows signs in there as soon as somebody looks whether it is there."""
    return named[:2] in ("//", "\\\\", "/\\", "\\/") or "://" in named
