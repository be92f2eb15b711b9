"""The patterns that are at hand, by layer and settings; as many as memory allows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import numpy as np

from engine.memory import budget
from engine.patterns.settings import PatternSettings
from engine.process.pattern_jobs import ShelfPattern

_RECORD_BYTES = 4096
"""What a pattern takes beside its picture: its recipe, its curve, its numbers."""

_Key: TypeAlias = tuple[str, PatternSettings, str]


class PatternCache:
    """Finished patterns by channel, for each layer, settings and picture, within the budget of memory.

    The picture is that which the patterns start from, by `pattern_goals.picture_key`, and "" for noise.
    Those of the shown layer always stay. Of the others, the layer looked at longest ago goes first; and before any
    pattern goes that is nowhere else, all those go that can be read again from the disk.
    """

    def __init__(self, beside: Callable[[], int] = lambda: 0) -> None:
        """Keep nothing yet.

        Args:
            beside: Tells how many bytes are taken at the moment by what else is shown or kept.
        """
        self._beside = beside
        self._layers: OrderedDict[_Key, dict[int, ShelfPattern]] = OrderedDict()
        self._bytes: dict[_Key, int] = {}
        self._shown: _Key | None = None
        self._asked: set[_Key] = set()
        self._searched: set[_Key] = set()

    def of(self, layer: str, settings: PatternSettings, picture: str = "") -> Mapping[int, ShelfPattern]:
        """The patterns of a layer by channel."""
        key = layer, settings, picture
        if key not in self._layers:
            return {}
        self._layers.move_to_end(key)
        return self._layers[key]

    def channels(self, layer: str, settings: PatternSettings, picture: str = "") -> frozenset[int]:
        """Of which channels of a layer there is a pattern; asking does not count as looking at the layer."""
        return frozenset(self._layers.get((layer, settings, picture), ()))

    def begin(self, layer: str, settings: PatternSettings, picture: str = "") -> None:
        """Show a layer, for whose patterns there is a place from now on; others may have to go."""
        self._shown = layer, settings, picture
        self._layers.setdefault(self._shown, {})
        self._layers.move_to_end(self._shown)
        self._weigh(self._shown)
        self.make_room()

    def ask(self, layer: str, settings: PatternSettings, picture: str = "") -> bool:
        """Whether the disk is to be asked about a layer that has been begun: once, as long as it is kept here.

        What starts from a person's picture is never on the disk.
        """
        key = layer, settings, picture
        if picture or key not in self._layers or key in self._asked:
            return False
        self._asked.add(key)
        return True

    def finish(self, layer: str, settings: PatternSettings, picture: str = "") -> None:
        """All that the disk has of a layer is in, unless some of it had to go in the meantime."""
        if (layer, settings, picture) in self._asked:
            self._searched.add((layer, settings, picture))

    def complete(self, layer: str, settings: PatternSettings, picture: str = "") -> bool:
        """Whether a pattern that is not here is not on the disk either."""
        return picture != "" or (layer, settings, picture) in self._searched

    def put(
        self, layer: str, settings: PatternSettings, patterns: Mapping[int, ShelfPattern], picture: str = ""
    ) -> None:
        """Put finished patterns of a layer in, if there is a place for that layer."""
        key = layer, settings, picture
        if key in self._layers:
            self._layers[key].update(patterns)
            self._weigh(key)
            self.make_room()

    def make_room(self) -> None:
        """Let patterns go until what is kept beside the shown layer is within the budget, as it is now."""
        shown = 0 if self._shown is None else self._bytes[self._shown]
        allowed = budget.current.kept_bytes(self._beside() + shown)
        for drop in (self._drop_readable, self._drop):
            for key in [key for key in self._layers if key != self._shown]:
                if sum(self._bytes.values()) - shown <= allowed:
                    return
                drop(key)

    def clear(self) -> None:
        """Forget everything: other weights make other patterns."""
        self._layers.clear()
        self._bytes.clear()
        self._shown = None
        self._asked.clear()
        self._searched.clear()

    def _drop_readable(self, key: _Key) -> None:
        only_here = {channel: pattern for channel, pattern in self._layers[key].items() if not pattern.on_disk}
        if not only_here:
            self._drop(key)
        elif len(only_here) < len(self._layers[key]):
            self._layers[key] = only_here
            self._weigh(key)
            self._forget_search(key)

    def _drop(self, key: _Key) -> None:
        del self._layers[key], self._bytes[key]
        self._forget_search(key)

    def _forget_search(self, key: _Key) -> None:
        self._asked.discard(key)
        self._searched.discard(key)

    def _weigh(self, key: _Key) -> None:
        patterns = self._layers[key]
        self._bytes[key] = _picture_bytes(patterns.values()) + _RECORD_BYTES * (len(patterns) + 1)


def _picture_bytes(patterns: Iterable[ShelfPattern]) -> int:
    """What the pictures take; those of a shipped sheet are parts of it, and one of them keeps all of it."""
    owners = {}
    for pattern in patterns:
        image = pattern.frame.image
        owner = image.base if isinstance(image.base, np.ndarray) else image
        owners[id(owner)] = owner.nbytes
    return sum(owners.values())
