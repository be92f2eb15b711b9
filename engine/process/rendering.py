"""Makes a layer visible: levels, numbers and a thumbnail."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from engine.maps import scaling, statistics
from engine.process.requests import RenderedLayer
from engine.records import ChannelStatistics, LayerInfo, MapArray, Style

THUMBNAIL_SIDE = 32
"""Side of a layer's picture in the tree, in pixels, at most."""


def rendered(layer: LayerInfo, maps: MapArray, style: Style, known: ChannelStatistics | None = None) -> RenderedLayer:
    """A layer made visible; statistics that are known already are not computed again."""
    found: list[ChannelStatistics] = [] if known is None else [known]
    beside = threading.Thread(
        target=lambda: found.append(statistics.channel_statistics(maps))
    )  # numpy lets go of Python
    if known is None:
        beside.start()
    scaled = scaling.scale_maps(maps, style, signed=layer.signed)
    thumbnail = _thumbnail(maps)
    if known is None:
        beside.join()
    return RenderedLayer(scaled, found[0], thumbnail)


def _thumbnail(maps: MapArray) -> npt.NDArray[np.uint8]:
    step = -(-maps.shape[0] // THUMBNAIL_SIDE)
    mean = maps[::step, ::step].mean(axis=2)
    low, high = float(mean.min()), float(mean.max())
    levels: npt.NDArray[np.uint8] = ((mean - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8)
    levels.setflags(write=False)
    return levels
