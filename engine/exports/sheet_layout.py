"""Where things are on a contact sheet, and the words on it, whatever its tiles show."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from PIL import ImageDraw, ImageFont

BACKGROUND = (52, 58, 66)
"""Between the tiles: a colour that no colour map has, so that nothing there can be taken for a value."""

TEXT = (240, 242, 245)
"""Colour of the title and of channel numbers."""

DIM = (168, 176, 186)
"""Colour of everything else that is written."""

MARGIN = 16
"""Pixels around everything."""

TITLE_SIZE, TEXT_SIZE, LABEL_SIZE = 20, 12, 10

_LABEL_HEIGHT = 14
_LABELLED_SIDE = 20  # from here on a tile is wide enough for three digits above it
_ROW_NUMBER_WIDTH = 28
_LANDSCAPE = 1.4
_NARROWEST = 480


@dataclass(frozen=True)
class Layout:
    """Where things are, in pixels; a cell is a tile with its label and the gap after it."""

    columns: int
    rows: int
    tile_height: int
    tile_width: int
    gap: int
    left: int
    top: int

    @property
    def labelled(self) -> bool:
        """Whether a tile is wide enough for words above it."""
        return self.tile_width >= _LABELLED_SIDE

    @property
    def cell_height(self) -> int:
        """From one tile to the next below it."""
        return self.tile_height + self.gap + (_LABEL_HEIGHT if self.labelled else 0)

    @property
    def cell_width(self) -> int:
        """From one tile to the next beside it."""
        return self.tile_width + self.gap

    @property
    def height(self) -> int:
        """Of the sheet."""
        return self.top + self.rows * self.cell_height - self.gap + MARGIN

    @property
    def width(self) -> int:
        """Of the sheet."""
        return max(_NARROWEST, self.left + self.columns * self.cell_width - self.gap + MARGIN)

    def tile(self, index: int) -> tuple[int, int]:
        """Left and top of a tile."""
        row, column = divmod(index, self.columns)
        label = _LABEL_HEIGHT if self.labelled else 0
        return self.left + column * self.cell_width, self.top + row * self.cell_height + label


def arranged(count: int, tile_height: int, tile_width: int, *, shared: bool) -> Layout:
    """Roughly a landscape page; a power of two as the number of columns makes channels easy to count."""
    labelled = tile_width >= _LABELLED_SIDE
    gap = 4 if labelled else 2 if tile_width >= 8 else 1
    columns = 2 ** round(math.log2(max(1.0, math.sqrt(count * _LANDSCAPE * tile_height / tile_width))))
    columns = min(count, max(columns, (_NARROWEST - 2 * MARGIN) // (tile_width + gap)))
    left = MARGIN if labelled else MARGIN + _ROW_NUMBER_WIDTH
    top = MARGIN + 48 + (36 if shared else 0) + (0 if labelled else 8)
    return Layout(columns, math.ceil(count / columns), tile_height, tile_width, gap, left, top)


def draw_header(draw: ImageDraw.ImageDraw, width: int, title: str, facts: str, origin: str) -> None:
    """Write a title with facts after it, and a line about where the tiles come from below, cut where there is no room.

    Args:
        draw: The sheet.
        width: Of the sheet.
        title: The layer's name.
        facts: What the tiles are.
        origin: What they were made of.
    """
    large, small = font(TITLE_SIZE), font(TEXT_SIZE)
    draw.text((MARGIN, MARGIN), title, TEXT, large, anchor="lt")
    left = MARGIN + large.getlength(title) + 12
    draw.text((left, MARGIN + 15), shortened(facts, small, width - MARGIN - left), DIM, small, anchor="ls")
    line = "".join(letter if letter.isprintable() else " " for letter in origin)
    draw.text((MARGIN, MARGIN + 34), shortened(line, small, width - 2 * MARGIN), DIM, small, anchor="ls")


def draw_label(draw: ImageDraw.ImageDraw, layout: Layout, index: int, name: str, number: str) -> None:
    """Write a name above a tile at its left and, if there is room, a number at its right."""
    small = font(LABEL_SIZE)
    x, y = layout.tile(index)
    draw.text((x, y - 4), name, TEXT, small, anchor="ls")
    if small.getlength(f"{name}  {number}") <= layout.tile_width:
        draw.text((x + layout.tile_width, y - 4), number, DIM, small, anchor="rs")


def number_text(value: float) -> str:
    """A number with three digits or a few more."""
    return f"{value:.0f}" if 100 <= abs(value) < 1e6 else f"{value:.3g}"


def shortened(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: float) -> str:
    """The text, its end cut off where it is wider than the room in pixels."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that Pillow carries."""
    return ImageFont.load_default(size)
