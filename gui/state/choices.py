"""What a person can choose of how things are shown, besides what the engine knows of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Face: TypeAlias = Literal["tiles", "wall", "book"]
"""A layer as tiles, as one image, or as the book's grid."""

Mode: TypeAlias = Literal["picture", "channel", "blend", "pattern"]
"""The viewer shows what the network sees, a channel, the channel over the picture, or what the filter looks for."""

Order: TypeAlias = Literal["channel", "maximum", "mean", "std", "zeros"]
"""What tiles are sorted by."""

Content: TypeAlias = Literal["maps", "patterns", "both"]
"""What a tile has in it: the channel's map, what its filter looks for, or the two side by side."""

FACES: tuple[Face, ...] = get_args(Face)
MODES: tuple[Mode, ...] = get_args(Mode)
CONTENTS: tuple[Content, ...] = get_args(Content)
ORDERS: tuple[Order, ...] = get_args(Order)

SCALE_WORDS: Mapping[str, tuple[str, str]] = {
    "channel": ("Each channel", "Each channel from 0 to its own maximum: shows form, hides strength"),
    "layer": ("Whole layer", "One range for all channels of the layer, so that brightness compares"),
    "percentile": ("Robust", "Each channel from its 1st to its 99th percentile: a few peaks do not darken the rest"),
    "absolute": ("Fixed limits", "The limits that you set, the same for every layer and picture"),
    "chollet": ("As in the book", "Mean and two standard deviations of each channel, as in Deep Learning with Python"),
}
FIT_WORDS: Mapping[str, tuple[str, str]] = {
    "crop": ("Crop", "The largest square in the middle of the picture"),
    "pad": ("Pad", "The whole picture, with the mean colour around it"),
    "stretch": ("Stretch", "The whole picture, stretched to a square"),
    "keras": ("As Keras loads it", "Stretched without smoothing, as keras.utils.load_img does it"),
}


Scheme: TypeAlias = Literal["system", "light", "dark"]
"""The person's choice; "system" does as the desktop does."""


SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


Side: TypeAlias = Literal["left", "right"]
