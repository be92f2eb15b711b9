"""Jobs about pictures and maps: requests and results, as frozen records.

`doing` completes "While it was …" in the sentence about a process that has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.images import FitGeometry
from engine.records import (
    ChannelStatistics,
    Fit,
    ImageArray,
    LayerInfo,
    MapArray,
    Picture,
    ScaledMaps,
    Style,
    WeightsFile,
)

PictureId: TypeAlias = tuple[str, int]
"""sha256 of the file, and the frame: the same picture wherever it is, and whatever it is called."""

Window: TypeAlias = tuple[float, float]
"""The values of a deep picture shown as black and as white."""


def picture_id(picture: Picture) -> PictureId:
    """The key of a picture."""
    return picture.sha256, picture.frame


@dataclass(frozen=True)
class ImageSource:
    """One picture, manifest or folder that a person handed over, not opened yet; either `path` or `data` is set.

    Attributes:
        name: What to call it: a file's name, or what stands for one.
        path: A local file or folder.
        data: The bytes of an encoded picture.
        url: Where the data came from, when a browser said so.
    """

    name: str
    path: str | None = None
    data: bytes | None = None
    url: str | None = None


@dataclass(frozen=True)
class OpenEngine:
    """Load TensorFlow and VGG16; answered by `EngineReady`, or by `EngineBroken`."""

    doing: ClassVar[str] = "loading the network"
    weights_file: str | None = None


@dataclass(frozen=True)
class EngineReady:
    """The network is in memory, on that device, with those weights."""

    weights: WeightsFile
    device: str


@dataclass(frozen=True)
class EngineBroken:
    """TensorFlow cannot be used; other weights would not help. One sentence says why."""

    sentence: str


@dataclass(frozen=True, eq=False)
class ComputeMaps:
    """Compute the maps of a fitted picture; answered by `LayerMaps` a layer, then `MapsComplete`.

    The layer that is looked at, `shown`, is made visible in `style` before the next one is computed: another process
    would take twice as long for it beside a pass, which takes every processor.
    """

    doing: ClassVar[str] = "computing maps"
    inputs: ImageArray
    layers: tuple[str, ...]
    shown: LayerInfo | None = None
    style: Style = field(default_factory=Style)


@dataclass(frozen=True, eq=False)
class RenderedLayer:
    """A layer made visible; `thumbnail` is the mean of its channels, uint8 (height, width) of 32 pixels at most."""

    scaled: ScaledMaps
    statistics: ChannelStatistics
    thumbnail: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """The maps of one layer; `rendered` for the one that is to be made visible at once."""

    layer: str
    maps: MapArray
    rendered: RenderedLayer | None = None


@dataclass(frozen=True)
class MapsComplete:
    """Every layer asked for has been computed, in so many seconds."""

    seconds: float


@dataclass(frozen=True, eq=False)
class OpenPictures:
    """Open pictures, with the levels that were chosen; answered by a `Picture` or a `PictureRefused` each, in order."""

    doing: ClassVar[str] = "opening pictures"
    sources: tuple[ImageSource, ...]
    frame: int = 0
    levels: Mapping[PictureId, Window] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class DecodeAgain:
    """Decode an open picture with other levels, None for those that suit it; answered by a `Picture`.

    `data` is what it was read from where that was no file.
    """

    doing: ClassVar[str] = "decoding a picture"
    picture: Picture
    data: bytes | None
    levels: Window | None


@dataclass(frozen=True)
class PictureRefused:
    """A picture could not be opened; the sentence says why."""

    sentence: str


@dataclass(frozen=True, eq=False)
class FitPicture:
    """Make a picture square; answered by `FittedPicture`."""

    doing: ClassVar[str] = "making a picture square"
    picture: Picture
    fit: Fit
    size: int


@dataclass(frozen=True, eq=False)
class FittedPicture:
    """What the network sees, uint8 RGB (size, size, 3), and where its pixels are in the picture."""

    pixels: ImageArray
    geometry: FitGeometry


@dataclass(frozen=True, eq=False)
class RenderLayer:
    """Make a layer visible; answered by `RenderedLayer`. Statistics known already need not be computed again."""

    doing: ClassVar[str] = "making maps visible"
    layer: LayerInfo
    maps: MapArray
    style: Style
    statistics: ChannelStatistics | None = None


@dataclass(frozen=True, eq=False)
class DrawBook:
    """Lay a layer out as the book does; answered by `BookPage`."""

    doing: ClassVar[str] = "drawing the book's grid"
    layer: LayerInfo
    maps: MapArray


@dataclass(frozen=True, eq=False)
class BookPage:
    """The book's grid of a layer, uint8 (height, width)."""

    canvas: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class DownloadWeights:
    """Fetch Keras's official weights; answered by progress in bytes."""

    doing: ClassVar[str] = "downloading weights"
    target: Path
    url: str
    md5: str


@dataclass(frozen=True)
class WarmUp:
    """Do once what is slow the first time, when nothing better is to be done; answered by nothing."""

    doing: ClassVar[str] = "warming up"
