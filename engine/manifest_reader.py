"""Manifests read back.

A manifest may come from anybody, so nothing in it is believed, and nothing that it names is opened.
"""

from __future__ import annotations

import json
import math
import re
import reprlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from engine import architecture
from engine.colormaps import COLORMAPS
from engine.encoding import MAXIMUM_ENLARGE
from engine.manifest_records import FORMATS, SCHEMA, VERSION, Manifest, PictureRecord, SelectionRecord, WeightsRecord
from engine.records import FITS, SCALES, EngineError, Style

MAXIMUM_BYTES = 16 * 2**20
"""The largest manifest that is read; every channel of every layer takes half a megabyte."""

_MAXIMUM_EARLIER = 1000
_MAXIMUM_TEXT = 4096
_LARGEST = 2**31 - 1
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SOURCES = ("named", "bundled", "keras", "downloaded")

_T = TypeVar("_T")


class _InvalidError(ValueError):
    """What is wrong, as the end of a sentence that begins with the file's name."""


def read(path: Path) -> Manifest:
    """Read the manifest of an export of feature maps.

    Raises:
        EngineError: It cannot be read, is not such a manifest, or holds anything that an export does not write.
    """
    try:
        return _manifest(_Fields(_load(path)))
    except _InvalidError as error:
        raise _refusal(path, error) from error


def read_record(path: Path) -> dict[str, Any] | None:
    """The record that an earlier export left, in the form of `engine.manifest.build`, to be kept under the next one.

    Records of another kind are not looked into beyond what `engine.manifest.stacked` needs.

    Returns:
        The record, or None when there is no file at `path`.

    Raises:
        EngineError: There is something else of that name.
    """
    if not path.exists():
        return None
    try:
        record = _load(path)
        fields = _Fields(record)
        _manifest(fields) if record.get("kind") == "maps" else _other_kind(fields)
    except _InvalidError as error:
        raise _refusal(path, error) from error
    return record


def _refusal(path: Path, error: _InvalidError) -> EngineError:
    return EngineError(f"{str(path)!r} is not a manifest that this version can use: {error}; choose another one.")


