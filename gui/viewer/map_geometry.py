"""Where the values of a feature map lie in the network's input.

VGG16's convolutions are padded and its poolings take every second value, so a map of stride s is the input in blocks
of s × s pixels, and what a value depends on is a square around the middle of its block.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.records import LayerInfo


@dataclass(frozen=True)
class InputArea:
    """A rectangle of input pixels; all four edges belong to it.

    Attributes:
        left: Its first column.
        top: Its first row.
        right: Its last column.
        bottom: Its last row.
    """

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self.bottom - self.top + 1


def block(layer: LayerInfo, x: int, y: int) -> InputArea:
    """The input pixels that a value is drawn over: stride × stride, and no two values share one."""
    left, top = x * layer.stride, y * layer.stride
    return InputArea(left, top, left + layer.stride - 1, top + layer.stride - 1)


def receptive_field(layer: LayerInfo, x: int, y: int, size: int) -> InputArea:
    """The input pixels that a value depends on in theory; beyond the border there is only padding.

    Args:
        layer: The layer.
        x: Column of the value in the map.
        y: Row of the value.
        size: Side of the input, in pixels.
    """
    left, right = _span(layer, x, size)
    top, bottom = _span(layer, y, size)
    return InputArea(left, top, right, bottom)


def _span(layer: LayerInfo, index: int, size: int) -> tuple[int, int]:
    first = index * layer.stride + layer.start
    last = first + layer.receptive_field - 1
    return max(0, first), min(size - 1, last)
