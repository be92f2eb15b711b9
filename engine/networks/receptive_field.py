"""Receptive fields and sizes of maps, over any graph.

Sizes, strides and offsets go along the edges of the graph. Where branches meet, the field is the smallest that holds
those of all of them. Source: A. Araujo, W. Norris and J. Sim, "Computing Receptive Fields of Convolutional Neural
Networks", Distill, 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.records import EngineError

Padding: TypeAlias = Literal["same", "valid"]
"""Whether a window may reach over the border of its input, as Keras names it."""


@dataclass(frozen=True)
class Window:
    """What an operation looks at for one value of its output, along one axis.

    Attributes:
        size: How many values of its input, from the first to the last: a kernel's, with its dilation.
        stride: How far it moves from one value of the output to the next.
        padding: What happens at the border.
        before: Zeros that the operation itself puts before the first value, as ZeroPadding2D does.
        after: The same, after the last value.
    """

    size: int = 1
    stride: int = 1
    padding: Padding = "valid"
    before: int = 0
    after: int = 0

    def length(self, inputs: int) -> int:
        """How many values come out of so many; 0 or less when there are too few."""
        padded = inputs + self.before + self.after
        return -(-padded // self.stride) if self.padding == "same" else (padded - self.size) // self.stride + 1

    def reach(self, inputs: int) -> int:
        """How many values before its input's first one the first window begins."""
        if self.padding == "valid":
            return self.before
        # TensorFlow puts the odd zero behind (tf.nn, "Notes on padding").
        missing = (self.length(inputs) - 1) * self.stride + self.size - inputs - self.before - self.after
        return self.before + max(0, missing) // 2


POINT = Window()
"""One value for one value: what an activation, a normalisation or a sum looks at."""


@dataclass(frozen=True)
class Operation:
    """A node of the graph.

    Attributes:
        inputs: The numbers of the operations whose outputs it takes, each smaller than its own. None: the picture.
        window: Down and across; None when a value of its output sees all of its input, as after a global pooling.
        channels: How many maps come out.
    """

    inputs: tuple[int, ...]
    window: tuple[Window, Window] | None
    channels: int


@dataclass(frozen=True)
class Field:
    """The receptive field of a map along one axis.

    Attributes:
        length: How many values the map has.
        size: Input pixels that one value depends on.
        stride: Input pixels between two neighbouring values.
        start: The first input pixel of the first value's field; negative where it begins in the padding.
    """

    length: int
    size: int
    stride: int
    start: int

    def through(self, window: Window) -> Field:
        """The field of what an operation makes of this map."""
        return Field(
            window.length(self.length),
            self.size + (window.size - 1) * self.stride,
            self.stride * window.stride,
            self.start - window.reach(self.length) * self.stride,
        )


Fields: TypeAlias = tuple[Field, Field]
"""Down and across."""


def fields(operations: Sequence[Operation], height: int, width: int) -> tuple[Fields | None, ...]:
    """The receptive field of each operation's output.

    Args:
        operations: The graph, each operation after those that it takes from.
        height: Of the network's input, in pixels.
        width: Of the network's input, in pixels.

    Returns:
        For each operation its fields down and across; None for one whose values see the whole picture.

    Raises:
        EngineError: Maps of different strides or sizes meet, or nothing is left of one.
    """
    picture: Fields = Field(height, 1, 1, 0), Field(width, 1, 1, 0)
    found: list[Fields | None] = []
    for operation in operations:
        inputs = [found[number] for number in operation.inputs] or [picture]
        known = [each for each in inputs if each is not None]
        if operation.window is None or len(known) < len(inputs):
            found.append(None)
            continue
        down, across = (_union([each[axis] for each in known]) for axis in (0, 1))
        out = down.through(operation.window[0]), across.through(operation.window[1])
        if min(axis.length for axis in out) < 1:
            raise EngineError(
                f"Nothing is left of a picture of {height} × {width} pixels on its way through the network; "
                "choose a larger input size."
            )
        found.append(out)
    return tuple(found)


def _union(branches: Sequence[Field]) -> Field:
    """The smallest field that holds those of all branches that meet."""
    first = branches[0]
    if any((branch.length, branch.stride) != (first.length, first.stride) for branch in branches):
        raise EngineError("Maps of different sizes meet in the network, so that no receptive field can be told.")
    start = min(branch.start for branch in branches)
    end = max(branch.start + branch.size for branch in branches)
    return Field(first.length, end - start, first.stride, start)
