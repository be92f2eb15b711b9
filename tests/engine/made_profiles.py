"""ICC profiles written byte by byte, and what they mean, from their primaries: nothing here is the program's."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

D50 = np.array([0.9642, 1.0, 0.8249])
D65 = (0.3127, 0.3290)
P3 = (D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE = (D65, (0.640, 0.330), (0.210, 0.710), (0.150, 0.060))
REC2020 = (D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
SRGB = (D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
PROPHOTO = ((0.3457, 0.3585), (0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001))
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def srgb_to_light(values: Floats) -> Floats:
    """IEC 61966-2-1, both ways on 0…1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def light_to_srgb(light: Floats) -> Floats:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def to_xyz(primaries: Sequence[tuple[float, float]]) -> Floats:
    """Columns: XYZ of red, green and blue, adapted to D50."""
    white, *corners = (np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in primaries)
    matrix = np.stack(corners, axis=1)
    matrix = matrix * np.linalg.solve(matrix, white)
    scale = np.diag((BRADFORD @ D50) / (BRADFORD @ white))
    adapted: Floats = np.linalg.inv(BRADFORD) @ scale @ BRADFORD @ matrix
    return adapted


def expected(
    pixels: npt.NDArray[np.uint8], primaries: Sequence[tuple[float, float]], curve: Callable[[Floats], Floats]
) -> npt.NDArray[np.uint8]:
    """What the pixels of such a space are in sRGB."""
    light = curve(pixels / 255.0) @ to_xyz(primaries).T @ np.linalg.inv(to_xyz(SRGB)).T
    return np.rint(light_to_srgb(light) * 255).astype(np.uint8)


def lab_in_srgb(lab: Sequence[float]) -> npt.NDArray[np.uint8]:
    """CIE L*a*b* under D50."""
    level, a, b = lab
    y = (level + 16) / 116
    parts = np.array([y + a / 500, y, y - b / 200])
    xyz = D50 * np.where(parts > 6 / 29, parts**3, 3 * (6 / 29) ** 2 * (parts - 4 / 29))
    return np.rint(light_to_srgb(np.linalg.inv(to_xyz(SRGB)) @ xyz) * 255).astype(np.uint8)


def profile(
    space: bytes, tags: dict[bytes, bytes], *, name: str = "", device: bytes = b"mntr", pcs: bytes = b"XYZ "
) -> bytes:
    """A profile of version 2.4."""
    words = name.encode()
    description = b"desc" + struct.pack(">II", 0, len(words) + 1) + words + b"\0" + bytes(78)
    tags = {b"desc": description, b"wtpt": xyz(D50), **tags}
    table, body, first = b"", b"", 132 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", first + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", first + len(body), b"none", 0x02400000, device, space, pcs)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(struct.pack(">i", round(value * 65536)) for value in D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def xyz(values: Sequence[float] | Floats) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)


def curve(function: Callable[[Floats], Floats], entries: int = 1024) -> bytes:
    values = np.rint(function(np.linspace(0, 1, entries)) * 65535).astype(">u2")
    return b"curv" + struct.pack(">II", 0, entries) + values.tobytes()


def matrix_profile(
    primaries: Sequence[tuple[float, float]], function: Callable[[Floats], Floats], name: str = "made here"
) -> bytes:
    columns = to_xyz(primaries)
    tags = {tag: xyz(columns[:, at]) for at, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve(function))
    return profile(b"RGB ", tags, name=name)


def grey_profile(function: Callable[[Floats], Floats], name: str = "made grey") -> bytes:
    return profile(b"GRAY", {b"kTRC": curve(function)}, name=name)


def table_profile(
    space: bytes, corners: npt.NDArray[np.uint16], function: Callable[[Floats], Floats], name: str, *, pcs: bytes
) -> bytes:
    """A profile with a table of the corners of its space only (lut16Type), its first channel changing slowest.

    Args:
        space: Of the profile.
        corners: uint16 (2, …, 2, 3), in the encoding of the connection space.
        function: Applied to each channel before the table.
        name: Its description.
        pcs: ``b"Lab "`` or ``b"XYZ "``.
    """
    channels = corners.ndim - 1
    head = b"mft2" + struct.pack(">I4B", 0, channels, 3, 2, 0)
    head += b"".join(struct.pack(">i", value) for value in (65536, 0, 0, 0, 65536, 0, 0, 0, 65536))
    steps = np.rint(function(np.linspace(0, 1, 4096)) * 65535).astype(">u2").tobytes()
    straight = struct.pack(">2H", 0, 65535) * 3
    body = struct.pack(">2H", 4096, 2) + steps * channels + corners.astype(">u2").tobytes() + straight
    return profile(space, {b"A2B0": head + body}, name=name, device=b"prtr" if space == b"CMYK" else b"mntr", pcs=pcs)


def lab_code(lab: Sequence[float]) -> list[int]:
    """The 16-bit encoding of ICC's version 2."""
    level, a, b = lab
    return [round(level * 652.8), round((a + 128) * 256), round((b + 128) * 256)]
