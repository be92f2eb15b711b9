from __future__ import annotations

import numpy as np
import pytest

from engine.networks.preprocessing import CAFFE
from engine.networks.vgg16 import VGG16
from engine.records import LayerInfo
from gui.formatting import FIGURE_SPACE
from gui.viewer.map_geometry import InputArea, block, receptive_field
from gui.viewer.read_out import pixel_lines, value_lines

CONV3 = VGG16.layer("block3_conv1")


def test_block_is_stride_pixels_wide() -> None:
    assert block(CONV3, 2, 3) == InputArea(8, 12, 11, 15)


@pytest.mark.parametrize("layer", VGG16.layers, ids=lambda layer: layer.name)
def test_receptive_field_has_its_size_and_is_centred_on_the_block(layer: LayerInfo) -> None:
    middle = layer.output_shape[0] // 2
    field, cell = receptive_field(layer, middle, middle, 10_000), block(layer, middle, middle)
    if field.left > 0:
        assert field.width == field.height == layer.receptive_field
        assert field.left + field.right == cell.left + cell.right


def test_receptive_field_ends_at_the_border() -> None:
    assert receptive_field(CONV3, 0, 55, 224) == InputArea(0, 210, 13, 223)


def test_receptive_field_agrees_with_a_pass_through_the_layers() -> None:
    """The third pooling by hand: which inputs reach a value, followed through 3×3 convolutions and 2×2 poolings."""
    first = last = 5
    for operation in ("pool", "conv", "conv", "conv", "pool", "conv", "conv", "pool", "conv", "conv"):
        first, last = (2 * first, 2 * last + 1) if operation == "pool" else (first - 1, last + 1)
    area = receptive_field(VGG16.layer("block3_pool"), 5, 5, 224)
    assert (area.left, area.right) == (first, last)


def test_value_lines() -> None:
    values = np.zeros((56, 56), np.float32)
    values[23, 32], values[0, 0] = 56.78, 523.1
    first, second = value_lines(CONV3, values, (32, 23), 224, lambda x, y: (2 * x, y + 0.5))
    assert first == f"x 32, y 23 · value {FIGURE_SPACE}56.8"
    assert second == "input 118–141 × 82–105 (sees 24 px) · picture 260, 94"


def test_lines_keep_their_length_over_a_map() -> None:
    values = np.linspace(-30, 523.1, 56 * 56, dtype=np.float32).reshape(56, 56)
    assert len({len(value_lines(CONV3, values, place, 224, None)[0]) for place in ((0, 0), (9, 9), (55, 55))}) == 1


def test_a_place_without_source_is_not_named() -> None:
    values = np.zeros((56, 56), np.float32)
    assert "picture" not in value_lines(CONV3, values, (0, 0), 224, lambda _x, _y: None)[1]


def test_pixel_lines_say_what_the_network_is_fed() -> None:
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[2, 1] = (200, 100, 50)
    first, second = pixel_lines(pixels, (1, 2), lambda x, y: (x, y), CAFFE)
    assert first == f"x {FIGURE_SPACE}1, y {FIGURE_SPACE}2 · RGB 200 100 {FIGURE_SPACE}50"
    assert second.replace(FIGURE_SPACE, "") == "fed B -53.9 G -16.8 R 76.3 · picture 1, 2"
