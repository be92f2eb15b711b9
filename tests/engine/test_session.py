"""The real VGG16 on the real cat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine import images
from engine.networks.tensorflow_loader import load
from engine.networks.vgg16 import VGG16
from engine.records import EngineError, ImageArray
from engine.session import Session

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def keras_vgg16(session: Session) -> Any:
    _, keras = load()
    return keras.applications.VGG16(include_top=False, weights=session.weights.path)


@pytest.mark.parametrize(("fit", "size"), [("crop", 224), ("keras", 224), ("stretch", 97), ("pad", 32)])
def test_values_equal_plain_keras(session: Session, keras_vgg16: Any, cat: ImageArray, fit: Any, size: int) -> None:
    _, keras = load()
    names = [info.name for info in VGG16.at(size).layers if info.kind != "linear"]
    plain = keras.Model(keras_vgg16.inputs, [keras_vgg16.get_layer(name).output for name in names])
    pixels = images.fit_image(cat, fit, size)
    expected = plain([keras.applications.vgg16.preprocess_input(pixels[np.newaxis].astype(np.float32))])
    maps = session.activations(cat, fit=fit, size=size)
    for name, tensor in zip(names, expected, strict=True):
        values = np.asarray(tensor)[0]
        assert maps[name].shape == values.shape
        assert np.abs(maps[name] - values).max() <= 1e-4 * np.abs(values).max(), name


def test_linear_maps_are_those_before_relu(session: Session, keras_vgg16: Any, cat: ImageArray) -> None:
    _, keras = load()
    maps = session.activations(cat)
    for info in VGG16.layers:
        if info.kind == "linear":
            np.testing.assert_array_equal(np.maximum(maps[info.name], 0), maps[info.keras_name])
            assert maps[info.name].min() < 0
    conv = keras_vgg16.get_layer("block2_conv1")
    expected = keras.ops.conv(maps["block1_pool"][np.newaxis], conv.kernel, padding="same") + conv.bias
    difference = np.abs(np.asarray(expected)[0] - maps["block2_conv1:linear"]).max()
    assert difference <= 1e-4 * np.abs(maps["block2_conv1:linear"]).max()


def test_few_layers_equal_all(session: Session, cat: ImageArray) -> None:
    few = session.activations(cat, layers=("block2_pool", "block1_conv1:linear"))
    every = session.activations(cat)
    assert list(few) == ["block2_pool", "block1_conv1:linear"]
    for name, maps in few.items():
        np.testing.assert_allclose(maps, every[name], atol=1e-4 * np.abs(every[name]).max())


def test_live_maps_equal_one_pass(session: Session, cat: ImageArray) -> None:
    every = session.activations(cat, size=64)
    live = dict(session.live_activations(cat, size=64))
    assert list(live) == [info.name for info in VGG16.layers]
    for name, maps in live.items():
        np.testing.assert_allclose(maps, every[name], atol=1e-4 * np.abs(every[name]).max())


def test_same_picture_same_bytes(session: Session, cat: ImageArray) -> None:
    first, second = (session.activations(cat, layers=["block5_conv3"])["block5_conv3"] for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"layers": ["block3_conv9"]}, "block3_conv3"),
        ({"size": 16}, "from 32"),
        ({"fit": "squeeze"}, "squeeze"),
    ],
)
def test_wrong_questions_get_a_sentence(
    session: Session, cat: ImageArray, arguments: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(EngineError, match=sentence):
        session.activations(cat, **arguments)


def test_closed_session_says_so(cat: ImageArray) -> None:
    with engine.open_session() as opened:
        pass
    with pytest.raises(EngineError, match="closed"):
        opened.activations(cat)


def test_wrong_weights_are_named_before_tensorflow_is_loaded(tmp_path: Path) -> None:
    wrong = tmp_path / "cat.h5"
    wrong.write_bytes(b"not weights")
    with pytest.raises(EngineError, match=r"cat\.h5"):
        engine.open_session(wrong)
