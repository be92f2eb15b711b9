"""Objectives: what an ascent maximises, as frozen values that +, - and * combine.

The split into objective, parameter, transform and loop is that of Lucid (https://github.com/tensorflow/lucid); the
objectives are those of C. Olah, A. Mordvintsev and L. Schubert, "Feature Visualization", Distill, 2017.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.records import EngineError


@dataclass(frozen=True)
class Term:
    """One weighted part of an objective.

    Attributes:
        channel: The channel, or None for the whole layer: the mean square of all its maps (DeepDream).
        weight: Factor; below 0 it is pushed down instead of up.
        position: (row, column) as shares of the map's height and width, from 0 to 1; None for the mean over the map.
    """

    channel: int | None
    weight: float = 1.0
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class Objective:
    """A sum of terms on one layer, for one or several pictures at once.

    Attributes:
        terms: The parts.
        pictures: How many pictures are made at once, to differ from one another.
        diversity: How strongly likeness between these pictures counts against them; 1 is sensible.
    """

    terms: tuple[Term, ...]
    pictures: int = 1
    diversity: float = 0.0

    def __add__(self, other: Objective) -> Objective:
        pictures = max(self.pictures, other.pictures)
        return Objective(self.terms + other.terms, pictures, max(self.diversity, other.diversity))

    def __sub__(self, other: Objective) -> Objective:
        return self + -other

    def __neg__(self) -> Objective:
        return self * -1.0

    def __mul__(self, factor: float) -> Objective:
        terms = tuple(replace(term, weight=term.weight * factor) for term in self.terms)
        return replace(self, terms=terms)

    __rmul__ = __mul__

    def as_dict(self) -> dict[str, object]:
        """Everything by name, ready for JSON; what `dataclasses.asdict` makes of it, which takes five times as long."""
        terms = [{"channel": one.channel, "weight": one.weight, "position": one.position} for one in self.terms]
        return {"terms": terms, "pictures": self.pictures, "diversity": self.diversity}

    @property
    def channel(self) -> int | None:
        """The channel that the pattern is filed under: that of the first term."""
        return self.terms[0].channel

    @property
    def plain(self) -> bool:
        """Whether it is no more than the mean of one channel's map, pushed up."""
        term = self.terms[0]
        return len(self.terms) == 1 and term.channel is not None and term.position is None and term.weight > 0

    @property
    def placed(self) -> bool:
        """Whether a place in the picture matters, so that the picture must not be moved about."""
        return any(term.position is not None for term in self.terms)

    @property
    def whole_layer(self) -> bool:
        """Whether every channel of the layer has to be computed."""
        return self.diversity > 0 or any(term.channel is None for term in self.terms)

    def channels(self, count: int) -> tuple[int, ...]:
        """The channels that have to be computed, of a layer with ``count``.

        Raises:
            EngineError: A channel that the layer does not have.
        """
        named = dict.fromkeys(term.channel for term in self.terms if term.channel is not None)
        for channel in named:
            if not 0 <= channel < count:
                raise EngineError(f"The layer has channels 0 to {count - 1}. Received: {channel}.")
        return tuple(range(count)) if self.whole_layer else tuple(named)

    def weights(self, channels: tuple[int, ...], height: int, width: int) -> npt.NDArray[np.float32]:
        """What each value of the maps counts in the linear part of the objective.

        Args:
            channels: Which channels the maps are of, as from `channels`.
            height: Rows of a map.
            width: Columns of a map.

        Returns:
            float32 (height, width, k); the objective is the sum of its product with the maps.
        """
        weights = np.zeros((height, width, len(channels)), np.float32)
        for term in self.terms:
            if term.channel is None:
                continue
            column = weights[:, :, channels.index(term.channel)]
            if term.position is None:
                column += term.weight / (height * width)
            else:
                column[_nearest(term.position[0], height), _nearest(term.position[1], width)] += term.weight
        return weights

    @property
    def square(self) -> float:
        """Weight of the mean square of all maps: the sum of the whole-layer terms' weights."""
        return sum((term.weight for term in self.terms if term.channel is None), start=0.0)


def channel(number: int) -> Objective:
    """The mean of one channel's map."""
    return Objective((Term(number),))


def neuron(number: int, position: tuple[float, float] = (0.5, 0.5)) -> Objective:
    """One value of a channel's map.

    Args:
        number: The channel.
        position: (row, column) as shares of the map's height and width; (0.5, 0.5) is its middle.

    Raises:
        EngineError: The position is outside the map.
    """
    if not all(0 <= share <= 1 for share in position):
        raise EngineError(f"A position is two shares of the map from 0 to 1, row and column. Received: {position}.")
    return Objective((Term(number, position=position),))


def layer() -> Objective:
    """Everything that a layer responds to, strengthened: A. Mordvintsev et al., "Inceptionism" (DeepDream), 2015."""
    return Objective((Term(None),))


def diverse(number: int, pictures: int = 4, diversity: float = 1.0) -> Objective:
    """Several different patterns of one channel.

    Raises:
        EngineError: Fewer than two pictures.
    """
    if pictures < 2:
        raise EngineError(f"Patterns that differ need two pictures or more. Received: {pictures}.")
    return Objective((Term(number),), pictures, diversity)


def _nearest(share: float, count: int) -> int:
    return min(int(share * count), count - 1)
