"""What a manifest says about exported patterns, and how that is read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

import numpy as np

from engine.exports.manifest_fields import LARGEST, Fields, InvalidError, channel, finite, plain_name, shown
from engine.exports.manifest_records import PictureRecord, WeightsRecord
from engine.networks.description import NetworkDescription
from engine.patterns import objectives, recipes
from engine.patterns.objectives import Objective
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame
from engine.patterns.requests import PatternFormat, PatternRequest, objective_from_dict
from engine.records import EngineError, Fit, NetworkIdentity

FinalOutcome: TypeAlias = Literal["rendered", "weak", "stuck"]
"""What became of a pattern that is finished."""

OUTCOMES: tuple[FinalOutcome, ...] = get_args(FinalOutcome)

_MAXIMUM_ENTRIES = 100_000
_MAXIMUM_NOTE = 4096
_RECIPE_FIELDS = frozenset(recipes.RECIPES[recipes.DEFAULT].as_dict())


@dataclass(frozen=True)
class PatternRecord:
    """One exported pattern.

    Attributes:
        channel: The channel, or -1 for a whole layer.
        variant: Which one of several patterns of the objective.
        score: Mean of the channel's map after ReLU.
        outcome: What became of it.
        step: Steps done.
        seed: The seed that worked.
        attempts: How many ascents it took.
        note: What a person should know, or "".
        recipe: The recipe that worked, with every parameter.
    """

    channel: int
    variant: int
    score: float
    outcome: FinalOutcome
    step: int
    seed: int
    attempts: int
    note: str
    recipe: Recipe

    @classmethod
    def of(cls, frame: Frame) -> PatternRecord:
        """What is to be recorded of the last frame of a finished pattern."""
        return cls(
            channel=frame.channel,
            variant=frame.variant,
            score=float(str(np.float32(frame.score))),  # the fewest digits that give the same float32 again
            outcome=cast(FinalOutcome, frame.outcome),
            step=frame.step,
            seed=frame.seed,
            attempts=frame.attempts,
            note=frame.note,
            recipe=frame.recipe,
        )


@dataclass(frozen=True)
class PatternSelectionRecord:
    """Patterns that were asked for together.

    Attributes:
        layer: The layer.
        recipe: The recipe, with every parameter.
        seed: The seed.
        patterns: The patterns, in the order of the files or of the tiles.
        files: Plain file names: one a pattern, or one for a sheet.
        objective: What was climbed, or None for the mean of each one's channel.
        more: By how many steps they were continued, once for each time.
        start: sha256 of the picture that they start from, "" for noise.
    """

    layer: str
    recipe: Recipe
    seed: int
    patterns: tuple[PatternRecord, ...]
    files: tuple[str, ...]
    objective: Objective | None = None
    more: tuple[int, ...] = ()
    start: str = ""

    def requests(self) -> tuple[PatternRequest, ...]:
        """What to ask for to get the same pictures again."""
        return tuple(
            PatternRequest(
                self.layer,
                self.objective or objectives.channel(pattern.channel),
                self.recipe,
                self.seed,
                pattern.variant,
                self.more,
                self.start,
            )
            for pattern in self.patterns
        )


@dataclass(frozen=True)
class PatternManifest:
    """An export of patterns, as it was recorded.

    Attributes:
        program_version: Version of the program that wrote it.
        libraries: Name and version of Python and the libraries; None for one whose version was not known.
        platform: Operating system and processor.
        network: The network.
        weights: The weights.
        picture: The picture that they start from, or None.
        fit: How it was made square, or None.
        size: Side of that square in pixels, or None.
        format: What kind of files were written.
        algorithm: Version of the ascent; another one makes other pictures.
        selections: What was exported.
        earlier: Exports of patterns to the same folder before this one, newest first.
    """

    program_version: str
    libraries: tuple[tuple[str, str | None], ...]
    platform: str
    network: NetworkIdentity
    weights: WeightsRecord
    picture: PictureRecord | None
    fit: Fit | None
    size: int | None
    format: PatternFormat
    algorithm: int
    selections: tuple[PatternSelectionRecord, ...]
    earlier: tuple[PatternManifest, ...] = ()


def pattern_selections(
    fields: Fields, network: NetworkDescription, *, one_file_each: bool
) -> tuple[PatternSelectionRecord, ...]:
    """The selections of a manifest of patterns of this network.

    Raises:
        InvalidError: They are not what an export writes.
    """
    entries = fields.items("selections", lambda value: Fields(value, "selections."), _MAXIMUM_ENTRIES)
    if not entries:
        raise InvalidError("nothing was exported")
    return tuple(_selection(entry, network, one_file_each=one_file_each) for entry in entries)


def read_recipe(fields: Fields) -> Recipe:
    """A recipe with every parameter.

    Raises:
        InvalidError: One is missing, unknown or of the wrong kind.
    """
    if missing := sorted(_RECIPE_FIELDS - set(fields)):
        raise InvalidError(f"the recipe has no {missing[0]!r}")
    return _recipe({name: fields.get(name, _parameter)[0] for name in fields})


def read_changes(fields: Fields, recipe: Recipe) -> Recipe:
    """A recipe with those parameters changed that the fields name.

    Raises:
        InvalidError: One is unknown or of the wrong kind.
    """
    changes = {name: fields.get(name, _parameter)[0] for name in fields}
    return _recipe({**recipe.as_dict(), **changes}) if changes else recipe


def convolution_channels(fields: Fields, network: NetworkDescription) -> tuple[str, int]:
    """The name under "layer", which has to be that of a convolution of the network, and how many channels it has.

    Raises:
        InvalidError: It is not.
    """
    name = fields.text("layer")
    for info in network.of_kind("convolution"):
        if info.name == name:
            return name, info.channels
    raise InvalidError(f"{network.name} has no convolution {shown(name)}")


def _selection(fields: Fields, network: NetworkDescription, *, one_file_each: bool) -> PatternSelectionRecord:
    layer, count = convolution_channels(fields, network)
    recipe = read_recipe(fields.fields("recipe"))
    patterns = fields.items(
        "patterns", lambda value: _pattern(Fields(value, "patterns."), recipe, count), _MAXIMUM_ENTRIES
    )
    files = fields.items("files", plain_name, _MAXIMUM_ENTRIES)
    channels = fields.items("channels", _filed_under, _MAXIMUM_ENTRIES)
    if not patterns or channels != tuple(pattern.channel for pattern in patterns):
        raise InvalidError(f"the channels of {layer} are not those of its patterns")
    if len(files) != (len(patterns) if one_file_each else 1):
        raise InvalidError(f"the lists of {layer} do not go together")
    objective = _objective(fields) if "objective" in fields else None
    if objective is None and min(channels) < 0:
        raise InvalidError(f"a pattern of {layer} has neither a channel nor an objective")
    return PatternSelectionRecord(
        layer,
        recipe,
        fields.integer("seed", 0, LARGEST),
        patterns,
        files,
        objective,
        fields.items("more", lambda value: channel(value) or None, _MAXIMUM_ENTRIES) if "more" in fields else (),
        fields.digest("start") if "start" in fields else "",
    )


def _pattern(fields: Fields, recipe: Recipe, count: int) -> PatternRecord:
    return PatternRecord(
        channel=fields.integer("channel", -1, count - 1),
        variant=fields.integer("variant", 0, LARGEST),
        score=fields.number("score"),
        outcome=fields.choice("outcome", OUTCOMES),
        step=fields.integer("step", 0, LARGEST),
        seed=fields.integer("seed", 0, LARGEST),
        attempts=fields.integer("attempts", 1, LARGEST),
        note=fields.get("note", _note),
        recipe=read_changes(fields.fields("changes"), recipe) if "changes" in fields else recipe,
    )


def _objective(fields: Fields) -> Objective:
    try:
        return objective_from_dict(fields.get("objective", lambda value: value if isinstance(value, dict) else None))
    except ValueError as error:
        raise InvalidError(f"'selections.objective' is none: {error}") from error


def _recipe(values: Mapping[str, Any]) -> Recipe:
    try:
        return recipes.from_dict(values)
    except EngineError as error:
        raise InvalidError(str(error).rstrip(".")) from error


def _parameter(value: object) -> tuple[Any] | None:
    """What a recipe's parameter may be at all; in a tuple, for it may be False."""
    if isinstance(value, list):
        return (value,) if len(value) <= 100 and all(finite(one) is not None for one in value) else None
    return (value,) if isinstance(value, str | bool) or finite(value) is not None else None


def _filed_under(value: object) -> int | None:
    return value if type(value) is int and -1 <= value <= LARGEST else None


def _note(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= _MAXIMUM_NOTE else None
