"""The frozen values that cross between the engine and its users: the window's threads, the shell, a script.

Arrays in these records are C-contiguous and read-only, and nobody writes to them again: that is what lets a record
travel from one thread to another without a copy or a lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

ImageArray: TypeAlias = npt.NDArray[np.uint8]
"""A picture: uint8 RGB, (height, width, 3)."""

MapArray: TypeAlias = npt.NDArray[np.float32]
"""Feature maps of one layer: float32, (height, width, channels), in the units of the network."""

Kind: TypeAlias = Literal["convolution", "linear", "pooling"]
"""What a layer's maps are: after the fused ReLU, before it (``:linear``), or after a max pooling."""

Fit: TypeAlias = Literal["crop", "pad", "stretch", "keras"]
Scale: TypeAlias = Literal["channel", "layer", "percentile", "absolute", "chollet"]

LINEAR = ":linear"
"""Ends the name of a map before its layer's activation."""

FITS: tuple[Fit, ...] = get_args(Fit)
SCALES: tuple[Scale, ...] = get_args(Scale)


class EngineError(Exception):
    """Something that a person has to know: one sentence saying what was wrong, what was received and what to do."""


class FrameworkError(EngineError):
    """TensorFlow or Keras cannot be used, whatever weights or pictures they are given."""


@dataclass(frozen=True)
class LayerInfo:
    """One view of the network that has feature maps to look at.

    Attributes:
        name: Keras's name (``block3_conv1``), or that with ``:linear`` for the map before the fused ReLU.
        kind: What the maps are; see `Kind`.
        block: The block that it belongs to (``block3``).
        output_shape: (height, width, channels) at the input size that the table was made for.
        parameters: Trainable numbers (kernel and bias). A ``:linear`` view counts those of its layer.
        receptive_field: Side of the square of input pixels that one value depends on, in pixels.
        stride: Input pixels between two neighbouring values.
        start: The first input pixel that the first value depends on; negative where that lies in the padding.
    """

    name: str
    kind: Kind
    block: str
    output_shape: tuple[int, int, int]
    parameters: int
    receptive_field: int
    stride: int
    start: int

    @property
    def keras_name(self) -> str:
        """The name of the Keras layer whose output, or whose output before ReLU, this is."""
        return self.name.removesuffix(LINEAR)

    @property
    def channels(self) -> int:
        """How many feature maps the layer has."""
        return self.output_shape[2]

    @property
    def signed(self) -> bool:
        """Whether values below zero can occur: only before ReLU."""
        return self.kind == "linear"


@dataclass(frozen=True)
class Levels:
    """Which values of a picture of more than 8 bits are shown as black and as white.

    Where white is zero in the file, it is the other way round.

    Attributes:
        low: The value shown as 0, in the file's own units.
        high: The value shown as 255.
        lowest: The smallest value in the file; NaN, infinities and nodata left out.
        highest: The largest one.
        chosen: Whether a person chose low and high; else they are a robust window of the values.
    """

    low: float
    high: float
    lowest: float
    highest: float
    chosen: bool = False


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it was opened.

    Attributes:
        name: What a person calls it: a file's name, "pasted picture", or "standard input".
        pixels: uint8 RGB (height, width, 3), upright, without alpha.
        sha256: Hex digest of the bytes it was read from.
        path: The file that it came from, absolute, or None when it came from the clipboard, a browser or a pipe.
        frame: Which frame of an animation or page of a document, from 0.
        frames: How many there are.
        note: What was done on the way in that a person might want to know ("16-bit grey, scaled from 0…4095"), or "".
        levels: Which values are black and white, for a picture of more than 8 bits; None for others.
        stored: The bytes of its file where Pillow alone makes other pixels of them, for the ``keras`` fit; else None.
            They nearly always take less memory than those pixels would.
        orientation: As EXIF numbers them, how the file's pixels lie; 1 when they are upright.
    """

    name: str
    pixels: ImageArray
    sha256: str
    path: str | None = None
    frame: int = 0
    frames: int = 1
    note: str = ""
    levels: Levels | None = None
    stored: bytes | None = None
    orientation: int = 1


@dataclass(frozen=True)
class Style:
    """How feature maps become grey levels.

    Attributes:
        scale: Which range of values maps to 0–255; see `engine.maps.scaling`.
        low: Lower limit of the ``absolute`` scale, in the units of the map.
        high: Upper limit of the ``absolute`` scale.
        centred: Whether 0 is the middle level, as a colour map wants it whose colours part there. It widens the range
            of the ``channel``, ``layer`` and ``percentile`` scales; the others have their range from elsewhere.
    """

    scale: Scale = "channel"
    low: float = 0.0
    high: float = 1.0
    centred: bool = False


@dataclass(frozen=True, eq=False)
class ChannelStatistics:
    """Numbers of every channel of one layer; each array has one entry a channel.

    Attributes:
        minimum: float32 (channels,).
        maximum: float32 (channels,).
        mean: float32 (channels,).
        std: Population standard deviation, float32 (channels,).
        zeros: Share of values that are exactly 0, from 0 to 1, float32 (channels,).
        blank: Every value is 0, bool (channels,).
        constant: Every value is the same number other than 0, bool (channels,).
    """

    minimum: npt.NDArray[np.float32]
    maximum: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float32]
    std: npt.NDArray[np.float32]
    zeros: npt.NDArray[np.float32]
    blank: npt.NDArray[np.bool_]
    constant: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ScaledMaps:
    """Feature maps made visible.

    Attributes:
        style: The style that made them.
        levels: uint8 (channels, height, width), channel first so that each one is a contiguous image.
        low: The value shown as level 0, float32 (channels,).
        high: The value shown as level 255, float32 (channels,).
        clipped: Share of values outside low…high, from 0 to 1, float32 (channels,).
    """

    style: Style
    levels: npt.NDArray[np.uint8]
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    clipped: npt.NDArray[np.float32]


@dataclass(frozen=True)
class WeightsFile:
    """Weights that were found and checked.

    Attributes:
        path: Where the file is.
        sha256: Hex digest of its bytes.
        source: How it was found: "named", "bundled", "keras" (Keras's own cache) or "downloaded".
        known: Whether the digest is that of the published ImageNet weights. False means a file of the right structure
            with other numbers in it.
    """

    path: str
    sha256: str
    source: Literal["named", "bundled", "keras", "downloaded"]
    known: bool


@dataclass(frozen=True)
class Progress:
    """How far a long job is.

    Attributes:
        done: Steps finished.
        total: Steps in all, or 0 while that is not known.
        text: What is being done, for the status bar.
    """

    done: int
    total: int
    text: str = ""


@dataclass(frozen=True)
class Unanswered(Progress):
    """The same while nothing can be done because something else, such as a network share, does not answer."""


@dataclass(frozen=True)
class Provenance:
    """Where a set of feature maps came from: what an export has to say so that anyone can make it again.

    Attributes:
        picture: The picture that was looked at.
        fit: How it was made square.
        size: Side of the network's input, in pixels.
        weights: The weights that were used.
    """

    picture: Picture
    fit: Fit
    size: int
    weights: WeightsFile


@dataclass(frozen=True)
class LayerSelection:
    """Channels of one layer, chosen for an export.

    Attributes:
        layer: The layer.
        channels: Channel numbers, from 0, in the order they were chosen.
    """

    layer: LayerInfo
    channels: tuple[int, ...] = field(default=())
