"""An all-layer pass of the session against a bare traced Keras call, interleaved, and the memory of each step.

python benchmarks/activations.py
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import memory
from report import Figure, run_part

import engine
import resources
from engine import images, own_process
from engine.networks import weights
from engine.networks.preprocessing import CAFFE
from engine.networks.tensorflow_loader import load
from engine.networks.vgg16 import VGG16
from engine.records import ImageArray
from engine.session import Session

ROUNDS = 25
_BAR = 1.1


def measure() -> list[Figure]:
    cat = images.open_image(resources.path("samples", "chelsea.png"))
    figures = []
    own_process.claim()
    load()
    figures.append(_memory("after importing TensorFlow"))
    with engine.open_session() as session:
        figures.append(_memory("after building VGG16"))
        seconds = interleaved(_contestants(session, cat))
    bare = seconds["bare traced Keras call, 18 outputs"]
    for name, values in seconds.items():
        figures.append(Figure(name, tuple(value * 1000 for value in values), "ms"))
    for name, bar in (("activations, 31 outputs", _BAR), ("activations, 18 outputs", None), ("live, 31 outputs", None)):
        ratios = tuple(value / other for value, other in zip(seconds[name], bare, strict=True))
        medians = statistics.median(seconds[name]) / statistics.median(bare)
        fastest = min(seconds[name]) / min(bare)
        note = f"median of {len(ratios)} pairs {statistics.median(ratios):.3f}, fastest over fastest {fastest:.3f}"
        figures.append(Figure(f"{name} / bare call, of medians", (medians,), "×", bar, note=note))
    return figures


def interleaved(contestants: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds of each contestant; they take turns, so that what else the machine does hits all of them alike."""
    for contestant in contestants.values():
        contestant()
        contestant()
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            start = time.perf_counter()
            contestant()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def _contestants(session: Session, cat: ImageArray) -> dict[str, Callable[[], object]]:
    outputs = [info.name for info in VGG16.layers if info.kind != "linear"]
    bare, inputs = _bare_call(cat)
    return {
        "bare traced Keras call, 18 outputs": lambda: bare(inputs),
        "activations, 31 outputs": lambda: session.activations(cat),
        "activations, 18 outputs": lambda: session.activations(cat, outputs),
        "live, 31 outputs": lambda: list(session.live_activations(cat)),
    }


def _bare_call(cat: ImageArray) -> tuple[Callable[[Any], object], Any]:
    """Keras's own VGG16 with every layer as an output, traced, and its input already a tensor."""
    tf, keras = load()
    network = keras.applications.VGG16(include_top=False, weights=None, input_shape=(224, 224, 3))
    _, kernels = weights.load()
    for name, values in kernels.items():
        network.get_layer(name).set_weights(list(values))
    model = keras.Model(network.input, [layer.output for layer in network.layers[1:]])
    inputs = tf.constant(CAFFE.to_network(images.fit_image(cat, "crop", 224))[None])
    return tf.function(model, autograph=False), inputs


def _memory(moment: str) -> Figure:
    return Figure(f"memory, no window, {moment}", (memory.resident_megabytes(),), "MB")


if __name__ == "__main__":
    run_part(measure, __doc__)
