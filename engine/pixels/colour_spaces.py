"""Colour spaces that files name by a number or by their primaries, as ICC profiles that Pillow's ImageCms takes.

Sources: ITU-T H.273 (2021) for the code points of primaries and transfer, ICC.1:2010 for the profile, Lindbloom for
the Bradford adaptation to the profile connection space's white, D50.
"""

from __future__ import annotations

import struct
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]
"""CIE 1931 chromaticity: x, y."""

Primaries: TypeAlias = tuple[Point, Point, Point, Point]
"""White, red, green, blue."""

D65: Point = (0.3127, 0.3290)
_C: Point = (0.310, 0.316)
SRGB: Primaries = (D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
ADOBE_RGB: Primaries = (D65, (0.640, 0.330), (0.210, 0.710), (0.150, 0.060))
_SMPTE_C: Primaries = (D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070))

PRIMARIES: dict[int, tuple[str, Primaries]] = {
    1: ("Rec. 709", SRGB),
    2: ("sRGB", SRGB),  # not said
    4: ("NTSC 1953", (_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08))),
    5: ("PAL", (D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06))),
    6: ("SMPTE C", _SMPTE_C),
    7: ("SMPTE C", _SMPTE_C),
    9: ("Rec. 2020", (D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    11: ("DCI-P3", ((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
    12: ("Display P3", (D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
    22: ("EBU Tech. 3213", (D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077))),
}
"""H.273's code points, with a name for people."""

SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""Exponent, then a, b, c, d of ICC's parametric curve of type 3."""

# The curves of cameras (1, 6, 14, 15) are shown on displays that undo sRGB's, by browsers as well.
TRANSFERS: dict[int, tuple[float, ...]] = {
    **dict.fromkeys((1, 2, 6, 13, 14, 15), SRGB_CURVE),
    4: (2.2,),
    5: (2.8,),
    8: (1.0,),
}
"""H.273's code points, as parameters of a curve; those of high dynamic range are not among them."""

HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
"""H.273's code points of what has no fixed white."""

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def matrix_profile(primaries: Primaries, curve: tuple[float, ...]) -> bytes:
    """An ICC profile, version 4.3, of an RGB space.

    Args:
        primaries: Of the space.
        curve: One exponent, or an exponent and a, b, c, d as in `SRGB_CURVE`; from stored values to light.

    Raises:
        ValueError: The primaries lie on one line, or the numbers are out of a profile's range.
    """
    columns = _colorants(primaries)
    kind = 0 if len(curve) == 1 else 3
    shape = b"para" + struct.pack(">IHH", 0, kind, 0) + b"".join(map(_fixed, curve))
    tags = {
        b"desc": _text("RGB"),
        b"wtpt": _xyz(_D50),
        **{name: _xyz(columns[:, at]) for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), shape),
    }
    table, body = struct.pack(">I", len(tags)), b""
    first = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", first + len(body), len(content))
        body += content.ljust(-(-len(content) // 4) * 4, b"\0")
    size = first + len(body)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(_fixed, _D50))
    return head.ljust(128, b"\0") + table + body


def _colorants(primaries: Primaries) -> npt.NDArray[np.float64]:
    """Columns: XYZ of red, green and blue at full value, adapted to D50."""
    white, *corners = ([x / y, 1.0, (1.0 - x - y) / y] if y else [np.nan] * 3 for x, y in primaries)
    try:
        matrix = np.array(corners).T
        matrix = matrix * np.linalg.solve(matrix, np.array(white))
        source = _BRADFORD @ np.array(white)
        adapted: npt.NDArray[np.float64] = (
            np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ _D50) / source) @ _BRADFORD @ matrix
        )
    except np.linalg.LinAlgError as error:
        raise ValueError("the primaries lie on one line") from error
    if not np.isfinite(adapted).all() or np.abs(adapted).max() > 30:
        raise ValueError("the primaries are out of range")
    return adapted


def _fixed(value: float) -> bytes:
    """s15Fixed16Number."""
    return round(value * 65536).to_bytes(4, "big", signed=True)


def _xyz(values: npt.NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(float(value)) for value in values)


def _text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">III2s2sII", 0, 1, 12, b"en", b"US", len(words), 28) + words
