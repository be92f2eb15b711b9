"""The patterns that come with the program: tiles, indexes, and what is done about damage and interruptions."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.atlas import writer as atlas_writer
from engine.atlas.maker import tile_side
from engine.atlas.reader import Atlas, decode_sheet
from engine.atlas.writer import columns_of, write_layer
from engine.exports.manifest_fields import InvalidError
from engine.networks.preprocessing import CAFFE
from engine.networks.vgg16 import VGG16
from engine.patterns import recipes
from engine.patterns.records import Frame
from engine.records import EngineError, ImageArray

LAYER = "block1_conv2"
SIDE = 32
WEIGHTS = "c" * 64
RECIPE = replace(recipes.RECIPES["crisp"], canvas=SIDE, size=SIDE)


def layers_of(atlas: Atlas) -> list[str]:
    return [info.name for info in VGG16.of_kind("convolution") if atlas.index(info.name) is not None]


def missing(atlas: Atlas, layer: str) -> tuple[int, ...]:
    index = atlas.index(layer)
    assert index is not None
    return index.missing


def smooth(seed: int, side: int = SIDE) -> ImageArray:
    """A picture that a lossy sheet keeps: waves of a colour."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side
    phases, waves = random.uniform(0, 6, 3), random.integers(1, 4, (3, 2))
    planes = [
        127 + 100 * np.sin(2 * np.pi * (across * x + down * y) + phase)
        for phase, (across, down) in zip(phases, waves, strict=True)
    ]
    return np.stack(planes, axis=2).astype(np.uint8)


def frame(channel: int, *, attempts: int = 1, side: int = SIDE) -> Frame:
    image = smooth(channel, side)
    return Frame(
        layer=LAYER,
        channel=channel,
        variant=0,
        step=48,
        steps=48,
        done=True,
        score=float(np.float32(channel) / 3),
        outcome="stuck" if channel == 5 else "rendered",
        image=image,
        input=CAFFE.to_network(image),
        curve=np.array([[48, 0.5]], np.float32),
        recipe=RECIPE if attempts == 1 else replace(RECIPE, canvas=48),
        seed=attempts - 1,
        attempts=attempts,
        note="" if attempts == 1 else "A canvas of 48 pixels was used.",
    )


def write(folder: Path, frames: list[Frame] | None = None, **changes: Any) -> None:
    chosen = frames or [frame(channel, attempts=4 if channel == 7 else 1) for channel in range(64)]
    arguments: dict[str, Any] = {"weights_sha256": WEIGHTS, "recipe": RECIPE, "seed": 0} | changes
    write_layer(folder, VGG16.layer(LAYER), chosen, **arguments)


def test_every_tile_is_where_it_belongs(tmp_path: Path) -> None:
    write(tmp_path)
    atlas = Atlas(tmp_path)
    assert layers_of(atlas) == [LAYER]
    assert missing(atlas, LAYER) == ()
    tiles = atlas.tiles(LAYER)
    assert tiles is not None
    assert tiles.shape == (64, SIDE, SIDE, 3)
    assert tiles.dtype == np.uint8
    assert tiles.flags.c_contiguous
    assert not tiles.flags.writeable
    originals = np.stack([smooth(channel) for channel in range(64)]).astype(float)
    for channel in range(64):
        errors = np.abs(originals - tiles[channel]).mean(axis=(1, 2, 3))
        assert errors.argmin() == channel
        assert errors[channel] < 20  # the sheet is lossy
    assert atlas.problem == ""


def test_a_pattern_has_its_facts(tmp_path: Path) -> None:
    write(tmp_path)
    atlas = Atlas(tmp_path)
    plain, stuck, rescued = (atlas.pattern(LAYER, channel) for channel in (17, 5, 7))
    assert plain is not None
    assert stuck is not None
    assert rescued is not None
    assert np.float32(plain.score) == np.float32(17) / 3
    assert (plain.layer, plain.channel, plain.outcome, plain.step) == (LAYER, 17, "rendered", 48)
    assert (plain.recipe, plain.seed, plain.attempts, plain.note) == (RECIPE, 0, 1, "")
    assert stuck.outcome == "stuck"
    assert (rescued.seed, rescued.attempts, rescued.note) == (3, 4, "A canvas of 48 pixels was used.")
    assert rescued.recipe == replace(RECIPE, canvas=48)
    tiles = atlas.tiles(LAYER)
    assert tiles is not None
    np.testing.assert_array_equal(plain.image, tiles[17])


def test_what_is_missing_is_said_and_black(tmp_path: Path) -> None:
    write(tmp_path, [frame(40), frame(2)])
    atlas = Atlas(tmp_path)
    assert missing(atlas, LAYER) == tuple(channel for channel in range(64) if channel not in (2, 40))
    assert atlas.pattern(LAYER, 3) is None
    tiles = atlas.tiles(LAYER)
    assert tiles is not None
    assert not tiles[3].any()
    assert tiles[40].any()


