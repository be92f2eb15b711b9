"""From numpy arrays to Qt images.

Qt reads the memory of an array without owning it, and PySide6 keeps no reference to the array either. So every image
that leaves this module owns its pixels.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap

Levels = npt.NDArray[np.uint8]
"""Grey levels of one map: uint8 (height, width)."""

Table = npt.NDArray[np.uint8]
"""A colour for each level: uint8 RGB (256, 3)."""

_OPAQUE = np.uint32(0xFF000000)
_SUBSAMPLING_MARGIN = 4


def indexed_image(levels: Levels, table: Table) -> QImage:
    """The map in colours, one image pixel a value.

    The image keeps the levels and a colour table, so it takes a quarter of the memory of an RGB image.

    Args:
        levels: uint8 (height, width).
        table: uint8 RGB (256, 3).

    Returns:
        An image in `QImage.Format.Format_Indexed8`; a null image when there are no pixels.
    """
    image = _owned(levels, QImage.Format.Format_Indexed8)
    if not image.isNull():
        image.setColorTable(color_table(table))
    return image


def rgb_image(pixels: npt.NDArray[np.uint8]) -> QImage:
    """The picture, one image pixel a pixel.

    Args:
        pixels: uint8 RGB (height, width, 3).

    Returns:
        An image in `QImage.Format.Format_RGB888`; a null image when there are no pixels.
    """
    return _owned(pixels, QImage.Format.Format_RGB888)


def fitted_image(levels: Levels, table: Table, side: int) -> QImage:
    """The map in colours, in the largest size that fits a square.

    Enlarged without smoothing, so that single values stay visible. Reduced by averaging the levels over the area of
    each pixel, before the colours: every colour shown is then one of the colour bar.

    Args:
        levels: uint8 (height, width).
        table: uint8 RGB (256, 3).
        side: Side of the square, in device pixels, at least 1.
    """
    height, width = levels.shape
    if not levels.size:
        return QImage()
    ratio = side / max(height, width)
    target_height, target_width = max(1, round(height * ratio)), max(1, round(width * ratio))
    colours = _packed(table.tobytes())
    if ratio < 1:
        pixels = colours[area_average(levels, target_height, target_width)]
    else:  # by numpy: a colour table and scaling take Qt five times as long
        columns, rows = _nearest(width, target_width), _nearest(height, target_height)
        pixels = colours[levels].take(columns, axis=1).take(rows, axis=0)
    return _owned(pixels, QImage.Format.Format_RGB32)


def fitted_rgb_image(pixels: npt.NDArray[np.uint8], side: int) -> QImage:
    """The picture in the largest size that fits a square, smooth, in a time that does not grow with the picture.

    Args:
        pixels: uint8 RGB (height, width, 3).
        side: Side of the square, in device pixels, at least 1.
    """
    if not pixels.size:
        return QImage()
    # Photographs have far more pixels than a thumbnail can tell apart: every n-th is enough to average over.
    stride = max(1, max(pixels.shape[:2]) // (side * _SUBSAMPLING_MARGIN))
    return rgb_image(pixels[::stride, ::stride]).scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def area_average(levels: Levels, height: int, width: int) -> Levels:
    """Reduce a map; each value of the result is the mean over the area that it covers.

    Args:
        levels: uint8 (rows, columns).
        height: Rows of the result, at most those of the map.
        width: Columns of the result, at most those of the map.

    Returns:
        uint8 (height, width).
    """
    rows = _average_rows(levels, height)
    return np.rint(_average_rows(np.ascontiguousarray(rows.T), width).T).astype(np.uint8)


def color_table(table: Table) -> list[int]:
    """The colours as Qt wants them: 256 numbers 0xffRRGGBB."""
    packed: list[int] = _packed(table.tobytes()).tolist()
    return packed


@lru_cache(maxsize=16)
def _packed(table: bytes) -> npt.NDArray[np.uint32]:
    """The same as an array; remembered, for every tile asks for it."""
    red, green, blue = np.frombuffer(table, np.uint8).reshape(-1, 3).astype(np.uint32).T
    return _OPAQUE | red << np.uint32(16) | green << np.uint32(8) | blue


@lru_cache(maxsize=64)
def _nearest(count: int, wanted: int) -> npt.NDArray[np.intp]:
    """Which of so many values each pixel shows, when they are enlarged to more pixels: the one at its middle."""
    return (2 * np.arange(wanted) + 1) * count // (2 * wanted)


class PixmapCache:
    """Pixmaps that were painted, up to a limit of memory; the one that was not used for longest goes first."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._pixmaps: OrderedDict[Hashable, QPixmap] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._pixmaps

    def get(self, key: Hashable, make: Callable[[], QPixmap]) -> QPixmap:
        """The pixmap of that key; made and kept when it is not there."""
        if key in self._pixmaps:
            self._pixmaps.move_to_end(key)
            return self._pixmaps[key]
        pixmap = make()
        self._pixmaps[key] = pixmap
        self._bytes += _size(pixmap)
        while self._bytes > self._limit and len(self._pixmaps) > 1:
            self._bytes -= _size(self._pixmaps.popitem(last=False)[1])
        return pixmap

    def clear(self) -> None:
        """Forget all of them."""
        self._pixmaps.clear()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._pixmaps)


def _owned(pixels: npt.NDArray[np.uint8 | np.uint32], image_format: QImage.Format) -> QImage:
    if not pixels.size:
        return QImage()
    dense = np.ascontiguousarray(pixels)
    height, width = dense.shape[:2]
    # Without the bytes of a line, Qt would assume lines that start at multiples of four bytes.
    return QImage(dense.data, width, height, dense.strides[0], image_format).copy()


def _average_rows(values: npt.NDArray[np.uint8 | np.float32], count: int) -> npt.NDArray[np.float32]:
    """Means over `count` equal bands of rows, whose borders may be within a row."""
    rows, shares = _bands(len(values), count)
    means: npt.NDArray[np.float32] = values[rows[0]] * shares[0]
    # Row by row of every band: an array of all of them would be so large that its memory is new each time, and slow.
    for row, share in zip(rows[1:], shares[1:], strict=True):
        means += values[row] * share
    return means


@lru_cache(maxsize=64)
def _bands(rows: int, count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Which rows each band touches, (most rows a band, count), and the share that each of them has in its mean."""
    borders = np.linspace(0, rows, count + 1)
    upper, lower = borders[:-1], borders[1:]
    first = upper.astype(np.intp)
    touched = first + np.arange(int((np.ceil(lower) - first).max()))[:, np.newaxis]
    overlap = np.maximum(np.minimum(lower, touched + 1) - np.maximum(upper, touched), 0)
    shares = (overlap * (count / rows)).astype(np.float32)[:, :, np.newaxis]
    return np.minimum(touched, rows - 1), shares


def _size(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8
