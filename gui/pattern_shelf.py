"""The patterns that are at hand, by layer and settings; as many as memory allows."""

from __future__ import annotations

from collections import OrderedDict

from gui.pattern_jobs import ShelfPattern
from gui.pattern_settings import PatternSettings

LAYERS_KEPT = 6
"""A layer of 512 patterns of 128 pixels takes 25 MB."""


class PatternShelf:
    """Finished patterns by channel, for each layer and settings; the layer looked at longest ago goes first."""

    def __init__(self) -> None:
        self._layers: OrderedDict[tuple[str, PatternSettings], dict[int, ShelfPattern]] = OrderedDict()

    def of(self, layer: str, settings: PatternSettings) -> dict[int, ShelfPattern]:
        """The patterns of a layer by channel; what is put into it stays."""
        key = layer, settings
        patterns = self._layers.setdefault(key, {})
        self._layers.move_to_end(key)
        while len(self._layers) > LAYERS_KEPT:
            self._layers.popitem(last=False)
        return patterns

    def knows(self, layer: str, settings: PatternSettings) -> bool:
        """Whether that layer has been looked at lately, so that the disk has nothing more to say about it."""
        return (layer, settings) in self._layers

    def clear(self) -> None:
        """Forget everything: other weights make other patterns."""
        self._layers.clear()
