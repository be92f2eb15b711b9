"""Finding weights, proving them, and saying what a wrong file is."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.files import regular_file
from engine.networks import weights
from engine.networks.weights_format import expected_shapes

ROOT = Path(__file__).resolve().parents[3]

PUBLISHED_KERNELS = (
    ("block1_conv1", (0, 0, 0, 0), 0.42947057),
    ("block1_conv1", (0, 0, 0, 1), 0.117273867),
    ("block1_conv1", (0, 0, 0, 2), 0.0340129584),
    ("block1_conv2", (2, 2, 63, 63), 0.016082443),
    ("block5_conv1", (1, 0, 63, 269), -0.011236359),
    ("block5_conv3", (0, 2, 0, 400), -0.008714244),
)
PUBLISHED_BIASES = (
    *(("block1_conv1", i, v) for i, v in enumerate((0.73429835, 0.093403675, 0.06775674, 0.8862966, 0.25994542))),
    ("block1_conv1", 25, 0.7446502),
    ("block2_conv1", 1, 0.06440781),
    ("block5_conv2", 510, 0.23517226),
)

Shapes = dict[str, tuple[tuple[int, ...], ...]]


def legacy(path: Path, shapes: Shapes, *, dtype: str = "f4", value: float | None = None) -> Path:
    """A file as Keras wrote them before its version 3. The numbers are 0, and take no room, unless a value is given."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in (*shapes, "block1_pool")]
        file.create_group("block1_pool")
        for layer, pair in shapes.items():
            for index, shape in enumerate(pair):
                data = file.create_dataset(f"{layer}/{layer}_{'Wb'[min(index, 1)]}_{index}:0", shape, dtype)
                if value is not None:
                    data[...] = value
    return path


def keras3(path: Path, shapes: Shapes, *, named: bool = True) -> Path:
    """A file as Keras 3 writes them."""
    with h5py.File(path, "w") as file:
        for number, (layer, pair) in enumerate(shapes.items()):
            group = file.create_group(f"layers/conv2d_{number}".removesuffix("_0") + "/vars")
            if named:
                group.attrs["name"] = layer
            for index, shape in enumerate(pair):
                group.create_dataset(str(index), shape, "f4")
    return path


def changed(**layers: tuple[tuple[int, ...], ...]) -> Shapes:
    return {**expected_shapes(), **layers}


def sentence_of(call: Callable[[], object]) -> str:
    with pytest.raises(weights.WeightsError) as caught:
        call()
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_the_bundled_file_has_the_published_numbers() -> None:
    kernels = weights.read_kernels(weights.bundled_path())
    assert {name: (kernel.shape, bias.shape) for name, (kernel, bias) in kernels.items()} == expected_shapes()
    assert sum(kernel.size + bias.size for kernel, bias in kernels.values()) == 14_714_688
    for name, index, value in PUBLISHED_KERNELS:
        assert kernels[name][0][index] == pytest.approx(value, abs=1e-6)
    for name, place, value in PUBLISHED_BIASES:
        assert kernels[name][1][place] == pytest.approx(value, abs=1e-6)
    for array in (array for pair in kernels.values() for array in pair):
        assert array.dtype == np.float32
        assert not array.flags.writeable


def test_the_bundled_file_comes_first() -> None:
    found = weights.find()
    assert (found.source, found.known, found.sha256) == ("bundled", True, weights.BUNDLED_SHA256)
    assert found.path == str(weights.bundled_path())


def test_provenance_names_the_digest() -> None:
    text = (weights.bundled_path().parent / "PROVENANCE.md").read_text(encoding="utf-8")
    assert weights.BUNDLED_SHA256 in text
    assert weights.KERAS_MD5 in text


def test_a_named_copy_of_the_bundled_file_is_known() -> None:
    found = weights.find(weights.bundled_path())
    assert (found.source, found.known) == ("named", True)


