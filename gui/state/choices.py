"""What a person can choose of how things are shown, besides what the engine knows of."""

from __future__ import annotations

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
