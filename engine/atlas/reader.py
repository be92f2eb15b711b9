"""The patterns that come with the program: for each layer one sheet of tiles and an index. Read only; no TensorFlow."""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from engine.atlas.index import LayerIndex, decode
from engine.exports.manifest_fields import InvalidError
from engine.exports.manifest_patterns import FinalOutcome
from engine.patterns.recipes import ALGORITHM_VERSION, Recipe
from engine.records import ImageArray

SHEET_SUFFIX = ".webp"
INDEX_SUFFIX = ".json"

_MAXIMUM_BYTES = 64 * 10**6
_KEPT = 2

Decoder: TypeAlias = Callable[[bytes, int, int], ImageArray]
"""Makes uint8 RGB (height, width, 3) of a WebP file that has to be so wide and so high; else `InvalidError`."""


def decode_sheet(data: bytes, width: int, height: int) -> ImageArray:
    """A `Decoder` with Pillow."""
    try:
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
            pixels = np.asarray(image.convert("RGB")) if image.size == (width, height) else None
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises whatever damaged bytes lead to
        raise InvalidError("its sheet is damaged") from error
    if pixels is None:
        raise InvalidError("its sheet has another size")
    return pixels


@dataclass(frozen=True, eq=False)
class AtlasPattern:
    """One pattern of an atlas.

    Attributes:
        layer: The layer.
        channel: The channel.
        image: uint8 RGB (side, side, 3), read-only; close to what the ascent made, for the sheets may be lossy.
        score: Mean of the channel's map after ReLU for what the ascent made.
        outcome: What became of it.
        step: Steps done.
        recipe: The recipe that made it, with every parameter, after a rescue.
        seed: The seed that made it.
        attempts: How many ascents it took.
        note: What a person should know about how it went, or "".
    """

    layer: str
    channel: int
    image: ImageArray
    score: float
    outcome: FinalOutcome
    step: int
    recipe: Recipe
    seed: int
    attempts: int
    note: str


class Atlas:
    """An atlas in a folder. Nothing raises: what is damaged is not there, and `problem` says so.

    Attributes:
        folder: Where it is.
        problem: One sentence about a part that is damaged, or "".
    """

    def __init__(self, folder: Path, weights_sha256: str | None = None, *, decode: Decoder = decode_sheet) -> None:
        """Look into a folder.

        Args:
            folder: Where the atlas is, or might be.
            weights_sha256: Leave out patterns that were made with other weights; None takes all.
            decode: Reads sheets, if something else than Pillow is to do it.
        """
        self.folder = folder
        self.problem = ""
        self._weights_sha256 = weights_sha256
        self._decode = decode
        self._indexes: dict[str, LayerIndex | None] = {}
        self._tiles: OrderedDict[str, ImageArray] = OrderedDict()
        self._lock = threading.Lock()

    def index(self, layer: str) -> LayerIndex | None:
        """The index of a layer's tiles, or None when it is not there.

        A layer that another version of the ascent made is not there either, without this being a problem.
        """
        with self._lock:
            if layer not in self._indexes:
                self._indexes[layer] = self._read_index(layer)
            return self._indexes[layer]

    def tiles(self, layer: str) -> ImageArray | None:
        """All tiles of a layer at once.

        Returns:
            uint8 RGB (channels, side, side, 3), C-contiguous and read-only, or None when the layer is not there.
            Tile ``c`` is that of channel ``c``; those of `missing` channels are black.
        """
        index = self.index(layer)
        if index is None:
            return None
        with self._lock:
            if layer not in self._tiles:
                try:
                    self._tiles[layer] = _tiles_of(self._path(layer, SHEET_SUFFIX), index, self._decode)
                except (InvalidError, OSError, MemoryError) as error:
                    self._give_up(layer, str(error))
                    return None
                if len(self._tiles) > _KEPT:
                    self._tiles.popitem(last=False)
            self._tiles.move_to_end(layer)
            return self._tiles[layer]

    def pattern(self, layer: str, channel: int) -> AtlasPattern | None:
        """The pattern of one channel, or None when it is not there."""
        index = self.index(layer)
        record = None if index is None else index.patterns.get(channel)
        tiles = None if record is None else self.tiles(layer)
        if record is None or tiles is None:
            return None
        return AtlasPattern(
            layer=layer,
            channel=channel,
            image=tiles[channel],
            score=record.score,
            outcome=record.outcome,
            step=record.step,
            recipe=record.recipe,
            seed=record.seed,
            attempts=record.attempts,
            note=record.note,
        )

    def _read_index(self, layer: str) -> LayerIndex | None:
        path = self._path(layer, INDEX_SUFFIX)
        if not path.exists():
            return None
        try:
            index = decode(path)
        except InvalidError as error:
            self._complain(layer, str(error))
            return None
        if index.layer != layer:
            self._complain(layer, f"its index is that of {index.layer}")
            return None
        if index.algorithm != ALGORITHM_VERSION or self._weights_sha256 not in (None, index.weights_sha256):
            return None
        return index

    def _give_up(self, layer: str, reason: str) -> None:
        self._indexes[layer] = None
        self._complain(layer, reason)

    def _complain(self, layer: str, reason: str) -> None:
        self.problem = (
            f"The patterns of {layer} that come with the program cannot be used ({reason.rstrip('.')}); "
            "they are computed when they are asked for."
        )

    def _path(self, layer: str, suffix: str) -> Path:
        return self.folder / f"{layer}{suffix}"


def _tiles_of(path: Path, index: LayerIndex, read: Decoder) -> ImageArray:
    """The tiles of a sheet. Raises `InvalidError` unless it is the one that the index was made for."""
    if path.stat().st_size > _MAXIMUM_BYTES:
        raise InvalidError("its sheet is too large")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != index.sheet_sha256:
        raise InvalidError("its sheet is damaged")
    side, columns, rows = index.side, index.columns, index.rows
    pixels = read(data, columns * side, rows * side)
    grid = pixels.reshape(rows, side, columns, side, 3).swapaxes(1, 2)
    tiles = grid.reshape(rows * columns, side, side, 3)[: index.channels]
    if index.missing:
        tiles[list(index.missing)] = 0
    tiles.flags.writeable = False
    return tiles
