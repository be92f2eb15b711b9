"""The networks that the program knows by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from engine.networks.description import NetworkDescription
from engine.networks.vgg16 import VGG16
from engine.records import EngineError

DEFAULT = "vgg16"
"""The name of the network that is meant when none is named."""

NETWORKS: Mapping[str, NetworkDescription] = MappingProxyType({"vgg16": VGG16})
"""Networks that are known without being loaded, by the names that one types."""


def of_name(name: str) -> NetworkDescription | None:
    """The network that people know by this name, if it is here."""
    return next((network for network in NETWORKS.values() if network.name == name), None)


def named(name: str = DEFAULT) -> NetworkDescription:
    """The network of that name.

    Raises:
        EngineError: There is none; the sentence offers the nearest name.
    """
    if name.lower() not in NETWORKS:
        nearest = difflib.get_close_matches(name.lower(), NETWORKS, n=1, cutoff=0.0)[0]
        raise EngineError(f"There is no network {name!r}; did you mean {nearest!r}?")
    return NETWORKS[name.lower()]
