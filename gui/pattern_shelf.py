"""The patterns that are at hand, by layer and settings; as many as memory allows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from gui.pattern_jobs import ShelfPattern
from gui.pattern_settings import PatternSettings

LAYERS_KEPT = 6
"""A layer of 512 patterns of 128 pixels takes 25 MB."""


class PatternShelf:
    """Finished patterns by channel, for each layer and settings; the layer looked at longest ago goes first."""

    def __init__(self) -> None:
        self._layers: OrderedDict[tuple[str, PatternSettings], dict[int, ShelfPattern]] = OrderedDict()
        self._asked: set[tuple[str, PatternSettings]] = set()
        self._searched: set[tuple[str, PatternSettings]] = set()

    def of(self, layer: str, settings: PatternSettings) -> Mapping[int, ShelfPattern]:
        """The patterns of a layer by channel."""
        key = layer, settings
        if key not in self._layers:
            return {}
        self._layers.move_to_end(key)
        return self._layers[key]

    def begin(self, layer: str, settings: PatternSettings) -> None:
        """Make room for a layer; the one that was used longest ago may have to go."""
        self._layers.setdefault((layer, settings), {})
        self._layers.move_to_end((layer, settings))
        while len(self._layers) > LAYERS_KEPT:
            gone = self._layers.popitem(last=False)[0]
            self._asked.discard(gone)
            self._searched.discard(gone)

    def ask(self, layer: str, settings: PatternSettings) -> bool:
        """Whether the disk is to be asked about a layer that has been begun: once, as long as it is kept here."""
        key = layer, settings
        if key not in self._layers or key in self._asked:
            return False
        self._asked.add(key)
        return True

    def finish(self, layer: str, settings: PatternSettings) -> None:
        """All that the disk has of a layer is in."""
        if (layer, settings) in self._layers:
            self._searched.add((layer, settings))

    def complete(self, layer: str, settings: PatternSettings) -> bool:
        """Whether a pattern that is not here is not on the disk either."""
        return (layer, settings) in self._searched

    def put(self, layer: str, settings: PatternSettings, patterns: Mapping[int, ShelfPattern]) -> None:
        """Put finished patterns of a layer in, if there is room for that layer; they are on the disk anyway."""
        if (layer, settings) in self._layers:
            self._layers[layer, settings].update(patterns)

    def clear(self) -> None:
        """Forget everything: other weights make other patterns."""
        self._layers.clear()
        self._asked.clear()
        self._searched.clear()
