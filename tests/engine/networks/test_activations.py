from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from tiny_network import TINY

from engine.networks.activations import Kernels, Network
from engine.networks.plain_pass import plain_maps
from engine.records import LayerInfo


@pytest.fixture(scope="module")
def network(tiny_kernels: Kernels, tiny_layers: tuple[LayerInfo, ...]) -> Network:
    return Network(tiny_kernels, TINY)


@pytest.fixture
def inputs() -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 50, (32, 32, 3)).astype(np.float32)


def by_hand(
    inputs: npt.NDArray[np.float32], kernels: Kernels, infos: tuple[LayerInfo, ...]
) -> dict[str, npt.NDArray[np.float32]]:
    """The same network in plain numpy."""
    maps, value = {}, inputs
    for info in infos:
        if info.kind == "linear":
            kernel, bias = kernels[info.keras_name]
            windows = np.lib.stride_tricks.sliding_window_view(np.pad(value, ((1, 1), (1, 1), (0, 0))), (3, 3), (0, 1))
            value = np.einsum("hwcij,ijco->hwo", windows, kernel) + bias
        elif info.kind == "convolution":
            value = np.maximum(value, 0)
        else:
            height, width = value.shape[0] // 2, value.shape[1] // 2
            value = value[: height * 2, : width * 2].reshape(height, 2, width, 2, -1).max(axis=(1, 3))
        maps[info.name] = value
    return maps


def test_one_pass_equals_the_arithmetic(
    network: Network, inputs: npt.NDArray[np.float32], tiny_kernels: Kernels, tiny_layers: tuple[LayerInfo, ...]
) -> None:
    expected = by_hand(inputs, tiny_kernels, tiny_layers)
    maps = network.run(inputs, list(expected))
    for computed, (name, values) in zip(maps, expected.items(), strict=True):
        np.testing.assert_allclose(computed, values, atol=1e-4 * np.abs(values).max(), err_msg=name)


def test_the_plain_pass_is_the_arithmetic_too(
    inputs: npt.NDArray[np.float32], tiny_kernels: Kernels, tiny_layers: tuple[LayerInfo, ...]
) -> None:
    expected = by_hand(inputs, tiny_kernels, tiny_layers)
    plain = dict(plain_maps(inputs, tiny_kernels, tiny_layers))
    assert list(plain) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(plain[name], values, atol=1e-4 * np.abs(values).max(), err_msg=name)


def test_live_maps_are_those_of_one_pass(
    network: Network, inputs: npt.NDArray[np.float32], tiny_layers: tuple[LayerInfo, ...]
) -> None:
    names = [info.name for info in tiny_layers]
    live = dict(network.run_live(inputs, names))
    assert list(live) == names
    for name, values in zip(names, network.run(inputs, names), strict=True):
        np.testing.assert_allclose(live[name], values, atol=1e-4 * np.abs(values).max())


def test_live_run_stops_at_the_last_layer_asked_for(network: Network, inputs: npt.NDArray[np.float32]) -> None:
    assert [name for name, _ in network.run_live(inputs, ["block1_pool", "block1_conv1"])] == [
        "block1_conv1",
        "block1_pool",
    ]


def test_a_pass_reaches_no_deeper_than_asked(network: Network) -> None:
    graph = network._traced_pass(("block1_pool",)).graph  # type: ignore[attr-defined]
    kinds = [operation.type for operation in graph.get_operations()]
    assert [kinds.count(kind) for kind in ("Conv2D", "Relu", "MaxPool")] == [1, 1, 1]


def test_maps_are_read_only_and_contiguous(network: Network, inputs: npt.NDArray[np.float32]) -> None:
    (maps,) = network.run(inputs, ["block2_conv1"])
    assert maps.shape == (16, 16, 6)
    assert maps.dtype == np.float32
    assert maps.flags.c_contiguous
    assert not maps.flags.writeable


def test_other_sizes_are_not_traced_anew(network: Network) -> None:
    first = network._traced_pass(("block1_pool",))
    for size in (32, 48, 100):
        (maps,) = network.run(np.zeros((size, size, 3), np.float32), ["block1_pool"])
        assert maps.shape == (size // 2, size // 2, 4)
    assert network._traced_pass(("block1_pool",)) is first
