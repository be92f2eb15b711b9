"""How patterns are wanted: one record for everything that forms or names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.patterns import recipes
from engine.patterns.recipes import DEFAULT, Recipe


@dataclass(frozen=True)
class PatternOptions:
    """A recipe, and what is changed in it.

    Attributes:
        recipe: A recipe, or the name of one.
        seed: The same seed gives the same bytes again on the same machine with as many processors. TensorFlow shares
            sums out among them, so with another number a pixel may differ by up to 3 levels.
        size: Side of the picture in pixels; the recipe's when None.
        steps: Steps; the recipe's when None.
        overrides: Other parameters of the recipe, by name.
    """

    recipe: str | Recipe = DEFAULT
    seed: int = 0
    size: int | None = None
    steps: int | None = None
    overrides: Mapping[str, Any] | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """Every parameter of the recipe that is changed, by name."""
        own = {"size": self.size, "steps": self.steps}
        return {**(self.overrides or {}), **{name: value for name, value in own.items() if value is not None}}

    def resolved(self) -> Recipe:
        """The recipe with the changes.

        Raises:
            EngineError: An unknown recipe or parameter, or a value that it cannot have.
        """
        if isinstance(self.recipe, str):
            return recipes.recipe(self.recipe, self.changes)
        return recipes.from_dict({**self.recipe.as_dict(), **self.changes})


AS_IS = PatternOptions()
"""The default recipe as it stands."""
