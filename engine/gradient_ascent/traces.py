"""A bounded cache of traced functions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import tensorflow as tf

_KEPT = 6
"""A recipe on a layer takes up to three, of up to 12 MB each: two recipes on one layer, or one on two, fit."""


class Traces:
    """Functions traced for arguments of certain shapes; the least recently used are dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Callable[..., Any]] = OrderedDict()

    def run(self, key: Hashable, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function, traced once for each combination of shapes.

        Args:
            key: Whatever is fixed in the function, which has to do the same whenever this is the same.
            function: Makes nested tuples of tensors.
            arguments: Nested tuples of tensors.
        """
        place = _place(key, arguments)
        if place not in self._kept:
            self._kept[place] = tf.function(function, autograph=False)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(place)
        return self._kept[place](*arguments)

    def known(self, key: Hashable, *arguments: Any) -> bool:
        """Whether `run` needs no trace for them."""
        return _place(key, arguments) in self._kept

    def clear(self) -> None:
        """Drop all; what is needed is traced again."""
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)


def _place(key: Hashable, arguments: tuple[Any, ...]) -> Hashable:
    return key, *((tensor.dtype, *tensor.shape) for tensor in tf.nest.flatten(arguments))
