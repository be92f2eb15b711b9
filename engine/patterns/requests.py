"""A request for one pattern, and the key that its result is stored under."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias, get_args

from engine.patterns import objectives
from engine.patterns.objectives import Objective, Term
from engine.patterns.options import AS_IS, PatternOptions
from engine.patterns.recipes import ALGORITHM_VERSION, Recipe

PatternFormat: TypeAlias = Literal["png", "npy", "sheet", "webp", "gif"]
"""What the person sees, what the network is fed, one contact sheet a layer, or an animation of the ascent."""

PATTERN_FORMATS: tuple[PatternFormat, ...] = get_args(PatternFormat)

ANIMATIONS: tuple[PatternFormat, ...] = ("webp", "gif")
"""Formats that show the ascent, of which nothing but the end is kept on disk."""


@dataclass(frozen=True)
class PatternRequest:
    """One pattern as it was asked for: before a canvas is chosen for the layer, and before any rescue.

    The answer is a `Frame`, whose recipe and seed are those that worked.

    Attributes:
        layer: Name of a convolution.
        objective: What is climbed.
        recipe: The recipe; a canvas or size of 0 is settled by the layer.
        seed: The seed.
        variant: Which one of several different patterns of the objective, from 0.
        more: By how many steps it was continued afterwards, once for each time.
        start: sha256 of the picture it starts from, "" for noise.
    """

    layer: str
    objective: Objective
    recipe: Recipe
    seed: int = 0
    variant: int = 0
    more: tuple[int, ...] = ()
    start: str = ""

    @property
    def channel(self) -> int:
        """The channel that the pattern is filed under, or -1 for a whole layer."""
        return -1 if self.objective.channel is None else self.objective.channel

    def key(self, weights_sha256: str) -> str:
        """The key that the result is stored under.

        It changes with everything that the result depends on, also with the version of the algorithm.

        Args:
            weights_sha256: Of the weights that the network has.

        Returns:
            64 hex digits.
        """
        rest = [self.objective.as_dict(), self.seed, self.variant, self.more, self.start]
        content = json.dumps([ALGORITHM_VERSION, weights_sha256, self.layer, _digest(self.recipe), rest])
        return hashlib.sha256(content.encode()).hexdigest()


def of_channel(layer: str, channel: int, options: PatternOptions = AS_IS) -> PatternRequest:
    """The request for the pattern of one channel.

    Raises:
        EngineError: An unknown recipe or parameter.
    """
    return PatternRequest(layer, objectives.channel(channel), options.resolved(), options.seed)


@lru_cache(maxsize=64)
def _digest(recipe: Recipe) -> str:
    """Remembered: the keys of a whole layer, which are asked for at each visit, differ in the objective only."""
    return hashlib.sha256(json.dumps(recipe.as_dict(), sort_keys=True).encode()).hexdigest()


def objective_from_dict(values: Mapping[str, Any]) -> Objective:
    """The inverse of `dataclasses.asdict` for an objective, also after a journey through JSON.

    Raises:
        ValueError: Not an objective.
    """
    try:
        terms = tuple(_term(term) for term in values["terms"])
        pictures, diversity = values["pictures"], float(values["diversity"])
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("it has no terms, pictures and diversity") from error
    if not terms or type(pictures) is not int or not 1 <= pictures <= 64 or not 0 <= diversity <= 1e6:
        raise ValueError("it has no terms, or a number in it is out of range")
    return Objective(terms, pictures, diversity)


def _term(values: Mapping[str, Any]) -> Term:
    channel, weight, position = values["channel"], float(values["weight"]), values["position"]
    if channel is not None and (type(channel) is not int or channel < 0):
        raise ValueError("a channel is no whole number")
    if not -1e6 <= weight <= 1e6:
        raise ValueError("a weight is out of range")
    if position is None:
        return Term(channel, weight)
    row, column = (float(share) for share in position)
    if not (0 <= row <= 1 and 0 <= column <= 1):
        raise ValueError("a position is outside the map")
    return Term(channel, weight, (row, column))
