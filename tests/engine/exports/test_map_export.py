from __future__ import annotations

import errno
import io
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.exports import manifest
from engine.exports.encoding import encode_channel_png
from engine.exports.maps import ExportRequest, export_maps, file_names
from engine.maps import colormaps
from engine.maps.scaling import book_grid, scale_maps
from engine.networks.vgg16 import VGG16
from engine.records import EngineError, LayerSelection, MapArray, Picture, Progress, Provenance, Style, WeightsFile

SIZE = 32
POOL, LINEAR = "block1_pool", "block2_conv1:linear"


def maps_of(name: str, seed: int = 0) -> MapArray:
    layer = VGG16.at(SIZE).layer(name)
    values = np.random.default_rng(seed).normal(-1, 3, layer.output_shape).astype(np.float32)
    return values if layer.signed else np.maximum(values, 0)


def selection(name: str, *channels: int) -> LayerSelection:
    return LayerSelection(VGG16.at(SIZE).layer(name), channels)


@pytest.fixture
def provenance() -> Provenance:
    picture = Picture("cat.png", np.zeros((30, 40, 3), np.uint8), "a" * 64, path="/pictures/cat.png")
    return Provenance(picture, "crop", SIZE, WeightsFile("weights/vgg16.h5", "b" * 64, "bundled", known=True))


@pytest.fixture
def request_png(tmp_path: Path, provenance: Provenance) -> ExportRequest:
    return ExportRequest(
        selections=(selection(POOL, 3, 0, 17), selection(LINEAR, 5)),
        maps={POOL: maps_of(POOL), LINEAR: maps_of(LINEAR)},
        folder=tmp_path / "new" / "folder",
        format="png",
        style=Style("channel"),
        colormap="viridis",
        provenance=provenance,
    )


def run(request: ExportRequest) -> list[Progress]:
    return list(export_maps(request))


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


# What is written


def test_png_pixels_are_the_levels_and_show_the_colours(request_png: ExportRequest) -> None:
    run(request_png)
    folder = request_png.folder
    expected = {f"block1_pool_{channel}.png" for channel in ("003", "000", "017")}
    assert names_in(folder) == expected | {"block2_conv1_linear_005.png", "manifest.json"}
    levels = scale_maps(maps_of(POOL), Style("channel"), signed=False).levels[17]
    image = opened(folder / "block1_pool_017.png")
    np.testing.assert_array_equal(np.asarray(image), levels)
    np.testing.assert_array_equal(np.asarray(image.convert("RGB")), colormaps.table("viridis")[levels])


def test_signed_maps_are_scaled_from_their_minimum(request_png: ExportRequest) -> None:
    run(request_png)
    levels = scale_maps(maps_of(LINEAR), Style("channel"), signed=True).levels[5]
    np.testing.assert_array_equal(np.asarray(opened(request_png.folder / "block2_conv1_linear_005.png")), levels)


def test_png_carries_layer_channel_and_limits(request_png: ExportRequest) -> None:
    run(request_png)
    text = opened(request_png.folder / "block2_conv1_linear_005.png").info
    values = maps_of(LINEAR)[:, :, 5]
    assert (text["layer"], text["channel"], text["scale"]) == (LINEAR, "5", "channel")
    assert (np.float32(text["low"]), np.float32(text["high"])) == (values.min(), values.max())


def test_grey_png_is_a_grey_picture(request_png: ExportRequest) -> None:
    run(replace(request_png, colormap="gray", enlarge=3))
    image = opened(request_png.folder / "block1_pool_000.png")
    levels = scale_maps(maps_of(POOL), Style("channel"), signed=False).levels[0]
    assert image.mode == "L"
    np.testing.assert_array_equal(np.asarray(image), np.kron(levels, np.ones((3, 3), np.uint8)))


