"""A bounded memory of traced functions."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import tensorflow as tf

from engine.patterns.sessions import InSessions
from engine.tensorflow_loader import device_name
from engine.traced import traced

_KEPT = 6
"""A recipe on a layer takes up to three, of up to 12 MB each: two recipes on one layer, or one on two, fit."""


class Traces:
    """Traced functions by what is fixed in them; the least recently used are dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        # What a session takes comes from this machine's memory, and a GPU would wait for it.
        self._in_sessions = device_name(tf) == "CPU"

    def get(self, key: Hashable, function: Callable[..., Any]) -> Callable[..., Any]:
        """The traced form of a function, which has to do the same whenever the key is the same.

        Arguments and results are nested tuples of tensors.
        """
        if key not in self._kept:
            self._kept[key] = InSessions() if self._in_sessions else traced(tf, function)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        kept = self._kept[key]
        return functools.partial(kept.run, function) if isinstance(kept, InSessions) else kept

    def clear(self) -> None:
        """Drop all; what is needed is traced again."""
        self._kept.clear()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)