def _load(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():  # neither a folder nor a pipe, which would never end
            raise _InvalidError("there is no such file")
        if path.stat().st_size > MAXIMUM_BYTES:
            raise _InvalidError(f"it is larger than {MAXIMUM_BYTES // 2**20} MB")
        content = json.loads(path.read_bytes(), parse_constant=_no_constant)
    except OSError as error:
        raise _InvalidError(f"it cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, _InvalidError):
            raise
        raise _InvalidError("it is damaged or no JSON") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise _InvalidError("no export of this program wrote it")
    _check_version(content.get("version"))
    return content


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _check_version(version: object) -> None:
    if type(version) is not int or version < 1:
        raise _InvalidError(f"'version' is {_shown(version)}")
    if version > VERSION:
        raise _InvalidError(f"a newer version of the program wrote it (manifest version {_shown(version)})")


class _Fields:
    """The fields of one JSON object, each of which must be there and be of the right kind."""

    def __init__(self, content: object, place: str = "") -> None:
        if not isinstance(content, dict):
            raise _InvalidError(f"{place.rstrip('.')!r} is {_shown(content)}")
        self._content = content
        self._place = place

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def get(self, key: str, accept: Callable[[object], _T | None]) -> _T:
        """The field, if `accept` gives something for it."""
        if key not in self._content:
            raise _InvalidError(f"{self._place + key!r} is missing")
        value = self._content[key]
        accepted = accept(value)
        if accepted is None:
            raise _InvalidError(f"{self._place + key!r} is {_shown(value)}")
        return accepted

    def fields(self, key: str) -> _Fields:
        return _Fields(self.get(key, lambda value: value), f"{self._place}{key}.")

    def text(self, key: str) -> str:
        return self.get(key, _text)

    def optional_text(self, key: str) -> str | None:
        return None if self._content.get(key, "missing") is None else self.text(key)

    def choice(self, key: str, options: tuple[_T, ...]) -> _T:
        return self.get(key, lambda value: next((option for option in options if option == value), None))

    def digest(self, key: str) -> str:
        return self.get(key, lambda value: value if isinstance(value, str) and _SHA256.fullmatch(value) else None)

    def flag(self, key: str) -> bool:
        return bool(self.get(key, lambda value: (value,) if isinstance(value, bool) else None)[0])

    def integer(self, key: str, low: int, high: int) -> int:
        return self.get(key, lambda value: value if type(value) is int and low <= value <= high else None)

    def number(self, key: str) -> float:
        return self.get(key, _finite)

    def items(self, key: str, accept: Callable[[object], _T | None], limit: int) -> tuple[_T, ...]:
        """A list of at most `limit` entries, all accepted."""
        values = self.get(key, lambda value: value if isinstance(value, list) and len(value) <= limit else None)
        accepted = tuple(accept(value) for value in values)
        for value, item in zip(values, accepted, strict=True):
            if item is None:
                raise _InvalidError(f"{self._place + key!r} has the entry {_shown(value)}")
        return tuple(item for item in accepted if item is not None)


def _manifest(fields: _Fields) -> Manifest:
    kind = fields.text("kind")
    if kind != "maps":
        raise _InvalidError(f"it describes {_shown(kind)} and not feature maps")
    size = fields.integer("size", architecture.MINIMUM_SIZE, architecture.MAXIMUM_SIZE)
    file_format = fields.choice("format", FORMATS)
    style = fields.fields("style")
    return Manifest(
        program_version=fields.fields("program").text("version"),
        libraries=_libraries(fields),
        platform=fields.text("platform"),
        weights=_weights(fields.fields("weights")),
        picture=_picture(fields.fields("picture")),
        fit=fields.choice("fit", FITS),
        size=size,
        format=file_format,
        selections=_selections(fields, size, one_file_each=file_format == "png"),
        style=Style(style.choice("scale", SCALES), style.number("low"), style.number("high")),
        colormap=fields.choice("colormap", COLORMAPS),
        enlarge=fields.integer("enlarge", 1, MAXIMUM_ENLARGE),
        earlier=_earlier(fields),
    )


def _other_kind(fields: _Fields) -> None:
    for selection in fields.items("selections", lambda value: _Fields(value, "selections."), _LARGEST):
        names = selection.items("files", _plain_name, _LARGEST)
        channels = selection.items("channels", _channel, _LARGEST)
        if len(names) not in (1, len(channels)):
            raise _InvalidError("the number of files is not that of the channels")
    _earlier(fields)


def _earlier(fields: _Fields) -> tuple[Manifest, ...]:
    """The older records of feature maps; those of another kind are only checked."""
    if "earlier" not in fields:
        return ()
    found = []
    for entry in fields.items("earlier", lambda value: _Fields(value, "earlier."), _MAXIMUM_EARLIER):
        if "earlier" in entry:
            raise _InvalidError("an earlier record has earlier ones of its own")
        if entry.text("kind") == "maps":
            found.append(_manifest(entry))
        else:
            _other_kind(entry)
    return tuple(found)


def _libraries(fields: _Fields) -> tuple[tuple[str, str | None], ...]:
    versions = fields.fields("libraries")
    return tuple((name, versions.optional_text(name)) for name in versions)


def _weights(fields: _Fields) -> WeightsRecord:
    return WeightsRecord(
        fields.text("name"), fields.digest("sha256"), fields.choice("source", _SOURCES), fields.flag("known")
    )


def _picture(fields: _Fields) -> PictureRecord:
    return PictureRecord(
        name=fields.text("name"),
        path=fields.optional_text("path"),
        sha256=fields.digest("sha256"),
        frame=fields.integer("frame", 0, _LARGEST),
        width=fields.integer("width", 1, _LARGEST),
        height=fields.integer("height", 1, _LARGEST),
    )


def _selections(fields: _Fields, size: int, *, one_file_each: bool) -> tuple[SelectionRecord, ...]:
    entries = fields.items("selections", lambda value: _Fields(value, "selections."), len(architecture.layers(size)))
    if not entries:
        raise _InvalidError("nothing was exported")
    return tuple(_selection(entry, size, one_file_each=one_file_each) for entry in entries)


def _selection(fields: _Fields, size: int, *, one_file_each: bool) -> SelectionRecord:
    name = fields.text("layer")
    try:
        layer = architecture.layer(name, size)
    except EngineError as error:
        raise _InvalidError(f"the network has no layer {_shown(name)}") from error
    channels = fields.items("channels", _channel, layer.channels)
    if not channels or max(channels) >= layer.channels or len(set(channels)) != len(channels):
        raise _InvalidError(f"{name} has channels 0 to {layer.channels - 1}, each once, and other ones are named")
    scale = fields.fields("scale")
    low, high = (scale.items(end, _finite, layer.channels) for end in ("low", "high"))
    files = fields.items("files", _plain_name, layer.channels)
    if not len(low) == len(high) == len(channels) or len(files) != (len(channels) if one_file_each else 1):
        raise _InvalidError(f"the lists of {name} do not go together")
    return SelectionRecord(name, channels, low, high, files)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _MAXIMUM_TEXT else None


def _channel(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= _LARGEST else None


def _plain_name(value: object) -> str | None:
    """A file name that cannot lead out of the manifest's folder."""
    return value if isinstance(value, str) and _PLAIN_NAME.fullmatch(value) else None


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300 or not math.isfinite(value):
        return None
    return float(value)


def _shown(value: object) -> str:
    return reprlib.repr(value)  # short however long or deep the value is
