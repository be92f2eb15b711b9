"""A function in a session does what it does by itself, and leaves nothing behind."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tiny_network import TINY

from engine.networks.activations import Kernels
from engine.networks.tensorflow_loader import load, politely
from engine.patterns.options import PatternOptions

SMALL = {"canvas": 16, "steps": 4}


@pytest.fixture(scope="module")
def lab() -> Any:
    tf, _ = load()
    from engine.gradient_ascent import ascent, traces
    from engine.gradient_ascent import gradients as network

    return SimpleNamespace(tf=tf, ascent=ascent, network=network, traces=traces)


def threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def test_nested_tuples_go_in_and_come_out(lab: Any) -> None:
    tf = lab.tf
    weights = tf.constant([[2.0, 0.0], [0.0, 3.0]])

    def function(pair: Any, shift: Any) -> Any:
        left, right = pair
        return (tf.matmul(left, weights), (right + shift, tf.shape(left)))

    pair = (tf.ones((3, 2)), tf.constant([1, 2], tf.int32))
    trace = lab.traces.InSession(function, (pair, tf.constant(0, tf.int32)))
    for shift in (5, 6):
        doubled, (shifted, shape) = trace(pair, tf.constant(shift, tf.int32))

        np.testing.assert_array_equal(doubled.numpy(), np.ones((3, 2)) * [2, 3])
        np.testing.assert_array_equal(shifted.numpy(), [1 + shift, 2 + shift])
        np.testing.assert_array_equal(shape.numpy(), [3, 2])
        assert (doubled.dtype, shifted.dtype) == (tf.float32, tf.int32)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_is_captured_is_not_copied(lab: Any, precision: str) -> None:
    tf = lab.tf
    kernel = tf.cast(tf.random.stateless_normal((3, 3, 4, 4), [1, 2]), precision)
    array, again = lab.traces._array(kernel), lab.traces._array(kernel)

    assert array.dtype == kernel.dtype.as_numpy_dtype
    assert np.array_equal(array, kernel.numpy())
    assert array.ctypes.data == again.ctypes.data


def test_an_error_in_the_function_is_told(lab: Any) -> None:
    def function(value: Any) -> Any:
        raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        lab.traces.InSession(function, (lab.tf.ones(1),))


def test_an_error_in_a_thread_of_its_own_is_told() -> None:
    def start() -> None:
        raise OSError("no threads left")

    with pytest.raises(OSError, match="no threads left"):
        politely(start)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_threads_end_with_the_traces_and_these_with_the_network(lab: Any, tiny_kernels: Kernels) -> None:
    def form(network: Any) -> None:
        for _ in lab.ascent.patterns(network, "block2_conv1", (1,), PatternOptions(overrides=SMALL)):
            pass

    form(lab.network.PatternNetwork(tiny_kernels, TINY))  # what is started once and stays
    network = lab.network.PatternNetwork(tiny_kernels, TINY)
    gone, before = weakref.ref(network), threads()
    form(network)
    during = threads()
    network.traces.clear()
    cleared = threads()
    form(network)
    gc.disable()
    try:
        del network
        left, after = gone(), threads()
    finally:
        gc.enable()

    assert during > before
    assert (cleared, after) == (before, before)
    assert left is None


def test_a_gpu_computes_the_same_without_sessions(
    lab: Any, tiny_kernels: Kernels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last(network: Any) -> Any:
        return list(lab.ascent.patterns(network, "block2_conv1", (1,), PatternOptions(overrides=SMALL)))[-1]

    plain = last(lab.network.PatternNetwork(tiny_kernels, TINY))
    monkeypatch.setattr(lab.traces, "device_name", lambda _tf: "GPU of no make")
    monkeypatch.setattr(lab.traces, "InSession", lambda *_: pytest.fail("a session for a GPU"))
    other = last(lab.network.PatternNetwork(tiny_kernels, TINY))

    # What compiles a function may add in another order than what compiles a session.
    assert np.corrcoef(plain.image.ravel(), other.image.ravel())[0, 1] > 0.99
    assert plain.score == pytest.approx(other.score, rel=1e-2)
