"""PSD and PSB pictures (Adobe Photoshop File Formats Specification): the composite of their layers, at any depth.

Pillow takes the channels that a mode has for all there are, and any further one for transparency. It is transparency
only when the file says so: by a negative number of layers, or a block that is there for nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.formats import tiff_colour
from engine.formats.timed_bytes import TimedBytes
from engine.pixels.limits import MAX_PIXELS, check_samples, check_size
from engine.pixels.raster import Raster, Samples
from engine.records import EngineError

_BITMAP, _GREY, _INDEXED, _RGB, _CMYK, _MULTICHANNEL, _DUOTONE, _LAB = 0, 1, 2, 3, 4, 7, 8, 9
_SHOWN = {_BITMAP: 1, _GREY: 1, _INDEXED: 1, _RGB: 3, _CMYK: 4, _DUOTONE: 1, _LAB: 3}
_PROFILE, _VERSION = 1039, 1057
_WIDE_BLOCKS = (  # those whose length has 8 bytes in a PSB
    *(b"LMsk", b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"lnk2", b"FEid"),
    *(b"FXid", b"PxSD"),
)
_TRANSPARENCY = (b"Mtrn", b"Mt16", b"Mt32")
_DEEP_LAYERS = (b"Lr16", b"Lr32", b"Layr")
_RAW, _PACKBITS = 0, 1
_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype("u1"), 8: np.dtype("u1"), 16: np.dtype(">u2"), 32: np.dtype(">f4")}


@dataclass(frozen=True)
class _Header:
    """The beginning of a file."""

    big: bool
    channels: int
    width: int
    height: int
    bits: int
    mode: int


def is_psd(data: bytes) -> bool:
    """Whether a file begins like PSD or PSB."""
    return data[:6] in (b"8BPS\0\1", b"8BPS\0\2")


def read(file: TimedBytes, name: str) -> Raster:
    """Decode the composite of a file that `is_psd`.

    Args:
        file: The bytes of the file.
        name: Its name, as it stands in a sentence.

    Raises:
        EngineError: It has no composite, is of a mode that is not shown, or too large.
        Exception: Whatever damaged files lead to.
    """
    data = file.getvalue()
    version, channels, height, width, bits, mode = struct.unpack_from(">H6xHIIHH", data, 4)
    header = _Header(version == 2, channels, width, height, bits, mode)
    shown = _check(header, name)
    palette, at = _block(data, 26, 4)
    resources, at = _block(data, at, 4)
    layers, at = _block(data, at, 8 if header.big else 4)
    profile, has_composite = _of_resources(resources)
    if not has_composite:
        raise EngineError(f"{name} holds layers but not their picture; save it anew with maximum compatibility.")
    alpha_at = shown if channels > shown and _has_transparency(layers, header.big) else None
    samples = _planes(file, header, at, shown if alpha_at is None else shown + 1)
    alpha = None if alpha_at is None else samples[..., alpha_at]
    return _as_raster(header, samples[..., :shown], alpha, palette, profile)


def _check(header: _Header, name: str) -> int:
    """How many channels the mode shows, after a look at the limits."""
    check_size((header.width, header.height), MAX_PIXELS, name)
    shown = _SHOWN.get(header.mode)
    if shown is None or header.bits not in _TYPES:
        what = "of several inks" if header.mode == _MULTICHANNEL else f"of mode {header.mode} in {header.bits} bits"
        raise EngineError(f"{name} is a PSD picture {what}, which is not opened; save it as RGB.")
    if header.channels < shown or min(header.width, header.height) < 1 or header.channels > 56:
        raise ValueError(header)
    check_samples((header.width, header.height), shown + 1, _TYPES[header.bits].itemsize, name)
    return shown


def _block(data: bytes, at: int, width: int) -> tuple[bytes, int]:
    """A block that begins with its length, and where the next one does."""
    length = int.from_bytes(data[at : at + width])
    end = at + width + length
    if end > len(data):
        raise ValueError(end)
    return data[at + width : end], end


def _of_resources(resources: bytes) -> tuple[bytes | None, bool]:
    """The ICC profile among the resources, and whether the composite is one."""
    profile, has_composite, at = None, True, 0
    while resources[at : at + 4] == b"8BIM":
        number = int.from_bytes(resources[at + 4 : at + 6])
        at += 6 + (resources[at + 6] + 2) // 2 * 2  # after a name of even length, its own length included
        content, at = _block(resources, at, 4)
        at += len(content) % 2
        if number == _PROFILE:
            profile = content
        elif number == _VERSION and len(content) >= 5:
            has_composite = content[4] != 0
    return profile, has_composite


def _has_transparency(layers: bytes, big: bool) -> bool:
    """Whether the channel after the colours says how opaque the composite is."""
    width = 8 if big else 4
    length = int.from_bytes(layers[:width])
    if length >= 2:
        return int.from_bytes(layers[width : width + 2], signed=True) < 0
    at = width + length
    at += 4 + int.from_bytes(layers[at : at + 4])  # the mask of all layers
    for key, content in _further(layers, at, big):
        if key in _TRANSPARENCY or (key in _DEEP_LAYERS and int.from_bytes(content[:2], signed=True) < 0):
            return True
    return False


def _further(layers: bytes, at: int, big: bool) -> Iterator[tuple[bytes, bytes]]:
    """Keys and beginnings of the blocks after the layers, which those of 16 and 32 bits are in."""
    while layers[at : at + 4] in (b"8BIM", b"8B64"):
        key = layers[at + 4 : at + 8]
        width = 8 if big and key in _WIDE_BLOCKS else 4
        length = int.from_bytes(layers[at + 8 : at + 8 + width])
        at += 8 + width
        yield key, layers[at : at + 2]
        at += -(-length // 4) * 4


def _planes(file: TimedBytes, header: _Header, at: int, wanted: int) -> Samples:
    """The first channels of the composite, (height, width, channels), in native byte order."""
    data = file.getvalue()
    compression = int.from_bytes(data[at : at + 2])
    at += 2
    stored = _TYPES[header.bits]
    row = (header.width + 7) // 8 if header.bits == 1 else header.width * stored.itemsize
    samples = np.empty((header.height, header.width, wanted), stored.newbyteorder("="))
    if compression == _RAW:
        plane = row * header.height
        count = wanted * header.height
        rows: Iterator[bytes] = (data[at + number * row : at + (number + 1) * row] for number in range(count))
        if len(data) < at + plane * wanted:
            raise ValueError(len(data))
    elif compression == _PACKBITS:
        rows = _packed_rows(data, header, at, wanted, row)
    else:
        raise ValueError(compression)
    for number, content in enumerate(rows):
        if number % 256 == 0:
            file.check_time()
        values = np.frombuffer(content, stored)
        if header.bits == 1:
            values = np.unpackbits(values)[: header.width]
        samples[number % header.height, :, number // header.height] = values
    return samples


def _packed_rows(data: bytes, header: _Header, at: int, wanted: int, row: int) -> Iterator[bytes]:
    """The rows of the first channels, unpacked; the lengths of all rows of all channels come before them."""
    import imagecodecs  # rarely needed

    width = 4 if header.big else 2
    lengths = np.frombuffer(data, f">u{width}", header.channels * header.height, at)
    at += lengths.nbytes
    for length in lengths[: wanted * header.height].tolist():
        content = bytes(imagecodecs.packbits_decode(data[at : at + length], out=row))
        if len(content) < row:
            raise ValueError(length)
        yield content
        at += length


def _as_raster(
    header: _Header, samples: Samples, alpha: Samples | None, palette: bytes, profile: bytes | None
) -> Raster:
    bits, notes = header.bits, []
    opaque = 1.0 if bits == 32 else float(2**bits - 1)
    if header.mode == _BITMAP:
        samples = 1 - samples
    elif header.mode == _INDEXED:
        colours = np.frombuffer(palette, np.uint8, 768).reshape(3, 256).T
        samples = colours[samples[..., 0]]
    elif header.mode == _CMYK:
        samples = (
            opaque if bits == 32 else samples.dtype.type(opaque)
        ) - samples  # stored as what the ink lets through
        if alpha is not None:
            samples, profile = _without_ink(samples, opaque), None
            notes.append("CMYK converted to RGB")
    elif header.mode == _LAB:
        rgb = tiff_colour.from_lab(samples, bits, is_signed=False)
        samples, profile = (rgb if bits > 8 else np.rint(rgb / 257).astype(np.uint8)), None
        notes.append("LAB converted to sRGB")
    return Raster(samples, bits, alpha=alpha, opaque=opaque, icc_profile=profile, notes=tuple(notes))


def _without_ink(samples: Samples, opaque: float) -> Samples:
    """Cyan, magenta, yellow and black as red, green and blue, as Pillow converts them."""
    light = samples.dtype.type(opaque) - samples
    rgb = light[..., :3].astype(np.float64) * light[..., 3:] / opaque
    converted: Samples = (rgb if samples.dtype.kind == "f" else np.rint(rgb)).astype(samples.dtype)
    return converted