@pytest.mark.parametrize("write", [legacy, keras3, lambda path, shapes: keras3(path, shapes, named=False)])
def test_named_weights_with_other_numbers(write: Callable[[Path, Shapes], Path], tmp_path: Path) -> None:
    path = write(tmp_path / "mine.h5", changed())
    found, kernels = weights.load(path)
    assert (found.source, found.known) == ("named", False)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(kernels) == list(expected_shapes())


def test_both_layouts_give_the_same_numbers(tmp_path: Path) -> None:
    kernels = weights.read_kernels(weights.bundled_path())
    with h5py.File(tmp_path / "old.h5", "w") as file:
        for name, (kernel, bias) in kernels.items():
            file[f"{name}/{name}/kernel:0"], file[f"{name}/{name}/bias:0"] = kernel, bias
    for name, pair in weights.read_kernels(tmp_path / "old.h5").items():
        for mine, theirs in zip(pair, kernels[name], strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_proof_and_numbers_come_from_one_reading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = legacy(tmp_path / "mine.h5", changed())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    read = regular_file.read_regular

    def read_and_replace(*args: Path, limit: int, kind: str) -> bytes:
        data: bytes = read(*args, limit=limit, kind=kind)
        path.write_bytes(b"something else")
        return data

    monkeypatch.setattr(weights, "read_regular", read_and_replace)
    found, kernels = weights.load(path)
    assert found.sha256 == digest
    assert len(kernels) == 13


def test_keras_cache_is_second(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(weights, "bundled_path", lambda: tmp_path / "none.h5")
    sentence = sentence_of(weights.find)
    assert "none.h5" in sentence
    assert weights.keras_cache_path().name in sentence
    cached = weights.keras_cache_path()
    assert cached.parent == tmp_path / "models"
    cached.parent.mkdir()
    legacy(cached, changed())
    assert "is damaged (its sha256 is " in sentence_of(weights.find)
    monkeypatch.setattr(weights, "KERAS_MD5", hashlib.md5(cached.read_bytes()).hexdigest())
    assert (weights.find().source, weights.find().known) == ("keras", True)


def test_keras_home_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert weights.keras_cache_path().parent == tmp_path / ".keras" / "models"


def test_a_damaged_bundled_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bundled.h5").write_bytes(weights.bundled_path().read_bytes()[:-1])
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(weights, "bundled_path", lambda: tmp_path / "bundled.h5")
    assert "bundled.h5' is damaged" in sentence_of(weights.find)


def test_a_named_file_is_never_replaced_by_another(tmp_path: Path) -> None:
    assert "There is no file" in sentence_of(lambda: weights.find(tmp_path / "none.h5"))


def test_files_that_hold_no_weights(tmp_path: Path) -> None:
    files = {
        "is empty": b"",
        "is not an HDF5 file": b"hello",
        "is a damaged or incomplete HDF5 file": weights.bundled_path().read_bytes()[:100_000],
    }
    for words, data in files.items():
        (tmp_path / "file.h5").write_bytes(data)
        assert words in sentence_of(lambda: weights.find(tmp_path / "file.h5"))
    assert "is a folder" in sentence_of(lambda: weights.find(tmp_path))
    with h5py.File(tmp_path / "nothing.h5", "w"):
        pass
    assert "without a layer's weights" in sentence_of(lambda: weights.find(tmp_path / "nothing.h5"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a pipe" in sentence_of(lambda: weights.find(tmp_path / "pipe"))


LAMBDA = {"config": {"layers": [{"class_name": "Lambda", "config": {"name": "sneaky"}}]}}


def test_a_saved_model_is_refused_with_its_lambda_layers(tmp_path: Path) -> None:
    path = legacy(tmp_path / "model.h5", changed())
    for config, words in ((LAMBDA, "code in its Lambda layer 'sneaky'"), ({}, "which can hold code")):
        with h5py.File(path, "a") as file:
            file.attrs["model_config"] = json.dumps(config)
        assert words in sentence_of(lambda: weights.find(path))
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(LAMBDA))
    assert "Lambda layer 'sneaky'" in sentence_of(lambda: weights.find(tmp_path / "model.keras"))
    (tmp_path / "broken.keras").write_bytes(b"PK\3\4broken")
    assert "saved model" in sentence_of(lambda: weights.find(tmp_path / "broken.keras"))


@pytest.mark.parametrize("write", [legacy, keras3])
def test_the_file_with_dense_layers_is_named(write: Callable[[Path, Shapes], Path], tmp_path: Path) -> None:
    path = write(tmp_path / "top.h5", changed(fc1=((25088, 4096), (4096,)), fc2=((4096, 4096), (4096,))))
    assert "dense layers (fc1, fc2)" in sentence_of(lambda: weights.find(path))


def test_the_file_with_dense_layers_is_named_without_reading_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = legacy(tmp_path / "top.h5", changed(fc1=((25088, 4096), (4096,))))
    monkeypatch.setattr(weights, "MAX_BYTES", 100)
    assert "dense layers (fc1)" in sentence_of(lambda: weights.find(path))
    assert "larger than" in sentence_of(lambda: weights.find(legacy(tmp_path / "long.h5", changed())))


def test_another_network_is_named_by_its_layer(tmp_path: Path) -> None:
    wide = legacy(tmp_path / "wide.h5", changed(block2_conv1=((5, 5, 64, 128), (128,))))
    sentence = sentence_of(lambda: weights.find(wide))
    assert "5×5×64×128 and 128 in layer 'block2_conv1' instead of 3×3×64×128 and 128" in sentence
    other = legacy(tmp_path / "other.h5", {"conv1_conv": ((7, 7, 3, 64), (64,))})
    assert "no layer 'block1_conv1' ('conv1_conv' has 7×7×3×64 and 64)" in sentence_of(lambda: weights.find(other))
    vgg19 = legacy(tmp_path / "vgg19.h5", changed(block3_conv4=((3, 3, 256, 256), (256,))))
    assert "a layer 'block3_conv4' that VGG16 has not" in sentence_of(lambda: weights.find(vgg19))
    lacking = legacy(tmp_path / "lacking.h5", changed(block1_conv1=((3, 3, 3, 64),)))
    assert "instead of 3×3×3×64 and 64" in sentence_of(lambda: weights.find(lacking))


def test_numbers_of_another_kind(tmp_path: Path) -> None:
    half = legacy(tmp_path / "half.h5", changed(), dtype="f2")
    assert "float16 numbers" in sentence_of(lambda: weights.find(half))
    path = legacy(tmp_path / "nan.h5", changed())
    with h5py.File(path, "a") as file:
        file["block1_conv1/block1_conv1_b_1:0"][3] = np.nan
    assert "not finite in layer 'block1_conv1'" in sentence_of(lambda: weights.find(path))


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    legacy(tmp_path / "good.h5", changed())
    with h5py.File(tmp_path / "links.h5", "w") as file:
        for layer in expected_shapes():
            file[layer] = h5py.ExternalLink(str(tmp_path / "good.h5"), layer)
    assert "without a layer's weights" in sentence_of(lambda: weights.find(tmp_path / "links.h5"))
    (tmp_path / "raw").write_bytes(bytes(4 * 3 * 3 * 3 * 64))
    path = legacy(tmp_path / "external.h5", changed())
    with h5py.File(path, "a") as file:
        del file["block1_conv1/block1_conv1_W_0:0"]
        outside = [(str(tmp_path / "raw"), 0, h5py.h5f.UNLIMITED)]
        file.create_dataset("block1_conv1/W", (3, 3, 3, 64), "f4", external=outside)
    assert "in another file" in sentence_of(lambda: weights.find(path))


def test_importing_loads_neither_h5py_nor_keras() -> None:
    code = (
        "import sys, engine.networks.weights; print([m for m in ('h5py', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
