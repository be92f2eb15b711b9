"""What a manifest holds, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from engine.records import Fit, Levels, NetworkIdentity, Style

SCHEMA = "convscope-manifest"
VERSION = 1
FILE_NAME = "manifest.json"

Format: TypeAlias = Literal["png", "npy", "sheet"]
"""A file for each channel, raw values, or one contact sheet for each layer."""

FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True)
class SelectionRecord:
    """Channels of one layer that were exported.

    Attributes:
        layer: The layer's name.
        channels: Channel numbers in the order of the files, or of the tiles, or of the last axis.
        low: The value shown as level 0, for each of them.
        high: The value shown as level 255, for each of them.
        files: Plain file names: one a channel for ``png``, otherwise one.
    """

    layer: str
    channels: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    files: tuple[str, ...]


@dataclass(frozen=True)
class LevelsRecord:
    """Which values of a deep picture were black and white; `chosen` when a person chose them."""

    low: float
    high: float
    chosen: bool

    def of(self, levels: Levels | None) -> bool:
        """Whether these are the levels of a picture: the same values, whoever chose them."""
        return levels is not None and (levels.low, levels.high) == (self.low, self.high)


@dataclass(frozen=True)
class PictureRecord:
    """The picture that was looked at.

    Attributes:
        name: What a person calls it.
        path: Where it was, or None for one that had no file. Old manifests have it as it was typed, perhaps relative to
            a folder that nobody knows any more.
        sha256: Hex digest of the bytes it was read from.
        frame: Which frame or page, from 0.
        width: In pixels.
        height: In pixels.
        levels: Which values were black and white, or None where 8 bits hold all there are.
    """

    name: str
    path: str | None
    sha256: str
    frame: int
    width: int
    height: int
    levels: LevelsRecord | None = None


@dataclass(frozen=True)
class WeightsRecord:
    """The weights that were used; see `engine.records.WeightsFile`."""

    name: str
    sha256: str
    source: str
    known: bool


@dataclass(frozen=True)
class Manifest:
    """An export of feature maps, as it was recorded.

    Attributes:
        program_version: Version of the program that wrote it.
        libraries: Name and version of Python and the libraries; None for one whose version was not known.
        platform: Operating system and processor.
        network: The network.
        weights: The weights.
        picture: The picture.
        fit: How it was made square.
        size: Side of the network's input, in pixels.
        format: What kind of files were written.
        selections: What was exported.
        style: How values became levels.
        colormap: The colour map.
        enlarge: Pixels high and wide for each value.
        earlier: Exports of feature maps to the same folder before this one, newest first.
    """

    program_version: str
    libraries: tuple[tuple[str, str | None], ...]
    platform: str
    network: NetworkIdentity
    weights: WeightsRecord
    picture: PictureRecord
    fit: Fit
    size: int
    format: Format
    selections: tuple[SelectionRecord, ...]
    style: Style
    colormap: str
    enlarge: int
    earlier: tuple[Manifest, ...] = ()
