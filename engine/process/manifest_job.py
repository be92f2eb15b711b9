"""Reading a manifest by the studio: it may be large, and on a share that does not answer."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from engine import manifest
from engine.manifest import Manifest, PatternManifest
from engine.patient_disk import patiently


@dataclass(frozen=True)
class ReadManifest:
    """Read a manifest; answered by `ManifestRead`."""

    doing: ClassVar[str] = "reading a manifest"

    path: Path


@dataclass(frozen=True, eq=False)
class ManifestRead:
    """What is in a manifest, and where its picture may be.

    Attributes:
        folder: Where the manifest is.
        found: What it says.
        beside: The picture's file beside the manifest, when there is one of that name.
        named: The file that the manifest names, when there is one. It may come from a stranger: nothing is opened by
            that name without asking.
    """

    folder: Path
    found: Manifest | PatternManifest
    beside: Path | None
    named: Path | None


def read_manifest(request: ReadManifest, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `ReadManifest`. Raises `EngineError` when it cannot be read, or is none."""
    yield (yield from patiently(str(request.path), partial(_read, request.path)))


def _read(path: Path) -> ManifestRead:
    found, folder = manifest.read_any(path), path.parent
    if found.picture is None:
        return ManifestRead(folder, found, None, None)
    named = found.picture.path
    beside = folder / re.split(r"[/\\]", named or found.picture.name)[-1]  # it may come from another system
    there = named is not None and not _on_network(named) and Path(named).is_file()
    return ManifestRead(folder, found, beside if beside.is_file() else None, Path(named) if named and there else None)


def _on_network(named: str) -> bool:
    """Whether a path leads to another machine; Windows signs in there as soon as somebody looks whether it is there."""
    return named[:2] in ("//", "\\\\", "/\\", "\\/") or "://" in named
