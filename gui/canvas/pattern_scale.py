"""Patterns side by side have one magnification: a pixel of the network's input is equally large in all of them.

A small pattern without seams is repeated, as a sheet that comes with the program does it, and not enlarged.
"""

from __future__ import annotations

import numpy as np

from engine.atlas.maker import tile_side
from engine.patterns.records import Frame
from engine.patterns.rescue import larger_canvas
from engine.records import ImageArray

GREY = 128
"""Where there is no pattern."""


def as_on_a_sheet(frame: Frame) -> ImageArray:
    """The pattern as large as those of its layer that come with the program; uint8 RGB (side, side, 3), read-only."""
    side, recipe = len(frame.image), frame.recipe
    if not recipe.shift:
        return frame.image  # has seams; and so have all that are made in the same way, which are equally large
    if recipe.canvas == side:
        return repeated(frame.image, tile_side(side))
    if frame.attempts > 1 and recipe.canvas == larger_canvas(side):
        return _in_the_middle(frame.image, tile_side(side))  # a part of what was climbed, which ends at its edges
    return frame.image


def seamless(frame: Frame) -> bool:
    """Whether the picture can be repeated: it is the whole of what was climbed, or some of these."""
    return frame.recipe.shift and len(frame.image) % (frame.recipe.canvas or 1) == 0


def repeated(image: ImageArray, side: int) -> ImageArray:
    """A picture that goes on beyond its right and lower edge with itself, up to a side; a larger one is as it is."""
    missing = side - len(image)
    if missing <= 0:
        return image
    return _kept(np.pad(image, ((0, missing), (0, missing), (0, 0)), mode="wrap"))


def _in_the_middle(image: ImageArray, side: int) -> ImageArray:
    if side <= len(image):
        return image
    field = np.full((side, side, 3), GREY, np.uint8)
    first = (side - len(image)) // 2
    field[first : first + len(image), first : first + len(image)] = image
    return _kept(field)


def _kept(image: ImageArray) -> ImageArray:
    image.setflags(write=False)
    return image
