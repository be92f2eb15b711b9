"""What has been computed, kept while it may be looked at again: maps of a few pictures, and what is visible of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.memory import budget, estimates
from engine.networks.description import NetworkDescription
from engine.process.requests import FittedPicture, RenderedLayer
from engine.records import ChannelStatistics, Fit, MapArray, Picture, ScaledMaps, Style

STYLES_KEPT = 3
"""Styles of one picture whose levels are kept, so that going back to the last one costs nothing."""


@dataclass(frozen=True)
class LookKey:
    """What a set of maps depends on: network and weights by their digest, and the picture as it is fed."""

    digest: str
    sha256: str
    frame: int
    fit: Fit
    size: int
    levels: tuple[float, float] | None


@dataclass(eq=False)
class Look:
    """A picture as the network sees it, with whatever has been computed of it so far.

    Attributes:
        key: What identifies it.
        picture: The picture.
        network: The network, at the size of its input.
        fitted: It made square, once that is done.
        maps: Feature maps by layer.
        statistics: Numbers by layer.
        scaled: Visible maps by style, then by layer.
        thumbnails: A small picture of each layer that has been made visible, uint8 (height, width).
        seconds: How long the pass took, once every layer is there.
    """

    key: LookKey
    picture: Picture
    network: NetworkDescription
    fitted: FittedPicture | None = None
    maps: dict[str, MapArray] = field(default_factory=dict)
    statistics: dict[str, ChannelStatistics] = field(default_factory=dict)
    scaled: OrderedDict[Style, dict[str, ScaledMaps]] = field(default_factory=OrderedDict)
    thumbnails: dict[str, npt.NDArray[np.uint8]] = field(default_factory=dict)
    seconds: float | None = None

    def keep(self, layer: str, result: RenderedLayer) -> None:
        """Remember a layer that has been made visible."""
        self.statistics[layer] = result.statistics
        self.thumbnails[layer] = result.thumbnail
        self.scaled_in(result.scaled.style)[layer] = result.scaled

    def scaled_in(self, style: Style) -> dict[str, ScaledMaps]:
        """The visible maps of that style by layer; makes room for it by forgetting the style unused for longest."""
        layers = self.scaled.setdefault(style, {})
        self.scaled.move_to_end(style)
        while len(self.scaled) > STYLES_KEPT:
            self.scaled.popitem(last=False)
        return layers

    def size_in_bytes(self) -> int:
        """Memory that its arrays take."""
        return sum(array.nbytes for array in self.arrays())

    def arrays(self) -> Iterator[npt.NDArray[Any]]:
        """Its maps, and what is visible of them."""
        yield from self.maps.values()
        yield from (maps.levels for layers in self.scaled.values() for maps in layers.values())


class LookCache:
    """The looks that are kept, as many as the budget of memory allows; the one used last comes last.

    Those that are not kept any more wait for `take_forgotten`: freeing their arrays takes a tenth of a second.
    """

    def __init__(self) -> None:
        self._looks: OrderedDict[LookKey, Look] = OrderedDict()
        self._forgotten: list[Look] = []

    def open(self, picture: Picture, fit: Fit, network: NetworkDescription) -> Look:
        """The look of a picture; a new one when it was never looked at, or long ago. Older ones may be forgotten."""
        levels = (picture.levels.low, picture.levels.high) if picture.levels is not None else None
        key = LookKey(network.digest, picture.sha256, picture.frame, fit, network.size, levels)
        look = self._looks.setdefault(key, Look(key, picture, network))
        self._looks.move_to_end(key)
        self._forget(list(self._too_many()))
        return look

    def drop(self, picture: Picture) -> None:
        """Forget the looks of a picture that has been closed."""
        self._forget([key for key in self._looks if (key.sha256, key.frame) == (picture.sha256, picture.frame)])

    def clear(self) -> None:
        """Forget everything: other weights make other maps."""
        self._forget(list(self._looks))

    def take_forgotten(self, shown: Look | None) -> list[npt.NDArray[Any]]:
        """The arrays of the looks forgotten since the last call; one that is still shown is left for a later one."""
        gone = [look for look in self._forgotten if look is not shown]
        self._forgotten = [look for look in self._forgotten if look is shown]
        return [array for look in gone for array in look.arrays()]

    def _forget(self, keys: Iterable[LookKey]) -> None:
        self._forgotten += [self._looks.pop(key) for key in keys]

    def _too_many(self) -> Iterator[LookKey]:
        kept, shown = 0, next(reversed(self._looks.values()))
        # What the shown look will take, not only what has been computed of it by now.
        allowed = budget.current.kept_bytes(estimates.pass_bytes(shown.network, shown=True))
        for key, look in list(reversed(self._looks.items()))[1:]:
            kept += look.size_in_bytes()
            if kept > allowed:
                yield key
