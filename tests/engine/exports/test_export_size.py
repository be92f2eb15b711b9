"""How large an export is said to become, against the files that are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import images
from engine.exports.maps import ExportRequest, export_maps
from engine.exports.size import exported_bytes
from engine.networks.vgg16 import VGG16
from engine.records import EngineError, ImageArray, LayerSelection, MapArray, Picture, Provenance, Style, WeightsFile
from engine.session import Session

SIZE = 32
WEIGHTS = WeightsFile("weights/vgg16.h5", "b" * 64, "bundled", known=True)


def said(request: ExportRequest) -> int:
    """Run the measurement to its end."""
    steps = exported_bytes(request)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return int(end.value)


def written(request: ExportRequest) -> int:
    list(export_maps(request))
    return sum(path.stat().st_size for path in request.folder.iterdir() if path.name != "manifest.json")


@pytest.fixture
def request_small(tmp_path: Path) -> ExportRequest:
    """A few channels of two layers."""
    random = np.random.default_rng(3)
    chosen, maps = [], dict[str, MapArray]()
    for name, channels in (("block1_pool", (3, 0, 17)), ("block2_conv1:linear", (5, 9))):
        layer = VGG16.at(SIZE).layer(name)
        values = random.normal(-1, 3, layer.output_shape).astype(np.float32)
        maps[name] = values if layer.signed else np.maximum(values, 0)
        chosen.append(LayerSelection(layer, channels))
    picture = Picture("cat.png", np.zeros((30, 40, 3), np.uint8), "a" * 64)
    return ExportRequest(
        selections=tuple(chosen),
        maps=maps,
        folder=tmp_path / "out",
        format="png",
        style=Style("channel"),
        colormap="viridis",
        provenance=Provenance(picture, "crop", SIZE, WEIGHTS),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"format": "png"},
        {"format": "png", "colormap": "gray", "enlarge": 8},
        {"format": "sheet"},
        {"format": "sheet", "style": Style("layer"), "colormap": "diverging"},
        {"format": "sheet", "style": Style("chollet")},
        {"format": "npy"},
    ],
)
def test_what_is_small_is_measured_to_the_byte(request_small: ExportRequest, change: dict[str, Any]) -> None:
    request = replace(request_small, **change)
    assert said(request) == written(request)
    assert {path.name for path in request.folder.parent.iterdir()} == {"out"}


def test_measuring_writes_nothing(request_small: ExportRequest) -> None:
    said(request_small)
    assert not request_small.folder.exists()


def test_what_cannot_be_exported_is_said(request_small: ExportRequest) -> None:
    with pytest.raises(EngineError, match="have not been computed"):
        said(replace(request_small, maps={}))


@pytest.fixture(scope="module")
def cat_maps(session: Session, cat: ImageArray) -> Mapping[str, MapArray]:
    names = ("block1_conv1", "block3_conv1", "block3_conv1:linear", "block4_pool", "block5_conv3")
    return session.activations(images.fit_image(cat, "crop", 224), names)


@pytest.mark.real
@pytest.mark.parametrize("name", ["block1_conv1", "block3_conv1", "block3_conv1:linear", "block4_pool", "block5_conv3"])
@pytest.mark.parametrize(
    "change",
    [
        {"format": "png"},
        {"format": "png", "colormap": "gray", "style": Style("percentile"), "enlarge": 2},
        {"format": "sheet"},
        {"format": "sheet", "style": Style("layer")},
        {"format": "sheet", "style": Style("chollet")},
    ],
    ids=lambda change: "-".join(str(getattr(value, "scale", value)) for value in change.values()),
)
def test_a_whole_layer_of_the_cat(
    cat_maps: Mapping[str, MapArray], tmp_path: Path, name: str, change: dict[str, Any]
) -> None:
    """A guess of 482 kB became 1.27 MiB once: it was for maps, without the colours and words of a sheet."""
    layer = VGG16.at(224).layer(name)
    picture = Picture("cat.png", np.zeros((30, 40, 3), np.uint8), "a" * 64)
    request = ExportRequest(
        selections=(LayerSelection(layer, tuple(range(layer.channels))),),
        maps=cat_maps,
        folder=tmp_path / "out",
        format="png",
        style=Style("channel"),
        colormap="viridis",
        provenance=Provenance(picture, "crop", 224, WEIGHTS),
    )
    request = replace(request, **change)
    assert said(request) == pytest.approx(written(request), rel=0.15)
