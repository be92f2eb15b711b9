"""Contact sheets: the channels of a layer side by side, with their numbers and what the colours mean."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from engine.exports.encoding import check_pixels, enlarged
from engine.exports.sheet_layout import (
    BACKGROUND,
    DIM,
    LABEL_SIZE,
    MARGIN,
    TEXT,
    Layout,
    arranged,
    draw_header,
    draw_label,
    font,
    number_text,
)
from engine.maps import colormaps
from engine.memory import estimates
from engine.records import ImageArray, LayerInfo, Provenance, ScaledMaps

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
    layout = arranged(len(channels), tiles.shape[1] * enlarge, tiles.shape[2] * enlarge, shared=shared)
    check_pixels(layout.height, layout.width)
    estimates.check_sheet(layout.height, layout.width, scaled.levels.nbytes)
    sheet = _with_tiles(enlarged(tiles, enlarge), layout, colormap)
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    _draw_header(draw, layout.width, len(channels), scaled, layer, provenance)
    if shared:
        _draw_colour_bar(image, draw, scaled, colormap)
    _draw_labels(draw, layout, scaled, channels, with_limits=not shared)
    return np.array(image)


def _with_tiles(tiles: npt.NDArray[np.uint8], layout: Layout, colormap: str) -> ImageArray:
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
    facts = f"{_KIND_WORDS[layer.kind]} · {shown} channels · {across} x {height}"
    origin = f"{provenance.picture.name}, {provenance.fit} to {provenance.size} px · {words[scaled.style.scale]}"
    draw_header(draw, width, layer.keras_name, facts, origin)


def _draw_colour_bar(image: Image.Image, draw: ImageDraw.ImageDraw, scaled: ScaledMaps, colormap: str) -> None:
    left, top = MARGIN, MARGIN + 46
    bar = np.broadcast_to(colormaps.table(colormap), (_BAR_HEIGHT, _BAR_WIDTH, 3))
    image.paste(Image.fromarray(np.ascontiguousarray(bar)), (left, top))
    low, high = float(scaled.low[0]), float(scaled.high[0])
    for share, anchor in ((0.0, "lt"), (0.5, "mt"), (1.0, "rt")):
        value = number_text(low + share * (high - low))
        position = (left + share * _BAR_WIDTH, top + _BAR_HEIGHT + 5)
        draw.text(position, value, TEXT, font(LABEL_SIZE), anchor=anchor)


def _draw_labels(
    draw: ImageDraw.ImageDraw, layout: Layout, scaled: ScaledMaps, channels: tuple[int, ...], *, with_limits: bool
) -> None:
    if layout.labelled:
        for index, channel in enumerate(channels):
            draw_label(draw, layout, index, str(channel), _limits(scaled, channel) if with_limits else "")
        return
    for index in range(0, len(channels), layout.columns * math.ceil(12 / layout.cell_height)):
        x, y = layout.tile(index)
        text = str(channels[index])
        draw.text((x - 8, y + layout.tile_height // 2), text, DIM, font(LABEL_SIZE), anchor="rm")


def _limits(scaled: ScaledMaps, channel: int) -> str:
    low, high = float(scaled.low[channel]), float(scaled.high[channel])
    return number_text(high) if low == 0 else f"{number_text(low)} … {number_text(high)}"
