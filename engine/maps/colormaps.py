"""Colour maps: from a level, 0 to 255, to the colour that a person sees."""

from __future__ import annotations

import difflib
import functools
from dataclasses import replace

import numpy as np

import resources
from engine.records import EngineError, ImageArray, Style

COLORMAPS: tuple[str, ...] = ("viridis", "gray", "magma", "inferno", "cividis", "diverging")
"""The colour maps on offer. ``gray`` shows the levels themselves; ``diverging`` is for values around 0."""

_PARTING = frozenset({"diverging"})
"""Colour maps with a neutral middle, which has to be 0 for their two halves to mean anything."""


@functools.cache
def table(name: str) -> ImageArray:
    """The colours of a colour map, one for each level: uint8 RGB (256, 3), read-only.

    ``viridis``, ``magma``, ``inferno`` and ``cividis`` are byte for byte those of matplotlib.

    Raises:
        EngineError: There is no such colour map; the sentence offers the nearest name.
    """
    if name not in COLORMAPS:
        nearest = difflib.get_close_matches(name.lower(), COLORMAPS, n=1, cutoff=0.0)
        raise EngineError(f"There is no colour map {name!r}; did you mean {nearest[0]!r}?")
    digits = resources.path("colormaps", f"{name}.txt").read_text(encoding="ascii")
    return np.frombuffer(bytes.fromhex(digits), np.uint8).reshape(256, 3)


def suited(style: Style, name: str) -> Style:
    """The style in which a colour map tells the truth: with 0 in the middle if that is where its colours part."""
    return replace(style, centred=name in _PARTING)


def without_middle(name: str) -> str:
    """The colour map itself, or ``gray`` for one that needs 0 in the middle: for pictures that have no such scale."""
    return "gray" if name in _PARTING else name
