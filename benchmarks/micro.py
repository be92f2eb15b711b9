"""The parts of a look one by one: decoding, fitting, scaling, statistics, layout and export, each on the real cat.

Usage: ``python benchmarks/micro.py [--json FILE]``
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from report import Figure, run_part

import engine
import resources
from engine import images
from engine.exports.maps import ExportRequest, export_maps
from engine.maps import scaling, statistics
from engine.networks.preprocessing import CAFFE
from engine.networks.vgg16 import VGG16
from engine.records import SCALES, LayerInfo, LayerSelection, MapArray, Picture, Provenance, Style, WeightsFile

ROUNDS = 7
_LAYERS = VGG16.layers


def measure() -> list[Figure]:
    cat = resources.path("samples", "chelsea.png")
    picture = images.open_picture(cat)
    with engine.open_session() as session:
        maps, weights = session.activations(picture.pixels), session.weights
    fitted = images.fit_image(picture.pixels, "crop", 224)
    figures = [
        _timed("open the sample picture", lambda: images.open_picture(cat)),
        _timed("fit it to 224 px", lambda: images.fit_image(picture.pixels, "crop", 224)),
        _timed("make it the network's input", lambda: CAFFE.to_network(fitted)),
        _timed("statistics, all 31 layers", lambda: [*map(statistics.channel_statistics, maps.values())]),
        _timed("the book's grid, all 31 layers", lambda: [*map(scaling.book_grid, maps.values())]),
    ]
    for scale in SCALES:
        name = f"scale {scale}, all 31 layers"
        figures.append(_timed(name, lambda scale=scale: _scale_all(maps, Style(scale, 0.0, 50.0))))  # type: ignore[misc]
    deep = VGG16.layer("block5_conv3")
    figures.append(_timed("export 512 channels as PNG", lambda: _export(deep, maps, picture, weights)))
    return figures


def _scale_all(maps: Mapping[str, MapArray], style: Style) -> None:
    for info in _LAYERS:
        scaling.scale_maps(maps[info.name], style, signed=info.signed)


def _export(info: LayerInfo, maps: Mapping[str, MapArray], picture: Picture, weights: WeightsFile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        request = ExportRequest(
            selections=(LayerSelection(info, tuple(range(info.channels))),),
            maps=maps,
            folder=Path(folder),
            format="png",
            style=Style(),
            colormap="viridis",
            provenance=Provenance(picture, "crop", 224, weights, VGG16.with_weights(weights.sha256).identity),
        )
        for _ in export_maps(request):
            pass


def _timed(name: str, job: Callable[[], object]) -> Figure:
    job()
    milliseconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        job()
        milliseconds.append(1000 * (time.perf_counter() - start))
    return Figure(name, tuple(milliseconds), "ms")


if __name__ == "__main__":
    run_part(measure, __doc__)
