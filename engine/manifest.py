"""The record beside an export: everything needed to make the same pictures again, and nothing that varies by itself.

A manifest is JSON. It has no dates, so the same export gives the same bytes. Building one and keeping the records of
earlier exports to the same folder is here; `engine.manifest_reader` reads what a stranger may have written, and
`engine.manifest_records` has what it finds.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.manifest_reader import read, read_record
from engine.manifest_records import (
    FILE_NAME,
    FORMATS,
    SCHEMA,
    VERSION,
    Format,
    Manifest,
    PictureRecord,
    SelectionRecord,
    WeightsRecord,
)
from engine.records import Provenance, Style

__all__ = [
    "FILE_NAME",
    "FORMATS",
    "SCHEMA",
    "VERSION",
    "Format",
    "Manifest",
    "PictureRecord",
    "SelectionRecord",
    "WeightsRecord",
    "build",
    "encode",
    "header",
    "read",
    "read_record",
    "stacked",
]

_LIBRARIES = {
    "numpy": ("numpy",),
    "pillow": ("pillow",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "keras": ("keras",),
}


def build(
    provenance: Provenance,
    selections: Sequence[SelectionRecord],
    *,
    style: Style,
    file_format: Format,
    colormap: str,
    enlarge: int,
    program_version: str,
) -> dict[str, Any]:
    """The manifest of an export of feature maps, ready for `encode`.

    An export of one layer has ``layer`` and ``channels`` at the top as well, for programs that want no more.
    """
    record = header("maps", provenance, program_version)
    record |= {
        "format": file_format,
        "style": {"scale": style.scale, "low": style.low, "high": style.high},
        "colormap": colormap,
        "enlarge": enlarge,
    }
    if len(selections) == 1:
        record |= {"layer": selections[0].layer, "channels": list(selections[0].channels)}
    record["selections"] = [
        {
            "layer": selection.layer,
            "channels": list(selection.channels),
            "scale": {"mode": style.scale, "low": list(selection.low), "high": list(selection.high)},
            "files": list(selection.files),
        }
        for selection in selections
    ]
    return record


def header(kind: str, provenance: Provenance, program_version: str) -> dict[str, Any]:
    """What every manifest begins with, whatever kind of export it describes."""
    picture, weights = provenance.picture, provenance.weights
    height, width = picture.pixels.shape[:2]
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "kind": kind,
        "program": {"name": "Convscope", "version": program_version},
        "libraries": {"python": platform.python_version(), **{name: _version(name) for name in _LIBRARIES}},
        "platform": f"{sys.platform}-{platform.machine()}",
        "weights": {
            "name": Path(weights.path).name,
            "sha256": weights.sha256,
            "source": weights.source,
            "known": weights.known,
        },
        "picture": {
            "name": picture.name,
            "path": picture.path,
            "sha256": picture.sha256,
            "frame": picture.frame,
            "width": width,
            "height": height,
        },
        "fit": provenance.fit,
        "size": provenance.size,
    }


def stacked(record: dict[str, Any], former: dict[str, Any] | None) -> dict[str, Any]:
    """A record on top of those that the folder already has, newest first, under ``earlier``.

    What the new record has written is taken out of the older ones: their files of that name are no more.
    """
    if former is None:
        return record
    older = [{key: value for key, value in former.items() if key != "earlier"}, *former.get("earlier", ())]
    written = {name for selection in record["selections"] for name in selection["files"]}
    remaining = [kept for entry in older if (kept := _without(entry, written))]
    return record | {"earlier": remaining} if remaining else record


def encode(record: dict[str, Any]) -> bytes:
    """The bytes of a manifest file: indented, but a list of numbers or names stays on one line."""
    return (_json(record, "") + "\n").encode()


def _without(record: dict[str, Any], written: set[str]) -> dict[str, Any] | None:
    selections = [kept for entry in record["selections"] if (kept := _selection_without(entry, written))]
    if not selections:
        return None
    pruned = record | {"selections": selections}
    if "layer" in pruned:
        pruned["channels"] = selections[0]["channels"]
    return pruned


def _selection_without(selection: dict[str, Any], written: set[str]) -> dict[str, Any] | None:
    files = selection["files"]
    keep = [index for index, name in enumerate(files) if name not in written]
    if len(keep) in (0, len(files)):
        return selection if keep else None
    return {key: _kept(value, keep, len(files)) for key, value in selection.items()}


def _kept(value: Any, keep: list[int], count: int) -> Any:
    """Of every list that runs parallel to the files, the entries to keep."""
    if isinstance(value, dict):
        return {key: _kept(item, keep, count) for key, item in value.items()}
    return [value[index] for index in keep] if isinstance(value, list) and len(value) == count else value


def _version(library: str) -> str | None:
    for distribution in _LIBRARIES[library]:
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def _json(value: Any, indent: str) -> str:
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        items = [f"{deeper}{json.dumps(key)}: {_json(item, deeper)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "[\n" + ",\n".join(deeper + _json(item, deeper) for item in value) + f"\n{indent}]"
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # a file name that is not UTF-8
        return json.dumps(value, allow_nan=False)
    return text
