"""PNM pictures of more than 8 bits (Netpbm's pgm and ppm, pfm): Pillow gives 8 bits of colours, and scales greys."""

from __future__ import annotations

import re

import numpy as np

from engine.pixels.limits import MAX_PIXELS, check_samples, check_size
from engine.pixels.raster import Raster

_SPACE = rb"(?:[ \t\r\n\v\f]|#[^\r\n]*[\r\n])+"
_HEADER = re.compile(rb"P([2356])" + _SPACE + rb"(\d+)" + _SPACE + rb"(\d+)" + _SPACE + rb"(\d+)(?:#[^\r\n]*)?\s")
_FLOAT_HEADER = re.compile(rb"P([Ff])\s+(\d+)\s+(\d+)\s+([-+]?[\d.eE+-]+)\s")
_HEADER_BYTES = 4096
_PLAIN_PIXELS = 16_000_000  # numbers as text: four to six bytes each, and a tenth of a microsecond
_FULL = 65535


def is_deep(data: bytes) -> bool:
    """Whether a file is a PGM or PPM whose largest value is above 255, or a PFM."""
    head = data[:_HEADER_BYTES]
    if _FLOAT_HEADER.match(head):
        return True
    found = _HEADER.match(head)
    return found is not None and len(found[4]) < 6 and 255 < int(found[4]) <= _FULL


def read(data: bytes, name: str) -> Raster:
    """Decode a file that `is_deep`.

    Args:
        data: The bytes of the file.
        name: Its name, as it stands in a sentence.

    Raises:
        EngineError: It is too large.
        ValueError: The file ends within the picture.
    """
    head = data[:_HEADER_BYTES]
    if found := _FLOAT_HEADER.match(head):
        return _floats(data, found, name)
    found = _HEADER.match(head)
    assert found is not None, "as `is_deep` says"
    kind, width, height, largest = (int(number) for number in found.groups())
    channels = 3 if kind in (3, 6) else 1
    check_size((width, height), _PLAIN_PIXELS if kind < 4 else MAX_PIXELS, name)
    check_samples((width, height), channels, 2, name)
    count = width * height * channels
    if kind < 4:
        text = re.sub(rb"#[^\r\n]*", b" ", data[found.end() :])
        values = np.array(text.split(maxsplit=count)[:count]).astype(np.uint16)
    else:
        values = np.frombuffer(data, ">u2", count, found.end()).astype(np.uint16)
    samples = np.minimum(values.reshape(height, width, channels), np.uint16(largest))
    return Raster(samples=samples, bits=16, stated_white=None if largest == _FULL else float(largest))


def _floats(data: bytes, found: re.Match[bytes], name: str) -> Raster:
    """A PFM: rows from the bottom, in the byte order that the sign of its scale tells."""
    width, height, channels = int(found[2]), int(found[3]), 3 if found[1] == b"F" else 1
    check_size((width, height), MAX_PIXELS, name)
    check_samples((width, height), channels, 4, name)
    stored = "<f4" if float(found[4]) < 0 else ">f4"
    values = np.frombuffer(data, stored, width * height * channels, found.end())
    samples = values.reshape(height, width, channels)[::-1].astype(np.float32)
    return Raster(samples=samples, bits=32)
