"""Feature maps to files: a PNG for each channel, raw values as NPY, or a contact sheet for each layer."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.exports import manifest, sheets
from engine.exports.encoding import check_enlarge, encode_channel_png, encode_npy, encode_picture_png
from engine.exports.file_set import FileExport
from engine.exports.manifest import FORMATS, Format, SelectionRecord
from engine.maps import colormaps, scaling
from engine.memory import estimates
from engine.records import EngineError, LayerSelection, MapArray, Progress, Provenance, ScaledMaps, Style

__all__ = ["FORMATS", "ExportRequest", "Format", "encode_channel_png", "export_maps", "file_names"]


@dataclass(frozen=True, eq=False)
class ExportRequest:
    """What to export, how, and where to.

    Attributes:
        selections: Channels of one or more layers, each layer once.
        maps: All feature maps of each of these layers by the layer's name: float32 (height, width, channels).
        folder: Where to; made if it is missing.
        format: ``png``, ``npy`` or ``sheet``.
        style: How values become levels.
        colormap: One of `colormaps.COLORMAPS`.
        enlarge: Pixels high and wide for each value in a picture, without smoothing.
        provenance: Picture, fit, size and weights, for the manifest.
        overwrite: Whether other files that have the names of ours may be replaced.
    """

    doing: ClassVar[str] = "exporting maps"

    selections: tuple[LayerSelection, ...]
    maps: Mapping[str, MapArray]
    folder: Path
    format: Format
    style: Style
    colormap: str
    provenance: Provenance
    enlarge: int = 1
    overwrite: bool = False


def file_names(selection: LayerSelection, file_format: Format) -> tuple[str, ...]:
    """The names of the files that an export of the selection writes, without the manifest."""
    stem = selection.layer.name.replace(":", "_")
    if file_format == "png":
        return tuple(f"{stem}_{channel:03d}.png" for channel in selection.channels)
    return (f"{stem}.npy",) if file_format == "npy" else (f"{stem}.png",)


def export_maps(request: ExportRequest, cancel: threading.Event | None = None) -> Iterator[Progress]:
    """Export feature maps, and last of all the manifest that describes them.

    A generator: each value is progress and a place to cancel. The export is one thing: files wait in a hidden folder
    inside the target and are moved to their places together at the end. Cancelling, closing the generator or any error
    leaves the target as it was, and removes it if the export had made it. The files are there when, and only when,
    ``done`` has become ``total``, which counts the manifest too.

    A file of ours that is there already with the same bytes stays. The manifest of an earlier export to the same folder
    is kept inside the new one.

    Args:
        request: What to export.
        cancel: Set it to stop at the next yield.

    Raises:
        EngineError: The request cannot be met, different files are in the way, or the disk refuses.
    """
    check(request)
    names = [name for selection in request.selections for name in file_names(selection, request.format)]
    total, done = len(names) + 1, 0
    records: dict[str, SelectionRecord] = {}
    with FileExport(request.folder, names, overwrite=request.overwrite) as files:
        yield from files.prepare()
        yield Progress(0, total, "Preparing the export")
        for wanted in (files.existing, set(names) - files.existing):  # what may be in the way first: no work is lost
            for name, encode in _files(request, wanted, records):
                if cancel is not None and cancel.is_set():
                    return
                yield from files.add(name, encode())
                done += 1
                yield Progress(done, total, f"Writing {name}")
            files.check_the_way()
        if cancel is not None and cancel.is_set():
            return
        yield from files.finish(_manifest(request, records))
    yield Progress(total, total, f"Exported {len(names)} {'file' if len(names) == 1 else 'files'}")


def check(request: ExportRequest) -> None:
    """Raise an `EngineError` unless the request can be met."""
    if not request.selections:
        raise EngineError("Nothing is selected to be exported; select channels first.")
    if request.format not in FORMATS:
        raise EngineError(f"The format must be one of {', '.join(FORMATS)}. Received: {request.format!r}.")
    if not (math.isfinite(request.style.low) and math.isfinite(request.style.high)):
        raise EngineError(f"Limits must be numbers. Received: {request.style.low:g} and {request.style.high:g}.")
    check_enlarge(request.enlarge)
    colormaps.table(request.colormap)
    layers = [selection.layer.name for selection in request.selections]
    if len(set(layers)) != len(layers):
        raise EngineError(f"Each layer can be exported once at a time. Received: {', '.join(layers)}.")
    for selection in request.selections:
        _check_selection(selection, request.maps)
    estimates.check_export(request.selections, request.format, request.enlarge)


def _check_selection(selection: LayerSelection, maps: Mapping[str, MapArray]) -> None:
    name, channels = selection.layer.name, selection.channels
    if name not in maps:
        raise EngineError(f"The maps of {name} have not been computed; compute them before exporting.")
    count = maps[name].shape[2]
    if not channels or min(channels) < 0 or max(channels) >= count or len(set(channels)) != len(channels):
        shown = ", ".join(map(str, channels[:8])) or "none"
        raise EngineError(f"Select channels from 0 to {count - 1} of {name}, each once. Received: {shown}.")


def _files(
    request: ExportRequest, wanted: set[str], records: dict[str, SelectionRecord]
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name and content of the wanted files, layer by layer; puts a record of each layer into `records`."""
    for selection in request.selections:
        names = file_names(selection, request.format)
        if wanted.isdisjoint(names):
            continue
        layer = selection.layer
        style = colormaps.suited(request.style, request.colormap)
        scaled = scaling.scale_maps(request.maps[layer.name], style, signed=layer.signed)
        records[layer.name] = _record(selection, scaled, names)
        if request.format == "png":
            contents = [partial(channel_png, request, selection, scaled, channel) for channel in selection.channels]
        elif request.format == "npy":
            contents = [partial(_npy, request, selection)]
        else:
            contents = [partial(_sheet, request, selection, scaled)]
        yield from ((name, content) for name, content in zip(names, contents, strict=True) if name in wanted)


