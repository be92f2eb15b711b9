"""Reads the sheets of the shipped patterns with Qt: in half of Pillow's time, and other threads go on meanwhile.

Pillow copies a decoded WebP picture in one go while it holds Python's lock, for 30 ms with a sheet of 512 tiles.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from engine.manifest_fields import InvalidError
from engine.patterns import atlas
from engine.records import ImageArray

_MEGABYTES = 512


def decode_sheet(data: bytes, width: int, height: int) -> ImageArray:
    """A `Decoder` of an atlas; as `engine.patterns.atlas.decode_sheet`, which reads what this Qt cannot.

    Args:
        data: A WebP file.
        width: That it has to have, in pixels.
        height: That it has to have, in pixels.

    Returns:
        uint8 RGB (height, width, 3).

    Raises:
        InvalidError: It has another size, or is none.
    """
    content = QByteArray(data)
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"webp"))
    reader.setAllocationLimit(_MEGABYTES)
    if not reader.canRead() or not reader.supportsOption(QImageIOHandler.ImageOption.Size):
        return atlas.decode_sheet(data, width, height)
    if reader.size().toTuple() != (width, height):
        raise InvalidError("its sheet has another size")
    image = reader.read()
    if image.format() not in (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32):
        return atlas.decode_sheet(data, width, height)
    # Not `convertToFormat`, which keeps the lock; numpy lets go of it.
    colours = np.frombuffer(image.constBits(), np.uint32).reshape(height, image.bytesPerLine() // 4)[:, :width]
    pixels = np.empty((height, width, 3), np.uint8)
    for position, shift in enumerate((16, 8, 0)):
        pixels[:, :, position] = colours >> shift
    return pixels
