"""What a person wants exported of filter patterns, which of these are there, and how large the files become."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine import json_text
from engine.exports.pattern_pictures import MAXIMUM_FRAMES
from engine.exports.pattern_request import file_name
from engine.networks.description import NetworkDescription
from engine.patterns.requests import ANIMATIONS, PATTERN_FORMATS, PatternFormat, of_channel
from engine.patterns.settings import PatternSettings
from engine.patterns.settle import picture_side
from engine.patterns.stock import LayerStock
from engine.records import LayerInfo
from gui.formatting import bytes_text, count_text
from gui.state.map_export_options import WHATS, What

_NPY_HEADER = 128
_BYTES_PER_PIXEL: Mapping[PatternFormat, float] = {"npy": 12.0, "webp": 0.2, "gif": 1.2}
"""Exact for NPY, else what is usual, as measured on exports of all blocks, for each picture of an animation."""

_BYTES_PER_PICTURE: Mapping[PatternFormat, int] = {"npy": _NPY_HEADER, "webp": 1200, "gif": 800}
"""What a picture takes besides: text, headers, a palette."""

Channels = dict[str, tuple[int, ...]]
"""Channel numbers by layer."""


@dataclass(frozen=True)
class PatternExportOptions:
    """The answers of the export dialog for patterns.

    Attributes:
        what: The selected channels, the shown layer, or every layer; those patterns of it that are there.
        format: As what.
        folder: Where the files go; made if it is not there.
        overwrite: Whether files of the same name are replaced.
    """

    what: What = "selection"
    format: PatternFormat = "png"
    folder: str = ""
    overwrite: bool = False

    def to_text(self) -> str:
        """The options as JSON, to be remembered."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_text(cls, text: str) -> PatternExportOptions:
        """The options from `to_text`; a value that makes no sense is replaced by its default."""
        found = json_text.options(cls, text, what=WHATS, format=PATTERN_FORMATS)
        return dataclasses.replace(found, overwrite=False)  # to replace files is a decision of the moment


@dataclass(frozen=True, eq=False)
class PatternStock:
    """What there is to be exported.

    Attributes:
        network: The network.
        layer: The convolution whose patterns are shown.
        selected: Its selected channels.
        settings: How the patterns are made.
        layers: What there is of each layer that has been looked at.
    """

    network: NetworkDescription
    layer: LayerInfo
    selected: tuple[int, ...]
    settings: PatternSettings
    layers: Mapping[str, LayerStock] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every layer has been looked at."""
        return self.layers.keys() >= {info.name for info in self.network.of_kind("convolution")}

    def of(self, layer: str) -> LayerStock:
        """What there is of a layer."""
        return self.layers.get(layer, LayerStock())


def wanted(options: PatternExportOptions, stock: PatternStock) -> Channels:
    """The channels that an export is about, whether they have a pattern or not."""
    if options.what == "selection":
        return {stock.layer.name: stock.selected}
    layers = (stock.layer,) if options.what == "layer" else stock.network.of_kind("convolution")
    return {info.name: tuple(range(info.channels)) for info in layers}


def exported(options: PatternExportOptions, stock: PatternStock) -> Channels:
    """Those of them that have a pattern."""
    found = {
        layer: tuple(channel for channel in channels if channel in stock.of(layer).there)
        for layer, channels in wanted(options, stock).items()
    }
    return {layer: channels for layer, channels in found.items() if channels}


def count(channels: Channels) -> int:
    """How many channels these are."""
    return sum(map(len, channels.values()))


def file_names(channels: Channels, file_format: PatternFormat) -> list[str]:
    """The files that are written, without the manifest."""
    requests = (of_channel(layer, number) for layer, numbers in channels.items() for number in numbers)
    return list(dict.fromkeys(file_name(request, file_format) for request in requests))


def to_form(options: PatternExportOptions, stock: PatternStock) -> dict[str, int]:
    """How many patterns of each layer have to be formed anew."""
    channels = exported(options, stock)
    return {layer: stock.of(layer).to_form(frozenset(numbers), options.format) for layer, numbers in channels.items()}


def guessed_bytes(channels: Channels, options: PatternExportOptions, stock: PatternStock) -> int:
    """How large raw values and animations become, in bytes: exact for NPY, a guess for what is to be formed yet."""
    recipe = stock.settings.resolved()
    pictures = min(recipe.steps, MAXIMUM_FRAMES) if options.format in ANIMATIONS else 1
    total = 0.0
    for layer, numbers in channels.items():
        each = (
            _BYTES_PER_PIXEL[options.format] * picture_side(stock.network, layer, recipe) ** 2
            + _BYTES_PER_PICTURE[options.format]
        )
        total += pictures * len(numbers) * each
    return round(total)


def summary(options: PatternExportOptions, stock: PatternStock, time: str, size: int | None) -> str:
    """One or more sentences about what an export writes, what it leaves out and what it forms anew.

    Args:
        options: What is wanted.
        stock: What there is; at least one of the patterns that are wanted.
        time: How long it takes to form what has to be formed anew, for people: "about 4 min".
        size: Bytes of all files, or None while that is not known.
    """
    channels = exported(options, stock)
    names = file_names(channels, options.format)
    folder = Path(options.folder).name or options.folder or "the folder"
    more = ", …" if len(names) > 1 else ""
    takes = "" if size is None else f"; about {bytes_text(size)}"
    sentences = [f"Writes {count_text(len(names), 'file')} ({names[0]}{more}) and manifest.json to {folder}{takes}."]
    if left := count(wanted(options, stock)) - count(channels):
        verb = "is not formed and is" if left == 1 else "are not formed and are"
        sentences.append(f"{count_text(left, 'pattern')} {verb} left out.")
    if new := sum(to_form(options, stock).values()):
        verb = "has" if new == 1 else "have"
        sentences.append(f"{count_text(new, 'pattern')} {verb} to be formed anew for it, which takes {time}.")
    return " ".join(sentences)
