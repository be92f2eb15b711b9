from __future__ import annotations

import itertools

import pytest

from engine.cli.channels import parse_channels
from engine.networks.vgg16 import VGG16
from engine.records import EngineError


def test_table_is_that_of_the_paper() -> None:
    table = {info.name: info for info in VGG16.layers}
    assert len(table) == 31
    assert sum(info.channels for info in table.values() if info.kind != "linear") == 5696
    assert sum(info.parameters for info in table.values() if info.kind == "convolution") == 14_714_688
    assert table["block1_conv1"].output_shape == (224, 224, 64)
    assert table["block5_pool"].output_shape == (7, 7, 512)


@pytest.mark.parametrize(
    ("name", "field", "stride"),
    [
        ("block1_conv1", 3, 1),
        ("block1_pool", 6, 2),
        ("block2_conv2", 14, 2),
        ("block3_conv3", 40, 4),
        ("block3_pool", 44, 8),
        ("block4_conv1", 60, 8),
        ("block5_conv3", 196, 16),
        ("block5_pool", 212, 32),
    ],
)
def test_receptive_field_and_stride(name: str, field: int, stride: int) -> None:
    info = VGG16.layer(name)
    assert (info.receptive_field, info.stride) == (field, stride)


def test_linear_view_precedes_its_layer_and_shares_its_shape() -> None:
    table = VGG16.at(100).layers
    for before, after in itertools.pairwise(table):
        if before.kind == "linear":
            assert (before.keras_name, before.output_shape) == (after.name, after.output_shape)
            assert before.signed
            assert not after.signed


@pytest.mark.parametrize(("size", "last"), [(32, 1), (63, 1), (64, 2), (225, 7), (640, 20)])
def test_poolings_round_down(size: int, last: int) -> None:
    assert VGG16.at(size).layer("block5_pool").output_shape == (last, last, 512)


@pytest.mark.parametrize("size", [31, 0, -5, 2049])
def test_refuses_sizes_out_of_range(size: int) -> None:
    with pytest.raises(EngineError, match=rf"Received: {size}\."):
        VGG16.at(size)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("blok3_conv1", "block3_conv1"), ("BLOCK5_POOL", "block5_pool")],
)
def test_unknown_layer_names_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(EngineError, match=rf"did you mean '{meant}'"):
        VGG16.layer(typed)


def test_memory_of_all_maps() -> None:
    # 57.5 MiB after ReLU and pooling, 51.7 MiB before ReLU.
    assert VGG16.at(224).maps_bytes() == pytest.approx(109.2 * 2**20, rel=1e-3)
    assert VGG16.at(224).maps_bytes(["block1_conv1"]) == 224 * 224 * 64 * 4


@pytest.mark.parametrize(
    ("text", "channels"),
    [("all", range(8)), ("3", (3,)), ("0-2,5", (0, 1, 2, 5)), ("5,0-2,1", (5, 0, 1, 2)), (" 1 - 2 , 7 ", (1, 2, 7))],
)
def test_channels_as_people_write_them(text: str, channels: tuple[int, ...]) -> None:
    assert parse_channels(text, 8) == tuple(channels)


@pytest.mark.parametrize("text", ["", "a", "1,,2", "-1", "1-", "8", "2-1", "0-8", "1.5", "²"])
def test_refuses_channels_that_are_none(text: str) -> None:
    with pytest.raises(EngineError):
        parse_channels(text, 8)
