from __future__ import annotations

import numpy as np
import pytest

from engine.exports.sheet_layout import BACKGROUND
from engine.exports.sheets import contact_sheet
from engine.maps import colormaps
from engine.maps.scaling import scale_maps
from engine.networks.vgg16 import VGG16
from engine.records import EngineError, ImageArray, Picture, Provenance, Scale, Style, WeightsFile


def sheet(
    layer: str = "block3_conv1",
    *,
    channels: tuple[int, ...] = tuple(range(20)),
    size: int = 224,
    scale: Scale = "channel",
    colormap: str = "viridis",
    enlarge: int = 1,
    name: str = "cat.png",
) -> ImageArray:
    info = VGG16.at(size).layer(layer)
    maps = np.random.default_rng(0).normal(0, 50, info.output_shape).astype(np.float32)
    scaled = scale_maps(maps if info.signed else np.maximum(maps, 0), Style(scale, 0, 100), signed=info.signed)
    picture = Picture(name, np.zeros((9, 9, 3), np.uint8), "a" * 64)
    origin = Provenance(picture, "crop", size, WeightsFile("vgg16.h5", "b" * 64, "bundled", known=True))
    return contact_sheet(scaled, channels, colormap, enlarge=enlarge, layer=info, provenance=origin)


def tile_corners(picture: ImageArray, side: int) -> list[tuple[int, int]]:
    """Where squares without any background begin, row by row."""
    ink = (picture != BACKGROUND).any(axis=2)
    full = np.lib.stride_tricks.sliding_window_view(ink, (side, side)).all(axis=(2, 3))
    return [(int(y), int(x)) for y, x in zip(*np.nonzero(full), strict=True)]


@pytest.mark.parametrize("name", colormaps.COLORMAPS)
def test_no_value_has_the_colour_between_the_tiles(name: str) -> None:
    assert not (colormaps.table(name) == BACKGROUND).all(axis=1).any()


@pytest.mark.parametrize(
    ("layer", "side", "enlarge"), [("block3_conv1", 56, 1), ("block5_conv1", 14, 1), ("block5_pool", 7, 3)]
)
@pytest.mark.parametrize("scale", ["channel", "layer"])
def test_every_channel_has_its_tile_apart_from_the_others(layer: str, side: int, enlarge: int, scale: Scale) -> None:
    picture = sheet(layer, scale=scale, enlarge=enlarge)
    corners = tile_corners(picture, side * enlarge)
    assert len(corners) == 20
    assert corners == sorted(corners)
    rows = {y for y, _ in corners}
    assert len(corners) / len(rows) > 1


def test_text_is_drawn_and_never_on_a_tile() -> None:
    picture = sheet()
    labelled = (picture[:, :, 0] > 200) & (picture[:, :, 2] > 200)
    assert labelled[:50].any()
    for y, x in tile_corners(picture, 56):
        assert labelled[y - 14 : y, x : x + 20].any()
        assert not labelled[y : y + 56, x : x + 56].any()


def test_a_shared_scale_has_a_colour_bar() -> None:
    colours = colormaps.table("inferno")
    for scale, expected in (("layer", True), ("absolute", True), ("channel", False), ("percentile", False)):
        picture = sheet(scale=scale, colormap="inferno")  # type: ignore[arg-type]
        bar = np.lib.stride_tricks.sliding_window_view(picture, (1, 256, 3)).reshape(-1, 256, 3)
        assert (bar == colours).all(axis=(1, 2)).any() == expected


def test_a_long_name_makes_no_wide_sheet() -> None:
    assert sheet(name="a very long name " * 30).shape == sheet().shape


@pytest.mark.parametrize("name", ["two\nlines.png", "undecodable\udcff.png", "tab\t\0.png", "猫.png", ""])
def test_any_name_can_be_drawn(name: str) -> None:
    assert sheet(name=name).shape == sheet().shape


def test_the_signed_and_the_small_are_drawn_as_well() -> None:
    assert sheet("block3_conv1:linear", colormap="diverging").shape[2] == 3
    assert sheet("block5_pool", size=32, channels=(5,)).shape[2] == 3


def test_a_sheet_too_large_to_open_is_refused() -> None:
    with pytest.raises(EngineError, match="choose fewer channels or a smaller enlargement"):
        sheet(enlarge=32, channels=tuple(range(256)))
