"""A pattern that a person wants, with the settings that it is made with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.patterns.objectives import Objective, channel
from engine.patterns.requests import PatternRequest
from engine.patterns.settings import PatternSettings

DREAM = "dream"
"""The recipe that starts from the person's picture."""


@dataclass(frozen=True)
class Goal:
    """One pattern that is wanted.

    Attributes:
        layer: Name of a convolution.
        objective: What is climbed.
        settings: Recipe, size, steps and seed.
        more: By how many steps it is continued afterwards, once for each time.
        picture: Which of the person's pictures it starts from, by `picture_key`; "" for noise.
    """

    layer: str
    objective: Objective
    settings: PatternSettings
    more: tuple[int, ...] = ()
    picture: str = ""

    @property
    def channel(self) -> int | None:
        """The channel whose tile shows it: only a plain one's."""
        return self.objective.channel if self.objective.plain and self.objective.pictures == 1 else None

    @property
    def kept(self) -> bool:
        """Whether the pattern is put into the store: one alone, that does not start from a person's picture."""
        return self.objective.pictures == 1 and self.settings.recipe != DREAM

    def request(self) -> PatternRequest:
        """The goal as the engine and the store know it.

        Raises:
            EngineError: The settings make no recipe.
        """
        return PatternRequest(self.layer, self.objective, self.settings.resolved(), self.settings.seed, more=self.more)

    def shown_with(self, other: Goal | None) -> bool:
        """Whether both have the same place on the screen: of a pattern and its continuation, there is one at a time."""
        return other is not None and replace(self, more=()) == replace(other, more=())


def goals_of(layer: str, channels: Iterable[int], settings: PatternSettings, picture: str = "") -> list[Goal]:
    """A plain goal for each of these channels."""
    return [Goal(layer, channel(number), settings, picture=picture) for number in channels]
