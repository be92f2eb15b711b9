"""The sentences under the viewer: what is under the pointer, in two lines whose numbers keep their places."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from engine.networks.preprocessing import Preprocessing
from engine.records import ImageArray, LayerInfo, MapArray
from gui.formatting import FIGURE_SPACE, fixed
from gui.viewer import map_geometry

SourceMapper: TypeAlias = Callable[[float, float], tuple[float, float] | None]
"""From a point of the network's input, in pixels, to the same point of the picture, or None outside it."""

SEPARATOR = " · "


def value_lines(
    layer: LayerInfo, values: MapArray, place: tuple[int, int], size: int, to_source: SourceMapper | None
) -> tuple[str, str]:
    """What there is to say of one value of a map.

    Args:
        layer: The layer.
        values: float32 (height, width), one of its maps.
        place: (x, y) in the map.
        size: Side of the network's input, in pixels.
        to_source: Finds the place in the original picture, if that is known.

    Returns:
        Place and value; then the input pixels that it sees, and the middle of its block in the original picture.
    """
    x, y = place
    limits = float(values.min()), float(values.max())
    width = len(str(max(values.shape) - 1))
    area = map_geometry.receptive_field(layer, x, y, size)
    first = f"x {_padded(x, width)}, y {_padded(y, width)}", f"value {fixed(float(values[y, x]), *limits)}"
    sees = f"input {area.left}–{area.right} × {area.top}–{area.bottom} (sees {layer.receptive_field} px)"
    middle = (x + 0.5) * layer.stride, (y + 0.5) * layer.stride
    return SEPARATOR.join(first), SEPARATOR.join((sees, *_source(middle, to_source)))


def pixel_lines(
    pixels: ImageArray, place: tuple[int, int], to_source: SourceMapper | None, preprocessing: Preprocessing
) -> tuple[str, str]:
    """What there is to say of one pixel of the network's input.

    Args:
        pixels: uint8 RGB (size, size, 3).
        place: (x, y) of the pixel.
        to_source: Finds the place in the original picture, if that is known.
        preprocessing: From pixels to the numbers that the network is fed.

    Returns:
        Place and colour; then the numbers that the network is fed, and the place in the original picture.
    """
    x, y = place
    width = len(str(max(pixels.shape[:2]) - 1))
    colour = " ".join(_padded(int(part), 3) for part in pixels[y, x])
    fed = preprocessing.to_network(pixels[y, x])
    names = "BGR" if preprocessing.reverse else "RGB"
    limits = preprocessing.limits()
    numbers = " ".join(f"{name} {fixed(float(part), *limits)}" for name, part in zip(names, fed, strict=True))
    first = f"x {_padded(x, width)}, y {_padded(y, width)}", f"RGB {colour}"
    return SEPARATOR.join(first), SEPARATOR.join((f"fed {numbers}", *_source((x + 0.5, y + 0.5), to_source)))


def _source(point: tuple[float, float], to_source: SourceMapper | None) -> tuple[str, ...]:
    found = to_source(*point) if to_source is not None else None
    return () if found is None else (f"picture {math.floor(found[0])}, {math.floor(found[1])}",)


def _padded(number: int, width: int) -> str:
    return str(number).rjust(width, FIGURE_SPACE)
