from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tiny_network import TINY

from engine.networks.activations import Kernels, Network
from engine.networks.preprocessing import CAFFE
from engine.networks.tensorflow_loader import load
from engine.networks.vgg16 import VGG16
from engine.records import LayerInfo

LAYERS = ("block1_conv1", "block2_conv1", "block2_conv2")


@pytest.fixture(scope="module")
def lab() -> Any:
    tf, _ = load()
    from engine.gradient_ascent import gradients, parameters, transforms
    from engine.patterns import recipes

    return SimpleNamespace(tf=tf, network=gradients, parameters=parameters, recipes=recipes, transforms=transforms)


@pytest.fixture(scope="module")
def net(lab: Any, tiny_kernels: Kernels) -> Any:
    return lab.network.PatternNetwork(tiny_kernels, TINY)


@pytest.fixture
def inputs() -> npt.NDArray[np.float32]:
    return np.random.default_rng(1).normal(0, 50, (2, 12, 12, 3)).astype(np.float32)


def test_structure_is_read_from_the_names(net: Any) -> None:
    assert net.layers == LAYERS
    assert [net.channels(layer) for layer in LAYERS] == [4, 6, 6]
    assert [net.stride(layer) for layer in LAYERS] == [1, 2, 2]
    assert [net.receptive_field(layer) for layer in LAYERS] == [3, 8, 12]


def test_receptive_field_and_stride_agree_with_the_architecture(lab: Any) -> None:
    names = [info.name for info in VGG16.layers if info.kind == "convolution"]
    empty = (np.zeros((3, 3, 1, 1), np.float32), np.zeros(1, np.float32))
    net = lab.network.PatternNetwork(dict.fromkeys(names, empty), VGG16)

    for name in names:
        info = VGG16.layer(name)
        assert (net.receptive_field(name), net.stride(name)) == (info.receptive_field, info.stride)


@pytest.mark.parametrize("padding", ["zero", "wrap"])
@pytest.mark.parametrize("layer", LAYERS)
def test_the_written_way_back_is_the_gradient(lab: Any, net: Any, inputs: Any, layer: str, padding: str) -> None:
    tf = lab.tf
    settings = lab.network.Pass(padding=padding)
    channels = tf.constant([1, 3])
    with tf.GradientTape() as tape:
        values = tf.constant(inputs)
        tape.watch(values)
        maps, backward = net.maps(values, layer, channels, settings)
        loss = tf.reduce_sum(tf.sin(maps))

    gradient = tape.gradient(loss, values)
    np.testing.assert_allclose(backward(tf.cos(maps)), gradient, atol=1e-5 * np.abs(gradient).max())


def test_kernels_are_the_models_own(lab: Any, tiny_layers: tuple[LayerInfo, ...], tiny_kernels: Kernels) -> None:
    """The weights of VGG16 are 59 MB, and only those of the way back are had a second time."""
    tiny_network = Network(tiny_kernels, TINY)
    kernels = tiny_network.kernels()
    assert tuple(kernels) == LAYERS
    for name, (kernel, bias) in kernels.items():
        np.testing.assert_array_equal(kernel, tiny_kernels[name][0])
        np.testing.assert_array_equal(bias, tiny_kernels[name][1])
    again = tiny_network.kernels()
    net = lab.network.PatternNetwork(kernels, TINY)
    for name in LAYERS:
        there, _ = net._kernel_and_bias(name, "float32")
        assert _address(there) == _address(kernels[name][0]) == _address(again[name][0])


def test_kernels_go_with_the_last_trace_that_uses_them(lab: Any, tiny_kernels: Kernels, inputs: Any) -> None:
    net = lab.network.PatternNetwork(tiny_kernels, TINY)
    settings = lab.network.Pass(precision="bfloat16")

    def way_back(values: Any) -> Any:
        maps, backward = net.maps(values, LAYERS[-1], lab.tf.constant([0]), settings)
        return backward(maps)

    traces = [lab.tf.function(way_back, autograph=False) for _ in range(2)]
    for trace in traces:
        trace(lab.tf.constant(inputs))
    del trace
    traces.pop()
    gc.collect()
    assert sum(key[1] == "back" for key in net._shared) == len(LAYERS)
    traces.clear()
    gc.collect()
    assert not net._shared


def _address(tensor: Any) -> int:
    """Where the values are: numpy looks at the memory of a tensor, and copies nothing."""
    return int(np.asarray(memoryview(tensor)).__array_interface__["data"][0])