def test_an_empty_folder_is_an_empty_atlas(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        atlas = Atlas(folder)
        assert layers_of(atlas) == []
        assert atlas.tiles(LAYER) is None
        assert atlas.pattern(LAYER, 0) is None
        assert atlas.index("block5_conv3") is None
        assert atlas.problem == ""


def test_patterns_of_other_weights_or_another_version_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    assert layers_of(Atlas(tmp_path, WEIGHTS)) == [LAYER]
    other = Atlas(tmp_path, "d" * 64)
    assert (layers_of(other), other.problem) == ([], "")
    monkeypatch.setattr("engine.atlas.reader.ALGORITHM_VERSION", recipes.ALGORITHM_VERSION + 1)
    newer = Atlas(tmp_path)
    assert (layers_of(newer), newer.problem) == ([], "")


def test_the_same_patterns_are_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / name)
    first, second = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab")
    assert first == second
    assert set(first) == {f"{LAYER}.webp", f"{LAYER}.json"}


def test_quality_and_lossless(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    once = random.integers(0, 256, (16, 16, 3), np.uint8)
    repeated = np.tile(once, (8, 8, 1))
    assert atlas_writer.encoded(repeated, 80)[12:16] == b"VP8L"
    noise = random.integers(0, 256, (128, 128, 3), np.uint8)
    assert atlas_writer.encoded(noise, 80)[12:16] == b"VP8 "
    assert len(atlas_writer.encoded(noise, 20)) < len(atlas_writer.encoded(noise, 80))


def test_no_sheet_is_larger_than_webp_allows() -> None:
    for info in VGG16.layers:
        columns = columns_of(info.channels)
        assert columns * -(-info.channels // columns) == info.channels
        assert 128 * max(columns, info.channels // columns) <= 16383


@pytest.mark.parametrize(
    ("canvas", "side"),
    [(48, 96), (56, 112), (64, 128), (72, 96), (80, 96), (96, 96), (104, 104), (128, 128), (150, 128)],
)
def test_sides_of_tiles(canvas: int, side: int) -> None:
    assert tile_side(canvas) == side


# Damage


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_sheet_is_absent(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    write(tmp_path)
    damage(tmp_path / f"{LAYER}.webp")
    atlas = Atlas(tmp_path)
    assert atlas.tiles(LAYER) is None
    assert atlas.pattern(LAYER, 3) is None
    assert layers_of(atlas) == []
    assert atlas.index(LAYER) is None
    assert LAYER in atlas.problem
    assert atlas.problem.count("\n") == 0


@pytest.mark.parametrize("damage", [cut, lambda path: path.write_bytes(b""), lambda path: path.write_text("[]")])
def test_a_damaged_index_is_absent(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    write(tmp_path)
    damage(tmp_path / f"{LAYER}.json")
    atlas = Atlas(tmp_path)
    assert layers_of(atlas) == []
    assert atlas.tiles(LAYER) is None
    assert "cannot be used" in atlas.problem


def put(*keys: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("schema", value="other"),
        put("version", value=9),
        put("layer", value="block1_conv1"),
        put("layer", value="block1_pool"),
        put("weights", value="short"),
        put("seed", value=-1),
        put("sheet", "side", value=0),
        put("sheet", "side", value=33),
        put("sheet", "columns", value=0),
        put("sheet", "columns", value=600),
        put("sheet", "columns", value=16),
        put("sheet", "sha256", value="0" * 64),
        put("channels", value=list(range(1, 65))),
        put("channels", value=list(range(63, -1, -1))),
        put("channels", value=list(range(63))),
        put("scores", value=["a"] * 64),
        put("outcomes", value=["fine"] * 64),
        put("steps", value=[1] * 63),
        put("recipe", "decay", value=None),
        put("exceptions", value=[{"channel": 64, "seed": 0, "attempts": 1, "note": "", "changes": {}}]),
        put("exceptions", value=[{"channel": 3, "seed": 0, "attempts": 1, "note": "", "changes": {"canvas": "big"}}]),
    ],
)
def test_an_index_that_does_not_fit_is_absent(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    write(tmp_path)
    path = tmp_path / f"{LAYER}.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    atlas = Atlas(tmp_path)
    assert atlas.tiles(LAYER) is None
    assert atlas.problem != ""


def test_an_interrupted_write_leaves_an_absent_layer_and_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    replace_file = Path.replace

    def stop(path: Path, target: Path) -> Path:
        if Path(target).suffix == ".json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace_file(path, target)

    changed = [replace(frame(channel), image=smooth(channel + 1)) for channel in range(64)]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(EngineError, match="No space left"):
            write(tmp_path, changed)
    assert {path.name for path in tmp_path.iterdir()} == {f"{LAYER}.webp", f"{LAYER}.json"}
    assert Atlas(tmp_path).tiles(LAYER) is None
    write(tmp_path, changed)
    assert Atlas(tmp_path).tiles(LAYER) is not None


@pytest.mark.parametrize("frames", [[], [frame(0), frame(1, side=16)], [frame(64)], [frame(0), frame(0)]])
def test_what_makes_no_sheet_is_refused(tmp_path: Path, frames: list[Frame]) -> None:
    with pytest.raises(EngineError, match="patterns of one size"):
        write_layer(tmp_path, VGG16.layer(LAYER), frames, weights_sha256=WEIGHTS, recipe=RECIPE, seed=0)
    assert not list(tmp_path.iterdir())


def test_a_sheet_whose_header_states_a_huge_size() -> None:
    """Found by fuzzing: Pillow's own complaint about huge pictures is not among its usual errors."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "WEBP", lossless=True)
    data = bytearray(stream.getvalue())
    place = data.index(b"VP8L") + 9
    data[place : place + 4] = (16382 | 16382 << 14).to_bytes(4, "little")
    with pytest.raises(InvalidError, match="its sheet"):
        decode_sheet(bytes(data), 16, 16)
