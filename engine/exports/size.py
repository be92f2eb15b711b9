"""File sizes of an export: exact for raw values, estimated by encoding a sample otherwise."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import numpy.typing as npt

from engine.exports.maps import ExportRequest, channel_png, check, encoded_sheet, sheet_pixels
from engine.maps import colormaps, scaling
from engine.records import LayerSelection, Progress

_MOST_CHANNELS, _FEWEST_CHANNELS = 16, 4
_PIXELS = 4_000_000
"""About so many pixels of a layer are encoded: some tenths of a second."""

_BAND = 128
"""Rows of a sheet that are encoded together: more than PNG looks back."""

_NPY_HEADER = 128
_BYTES_PER_VALUE = 4


def npy_bytes(selection: LayerSelection) -> int:
    """How large the file with the raw values of a layer becomes, in bytes."""
    height, width, _ = selection.layer.output_shape
    return _NPY_HEADER + _BYTES_PER_VALUE * height * width * len(selection.channels)


def exported_bytes(request: ExportRequest) -> Generator[Progress, None, int]:
    """Measure an export without writing anything.

    Args:
        request: A valid one; where to and what may be replaced there does not matter.

    Returns:
        Bytes of all files but the manifest. What PNG makes of pictures differs, so it is within some percent for one
        layer, as a rule.

    Yields:
        Progress in layers, and a place to cancel before each.

    Raises:
        EngineError: The request cannot be met; a sheet may be too large, for instance.
    """
    check(request)
    total = 0.0
    for done, selection in enumerate(request.selections):
        yield Progress(done, len(request.selections), "Measuring the export")
        total += npy_bytes(selection) if request.format == "npy" else _picture_bytes(request, selection)
    return round(total)


def _picture_bytes(request: ExportRequest, selection: LayerSelection) -> float:
    layer, channels = selection.layer, selection.channels
    style = colormaps.suited(request.style, request.colormap)
    scaled = scaling.scale_maps(request.maps[layer.name], style, signed=layer.signed)
    if request.format == "sheet":
        pixels = sheet_pixels(request, selection, scaled)
        return _banded(pixels, lambda band: len(encoded_sheet(request, selection, band)))
    pixels_each = layer.output_shape[0] * layer.output_shape[1] * request.enlarge**2
    count = min(max(_PIXELS // pixels_each, _FEWEST_CHANNELS), _MOST_CHANNELS, len(channels))
    chosen = [channels[place] for place in np.linspace(0, len(channels) - 1, count).round().astype(int)]
    sizes = [len(channel_png(request, selection, scaled, channel)) for channel in chosen]
    return len(channels) * sum(sizes) / count


def _banded(pixels: npt.NDArray[np.uint8], size_of: Callable[[npt.NDArray[np.uint8]], int]) -> float:
    """Bytes of a picture, from bands of rows that are spread over all of it."""
    height = len(pixels)
    starts = range(0, height, _BAND)
    apart = -(-pixels.shape[0] * pixels.shape[1] // _PIXELS)
    if apart == 1:
        return size_of(pixels)
    bands = [pixels[start : start + _BAND] for start in starts[apart // 2 :: apart]]
    return height * sum(size_of(band) for band in bands) / sum(map(len, bands))
