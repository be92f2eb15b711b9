"""The index of one layer of an atlas: the JSON file beside its sheet of tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.exports import manifest
from engine.exports.manifest_fields import LARGEST, Fields, InvalidError, check_version, finite, load_object
from engine.exports.manifest_patterns import (
    OUTCOMES,
    FinalOutcome,
    PatternRecord,
    convolution_channels,
    read_changes,
    read_recipe,
)
from engine.patterns.recipes import Recipe

MAXIMUM_SIDE = 16383
"""The largest width or height of a WebP picture, in pixels."""

_SCHEMA = "convscope-atlas"
_VERSION = 1
_MAXIMUM_BYTES = 4 * 10**6
_MAXIMUM_TILE = 1024
_MAXIMUM_PIXELS = 2**26
_MAXIMUM_NOTE = 1024


@dataclass(frozen=True)
class LayerIndex:
    """The tiles of one layer, without their pixels.

    Tile ``c`` is at row ``c // columns`` and column ``c % columns`` of the sheet, whether or not other tiles are there.

    Attributes:
        layer: The layer.
        channels: How many channels it has.
        weights_sha256: Of the weights that the patterns were made with.
        algorithm: Version of the ascent.
        recipe: The recipe as it was asked for, with every parameter.
        seed: The seed.
        side: Of a tile, in pixels.
        columns: Tiles in a row.
        sheet_sha256: Of the sheet's file.
        patterns: What is known of each tile that is there, by channel.
    """

    layer: str
    channels: int
    weights_sha256: str
    algorithm: int
    recipe: Recipe
    seed: int
    side: int
    columns: int
    sheet_sha256: str
    patterns: dict[int, PatternRecord]

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return math.ceil(self.channels / self.columns)

    @property
    def missing(self) -> tuple[int, ...]:
        """Channels that have no tile."""
        return tuple(channel for channel in range(self.channels) if channel not in self.patterns)


def encode(index: LayerIndex) -> bytes:
    """The bytes of an index file; the same for the same index."""
    patterns = [index.patterns[channel] for channel in sorted(index.patterns)]
    return manifest.encode(
        {
            "schema": _SCHEMA,
            "version": _VERSION,
            "layer": index.layer,
            "weights": index.weights_sha256,
            "algorithm": index.algorithm,
            "recipe": index.recipe.as_dict(),
            "seed": index.seed,
            "sheet": {"sha256": index.sheet_sha256, "side": index.side, "columns": index.columns},
            "channels": [pattern.channel for pattern in patterns],
            "scores": [pattern.score for pattern in patterns],
            "outcomes": [pattern.outcome for pattern in patterns],
            "steps": [pattern.step for pattern in patterns],
            "exceptions": [_exception(pattern, index) for pattern in patterns if _is_exception(pattern, index)],
        }
    )


def decode(path: Path) -> LayerIndex:
    """Read an index file.

    Raises:
        InvalidError: It is not one, or not a whole one.
    """
    content = load_object(path, _MAXIMUM_BYTES)
    check_version(content, _SCHEMA, _VERSION)
    fields = Fields(content)
    layer, count = convolution_channels(fields)
    recipe, seed = read_recipe(fields.fields("recipe")), fields.integer("seed", 0, LARGEST)
    sheet = fields.fields("sheet")
    side = sheet.integer("side", 1, _MAXIMUM_TILE)
    columns = sheet.integer("columns", 1, MAXIMUM_SIDE // side)
    height, width = math.ceil(count / columns) * side, columns * side
    if height > MAXIMUM_SIDE or height * width > _MAXIMUM_PIXELS:
        raise InvalidError(f"its sheet would have {width} × {height} pixels")
    return LayerIndex(
        layer=layer,
        channels=count,
        weights_sha256=fields.digest("weights"),
        algorithm=fields.integer("algorithm", 1, LARGEST),
        recipe=recipe,
        seed=seed,
        side=side,
        columns=columns,
        sheet_sha256=sheet.digest("sha256"),
        patterns=_patterns(fields, count, recipe, seed),
    )


def _patterns(fields: Fields, count: int, recipe: Recipe, seed: int) -> dict[int, PatternRecord]:
    channels = fields.items("channels", _whole, count)
    scores = fields.items("scores", finite, count)
    outcomes: tuple[FinalOutcome, ...] = fields.items("outcomes", _outcome, count)
    steps = fields.items("steps", _whole, count)
    if not len(channels) == len(scores) == len(outcomes) == len(steps) or sorted(set(channels)) != list(channels):
        raise InvalidError("its lists do not go together")
    if channels and channels[-1] >= count:
        raise InvalidError(f"the layer has no channel {channels[-1]}")
    found = {
        channel: PatternRecord(channel, 0, score, outcome, step, seed, 1, "", recipe)
        for channel, score, outcome, step in zip(channels, scores, outcomes, steps, strict=True)
    }
    for entry in fields.items("exceptions", lambda value: Fields(value, "exceptions."), count):
        channel = entry.integer("channel", 0, count - 1)
        if channel not in found:
            raise InvalidError(f"channel {channel} is an exception and is not there")
        found[channel] = _made_otherwise(found[channel], entry)
    return found


def _made_otherwise(plain: PatternRecord, entry: Fields) -> PatternRecord:
    return PatternRecord(
        plain.channel,
        plain.variant,
        plain.score,
        plain.outcome,
        plain.step,
        entry.integer("seed", 0, LARGEST),
        entry.integer("attempts", 1, LARGEST),
        entry.get("note", lambda value: value if isinstance(value, str) and len(value) <= _MAXIMUM_NOTE else None),
        read_changes(entry.fields("changes"), plain.recipe),
    )


def _is_exception(pattern: PatternRecord, index: LayerIndex) -> bool:
    return (pattern.seed, pattern.attempts, pattern.note, pattern.recipe) != (index.seed, 1, "", index.recipe)


def _exception(pattern: PatternRecord, index: LayerIndex) -> dict[str, Any]:
    return {
        "channel": pattern.channel,
        "seed": pattern.seed,
        "attempts": pattern.attempts,
        "note": pattern.note,
        "changes": manifest.changes(index.recipe, pattern.recipe),
    }


def _whole(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= LARGEST else None


def _outcome(value: object) -> FinalOutcome | None:
    return next((outcome for outcome in OUTCOMES if outcome == value), None)