def test_wrapping_commutes_with_a_shift_by_whole_strides(lab: Any, net: Any, inputs: Any) -> None:
    tf = lab.tf
    settings = lab.network.Pass(padding="wrap")
    here, _ = net.maps(tf.constant(inputs), "block2_conv2", tf.range(6), settings)
    there, _ = net.maps(tf.roll(tf.constant(inputs), [4, 2], [1, 2]), "block2_conv2", tf.range(6), settings)

    np.testing.assert_allclose(np.roll(here, (2, 1), (1, 2)), there, atol=1e-5 * np.abs(there).max())


def test_an_averaged_pooling_gradient_keeps_the_sum_of_what_comes_in(lab: Any) -> None:
    tf = lab.tf
    value = tf.constant(np.random.default_rng(0).uniform(0.1, 1, (1, 5, 5, 2)).astype(np.float32))
    _, back = lab.network._max_pool(value, lab.network.Pass(pooling="average"))
    gradient = tf.ones((1, 2, 2, 2))
    spread = back(gradient)

    assert spread.shape == value.shape
    assert float(tf.reduce_sum(spread)) == pytest.approx(8.0, rel=1e-5)
    assert not np.any(spread[:, 4]), "a row beyond the last window gets nothing"


def test_a_redirected_relu_acts_only_where_the_gradient_is_lost(lab: Any) -> None:
    tf = lab.tf
    dead, alive = np.zeros((1, 2, 2, 1), np.float32), np.ones((1, 2, 2, 1), np.float32)
    output = tf.constant(np.concatenate([dead, alive]))
    gradient = tf.constant(np.tile(np.array([[1.0, -1.0]], np.float32), (2, 2))[:, :, None].reshape(2, 2, 2, 1))
    redirected = lab.network._redirected_relu_back(gradient, output).numpy()

    assert redirected[0].min() == 0
    assert redirected[0].max() == 1
    np.testing.assert_array_equal(redirected[1], gradient[1])


def test_bfloat16_is_close(lab: Any, net: Any, inputs: Any) -> None:
    channels = lab.tf.constant([0, 1])
    exact, _ = net.maps(lab.tf.constant(inputs), "block2_conv2", channels, lab.network.Pass())
    rough, _ = net.maps(lab.tf.constant(inputs), "block2_conv2", channels, lab.network.Pass(precision="bfloat16"))

    assert np.abs(rough - exact).mean() < 0.03 * np.abs(exact).mean()


@pytest.mark.parametrize("kind", ["pixels", "fourier"])
def test_a_start_is_seeded_and_in_range(lab: Any, kind: str) -> None:
    recipe = lab.recipes.recipe("chollet" if kind == "pixels" else "crisp")
    parameter = lab.parameters.Parameter(recipe, 16)
    first = parameter.start(3)

    np.testing.assert_array_equal(first, parameter.start(3))
    assert not np.array_equal(first, parameter.start(4))
    assert not np.array_equal(first, parameter.start(3, variant=1))
    assert parameter.inputs(lab.tf.constant(first)).shape == (1, 16, 16, 3)


def test_a_book_start_lies_between_128_and_148(lab: Any) -> None:
    start = lab.parameters.Parameter(lab.recipes.recipe("chollet"), 32).start(0)

    assert 128 <= start.min() < 129
    assert 147 < start.max() <= 148


@pytest.mark.parametrize("kind", ["pixels", "fourier"])
def test_a_picture_can_be_the_start(lab: Any, kind: str) -> None:
    pixels = np.random.default_rng(2).integers(20, 235, (16, 16, 3)).astype(np.float32)
    recipe = lab.recipes.recipe("crisp", {"parameter": kind})
    parameter = lab.parameters.Parameter(recipe, 16)
    inputs = parameter.inputs(lab.tf.constant(parameter.from_picture(pixels))).numpy()

    np.testing.assert_allclose(CAFFE.levels(inputs[0]), pixels, atol=0.5)


def test_transforms_follow_their_seed(lab: Any, inputs: Any) -> None:
    tf = lab.tf
    recipe = lab.recipes.recipe("lucid", {"jitter": 4, "pad": 3})
    chosen = lab.transforms.compose(recipe)

    def seen(seed: int) -> Any:
        return lab.transforms.apply(chosen, tf.constant(inputs), tf.constant([0, seed])).numpy()

    assert seen(1).shape == (2, 14, 14, 3)
    np.testing.assert_array_equal(seen(1), seen(1))
    assert not np.array_equal(seen(1), seen(2))


def test_a_shift_only_moves_pixels(lab: Any, inputs: Any) -> None:
    moved = lab.transforms.Shift()(lab.tf.constant(inputs), lab.tf.constant([0, 7])).numpy()

    assert not np.array_equal(moved, inputs)
    np.testing.assert_array_equal(np.sort(moved, axis=None), np.sort(inputs, axis=None))
