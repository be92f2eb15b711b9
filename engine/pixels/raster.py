"""Pixels as a file has them, of any depth, before it is decided which values are black and white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[Any]
"""Numbers of any real kind: unsigned, signed or float, of 8 to 64 bits."""


@dataclass(frozen=True, eq=False)
class Raster:
    """A picture whose samples may have any depth.

    Attributes:
        samples: (height, width, channels) in native byte order; 1 channel is grey, 3 are red, green and blue, 4 the
            amounts of cyan, magenta, yellow and black ink.
        bits: How many bits a sample has in the file; its type may have more.
        alpha: How opaque each pixel is, (height, width) from 0 to `opaque`, or None. Colours are not multiplied by it.
        opaque: The value of `alpha` that lets nothing through.
        stated_white: The value that the file says is white, or None: types of 16 bits hold data of fewer.
        white_is_zero: Whether small values are bright.
        nodata: The value of pixels that were not measured, as the file states it, or None.
        orientation: How it is to be turned, as EXIF has it (1 to 8).
        icc_profile: The ICC profile in the file, or None.
        notes: What was done so far that a person might want to know.
    """

    samples: Samples
    bits: int
    alpha: Samples | None = None
    opaque: float = 255.0
    stated_white: float | None = None
    white_is_zero: bool = False
    nodata: float | None = None
    orientation: int = 1
    icc_profile: bytes | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_deep(self) -> bool:
        """Whether a sample has more values than a screen: false for unsigned integers of at most 8 bits, and for ink.

        Ink has a scale of its own at every depth, from none to full.
        """
        return not (self.samples.shape[2] == 4 or (self.samples.dtype.kind in "bu" and self.bits <= 8))

    @property
    def white(self) -> float:
        """The full scale of samples that are not deep."""
        return 1.0 if self.samples.dtype.kind == "f" else float(2**self.bits - 1)

    @property
    def kind(self) -> str:
        """The kind, for people ("16-bit colour", "float grey")."""
        colour = "grey" if self.samples.shape[2] == 1 else "colour"
        if self.samples.dtype.kind == "f":
            return f"float {colour}"
        return f"{self.bits}-bit {colour}"


def unmultiply(samples: Samples, alpha: Samples, opaque: float) -> None:
    """Make colours that were multiplied by their alpha (associated alpha) what they were before.

    Args:
        samples: (height, width, channels); changed in place.
        alpha: (height, width) from 0 to ``opaque``.
        opaque: The alpha that multiplies by 1.
    """
    highest = np.iinfo(samples.dtype).max if samples.dtype.kind in "iu" else np.inf
    rows = max(1, 2**20 // max(1, samples.shape[1]))
    for top in range(0, len(samples), rows):
        strip, share = samples[top : top + rows], alpha[top : top + rows, :, None].astype(np.float64) / opaque
        values = np.divide(strip, share, out=np.zeros(strip.shape), where=share > 0)
        samples[top : top + rows] = np.minimum(np.rint(values) if highest != np.inf else values, highest)