def test_npy_has_the_raw_values_in_the_order_chosen(request_png: ExportRequest) -> None:
    run(replace(request_png, format="npy"))
    assert names_in(request_png.folder) == {"block1_pool.npy", "block2_conv1_linear.npy", "manifest.json"}
    values = np.load(request_png.folder / "block1_pool.npy")
    assert values.dtype == np.float32
    assert values.flags.c_contiguous
    np.testing.assert_array_equal(values, maps_of(POOL)[:, :, [3, 0, 17]])


@pytest.mark.parametrize("colormap", ["gray", "viridis"])
def test_chollet_sheet_is_the_book_grid(request_png: ExportRequest, colormap: str) -> None:
    channels = tuple(range(40))
    run(
        replace(
            request_png,
            selections=(selection(POOL, *channels),),
            format="sheet",
            style=Style("chollet"),
            colormap=colormap,
        )
    )
    grid = book_grid(maps_of(POOL)[:, :, :40])
    image = opened(request_png.folder / "block1_pool.png")
    np.testing.assert_array_equal(np.asarray(image), grid)
    np.testing.assert_array_equal(np.asarray(image.convert("RGB")), colormaps.table(colormap)[grid])
    assert image.info["channels"] == "0-39"


def test_other_sheets_are_rgb_with_the_tiles_in_them(request_png: ExportRequest) -> None:
    run(replace(request_png, format="sheet", enlarge=2))
    image = opened(request_png.folder / "block1_pool.png")
    levels = scale_maps(maps_of(POOL), Style("channel"), signed=False).levels[17]
    tile = np.kron(colormaps.table("viridis")[levels], np.ones((2, 2, 1), np.uint8))
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image), tile.shape)
    assert (windows == tile).all(axis=(3, 4, 5)).any()
    assert image.info["channels"] == "3,0,17"


def test_names_follow_the_layer(request_png: ExportRequest) -> None:
    chosen = selection(LINEAR, 5, 120)
    assert file_names(chosen, "png") == ("block2_conv1_linear_005.png", "block2_conv1_linear_120.png")
    assert file_names(chosen, "npy") == ("block2_conv1_linear.npy",)
    assert file_names(chosen, "sheet") == ("block2_conv1_linear.png",)


def test_progress_counts_files(request_png: ExportRequest) -> None:
    steps = run(request_png)
    assert [step.done for step in steps] == [0, 1, 2, 3, 4, 5]
    assert {step.total for step in steps} == {5}
    assert (steps[1].text, steps[-1].text) == ("Writing block1_pool_003.png", "Exported 4 files")


def test_the_same_export_gives_the_same_bytes(request_png: ExportRequest, tmp_path: Path) -> None:
    run(request_png)
    run(replace(request_png, folder=tmp_path / "other"))
    assert contents_of(request_png.folder) == contents_of(tmp_path / "other")


def test_encode_channel_png_needs_no_file() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    with Image.open(io.BytesIO(encode_channel_png(levels, "magma", 2))) as image:
        assert image.size == (32, 32)
        assert image.mode == "P"
        assert set(np.asarray(image).ravel().tolist()) == set(range(256))


# All together or not at all


def stop_by_event(request: ExportRequest, steps: int) -> list[Progress]:
    cancel = threading.Event()
    seen = []
    for progress in export_maps(request, cancel):
        seen.append(progress)
        if len(seen) == steps:
            cancel.set()
    return seen


def stop_by_closing(request: ExportRequest, steps: int) -> list[Progress]:
    job = export_maps(request)
    seen = [next(job) for _ in range(steps)]
    job.close()  # type: ignore[attr-defined]
    return seen


@pytest.mark.parametrize("stop", [stop_by_event, stop_by_closing])
@pytest.mark.parametrize("steps", [1, 3, 5])
def test_a_cancelled_export_leaves_nothing(
    request_png: ExportRequest, stop: Callable[[ExportRequest, int], list[Progress]], steps: int
) -> None:
    seen = stop(request_png, steps)
    assert len(seen) == steps
    assert seen[-1].done < seen[-1].total
    assert not request_png.folder.parent.exists()


