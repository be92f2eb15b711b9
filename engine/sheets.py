"""Contact sheets: the channels of a layer side by side, with their numbers and what the colours mean."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from engine import colormaps
from engine.encoding import check_pixels, enlarged
from engine.records import ImageArray, LayerInfo, Provenance, ScaledMaps

BACKGROUND = (52, 58, 66)
"""Between the tiles: a colour that no colour map has, so that nothing there can be taken for a value."""

_TEXT = (240, 242, 245)
_DIM = (168, 176, 186)
_MARGIN = 16
_TITLE_SIZE, _TEXT_SIZE, _LABEL_SIZE = 20, 12, 10
_LABEL_HEIGHT = 14
_LABELLED_SIDE = 20  # from here on a tile is wide enough for three digits above it
_ROW_NUMBER_WIDTH = 28
_LANDSCAPE = 1.4
_NARROWEST = 480
_BAR_WIDTH, _BAR_HEIGHT = 256, 10

_KIND_WORDS = {"convolution": "after ReLU", "linear": "before ReLU", "pooling": "after max pooling"}
_SCALE_WORDS = {
    "channel": "each channel from 0 to its maximum",
    "layer": "one scale for all channels",
    "percentile": "each channel from 0 to the 99th percentile above 0",
    "absolute": "fixed scale",
    "chollet": "each channel by its own mean and standard deviation",
}
_SIGNED_SCALE_WORDS = _SCALE_WORDS | {
    "channel": "each channel from its minimum to its maximum",
    "percentile": "each channel from its 1st to its 99th percentile",
}


@dataclass(frozen=True)
class _Layout:
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
        return self.tile_width >= _LABELLED_SIDE

    @property
    def cell_height(self) -> int:
        return self.tile_height + self.gap + (_LABEL_HEIGHT if self.labelled else 0)

    @property
    def cell_width(self) -> int:
        return self.tile_width + self.gap

    @property
    def height(self) -> int:
        return self.top + self.rows * self.cell_height - self.gap + _MARGIN

    @property
    def width(self) -> int:
        return max(_NARROWEST, self.left + self.columns * self.cell_width - self.gap + _MARGIN)

    def tile(self, index: int) -> tuple[int, int]:
        """Left and top of a tile."""
        row, column = divmod(index, self.columns)
        label = _LABEL_HEIGHT if self.labelled else 0
        return self.left + column * self.cell_width, self.top + row * self.cell_height + label


def contact_sheet(
    scaled: ScaledMaps,
    channels: tuple[int, ...],
    colormap: str,
    *,
    enlarge: int,
    layer: LayerInfo,
    provenance: Provenance,
) -> ImageArray:
    """Channels of one layer as one picture with a title; uint8 RGB (height, width, 3).

    Each tile is the map itself, enlarged by a whole number. Tiles of 20 pixels and more carry the channel's number and,
    where each channel has its own scale and there is room, its limits (the upper one alone where the lower is 0).
    Smaller tiles have the number of each row's first channel at the left. Where all channels share one scale, a colour
    bar has its limits.

    Args:
        scaled: All channels of the layer.
        channels: Which of them to show, in this order.
        colormap: One of `colormaps.COLORMAPS`.
        enlarge: How many pixels high and wide a value becomes, without smoothing.
        layer: The layer, for the title.
        provenance: The picture and how it was fitted, for the title.

    Raises:
        EngineError: No such colour map, or the sheet would be too large.
    """
    tiles = scaled.levels[list(channels)]
    shared = scaled.style.scale in ("layer", "absolute")
    layout = _layout(len(channels), tiles.shape[1] * enlarge, tiles.shape[2] * enlarge, shared=shared)
    check_pixels(layout.height, layout.width)
    sheet = _with_tiles(enlarged(tiles, enlarge), layout, colormap)
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    _draw_header(draw, layout.width, len(channels), scaled, layer, provenance)
    if shared:
        _draw_colour_bar(image, draw, scaled, colormap)
    _draw_labels(draw, layout, scaled, channels, with_limits=not shared)
    return np.array(image)


def _layout(count: int, tile_height: int, tile_width: int, *, shared: bool) -> _Layout:
    """Roughly a landscape page; a power of two as the number of columns makes channels easy to count."""
    labelled = tile_width >= _LABELLED_SIDE
    gap = 4 if labelled else 2 if tile_width >= 8 else 1
    columns = 2 ** round(math.log2(max(1.0, math.sqrt(count * _LANDSCAPE * tile_height / tile_width))))
    columns = min(count, max(columns, (_NARROWEST - 2 * _MARGIN) // (tile_width + gap)))
    left = _MARGIN if labelled else _MARGIN + _ROW_NUMBER_WIDTH
    top = _MARGIN + 48 + (36 if shared else 0) + (0 if labelled else 8)
    return _Layout(columns, math.ceil(count / columns), tile_height, tile_width, gap, left, top)


def _with_tiles(tiles: npt.NDArray[np.uint8], layout: _Layout, colormap: str) -> ImageArray:
    sheet = np.empty((layout.height, layout.width, 3), np.uint8)
    sheet[:] = BACKGROUND
    colours = colormaps.table(colormap)
    for index, tile in enumerate(tiles):
        x, y = layout.tile(index)
        sheet[y : y + layout.tile_height, x : x + layout.tile_width] = colours[tile]
    return sheet


def _draw_header(
    draw: ImageDraw.ImageDraw, width: int, count: int, scaled: ScaledMaps, layer: LayerInfo, provenance: Provenance
) -> None:
    every, height, across = scaled.levels.shape
    shown = f"{every}" if count == every else f"{count} of {every}"
    words = _SIGNED_SCALE_WORDS if layer.signed else _SCALE_WORDS
    room = width - 2 * _MARGIN
    title = _font(_TITLE_SIZE)
    draw.text((_MARGIN, _MARGIN), layer.keras_name, _TEXT, title, anchor="lt")
    facts = f"{_KIND_WORDS[layer.kind]} · {shown} channels · {across} x {height}"
    after_title = _MARGIN + title.getlength(layer.keras_name) + 12
    facts = _shortened(facts, _font(_TEXT_SIZE), width - _MARGIN - after_title)
    draw.text((after_title, _MARGIN + 15), facts, _DIM, _font(_TEXT_SIZE), anchor="ls")
    name = "".join(letter if letter.isprintable() else " " for letter in provenance.picture.name)
    origin = f"{name}, {provenance.fit} to {provenance.size} px · {words[scaled.style.scale]}"
    draw.text(
        (_MARGIN, _MARGIN + 34), _shortened(origin, _font(_TEXT_SIZE), room), _DIM, _font(_TEXT_SIZE), anchor="ls"
    )


def _draw_colour_bar(image: Image.Image, draw: ImageDraw.ImageDraw, scaled: ScaledMaps, colormap: str) -> None:
    left, top = _MARGIN, _MARGIN + 46
    bar = np.broadcast_to(colormaps.table(colormap), (_BAR_HEIGHT, _BAR_WIDTH, 3))
    image.paste(Image.fromarray(np.ascontiguousarray(bar)), (left, top))
    low, high = float(scaled.low[0]), float(scaled.high[0])
    for share, anchor in ((0.0, "lt"), (0.5, "mt"), (1.0, "rt")):
        value = _number(low + share * (high - low))
        position = (left + share * _BAR_WIDTH, top + _BAR_HEIGHT + 5)
        draw.text(position, value, _TEXT, _font(_LABEL_SIZE), anchor=anchor)


def _draw_labels(
    draw: ImageDraw.ImageDraw, layout: _Layout, scaled: ScaledMaps, channels: tuple[int, ...], *, with_limits: bool
) -> None:
    font = _font(_LABEL_SIZE)
    every = 1 if layout.labelled else layout.columns * math.ceil(12 / layout.cell_height)
    for index in range(0, len(channels), every):
        x, y = layout.tile(index)
        channel = channels[index]
        if not layout.labelled:
            draw.text((x - 8, y + layout.tile_height // 2), str(channel), _DIM, font, anchor="rm")
            continue
        draw.text((x, y - 4), str(channel), _TEXT, font, anchor="ls")
        limits = _limits(scaled, channel) if with_limits else ""
        if font.getlength(f"{channel}  {limits}") <= layout.tile_width:
            draw.text((x + layout.tile_width, y - 4), limits, _DIM, font, anchor="rs")


def _limits(scaled: ScaledMaps, channel: int) -> str:
    low, high = float(scaled.low[channel]), float(scaled.high[channel])
    return _number(high) if low == 0 else f"{_number(low)} … {_number(high)}"


def _number(value: float) -> str:
    return f"{value:.0f}" if 100 <= abs(value) < 1e6 else f"{value:.3g}"


def _shortened(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: float) -> str:
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
