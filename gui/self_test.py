"""Checks on this very machine that everything works: what a package is started with before it counts as one."""

from __future__ import annotations

import argparse
import os
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import engine
import resources
from engine import images
from engine.exports.maps import ExportRequest, export_maps
from engine.networks import weights
from engine.networks.plain_pass import plain_maps
from engine.records import EngineError, ImageArray, LayerSelection, Provenance, Style

if TYPE_CHECKING:
    from engine.session import Session

_DIFFERENCE = 1e-4
"""By how much a value may differ from plain arithmetic, as a share of the layer's largest: the order of additions."""

_DIFFERENCE_ON_GPU = 1e-2
"""The same where convolutions may be computed with 10 bits of precision (TF32)."""


def run(options: argparse.Namespace) -> int:
    """Open a picture, load the network, run a pass, form a pattern, export a channel and draw the window.

    None of it needs a screen.

    Returns:
        0 when everything works.

    Raises:
        EngineError: Something does not; the sentence says what.
    """
    _timed("picture", _one_packed_picture)
    start = time.perf_counter()
    with engine.open_session(options.weights) as session:
        _said("model", f"VGG16 on {session.device}, weights {session.weights.sha256[:12]}", start)
        _timed("pass", lambda: _one_pass(session))
        _timed("pattern", lambda: _one_pattern(session))
        _timed("export", lambda: _one_export(session))
    _timed("window", _one_window)
    print("All is well.")  # noqa: T201
    return 0


def _timed(name: str, check: Callable[[], str]) -> None:
    start = time.perf_counter()
    _said(name, check(), start)


def _said(name: str, text: str, start: float) -> None:
    print(f"{name:<8} {time.perf_counter() - start:6.2f} s  {text}")  # noqa: T201


def _cat() -> Path:
    return resources.path("samples", "chelsea.png")


def _one_packed_picture() -> str:
    """A big-endian TIFF of signed numbers in LZW; what else TIFF is packed with must be there as well."""
    import imagecodecs

    codecs = (
        *("lzw", "packbits", "zlib", "deflate", "lzma", "zstd", "jpeg", "jpeg2k", "webp", "png", "lerc", "ccittfax4"),
        *("delta", "floatpred", "packints"),
    )
    missing = [codec for codec in codecs if not callable(getattr(imagecodecs, f"{codec}_decode", None))]
    if missing:
        raise EngineError(f"Pictures packed with {', '.join(missing)} cannot be opened; install Convscope again.")
    values = np.arange(-600, 600, dtype=">i2")
    packed = imagecodecs.lzw_encode(values.tobytes())
    tags = (256, 40), (257, 30), (258, 16), (259, 5), (262, 1), (273, 8), (277, 1), (279, len(packed)), (339, 2)
    directory = struct.pack(">H", len(tags)) + b"".join(struct.pack(">HHII", tag, 4, 1, value) for tag, value in tags)
    data = b"MM\0*" + struct.pack(">I", 8 + len(packed)) + packed + directory + bytes(4)
    picture = images.open_picture(data)
    if picture.levels is None or (picture.levels.low, picture.levels.high) != (-600, 599):
        raise EngineError("A TIFF came out with other values than it has; install Convscope again.")
    return f"16-bit TIFF in LZW, from {picture.levels.low:g} to {picture.levels.high:g}"


def _one_pass(session: Session) -> str:
    cat = images.open_image(_cat())
    maps = session.activations(cat)
    channels = sum(values.shape[2] for values in maps.values())
    if len(maps) != len(session.network.layers) or not all(np.isfinite(values).all() for values in maps.values()):
        raise EngineError(f"The pass gave {len(maps)} layers, or values that are not finite; install Convscope again.")
    return f"{len(maps)} views, {channels} channels, {_differences(session, cat)}"


def _differences(session: Session, cat: ImageArray) -> str:
    """Compare every layer with the same arithmetic in numpy, on a small picture."""
    _, kernels = weights.load(session.weights.path)
    network = session.network.at(session.network.sizes()[0])
    small = images.fit_image(cat, "crop", network.size)
    maps = session.activations(small, size=network.size)
    largest, allowed = 0.0, _DIFFERENCE if session.device == "CPU" else _DIFFERENCE_ON_GPU
    for name, values in plain_maps(network.input.preprocessing.to_network(small), kernels, network.layers):
        difference = float(np.abs(maps[name] - values).max() / np.abs(values).max())
        if not difference <= allowed:  # also when it is no number
            raise EngineError(
                f"The values of {name} are off by {difference:.2g} of their maximum, where {allowed:g} is allowed; "
                "install Convscope's dependencies again."
            )
        largest = max(largest, difference)
    return f"within {largest:.1g} of plain arithmetic"


def _one_pattern(session: Session) -> str:
    *_, last = session.patterns("block2_conv1", (3,))
    if last.outcome != "rendered":
        raise EngineError(f"A pattern came out {last.outcome} that should be rendered; install Convscope again.")
    return f"block2_conv1:3 {last.outcome}, score {last.score:.1f}"


def _one_export(session: Session) -> str:
    picture = images.open_picture(_cat())
    info = session.network.layer("block3_conv1")
    with tempfile.TemporaryDirectory() as folder:
        request = ExportRequest(
            selections=(LayerSelection(info, (17,)),),
            maps=session.activations(picture.pixels, [info.name]),
            folder=Path(folder),
            format="png",
            style=Style(),
            colormap="viridis",
            provenance=Provenance(picture, "crop", 224, session.weights, session.network.identity),
        )
        for _ in export_maps(request):
            pass
        written = sorted(path.name for path in Path(folder).iterdir())
    if written != ["block3_conv1_017.png", "manifest.json"]:
        raise EngineError(f"The export wrote {', '.join(written) or 'nothing'}; install Convscope again.")
    return " and ".join(written)


def _one_window() -> str:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gui import app

    with tempfile.TemporaryDirectory() as folder:
        _, window = app.create(sys.argv[:1], Path(folder) / "settings.ini")
        picture = window.grab().toImage()
        window.close()
    if picture.isNull():
        raise EngineError("The window could not be drawn; Qt's libraries are missing or broken.")
    return f"{picture.width()} × {picture.height()} px"
