"""The record beside an export: everything needed to make the same pictures again, and nothing that varies by itself.

A manifest is JSON. It has no dates, so an export of the same values gives the same bytes. Building one and keeping the
records of earlier exports to the same folder is here; `engine.exports.manifest_reader` reads what a stranger may have
written, and `engine.exports.manifest_records` and `engine.exports.manifest_patterns` have what it finds.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.exports.manifest_patterns import PatternManifest, PatternRecord, PatternSelectionRecord
from engine.exports.manifest_reader import read, read_any, read_record
from engine.exports.manifest_records import (
    FILE_NAME,
    FORMATS,
    SCHEMA,
    VERSION,
    Format,
    LevelsRecord,
    Manifest,
    PictureRecord,
    SelectionRecord,
    WeightsRecord,
)
from engine.patterns.recipes import ALGORITHM_VERSION, Recipe
from engine.patterns.requests import PatternFormat
from engine.records import NetworkIdentity, Provenance, Style, WeightsFile

__all__ = [
    "FILE_NAME",
    "FORMATS",
    "SCHEMA",
    "VERSION",
    "Format",
    "LevelsRecord",
    "Manifest",
    "PatternManifest",
    "PatternRecord",
    "PatternSelectionRecord",
    "PictureRecord",
    "SelectionRecord",
    "WeightsRecord",
    "build",
    "build_patterns",
    "changes",
    "encode",
    "header",
    "read",
    "read_any",
    "read_record",
    "stacked",
]

_NOT_A_FILE_EACH = frozenset({"recipe", "objective", "more"})
"""Fields of a selection whose lists do not run parallel to its files."""

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
    record = header("maps", provenance.network, provenance.weights, program_version) | _origin(provenance)
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


def build_patterns(
    network: NetworkIdentity,
    weights: WeightsFile,
    selections: Sequence[PatternSelectionRecord],
    *,
    file_format: PatternFormat,
    program_version: str,
    start: Provenance | None = None,
) -> dict[str, Any]:
    """The manifest of an export of patterns, ready for `encode`.

    Args:
        network: The network.
        weights: Its weights.
        selections: What was exported.
        file_format: What kind of files were written.
        program_version: Version of this program.
        start: The picture that they start from, if they do.
    """
    record = header("patterns", network, weights, program_version) | (_origin(start) if start else {})
    record |= {"format": file_format, "algorithm": ALGORITHM_VERSION}
    if len(selections) == 1:
        channels = [pattern.channel for pattern in selections[0].patterns]
        record |= {"layer": selections[0].layer, "channels": channels}
    record["selections"] = [_pattern_selection(selection) for selection in selections]
    return record


def changes(recipe: Recipe, made: Recipe) -> dict[str, Any]:
    """The parameters in which the recipe that made a pattern differs from another one."""
    before = recipe.as_dict()
    return {name: value for name, value in made.as_dict().items() if value != before[name]}


def _pattern_selection(selection: PatternSelectionRecord) -> dict[str, Any]:
    record: dict[str, Any] = {
        "layer": selection.layer,
        "channels": [pattern.channel for pattern in selection.patterns],
        "seed": selection.seed,
        "recipe": selection.recipe.as_dict(),
    }
    if selection.objective is not None:
        record["objective"] = selection.objective.as_dict()
    if selection.more:
        record["more"] = list(selection.more)
    if selection.start:
        record["start"] = selection.start
    record["patterns"] = [_pattern(pattern, selection.recipe) for pattern in selection.patterns]
    return record | {"files": list(selection.files)}


def _pattern(pattern: PatternRecord, recipe: Recipe) -> dict[str, Any]:
    record = {name: value for name, value in vars(pattern).items() if name != "recipe"}
    different = changes(recipe, pattern.recipe)
    return record | {"changes": different} if different else record


def header(kind: str, network: NetworkIdentity, weights: WeightsFile, program_version: str) -> dict[str, Any]:
    """What every manifest begins with, whatever kind of export it describes."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "kind": kind,
        "program": {"name": "Convscope", "version": program_version},
        "libraries": {"python": platform.python_version(), **{name: _version(name) for name in _LIBRARIES}},
        "platform": f"{sys.platform}-{platform.machine()}",
        "network": {"name": network.name, "digest": network.digest, "source": network.source},
        "weights": {
            "name": Path(weights.path).name,
            "sha256": weights.sha256,
            "source": weights.source,
            "known": weights.known,
        },
    }


def _origin(provenance: Provenance) -> dict[str, Any]:
    picture = provenance.picture
    height, width = picture.pixels.shape[:2]
    record: dict[str, Any] = {
        "name": picture.name,
        "path": picture.path,
        "sha256": picture.sha256,
        "frame": picture.frame,
        "width": width,
        "height": height,
    }
    if (levels := picture.levels) is not None:
        record["levels"] = {"low": levels.low, "high": levels.high, "chosen": levels.chosen}
    return {"picture": record, "fit": provenance.fit, "size": provenance.size}


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
    """The bytes of a manifest file: indented, but plain lists, and plain entries of other lists, stay on one line."""
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
    pruned: dict[str, Any] = _kept(selection, keep, len(files))
    return pruned


def _kept(value: Any, keep: list[int], count: int) -> Any:
    """Of every list that runs parallel to the files, the entries to keep."""
    if isinstance(value, dict):
        return {key: item if key in _NOT_A_FILE_EACH else _kept(item, keep, count) for key, item in value.items()}
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
        return "[\n" + ",\n".join(deeper + _entry(item, deeper) for item in value) + f"\n{indent}]"
    return _line(value)


def _entry(value: Any, indent: str) -> str:
    """One of a long list: on one line unless there are lists in it."""
    nested = isinstance(value, dict) and any(isinstance(item, list) for item in value.values())
    return _json(value, indent) if nested else _line(value)


def _line(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # a file name that is not UTF-8
        return json.dumps(value, allow_nan=False)
    return text
