"""What of a manifest is looked at when it is opened: one of its layers, and which channels of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from engine import architecture


class _OfLayer(Protocol):
    @property
    def layer(self) -> str: ...


_Selection = TypeVar("_Selection", bound=_OfLayer)


def looked_at(selections: Sequence[_Selection], shown: str) -> _Selection:
    """The selection of the layer that the person looks at, else the first one of a convolution after its ReLU.

    Args:
        selections: Those of the manifest, at least one.
        shown: The layer that the window shows.
    """
    of_shown = [selection for selection in selections if selection.layer == shown]
    after_relu = [one for one in selections if architecture.layer(one.layer).kind == "convolution"]
    return next(iter(of_shown or after_relu or selections))


def picked(layer: str, channels: Sequence[int]) -> tuple[int, ...]:
    """The channels to select: none where all of the layer were meant, for none of them was picked out."""
    everything = len(set(channels)) == architecture.layer(layer).channels
    return () if everything else tuple(channels)
