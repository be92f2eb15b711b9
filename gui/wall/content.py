"""What the wall knows of a layer: its maps or its grid in the book, and which channels have only one value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.records import LayerInfo, MapArray, ScaledMaps


@dataclass(frozen=True, eq=False)
class WallMaps:
    """What is known of a layer."""

    layer: LayerInfo
    scaled: ScaledMaps | None
    values: MapArray | None


@dataclass(frozen=True, eq=False)
class WallBook:
    """A layer's grid as the book plots it."""

    layer: LayerInfo
    canvas: npt.NDArray[np.uint8]
    values: MapArray | None


def limits(shown: WallMaps | WallBook | None) -> tuple[float, float]:
    """The least and the greatest value, which decide how wide numbers are."""
    if shown is None or shown.values is None:
        return 0.0, 0.0
    return float(shown.values.min()), float(shown.values.max())


def flat_channels(scaled: ScaledMaps | None, values: MapArray | None) -> dict[int, str]:
    """Channels with only one value, and what to call them; found among those that have only one level."""
    if scaled is None or values is None:
        return {}
    levels = scaled.levels.reshape(len(scaled.levels), -1)
    candidates = np.flatnonzero(levels.min(axis=1) == levels.max(axis=1))
    lowest, highest = (reduce(values[:, :, candidates], axis=(0, 1)) for reduce in (np.min, np.max))
    return {
        int(channel): "constant" if low else "blank"
        for channel, low, high in zip(candidates, lowest, highest, strict=True)
        if low == high
    }
