"""Writes one layer of an atlas: its sheet of tiles, then the index that vouches for it."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from engine.atlas.index import LayerIndex, encode
from engine.atlas.reader import INDEX_SUFFIX, SHEET_SUFFIX
from engine.exports.manifest_patterns import PatternRecord
from engine.files.atomic import sweep, write_whole
from engine.files.regular_file import reason, shown
from engine.patterns.recipes import ALGORITHM_VERSION, Recipe
from engine.patterns.records import Frame
from engine.records import EngineError, ImageArray, LayerInfo

QUALITY = 86
"""Of a lossy WebP sheet: nothing is seen to be missing at twice the size, and all layers take 30 MB."""

_LOSSLESS_SHARE = 1.25
"""A lossless sheet is taken when it has no more than so many times the bytes of a lossy one.

That is so where a tile repeats a small canvas, as in the first blocks; there the fine colours that a lossy WebP blurs
are just what a filter looks for.
"""


def write_layer(
    folder: Path,
    layer: LayerInfo,
    frames: Sequence[Frame],
    *,
    weights_sha256: str,
    recipe: Recipe,
    seed: int,
    quality: int = QUALITY,
) -> None:
    """Write the sheet and the index of a layer; the same bytes for the same patterns.

    The index comes last and has the sheet's sha256, so an interruption leaves at worst a layer that is not there.

    Args:
        folder: Where the atlas is; made if it is missing.
        layer: The layer.
        frames: The last frame of each pattern, in any order; channels may be missing.
        weights_sha256: Of the weights that they were made with.
        recipe: The recipe, with canvas and size settled.
        seed: The seed.
        quality: Of a lossy sheet, from 0 to 100.

    Raises:
        EngineError: There is no pattern, they are of different sizes, or the disk refuses.
    """
    count = layer.channels
    tiles = {frame.channel: frame for frame in frames if frame.layer == layer.name and 0 <= frame.channel < count}
    sides = {frame.image.shape for frame in frames}
    if len(sides) != 1 or len(tiles) != len(frames):
        raise EngineError(
            f"A sheet of {layer.name} needs patterns of one size of its channels. Received: {sorted(sides)}."
        )
    columns = columns_of(count)
    sheet = encoded(_sheet(tiles, count, columns), quality)
    index = LayerIndex(
        layer=layer.name,
        channels=count,
        weights_sha256=weights_sha256,
        algorithm=ALGORITHM_VERSION,
        recipe=recipe,
        seed=seed,
        side=next(iter(sides))[0],
        columns=columns,
        sheet_sha256=hashlib.sha256(sheet).hexdigest(),
        patterns={channel: PatternRecord.of(frame) for channel, frame in sorted(tiles.items())},
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        write_whole(folder / f"{layer.name}{SHEET_SUFFIX}", sheet)
        write_whole(folder / f"{layer.name}{INDEX_SUFFIX}", encode(index))
    except (OSError, ValueError) as error:
        raise EngineError(
            f"The atlas cannot be written to {shown(str(folder))} ({reason(error)}); make room or choose another one."
        ) from error


def columns_of(count: int) -> int:
    """Tiles in a row: a power of two, for a sheet that is square or twice as wide as high."""
    return int(2 ** math.ceil(math.log2(math.sqrt(count))))


def encoded(sheet: ImageArray, quality: int) -> bytes:
    """The WebP file of a sheet: lossless where that costs little, else of the given quality."""
    lossy = _webp(sheet, quality=quality, method=6)
    lossless = _webp(sheet, lossless=True, quality=60, method=4)
    return lossless if len(lossless) <= _LOSSLESS_SHARE * len(lossy) else lossy


def _webp(sheet: ImageArray, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(sheet).save(stream, "WEBP", **options)
    return stream.getvalue()


def _sheet(frames: dict[int, Frame], count: int, columns: int) -> ImageArray:
    side = next(iter(frames.values())).image.shape[0]
    rows = math.ceil(count / columns)
    sheet = np.zeros((rows * side, columns * side, 3), np.uint8)
    for channel, frame in frames.items():
        row, column = divmod(channel, columns)
        sheet[row * side : (row + 1) * side, column * side : (column + 1) * side] = frame.image
    return sheet
