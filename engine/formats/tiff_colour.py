"""Colours of TIFF and PSD that are no red, green and blue: CIELAB, YCbCr and palettes of more than 8 bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.pixels.raster import Samples

_ROWS_PIXELS = 2**19
_D50 = np.array((0.96422, 1.0, 0.82521))
# XYZ under D50 to linear sRGB, whose white is D65, adapted after Bradford (Lindbloom).
_XYZ_TO_RGB = np.array(
    ((3.1338561, -1.6168667, -0.4906146), (-0.9787684, 1.9161415, 0.0334540), (0.0719453, -0.2289914, 1.4052427))
)
_KAPPA, _EPSILON = 24389 / 27, 216 / 24389  # CIE 15

_Real = npt.NDArray[np.float64]


def from_lab(samples: Samples, bits: int, *, is_signed: bool) -> npt.NDArray[np.uint16]:
    """CIELAB (D50) as sRGB.

    Args:
        samples: (height, width, 3), unsigned as they are in the file, or floats.
        bits: Bits of a sample: 8 or more.
        is_signed: Whether a* and b* are two's complement, as TIFF's CIELab has them, or have their zero in the middle,
            as those of ICC and PSD.

    Returns:
        (height, width, 3) from 0 to 65535.
    """

    def convert(values: _Real) -> _Real:
        if samples.dtype.kind == "f":
            return _lab_to_rgb(values)
        colours = values[..., 1:]
        half = 2.0 ** (bits - 1)
        colours = np.where(colours >= half, colours - 2 * half, colours) if is_signed else colours - half
        light = values[..., :1] * (100 / (2.0**bits - 1))
        return _lab_to_rgb(np.concatenate((light, colours / 2.0 ** (bits - 8)), axis=2))

    return _by_rows(samples, convert)


def from_ycbcr(samples: Samples, bits: int, luma: tuple[float, ...]) -> npt.NDArray[np.uint16]:
    """YCbCr of full range as RGB (TIFF 6.0, section 21).

    Args:
        samples: (height, width, 3), unsigned.
        bits: Bits of a sample.
        luma: What red, green and blue contribute to luminance.

    Returns:
        (height, width, 3) from 0 to 65535.
    """
    red, green, blue = luma if len(luma) == 3 and min(luma) > 0 else (0.299, 0.587, 0.114)
    white, middle = 2.0**bits - 1, 2.0 ** (bits - 1)

    def convert(values: _Real) -> _Real:
        light, to_blue, to_red = values[..., 0], values[..., 1] - middle, values[..., 2] - middle
        r, b = light + to_red * (2 - 2 * red), light + to_blue * (2 - 2 * blue)
        g = (light - blue * b - red * r) / green
        return np.stack((r, g, b), axis=2) / white

    return _by_rows(samples, convert)


def from_palette(indices: Samples, palette: tuple[float, ...], bits: int) -> npt.NDArray[np.uint8]:
    """The colours of a palette of 16-bit values: all reds, then all greens, then all blues.

    Args:
        indices: (height, width), unsigned.
        palette: Three times 2 to the power of ``bits`` values.
        bits: Bits of an index, at most 16.

    Returns:
        (height, width, 3).
    """
    colours = np.array(palette, np.float64)[: 3 * 2**bits].reshape(3, 2**bits).T
    scale = 257.0 if colours.max(initial=0) > 255 else 1.0  # some writers scale to 255
    table = np.rint(colours / scale).astype(np.uint8)
    return np.take(table, indices, axis=0, mode="clip")


def _by_rows(samples: Samples, convert: Callable[[_Real], _Real]) -> npt.NDArray[np.uint16]:
    result = np.empty((*samples.shape[:2], 3), np.uint16)
    rows = max(1, _ROWS_PIXELS // samples.shape[1])
    with np.errstate(all="ignore"):
        for top in range(0, len(samples), rows):
            rgb = convert(samples[top : top + rows].astype(np.float64))
            result[top : top + rows] = np.rint(np.nan_to_num(np.clip(rgb, 0.0, 1.0)) * 65535)
    return result


def _lab_to_rgb(lab: _Real) -> _Real:
    y = (lab[..., 0] + 16) / 116
    roots = np.stack((y + lab[..., 1] / 500, y, y - lab[..., 2] / 200), axis=2)
    xyz = np.where(roots**3 > _EPSILON, roots**3, (116 * roots - 16) / _KAPPA) * _D50
    linear = np.clip(xyz @ _XYZ_TO_RGB.T, 0.0, 1.0)
    rgb: _Real = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)  # IEC 61966-2-1
    return rgb