def test_a_cancelled_export_leaves_what_was_there(request_png: ExportRequest) -> None:
    run(request_png)
    before = contents_of(request_png.folder)
    stop_by_event(replace(request_png, style=Style("layer"), overwrite=True), 3)
    assert contents_of(request_png.folder) == before


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EIO, "Input/output error")]
)
def test_a_disk_that_refuses_leaves_nothing(
    request_png: ExportRequest, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    write_bytes = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        if "_017" not in path.name:
            return write_bytes(path, data)
        write_bytes(path, data[:10])
        raise OSError(number, "Input/output error", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(EngineError, match=words) as error:
        run(request_png)
    assert str(request_png.folder) in str(error.value)
    assert not request_png.folder.parent.exists()


@pytest.mark.parametrize("failing", ["block1_pool_017.png", "manifest.json"])
def test_a_failing_move_is_undone(request_png: ExportRequest, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    run(request_png)
    before = contents_of(request_png.folder)
    move = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target == request_png.folder / failing and path.name.startswith("new-"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(EngineError, match="may not write there"):
        run(replace(request_png, style=Style("layer"), overwrite=True, selections=request_png.selections[:1]))
    assert contents_of(request_png.folder) == before


def test_a_folder_that_vanishes_is_one_sentence(request_png: ExportRequest) -> None:
    job = export_maps(request_png)
    next(job)
    shutil.rmtree(request_png.folder)
    with pytest.raises(EngineError, match="it is gone; choose another folder"):
        list(job)


def test_a_folder_that_is_a_file_is_one_sentence(request_png: ExportRequest, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(EngineError, match="is a file; choose another folder"):
            run(replace(request_png, folder=folder))
    assert (tmp_path / "file").read_text() == "mine"


def test_odd_paths_are_one_sentence(request_png: ExportRequest, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="too long"):
        run(replace(request_png, folder=tmp_path / "made" / ("x" * 300)))
    with pytest.raises(EngineError, match="cannot be written"):
        run(replace(request_png, folder=tmp_path / "null\0"))
    assert not names_in(tmp_path)


# What is already there


def test_a_different_file_in_the_way_stops_the_export(request_png: ExportRequest) -> None:
    request_png.folder.mkdir(parents=True)
    for name in ("block1_pool_003.png", "block2_conv1_linear_005.png"):
        (request_png.folder / name).write_text("mine")
    before = contents_of(request_png.folder)
    with pytest.raises(EngineError, match=r"2 other files, 'block1_pool_003\.png' among them"):
        run(request_png)
    assert contents_of(request_png.folder) == before
    run(replace(request_png, overwrite=True))
    assert opened(request_png.folder / "block1_pool_003.png").mode == "P"


def test_a_folder_in_the_way_is_never_replaced(request_png: ExportRequest) -> None:
    blocking = request_png.folder / "block1_pool_003.png"
    blocking.mkdir(parents=True)
    with pytest.raises(EngineError, match=r"Another file 'block1_pool_003\.png'"):
        run(request_png)
    with pytest.raises(EngineError, match="a folder has the name"):
        run(replace(request_png, overwrite=True))
    assert names_in(request_png.folder) == {"block1_pool_003.png"}


def test_identical_files_stay_as_they_are(request_png: ExportRequest) -> None:
    run(request_png)
    file = request_png.folder / "block1_pool_003.png"
    before, stamp = contents_of(request_png.folder), file.stat().st_mtime_ns
    run(request_png)
    assert contents_of(request_png.folder) == before
    assert file.stat().st_mtime_ns == stamp


def test_layers_exported_one_after_the_other_lose_nothing(request_png: ExportRequest) -> None:
    first, second = request_png.selections
    run(replace(request_png, selections=(first,)))
    run(replace(request_png, selections=(second,)))
    record = manifest.read(request_png.folder / "manifest.json")
    assert [chosen.layer for chosen in record.selections] == [LINEAR]
    assert [chosen.layer for older in record.earlier for chosen in older.selections] == [POOL]
    run(replace(request_png, selections=(first,)))
    record = manifest.read(request_png.folder / "manifest.json")
    assert [chosen.layer for chosen in record.selections] == [POOL]
    assert [chosen.layer for older in record.earlier for chosen in older.selections] == [LINEAR]


def test_an_older_record_keeps_only_what_is_still_its_own(request_png: ExportRequest) -> None:
    run(replace(request_png, selections=(selection(POOL, 1, 2, 3),)))
    run(replace(request_png, selections=(selection(POOL, 2),), style=Style("layer"), overwrite=True))
    (older,) = manifest.read(request_png.folder / "manifest.json").earlier
    (kept,) = older.selections
    assert kept.channels == (1, 3)
    assert kept.files == ("block1_pool_001.png", "block1_pool_003.png")
    np.testing.assert_array_equal(np.array(kept.high, np.float32), maps_of(POOL).max(axis=(0, 1))[[1, 3]])


@pytest.mark.parametrize(
    "content", ["{}", '{"version": 3, "start_url": "/"}', "not JSON", '{"schema": "convscope-manifest"}']
)
def test_a_foreign_manifest_is_in_the_way(request_png: ExportRequest, content: str) -> None:
    request_png.folder.mkdir(parents=True)
    path = request_png.folder / "manifest.json"
    path.write_text(content)
    with pytest.raises(EngineError, match=r"manifest\.json .* choose another folder or allow overwriting"):
        run(request_png)
    assert contents_of(request_png.folder) == {"manifest.json": content.encode()}
    run(replace(request_png, overwrite=True))
    assert json.loads(path.read_text())["kind"] == "maps"


# Requests that cannot be met


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"selections": ()}, "Nothing is selected"),
        ({"selections": (selection(POOL),)}, "Received: none"),
        ({"selections": (selection(POOL, 64),)}, "channels from 0 to 63 of block1_pool, each once. Received: 64"),
        ({"selections": (selection(POOL, 1, 1),)}, "each once"),
        ({"selections": (selection(POOL, 1), selection(POOL, 2))}, "Each layer can be exported once"),
        ({"selections": (selection("block5_pool", 1),)}, "have not been computed"),
        ({"format": "jpeg"}, "one of png, npy, sheet. Received: 'jpeg'"),
        ({"colormap": "jet"}, "no colour map 'jet'"),
        ({"enlarge": 0}, "from 1 to 32. Received: 0"),
        ({"style": Style("channel", low=float("nan"))}, "Limits must be numbers"),
        ({"style": Style("absolute", low=2, high=1)}, "lower limit below"),
    ],
)
def test_requests_that_cannot_be_met(request_png: ExportRequest, change: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        run(replace(request_png, **change))
    assert not request_png.folder.exists()


def test_a_picture_that_nobody_could_open_is_refused() -> None:
    with pytest.raises(EngineError, match="16384 × 16384 pixels"):
        encode_channel_png(np.zeros((512, 512), np.uint8), "gray", 32)


def test_parting_colours_put_0_in_the_middle_in_pictures_and_manifest(request_png: ExportRequest) -> None:
    run(replace(request_png, selections=(selection(LINEAR, 5),), colormap="diverging"))
    (name,) = file_names(selection(LINEAR, 5), "png")
    values = maps_of(LINEAR)[:, :, 5]
    most = abs(values).max()
    expected = np.floor((values + most) / (2 * most) * 255 + 0.5)
    with Image.open(request_png.folder / name) as image:
        assert abs(np.asarray(image).astype(int) - expected).max() <= 1
    (record,) = json.loads((request_png.folder / "manifest.json").read_text())["selections"]
    assert record["scale"]["low"] == [pytest.approx(-most)]
    assert record["scale"]["high"] == [pytest.approx(most)]
