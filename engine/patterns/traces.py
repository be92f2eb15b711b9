"""A bounded memory of traced functions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import tensorflow as tf

from engine.traced import traced

_KEPT = 6
"""A recipe on a layer takes up to three, of up to 12 MB each: two recipes on one layer, or one on two, fit."""


class Traces:
    """Traced functions by what is fixed in them; the least recently used are dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Callable[..., Any]] = OrderedDict()

    def get(self, key: Hashable, function: Callable[..., Any]) -> Callable[..., Any]:
        """The traced form of a function, which has to do the same whenever the key is the same."""
        if key not in self._kept:
            self._kept[key] = traced(tf, function)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def __len__(self) -> int:
        return len(self._kept)
