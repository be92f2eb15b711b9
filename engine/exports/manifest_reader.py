"""Manifests read back.

A manifest may come from anybody, so nothing in it is believed, and nothing that it names is opened.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.exports.encoding import MAXIMUM_ENLARGE
from engine.exports.manifest_fields import (
    LARGEST,
    Fields,
    InvalidError,
    channel,
    check_version,
    finite,
    load_object,
    plain_name,
    shown,
)
from engine.exports.manifest_patterns import PatternManifest, PatternSelectionRecord, pattern_selections
from engine.exports.manifest_records import (
    FORMATS,
    SCHEMA,
    VERSION,
    LevelsRecord,
    Manifest,
    PictureRecord,
    SelectionRecord,
    WeightsRecord,
)
from engine.maps.colormaps import COLORMAPS
from engine.networks import catalogue
from engine.networks.description import SOURCES, NetworkDescription
from engine.networks.vgg16 import VGG16
from engine.patterns.requests import PATTERN_FORMATS
from engine.records import FITS, SCALES, EngineError, NetworkIdentity, Style

MAXIMUM_BYTES = 16 * 10**6
"""The largest manifest that is read; every channel of every layer takes a megabyte."""

_MAXIMUM_EARLIER = 1000
_SOURCES = ("named", "bundled", "keras", "downloaded")


def read(path: Path, network: NetworkDescription | None = None) -> Manifest:
    """Read the manifest of an export of feature maps.

    Args:
        path: Where it is.
        network: Which network it should be about; when None, that of the catalogue which it names.

    Raises:
        EngineError: It cannot be read, is not such a manifest, was made with another network, or holds anything that an
            export does not write.
    """
    try:
        return _manifest(Fields(_load(path)), network)
    except InvalidError as error:
        raise _refusal(path, error) from error


def read_any(path: Path, network: NetworkDescription | None = None) -> Manifest | PatternManifest:
    """Read a manifest, of feature maps or of patterns; arguments and errors are those of `read`.

    Raises:
        EngineError: As from `read`.
    """
    try:
        fields = Fields(_load(path))
        make = _pattern_manifest if fields.text("kind") == "patterns" else _manifest
        return make(fields, network)
    except InvalidError as error:
        raise _refusal(path, error) from error


def read_record(path: Path) -> dict[str, Any] | None:
    """The record that an earlier export left, in the form of `engine.exports.manifest.build`: kept under the next one.

    Records of an unknown kind are not looked into beyond what `engine.exports.manifest.stacked` needs.

    Returns:
        The record, or None when there is no file at `path`.

    Raises:
        EngineError: There is something else of that name.
    """
    if not path.exists():
        return None
    try:
        record = _load(path)
        _check(Fields(record))
    except InvalidError as error:
        raise _refusal(path, error) from error
    return record


def _refusal(path: Path, error: InvalidError) -> EngineError:
    return EngineError(f"{str(path)!r} is not a manifest that this version can use: {error}; choose another one.")


def _load(path: Path) -> dict[str, Any]:
    content = load_object(path, MAXIMUM_BYTES)
    check_version(content, SCHEMA, VERSION)
    return content


def _check(fields: Fields) -> Manifest | PatternManifest | None:
    """What a record says; None for one of an unknown kind or network, of which only that is checked which is sure."""
    kind, network = fields.text("kind"), catalogue.of_name(_identity(fields).name)
    if network is None or kind not in ("maps", "patterns"):
        _other_kind(fields)
        return None
    return (_manifest if kind == "maps" else _pattern_manifest)(fields, network)


def _manifest(fields: Fields, given: NetworkDescription | None) -> Manifest:
    kind = fields.text("kind")
    if kind != "maps":
        raise InvalidError(f"it describes {shown(kind)} and not feature maps")
    identity = _identity(fields)
    network = _network(identity, given)
    network = network.at(fields.integer("size", *network.sizes()))
    file_format = fields.choice("format", FORMATS)
    style = fields.fields("style")
    return Manifest(
        program_version=fields.fields("program").text("version"),
        libraries=_libraries(fields),
        platform=fields.text("platform"),
        network=identity,
        weights=_weights(fields.fields("weights")),
        picture=_picture(fields.fields("picture")),
        fit=fields.choice("fit", FITS),
        size=network.size,
        format=file_format,
        selections=_selections(fields, network, one_file_each=file_format == "png"),
        style=Style(style.choice("scale", SCALES), style.number("low"), style.number("high")),
        colormap=fields.choice("colormap", COLORMAPS),
        enlarge=fields.integer("enlarge", 1, MAXIMUM_ENLARGE),
        earlier=tuple(entry for entry in _earlier(fields) if isinstance(entry, Manifest)),
    )


def _pattern_manifest(fields: Fields, given: NetworkDescription | None) -> PatternManifest:
    identity = _identity(fields)
    network = _network(identity, given)
    started = "picture" in fields
    size = fields.integer("size", 1, LARGEST) if started else None
    file_format = fields.choice("format", PATTERN_FORMATS)
    selections: tuple[PatternSelectionRecord, ...] = pattern_selections(
        fields, network, one_file_each=file_format != "sheet"
    )
    if not started and any(selection.start for selection in selections):
        raise InvalidError("patterns start from a picture, and it names none")
    return PatternManifest(
        program_version=fields.fields("program").text("version"),
        libraries=_libraries(fields),
        platform=fields.text("platform"),
        network=identity,
        weights=_weights(fields.fields("weights")),
        picture=_picture(fields.fields("picture")) if started else None,
        fit=fields.choice("fit", FITS) if started else None,
        size=size,
        format=file_format,
        algorithm=fields.integer("algorithm", 1, LARGEST),
        selections=selections,
        earlier=tuple(entry for entry in _earlier(fields) if isinstance(entry, PatternManifest)),
    )


def _other_kind(fields: Fields) -> None:
    for selection in fields.items("selections", lambda value: Fields(value, "selections."), LARGEST):
        names = selection.items("files", plain_name, LARGEST)
        channels = selection.items("channels", channel, LARGEST)
        if len(names) not in (1, len(channels)):
            raise InvalidError("the number of files is not that of the channels")
    _earlier(fields)


def _earlier(fields: Fields) -> tuple[Manifest | PatternManifest, ...]:
    """The older records but those that `_check` knows nothing of."""
    if "earlier" not in fields:
        return ()
    found: list[Manifest | PatternManifest] = []
    for entry in fields.items("earlier", lambda value: Fields(value, "earlier."), _MAXIMUM_EARLIER):
        if "earlier" in entry:
            raise InvalidError("an earlier record has earlier ones of its own")
        if (record := _check(entry)) is not None:
            found.append(record)
    return tuple(found)


def _libraries(fields: Fields) -> tuple[tuple[str, str | None], ...]:
    versions = fields.fields("libraries")
    return tuple((name, versions.optional_text(name)) for name in versions)


def _weights(fields: Fields) -> WeightsRecord:
    return WeightsRecord(
        fields.text("name"), fields.digest("sha256"), fields.choice("source", _SOURCES), fields.flag("known")
    )


def _picture(fields: Fields) -> PictureRecord:
    return PictureRecord(
        name=fields.text("name"),
        path=fields.optional_text("path"),
        sha256=fields.digest("sha256"),
        frame=fields.integer("frame", 0, LARGEST),
        width=fields.integer("width", 1, LARGEST),
        height=fields.integer("height", 1, LARGEST),
        levels=_levels(fields.fields("levels")) if "levels" in fields else None,
    )


def _identity(fields: Fields) -> NetworkIdentity:
    if "network" not in fields:  # before networks had names, all were VGG16, which the digest of its weights names
        return replace(VGG16.identity, digest=fields.fields("weights").digest("sha256"))
    network = fields.fields("network")
    return NetworkIdentity(network.text("name"), network.digest("digest"), network.choice("source", SOURCES))


def _network(identity: NetworkIdentity, given: NetworkDescription | None) -> NetworkDescription:
    """The network that is meant. The same architecture with other weights has the same layers, so it will do."""
    if given is None:
        found = catalogue.of_name(identity.name)
        if found is None:
            raise InvalidError(f"it was made with {shown(identity.name)}, which is no network that the program knows")
        return found
    if given.digest != identity.digest and given.name != identity.name:
        raise InvalidError(f"it was made with {shown(identity.name)}, and the network here is {given.name}")
    return given


def _levels(fields: Fields) -> LevelsRecord:
    levels = LevelsRecord(fields.number("low"), fields.number("high"), fields.flag("chosen"))
    # A picture that is one value all over has levels at one place, but nobody can choose them.
    if levels.low > levels.high or (levels.chosen and levels.low == levels.high):
        raise InvalidError(f"'picture.levels' go from {levels.low:g} to {levels.high:g}")
    return levels


def _selections(fields: Fields, network: NetworkDescription, *, one_file_each: bool) -> tuple[SelectionRecord, ...]:
    entries = fields.items("selections", lambda value: Fields(value, "selections."), len(network.layers))
    if not entries:
        raise InvalidError("nothing was exported")
    return tuple(_selection(entry, network, one_file_each=one_file_each) for entry in entries)


def _selection(fields: Fields, network: NetworkDescription, *, one_file_each: bool) -> SelectionRecord:
    name = fields.text("layer")
    try:
        layer = network.layer(name)
    except EngineError as error:
        raise InvalidError(f"{network.name} has no layer {shown(name)}") from error
    channels = fields.items("channels", channel, layer.channels)
    if not channels or max(channels) >= layer.channels or len(set(channels)) != len(channels):
        raise InvalidError(f"{name} has channels 0 to {layer.channels - 1}, each once, and other ones are named")
    scale = fields.fields("scale")
    low, high = (scale.items(end, finite, layer.channels) for end in ("low", "high"))
    files = fields.items("files", plain_name, layer.channels)
    if not len(low) == len(high) == len(channels) or len(files) != (len(channels) if one_file_each else 1):
        raise InvalidError(f"the lists of {name} do not go together")
    return SelectionRecord(name, channels, low, high, files)
