from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.networks.receptive_field import POINT, Field, Operation, Window, fields
from engine.networks.tensorflow_loader import load
from engine.records import EngineError


def chain(*windows: Window | None) -> list[Operation]:
    return [
        Operation((number - 1,) if number else (), None if window is None else (window, window), 1)
        for number, window in enumerate(windows)
    ]


def last(operations: list[Operation], size: int) -> Field:
    found = fields(operations, size, size)[-1]
    assert found is not None
    assert found[0] == found[1]
    return found[0]


def bottleneck(at: int, inputs: int, stride: int) -> list[Operation]:
    """A block of ResNet50 in the variant of TF-Slim, whose stages stride in their last block."""

    def add(*windows: tuple[tuple[int, ...], Window]) -> list[Operation]:
        return [Operation(of, (window, window), 1) for of, window in windows]

    return add(
        ((inputs,), POINT),
        ((at,), Window(3, stride, before=1, after=1)),
        ((at + 1,), POINT),
        ((inputs,), Window(1, stride)),
        ((at + 2, at + 3), POINT),
    )


def resnet50() -> list[Operation]:
    operations = chain(Window(7, 2, before=3, after=3), Window(3, 2, "same"))
    for count, stride in ((3, 2), (4, 2), (6, 2), (3, 1)):
        for index in range(count):
            operations += bottleneck(len(operations), len(operations) - 1, stride if index == count - 1 else 1)
    return operations


def mobilenet() -> list[Operation]:
    windows = [Window(3, 2, "same")]
    for stride in (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1):
        windows += [Window(3, stride, "same"), POINT]
    return chain(*windows)


def vgg16() -> list[Operation]:
    convolution = Window(3, padding="same")
    return chain(*(window for count in (2, 2, 3, 3, 3) for window in (*[convolution] * count, Window(2, 2))))


def test_published_fields() -> None:
    # Araujo, Norris and Sim (Distill, 2019), appendix: size, stride and padding.
    assert last(resnet50(), 224) == Field(7, 483, 32, -239)
    assert last(mobilenet(), 224) == Field(7, 315, 32, -126)
    assert last(vgg16(), 224) == Field(7, 212, 32, -90)


@pytest.mark.parametrize("window", [Window(3, 2, "same"), Window(5, 3, "same"), Window(4, 2), Window(3, 1, "same")])
@pytest.mark.parametrize("size", [11, 12, 23])
def test_lengths_are_those_of_keras(window: Window, size: int) -> None:
    _, keras = load()
    layer = keras.layers.Conv2D(1, window.size, window.stride, padding=window.padding)
    assert last(chain(window), size).length == layer.compute_output_shape((1, size, size, 3))[1]


@pytest.mark.parametrize("size", [23, 24])
def test_gradients_end_where_the_field_ends(size: int) -> None:
    """Every value's gradient is 0 outside its field, and not 0 at its ends, also where branches meet."""
    tf, keras = load()
    picture = keras.Input((size, size, 1))
    ones: dict[str, Any] = {"kernel_initializer": "ones", "use_bias": False}
    left = keras.layers.Conv2D(1, 5, 2, padding="same", **ones)(picture)
    right = keras.layers.Conv2D(1, 3, 2, padding="same", **ones)(picture)
    joined = keras.layers.Add()([left, right])
    top = keras.layers.AveragePooling2D(2)(keras.layers.Conv2D(1, 3, dilation_rate=2, **ones)(joined))
    model = keras.Model(picture, top)
    one, other = Window(5, 2, "same"), Window(3, 2, "same")
    operations = [
        Operation((), (one, one), 1),
        Operation((), (other, other), 1),
        Operation((0, 1), (POINT, POINT), 1),
        Operation((2,), (Window(5), Window(5)), 1),
        Operation((3,), (Window(2, 2), Window(2, 2)), 1),
    ]
    field = last(operations, size)
    inputs = tf.ones((1, size, size, 1))
    assert field.length == model.output.shape[1]
    for place in range(field.length):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = model(inputs)[0, place, place, 0]
        rows = np.flatnonzero(np.abs(tape.gradient(value, inputs).numpy()[0, :, :, 0]).sum(axis=1))
        first = place * field.stride + field.start
        assert (rows[0], rows[-1]) == (max(0, first), min(size, first + field.size) - 1)


def test_what_sees_everything_passes_that_on() -> None:
    operations = [*chain(Window(3, padding="same"), None, POINT), Operation((0, 2), (POINT, POINT), 1)]
    assert [found is None for found in fields(operations, 8, 8)] == [False, True, True, True]


def test_nothing_left_is_said() -> None:
    with pytest.raises(EngineError, match="Nothing is left of a picture of 4 × 4 pixels"):
        fields(chain(Window(5)), 4, 4)


def test_maps_of_different_sizes_do_not_meet() -> None:
    operations = [*chain(POINT, Window(2, 2)), Operation((0, 1), (POINT, POINT), 1)]
    with pytest.raises(EngineError, match="different sizes meet"):
        fields(operations, 8, 8)
