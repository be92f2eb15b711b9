"""A person's settings for filter patterns: a recipe and what differs from it."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.json_text import json_object
from engine.patterns import recipes
from engine.patterns.options import PatternOptions
from engine.patterns.recipes import DEFAULT, RECIPES, Recipe
from engine.records import EngineError

SMALLEST_SIZE, LARGEST_SIZE = 16, 1024
"""Sides of a pattern on offer, in pixels. What a layer or the memory cannot take is refused by the engine."""

MOST_STEPS = 10_000
"""Steps on offer: far beyond where a score levels off."""

LARGEST_SEED = 999_999
"""Seeds go from 0 to this: as many as a person can read out to another."""

FIRST_CLASS = ("size", "steps")
"""Parameters of a recipe that are settings of their own here, and never among the overrides."""


@dataclass(frozen=True)
class PatternSettings:
    """A recipe and what is changed in it.

    Attributes:
        recipe: Name of a recipe, one of `engine.patterns.recipes.RECIPES`.
        size: Side of the picture in pixels, or None for the recipe's own.
        steps: How many steps, or None for the recipe's own.
        seed: The seed of everything random.
        overrides: Other parameters of the recipe that are changed: (name, value) pairs in the recipe's order.
    """

    recipe: str = DEFAULT
    size: int | None = None
    steps: int | None = None
    seed: int = 0
    overrides: tuple[tuple[str, object], ...] = ()

    @functools.lru_cache(maxsize=64)  # noqa: B019 - a few small values; whole layers of requests are made of one of them
    def resolved(self) -> Recipe:
        """The recipe with everything that is changed in it.

        Raises:
            EngineError: An unknown recipe or parameter, or a value that it cannot have.
        """
        return PatternOptions(self.recipe, self.seed, self.size, self.steps, dict(self.overrides)).resolved()

    def with_recipe(self, name: str) -> PatternSettings:
        """Another recipe as it stands, with this seed."""
        return PatternSettings(recipe=name, seed=self.seed)

    def with_parameter(self, name: str, value: object) -> PatternSettings:
        """These settings with one parameter changed; one that equals the recipe's is no override.

        Raises:
            EngineError: An unknown recipe or parameter, or a value that it cannot have.
        """
        changed = recipes.recipe(self.recipe, {**dict(self.overrides), name: value})
        return dataclasses.replace(self, overrides=_differences(changed))

    def reset(self) -> PatternSettings:
        """The recipe as it stands, with this seed."""
        return self.with_recipe(self.recipe)

    @property
    def changes(self) -> int:
        """How many parameters differ from the recipe's, size and steps included."""
        return len(self.overrides) + (self.size is not None) + (self.steps is not None)

    @functools.lru_cache(maxsize=64)  # noqa: B019 - a few small values; thousands of goals are saved with one of them
    def to_text(self) -> str:
        """As JSON, for remembering."""
        return json.dumps({**dataclasses.asdict(self), "overrides": dict(self.overrides)})

    @classmethod
    def of_recipe(cls, recipe: Recipe, seed: int) -> PatternSettings:
        """The settings that resolve to this recipe; one whose name is none of ours goes by that of the default."""
        known = recipe if recipe.name in RECIPES else dataclasses.replace(recipe, name=DEFAULT)
        base = RECIPES[known.name]
        return cls(
            recipe=known.name,
            size=known.size if known.size != base.size else None,
            steps=known.steps if known.steps != base.steps else None,
            seed=seed,
            overrides=_differences(known),
        )

    @classmethod
    def from_text(cls, text: str) -> PatternSettings:
        """The settings that `to_text` wrote; whatever makes no sense is left at its default."""
        found = json_object(text)
        name = found.get("recipe")
        if not isinstance(name, str) or name not in RECIPES:
            return cls(seed=_whole(found.get("seed"), 0, LARGEST_SEED) or 0)
        return cls(
            recipe=name,
            size=_whole(found.get("size"), SMALLEST_SIZE, LARGEST_SIZE),
            steps=_whole(found.get("steps"), 1, MOST_STEPS),
            seed=_whole(found.get("seed"), 0, LARGEST_SEED) or 0,
            overrides=_sensible(name, found.get("overrides")),
        )


def _differences(recipe: Recipe) -> tuple[tuple[str, object], ...]:
    base = RECIPES[recipe.name]
    names = (field.name for field in dataclasses.fields(Recipe) if field.name not in FIRST_CLASS)
    return tuple((name, getattr(recipe, name)) for name in names if getattr(recipe, name) != getattr(base, name))


def _sensible(name: str, found: object) -> tuple[tuple[str, object], ...]:
    """The overrides that the recipe takes; what it does not know, from another version perhaps, is dropped."""
    recipe = RECIPES[name]
    for key, value in found.items() if isinstance(found, Mapping) else ():
        recipe = _changed(recipe, key, value)
    return _differences(recipe)


def _changed(recipe: Recipe, key: Any, value: object) -> Recipe:
    try:
        return recipes.from_dict({**recipe.as_dict(), key: value, "name": recipe.name})
    except (EngineError, OverflowError):  # an infinity is no whole number
        return recipe


def _whole(value: object, low: int, high: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None
