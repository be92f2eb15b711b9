"""What a tile shows: a map in colours, or a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QImage

from engine.records import ImageArray
from gui.canvas.qt_images import Levels, Table, fitted_image, fitted_rgb_image, indexed_image, rgb_image


class TileImage(Protocol):
    """Something that a tile shows: (side in device pixels) -> image, and the image at its own size."""

    @property
    def version(self) -> int:
        """Another number whenever a pattern has got another picture; a map's is always 0."""

    def fitted(self, side: int) -> QImage:
        """The image in the largest size that fits a square of that side."""

    def at_own_size(self) -> QImage:
        """The image at its own size, one pixel a value."""


@dataclass(frozen=True, eq=False)
class MapImage:
    """A feature map in colours.

    Attributes:
        levels: uint8 (height, width).
        table: uint8 RGB (256, 3).
    """

    levels: Levels
    table: Table
    version: int = 0

    def fitted(self, side: int) -> QImage:
        """The map in the largest size that fits a square of that side."""
        return fitted_image(self.levels, self.table, side)

    def at_own_size(self) -> QImage:
        """The map at its own size."""
        return indexed_image(self.levels, self.table)


@dataclass(frozen=True, eq=False)
class TilePattern:
    """What a channel's filter looks for.

    Attributes:
        pixels: uint8 RGB (side, side, 3).
        text: What a person has to know about it, in a few words ("weak", "step 12 of 48"), or "".
        description: The same in a sentence, with its score.
        version: See `TileImage`.
    """

    pixels: ImageArray
    text: str
    description: str
    version: int = 0

    def fitted(self, side: int) -> QImage:
        """The pattern in the largest size that fits a square of that side."""
        return fitted_rgb_image(self.pixels, side)

    def at_own_size(self) -> QImage:
        """The pattern at its own size."""
        return rgb_image(self.pixels)
