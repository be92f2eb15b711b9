"""What of a manifest is looked at when it is opened: one of its layers, and which channels of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from engine.networks.description import NetworkDescription
from engine.records import LayerInfo


class _OfLayer(Protocol):
    @property
    def layer(self) -> str: ...


_Selection = TypeVar("_Selection", bound=_OfLayer)


def looked_at(network: NetworkDescription, selections: Sequence[_Selection], shown: str) -> _Selection:
    """The selection of the layer that the person looks at, else the first one of a convolution after its ReLU.

    Args:
        network: What the manifest is of.
        selections: Those of the manifest, at least one.
        shown: The layer that the window shows.
    """
    of_shown = [selection for selection in selections if selection.layer == shown]
    after_relu = [one for one in selections if network.layer(one.layer).kind == "convolution"]
    return next(iter(of_shown or after_relu or selections))


def picked(layer: LayerInfo, channels: Sequence[int]) -> tuple[int, ...]:
    """The channels to select: none where all of the layer were meant, for none of them was picked out."""
    everything = len(set(channels)) == layer.channels
    return () if everything else tuple(channels)