def channel_png(request: ExportRequest, selection: LayerSelection, scaled: ScaledMaps, channel: int) -> bytes:
    """The file of one channel."""
    text = {
        "layer": selection.layer.name,
        "channel": str(channel),
        "scale": request.style.scale,
        "low": str(scaled.low[channel]),
        "high": str(scaled.high[channel]),
    }
    return encode_channel_png(scaled.levels[channel], request.colormap, request.enlarge, text)


def _npy(request: ExportRequest, selection: LayerSelection) -> bytes:
    return encode_npy(np.ascontiguousarray(_chosen(request, selection), dtype=np.dtype("<f4")))


def _sheet(request: ExportRequest, selection: LayerSelection, scaled: ScaledMaps) -> bytes:
    return encoded_sheet(request, selection, sheet_pixels(request, selection, scaled))


def sheet_pixels(request: ExportRequest, selection: LayerSelection, scaled: ScaledMaps) -> npt.NDArray[np.uint8]:
    """The sheet of a layer: uint8 RGB (height, width, 3), or levels (height, width) of the book's grid."""
    if request.style.scale == "chollet":
        return scaling.book_grid(_chosen(request, selection))
    return sheets.contact_sheet(
        scaled,
        selection.channels,
        request.colormap,
        enlarge=request.enlarge,
        layer=selection.layer,
        provenance=request.provenance,
    )


def encoded_sheet(request: ExportRequest, selection: LayerSelection, pixels: npt.NDArray[np.uint8]) -> bytes:
    """The file of `sheet_pixels`."""
    text = {"layer": selection.layer.name, "channels": _ranges(selection.channels), "scale": request.style.scale}
    if pixels.ndim == 2:
        return encode_channel_png(pixels, request.colormap, request.enlarge, text)
    return encode_picture_png(pixels, text)


def _chosen(request: ExportRequest, selection: LayerSelection) -> MapArray:
    return request.maps[selection.layer.name][:, :, list(selection.channels)]


def _ranges(channels: tuple[int, ...]) -> str:
    """Channels the way a person writes them, such as ``0-15,40``."""
    runs: list[list[int]] = []
    for channel in channels:
        if runs and channel == runs[-1][-1] + 1:
            runs[-1][1:] = [channel]
        else:
            runs.append([channel])
    return ",".join("-".join(map(str, run)) for run in runs)


def _record(selection: LayerSelection, scaled: ScaledMaps, names: tuple[str, ...]) -> SelectionRecord:
    chosen = list(selection.channels)
    return SelectionRecord(
        selection.layer.name, selection.channels, _shortest(scaled.low[chosen]), _shortest(scaled.high[chosen]), names
    )


def _shortest(values: npt.NDArray[np.float32]) -> tuple[float, ...]:
    """With the fewest digits that give the same float32 again."""
    return tuple(float(str(value)) for value in values)


def _manifest(request: ExportRequest, records: Mapping[str, SelectionRecord]) -> dict[str, Any]:
    from engine import __version__  # only now: while the package is being imported it may not be there yet

    return manifest.build(
        request.provenance,
        [records[selection.layer.name] for selection in request.selections],
        style=request.style,
        file_format=request.format,
        colormap=request.colormap,
        enlarge=request.enlarge,
        program_version=__version__,
    )
