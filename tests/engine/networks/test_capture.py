from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.networks.capture import captured, layers_of, pick
from engine.networks.tensorflow_loader import load
from engine.records import EngineError


@pytest.fixture(scope="module")
def keras() -> Any:
    return load()[1]


def chain(keras: Any) -> Any:
    make = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            make.Conv2D(4, 3, padding="same", activation="relu", name="first"),
            make.BatchNormalization(name="normal"),
            make.Conv2D(5, 3, activation="swish", name="second"),
        ],
        name="base",
    )


def nested(keras: Any) -> Any:
    make = keras.layers
    picture = keras.Input((12, 12, 3))
    pooled = make.GlobalAveragePooling2D(name="pool")(chain(keras)(picture))
    return keras.Model(picture, make.Dense(3, activation="softmax", name="head")(pooled))


def joined(keras: Any) -> Any:
    make = keras.layers
    picture = keras.Input((12, 12, 3))
    left = make.Conv2D(4, 3, padding="same", name="left")(picture)
    right = make.Conv2D(4, 1, activation="relu", name="right")(picture)
    return keras.Model(picture, make.Add(name="sum")([left, right]))


def shared(keras: Any) -> Any:
    make = keras.layers
    picture = keras.Input((12, 12, 3))
    twice = make.Conv2D(3, 3, padding="same", activation="tanh", name="twice")
    return keras.Model(picture, twice(twice(picture)))


def subclassed(keras: Any) -> Any:
    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.one = keras.layers.Conv2D(4, 3, activation="relu", name="one")
            self.rest = [keras.layers.Conv2D(2, 3, name="two"), keras.layers.Flatten(name="flat")]

        def call(self, value: Any) -> Any:
            value = self.one(value) * 2
            for layer in self.rest:
                value = layer(value)
            return value

    model = Own()
    model(np.zeros((1, 12, 12, 3), np.float32))
    return model


MODELS: dict[Callable[[Any], Any], list[str]] = {
    chain: ["first:linear", "first", "normal", "second:linear", "second"],
    nested: [
        *("base/first:linear", "base/first", "base/normal", "base/second:linear", "base/second"),
        *("pool", "head:linear", "head"),
    ],
    joined: ["left", "right:linear", "right", "sum"],
    shared: ["twice#1:linear", "twice#1", "twice#2:linear", "twice#2"],
    subclassed: ["one:linear", "one", "two", "flat"],
}


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("traced", [False, True])
def test_every_map_of_every_kind_of_model(keras: Any, make: Callable[[Any], Any], traced: bool) -> None:
    tf, _ = load()
    model = make(keras)
    inputs = tf.random.stateless_normal((1, 12, 12, 3), (1, 2))
    run = (lambda value: captured(model, value)) if not traced else tf.function(lambda value: captured(model, value))
    output, found = run(inputs)
    names = [name for name in found if not name.startswith("input")]
    assert sorted(names) == sorted(MODELS[make])  # a traced function sorts a dictionary
    if traced:  # TensorFlow fuses operations whose results nobody looks at, and rounds otherwise
        np.testing.assert_allclose(output, model(inputs, training=False), atol=1e-5)
    else:
        np.testing.assert_array_equal(output, model(inputs, training=False))
        assert names == MODELS[make]
    for name in names:
        if name.endswith(":linear") and "#" not in name:
            layer = dict(layers_of(model))[name.removesuffix(":linear")]
            np.testing.assert_allclose(layer.activation(found[name]), found[name.removesuffix(":linear")], rtol=1e-6)


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_the_model_is_left_as_it_was(keras: Any, make: Callable[[Any], Any]) -> None:
    model = make(keras)
    before = [dict(vars(layer)) for _, layer in layers_of(model)]
    captured(model, np.zeros((1, 12, 12, 3), np.float32))
    with pytest.raises(ValueError, match="shape"):
        captured(model, np.zeros((1, 12, 12, 2), np.float32))
    for (_, layer), own in zip(layers_of(model), before, strict=True):
        assert {name: id(value) for name, value in vars(layer).items() if name in ("call", "activation")} == {
            name: id(value) for name, value in own.items() if name in ("call", "activation")
        }


def test_a_call_ends_where_all_that_is_wanted_is_there(keras: Any) -> None:
    output, found = captured(chain(keras), np.zeros((1, 12, 12, 3), np.float32), until=("first", "first:linear"))
    assert output is None
    assert list(pick(found, ("first",))[0].shape) == [1, 12, 12, 4]
    assert "normal" not in found


def test_a_layer_that_was_not_called_is_named(keras: Any) -> None:
    _, found = captured(chain(keras), np.zeros((1, 12, 12, 3), np.float32))
    with pytest.raises(EngineError, match="'third' was not reached"):
        pick(found, ("first", "third"))
