from __future__ import annotations

import copy
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.exports import manifest, manifest_reader
from engine.exports.manifest import SelectionRecord
from engine.records import EngineError, Picture, Provenance, Style, WeightsFile

Record = dict[str, Any]


def provenance(path: str | None = "/pictures/cat.png", name: str = "cat.png") -> Provenance:
    picture = Picture(name, np.zeros((300, 451, 3), np.uint8), "a" * 64, path=path, frame=2)
    return Provenance(picture, "pad", 96, WeightsFile("some/where/vgg16.h5", "b" * 64, "keras", known=True))


def record(*layers: str, origin: Provenance | None = None) -> Record:
    selections = [
        SelectionRecord(name, (3, 0), (0.0, -1.5), (0.1, 2.0), (f"{stem}_003.png", f"{stem}_000.png"))
        for name in layers or ("block1_pool",)
        for stem in [name.replace(":", "_")]
    ]
    return manifest.build(
        origin or provenance(),
        selections,
        style=Style("percentile"),
        file_format="png",
        colormap="magma",
        enlarge=2,
        program_version="1.2.3",
    )


def written(folder: Path, content: Record) -> Path:
    path = folder / "manifest.json"
    path.write_bytes(manifest.encode(content))
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    found = manifest.read(written(tmp_path, record("block1_pool", "block2_conv1:linear")))
    assert found.program_version == "1.2.3"
    assert dict(found.libraries)["numpy"] == np.__version__
    assert found.picture == manifest.PictureRecord("cat.png", "/pictures/cat.png", "a" * 64, 2, 451, 300)
    assert found.weights == manifest.WeightsRecord("vgg16.h5", "b" * 64, "keras", known=True)
    assert (found.fit, found.size, found.format, found.colormap, found.enlarge) == ("pad", 96, "png", "magma", 2)
    assert found.style == Style("percentile")
    assert [chosen.layer for chosen in found.selections] == ["block1_pool", "block2_conv1:linear"]
    files = ("block1_pool_003.png", "block1_pool_000.png")
    assert found.selections[0] == SelectionRecord("block1_pool", (3, 0), (0.0, -1.5), (0.1, 2.0), files)
    assert found.earlier == ()


def test_one_layer_is_at_the_top_for_simple_readers() -> None:
    content = record("block1_pool")
    assert (content["layer"], content["channels"]) == ("block1_pool", [3, 0])
    assert "layer" not in record("block1_pool", "block2_pool")


def test_no_library_is_imported_to_learn_its_version() -> None:
    before = set(sys.modules)
    record()
    assert not {name for name in set(sys.modules) - before if name.startswith(("tensorflow", "keras"))}


def test_the_same_export_is_the_same_bytes() -> None:
    assert manifest.encode(record()) == manifest.encode(record())


def test_lists_of_numbers_stay_on_one_line() -> None:
    assert '"channels": [3, 0],' in manifest.encode(record()).decode()


@pytest.mark.parametrize("name", ["猫.png", "undecodable\udcff.png", 'quote" and \\ and \n.png'])
def test_any_name_of_a_picture_survives(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, record(origin=provenance(f"/pictures/{name}", name)))
    assert manifest.read(path).picture.name == name


def test_a_pasted_picture_has_no_path(tmp_path: Path) -> None:
    assert manifest.read(written(tmp_path, record(origin=provenance(None)))).picture.path is None


# Records on top of each other


def test_former_records_go_below_newest_first(tmp_path: Path) -> None:
    content = record("block1_pool")
    for name in ("block2_pool", "block3_pool"):
        content = manifest.stacked(record(name), content)
    found = manifest.read(written(tmp_path, content))
    assert [older.selections[0].layer for older in found.earlier] == ["block2_pool", "block1_pool"]


def test_the_same_selection_again_does_not_grow() -> None:
    content = record("block1_pool")
    assert manifest.stacked(record("block1_pool"), content) == content
    twice = manifest.stacked(record("block2_pool"), content)
    assert manifest.stacked(record("block2_pool"), twice) == twice


def test_stacking_changes_neither_record() -> None:
    new, old = record("block1_pool"), record("block1_pool", "block2_pool")
    before = copy.deepcopy((new, old))
    manifest.stacked(new, old)
    assert (new, old) == before


def test_records_of_another_kind_are_kept_but_not_read(tmp_path: Path) -> None:
    other = manifest.header("films", provenance().weights, "1.2.3")
    other["selections"] = [{"layer": "block1_conv1", "channels": [1, 2], "files": ["a_001.png", "a_002.png"]}]
    other["selections"][0]["scores"] = [0.5, 0.7]
    path = written(tmp_path, other)
    with pytest.raises(EngineError, match="describes 'films' and not feature maps"):
        manifest.read(path)
    former = manifest.read_record(path)
    assert former == other
    path = written(tmp_path, manifest.stacked(record(), former))
    assert manifest.read(path).earlier == ()
    assert json.loads(path.read_bytes())["earlier"] == [other]


def test_no_file_is_no_record(tmp_path: Path) -> None:
    assert manifest.read_record(tmp_path / "manifest.json") is None


