"""A function is traced once for each combination of shapes, and the traces used least recently are dropped."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tiny_network import TINY

from engine.networks.activations import Kernels
from engine.networks.tensorflow_loader import load
from engine.patterns.options import PatternOptions

SMALL = {"canvas": 16, "steps": 4}


@pytest.fixture(scope="module")
def lab() -> Any:
    tf, _ = load()
    from engine.gradient_ascent import ascent, traces
    from engine.gradient_ascent import gradients as network

    return SimpleNamespace(tf=tf, ascent=ascent, network=network, traces=traces)


def test_nested_tuples_go_in_and_come_out_and_are_traced_once_for_a_shape(lab: Any) -> None:
    tf, traced = lab.tf, []
    weights = tf.constant([[2.0, 0.0], [0.0, 3.0]])

    def function(pair: Any, shift: Any) -> Any:
        left, right = pair
        traced.append(left.shape)
        return (tf.matmul(left, weights), (right + shift, tf.shape(left)))

    traces = lab.traces.Traces()
    for rows, shift in ((3, 5), (3, 6), (4, 6), (3, 7)):
        pair = (tf.ones((rows, 2)), tf.constant([1, 2], tf.int32))
        arguments = pair, tf.constant(shift, tf.int32)
        known = traces.known("key", *arguments)
        doubled, (shifted, shape) = traces.run("key", function, *arguments)
        assert known == ((rows, shift) in ((3, 6), (3, 7)))
        np.testing.assert_array_equal(doubled.numpy(), np.ones((rows, 2)) * [2, 3])
        np.testing.assert_array_equal(shifted.numpy(), [1 + shift, 2 + shift])
        np.testing.assert_array_equal(shape.numpy(), [rows, 2])
        assert (doubled.dtype, shifted.dtype) == (tf.float32, tf.int32)
    assert traced == [(3, 2), (4, 2)]


def test_the_least_recently_used_is_dropped(lab: Any) -> None:
    traces, value = lab.traces.Traces(), lab.tf.ones(1)
    for key in range(6):
        traces.run(key, lambda one: one + 1, value)
    traces.run(0, lambda one: one + 1, value)
    traces.run(6, lambda one: one + 1, value)
    assert [traces.known(key, value) for key in range(7)] == [True, False, True, True, True, True, True]
    traces.clear()
    assert len(traces) == 0


def test_an_error_in_the_function_is_told(lab: Any) -> None:
    def function(value: Any) -> Any:
        raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        lab.traces.Traces().run("key", function, lab.tf.ones(1))


def test_traces_go_with_the_network(lab: Any, tiny_kernels: Kernels) -> None:
    network = lab.network.PatternNetwork(tiny_kernels, TINY)
    for _ in lab.ascent.patterns(network, "block2_conv1", (1,), PatternOptions(overrides=SMALL)):
        pass
    gone = weakref.ref(network)
    del network
    gc.collect()
    assert gone() is None