# What strangers may have written


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    with pytest.raises(EngineError, match="no such file"):
        manifest.read(path)
    with pytest.raises(EngineError, match="no such file"):
        manifest.read(tmp_path)
    for content in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"schema": NaN}', b'{"version": ' + b"9" * 5000 + b"}"):
        path.write_bytes(content)
        with pytest.raises(EngineError, match="damaged or no JSON"):
            manifest.read(path)
    for content in (b"[]", b"3", b"{}", b'{"schema": "other"}'):
        path.write_bytes(content)
        with pytest.raises(EngineError, match="no export of this program wrote it"):
            manifest.read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    with pytest.raises(EngineError, match="no such file"):
        manifest.read(tmp_path / "manifest.json")


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, record())
    monkeypatch.setattr(manifest_reader, "MAXIMUM_BYTES", path.stat().st_size - 1)
    with pytest.raises(EngineError, match="larger than"):
        manifest.read(path)


def put(*keys: str | int, value: object) -> Callable[[Record], None]:
    """A change to one field, given by the way that leads to it."""

    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("version", value=2), "newer version of the program"),
        (put("version", value="1"), "'version' is '1'"),
        (put("version", value=True), "'version' is True"),
        (put("kind", value=7), "'kind' is 7"),
        (put("size", value=16), "'size' is 16"),
        (put("size", value=10**9), "'size' is 1000000000"),
        (put("size", value=224.0), "'size' is 224.0"),
        (put("fit", value="zoom"), "'fit' is 'zoom'"),
        (put("format", value="exe"), "'format' is 'exe'"),
        (put("colormap", value="../x"), "'colormap' is '../x'"),
        (put("enlarge", value=0), "'enlarge' is 0"),
        (put("enlarge", value=True), "'enlarge' is True"),
        (put("style", value=[]), r"'style' is \[\]"),
        (put("style", "scale", value="magic"), "'style.scale' is 'magic'"),
        (put("style", "low", value="0"), "'style.low' is '0'"),
        (put("style", "high", value=10**400), "'style.high' is"),
        (put("program", value=None), "'program' is None"),
        (put("platform", value="x" * 5000), "'platform' is 'xxx"),
        (put("libraries", "numpy", value=2), "'libraries.numpy' is 2"),
        (put("weights", "sha256", value="B" * 64), "'weights.sha256' is"),
        (put("weights", "source", value="moon"), "'weights.source' is 'moon'"),
        (put("weights", "known", value=1), "'weights.known' is 1"),
        (put("picture", "path", value=3), "'picture.path' is 3"),
        (put("picture", "width", value=-1), "'picture.width' is -1"),
        (put("selections", value=[]), "nothing was exported"),
        (put("selections", value=[3]), "'selections' is 3"),
        (put("selections", value=[{}] * 1000), "'selections' is"),
        (put("selections", 0, "layer", value="block9_conv9"), "no layer 'block9_conv9'"),
        (put("selections", 0, "channels", value=[3, 64]), "channels 0 to 63"),
        (put("selections", 0, "channels", value=[3, 3]), "each once"),
        (put("selections", 0, "channels", value=[]), "channels 0 to 63"),
        (put("selections", 0, "channels", value=[3, -1]), "has the entry -1"),
        (put("selections", 0, "channels", value=[3, "0"]), "has the entry '0'"),
        (put("selections", 0, "channels", value=[3]), "do not go together"),
        (put("selections", 0, "scale", "low", value=[0, None]), "has the entry None"),
        (put("selections", 0, "files", value=["a.png"]), "do not go together"),
        (put("selections", 0, "files", value=["../a.png", "b.png"]), r"has the entry '\.\./a\.png'"),
        (put("selections", 0, "files", value=["..", "b.png"]), r"has the entry '\.\.'"),
        (put("selections", 0, "files", value=["C:a.png", "b.png"]), "has the entry 'C:a.png'"),
        (put("selections", 0, "files", value=["a\\b.png", "b.png"]), "has the entry"),
        (put("selections", 0, "files", value=["a.png\n", "b.png"]), "has the entry"),
        (put("earlier", value={}), "'earlier' is {}"),
        (put("earlier", value=[{"kind": "maps"}]), "'earlier.size' is missing"),
        (put("earlier", value=[{"kind": "maps", "earlier": []}]), "earlier ones of its own"),
    ],
)
def test_nothing_is_believed(tmp_path: Path, change: Callable[[Record], None], words: str) -> None:
    content = copy.deepcopy(record())
    change(content)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(content))
    with pytest.raises(EngineError, match=words) as error:
        manifest.read(path)
    sentence = str(error.value)
    assert str(path) in sentence
    assert len(sentence) < len(str(path)) + 250
    assert "\n" not in sentence


@pytest.mark.parametrize("key", sorted(set(record()) - {"schema", "layer", "channels"}))
def test_nothing_may_be_missing(tmp_path: Path, key: str) -> None:
    content = record()
    del content[key]
    with pytest.raises(EngineError, match=f"'{key}' is (missing|None)"):
        manifest.read(written(tmp_path, content))
