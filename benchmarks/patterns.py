"""How fast patterns form, against the recipe of the book written the book's way, on the same channels in one run.

For each layer: the time of the book's 40 steps at 150 px, and the time until our ``fast`` recipe, shown at the same
150 px, has the mean activation that these 40 steps end with. Both activations are recomputed by plain Keras from what
the network is fed. Channels where the book's recipe ends at 0 are listed apart. Everything is traced and warm.

    python benchmarks/patterns.py [--channels 8] [--layers block3_conv1,block5_conv1]
    python benchmarks/patterns.py --figure     the book's figure: 64 filters of four layers, end to end

Source of the recipe: F. Chollet, "Deep Learning with Python", first edition, chapter 5.4.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine import own_process
from engine.networks import weights
from engine.networks.tensorflow_loader import load
from engine.networks.vgg16 import VGG16
from engine.patterns.options import PatternOptions

own_process.claim()
tf, keras = load()

from engine.gradient_ascent import ascent  # noqa: E402  TensorFlow is loaded quietly first
from engine.gradient_ascent.gradients import PatternNetwork  # noqa: E402
from engine.gradient_ascent.parameters import Parameter  # noqa: E402
from engine.patterns import recipes  # noqa: E402

LAYERS = (
    "block2_conv1",
    "block2_conv2",
    "block3_conv1",
    "block3_conv3",
    "block4_conv1",
    "block4_conv3",
    "block5_conv1",
    "block5_conv2",
)
FIGURE = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1")
SIZE, BOOK_STEPS = 150, 40
TOGETHER = 8
QUIET = ascent.Control(every=0)

Inputs = npt.NDArray[np.float32]


class Book:
    """The book's recipe on one layer of Keras's VGG16."""

    def __init__(self, vgg: Any, layer: str) -> None:
        model = keras.Model(vgg.input, vgg.get_layer(layer).output)
        self._model = model
        self._start = Parameter(recipes.recipe("chollet"), SIZE)

        @tf.function  # type: ignore[untyped-decorator]
        def step(image: Any, index: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(image)
                loss = tf.reduce_mean(tf.gather(model(image), index, axis=3))
            gradient = tape.gradient(loss, image)
            gradient /= tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-5
            return image + gradient * 1.0

        self._step = step

    def pattern(self, channel: int) -> Inputs:
        """What the network is fed after the book's steps, float32 (150, 150, 3)."""
        image, index = tf.constant(self._start.start(0)), tf.constant(channel)
        for _ in range(BOOK_STEPS):
            image = self._step(image, index)
        result: Inputs = image.numpy()[0]
        return result

    def activation(self, inputs: Inputs, channel: int) -> float:
        """Mean of the channel's map, by plain Keras."""
        return float(self._model(inputs[np.newaxis])[0, :, :, channel].numpy().mean())


@dataclass(frozen=True)
class Result:
    """One channel: seconds and activations of the book's recipe, of ours until it got there, and of ours in full."""

    channel: int
    book: tuple[float, float]
    reached: tuple[float, float]
    fast: tuple[float, float]


def timed(function: Callable[[], Inputs]) -> tuple[float, Inputs]:
    """Seconds, and the result."""
    before = time.perf_counter()
    result = function()
    return time.perf_counter() - before, result


def fast(network: PatternNetwork, layer: str, channel: int, steps: int | None = None) -> Inputs:
    """What the network is fed after the ``fast`` recipe, float32 (150, 150, 3)."""
    frames = ascent.patterns(network, layer, (channel,), PatternOptions("fast", size=SIZE, steps=steps), control=QUIET)
    result: Inputs = list(frames)[-1].input
    return result


def compare(network: PatternNetwork, book: Book, layer: str, channel: int) -> Result:
    """Both recipes on one channel, and the fewest of our steps that reach the book's activation."""
    book_time, image = timed(lambda: book.pattern(channel))
    goal = book.activation(image, channel)
    full_time, image = timed(lambda: fast(network, layer, channel))
    full = full_time, book.activation(image, channel)
    reached = (float("nan"), 0.0)
    for steps in range(1, 4 * recipes.recipe("fast").steps):
        seconds, image = timed(lambda steps=steps: fast(network, layer, channel, steps))  # type: ignore[misc]
        activation = book.activation(image, channel)
        if activation >= goal:
            reached = seconds, activation
            break
    return Result(channel, (book_time, goal), reached, full)


def report(network: PatternNetwork, vgg: Any, layer: str, count: int) -> None:
    book = Book(vgg, layer)
    book.pattern(0)
    fast(network, layer, 0)
    drawn = np.random.default_rng(0).permutation(network.channels(layer))[: 4 * count]
    results: list[Result] = []
    blank: list[int] = []
    for channel in map(int, drawn):
        result = compare(network, book, layer, channel)
        if result.book[1] > 0:
            results.append(result)
        else:
            blank.append(channel)
        if len(results) == count:
            break
    if results:
        print(f"{layer:<13}{_line(results)}   blank in the book: {blank or 'none'}", flush=True)


def _line(results: list[Result]) -> str:
    book = float(np.median([one.book[0] for one in results]))
    arrived = [one for one in results if one.reached[1]]
    faster = np.median([one.book[0] / one.reached[0] for one in arrived]) if arrived else float("nan")
    reached = np.median([one.reached[0] for one in arrived]) if arrived else float("nan")
    whole = np.median([one.fast[0] for one in results])
    gain = np.median([one.fast[1] / one.book[1] for one in results])
    return (
        f"book {book:6.2f} s   ours there after {reached:6.3f} s: {faster:5.1f} times faster "
        f"({len(arrived)} of {len(results)} get there)   "
        f"whole recipe {whole:6.3f} s with {gain:4.1f} times the activation"
    )


def figure(network: PatternNetwork, vgg: Any) -> None:
    """64 filters of four layers, end to end, tracing included; both in turn, so that both see the same machine."""
    for layer in FIGURE:
        book, spent = Book(vgg, layer), np.zeros(2)
        for first in range(0, 64, TOGETHER):
            channels = range(first, first + TOGETHER)
            before = time.perf_counter()
            for channel in channels:
                book.pattern(channel)
            between = time.perf_counter()
            list(
                ascent.patterns(
                    network, layer, channels, PatternOptions("fast", size=SIZE), batch=TOGETHER, control=QUIET
                )
            )
            spent += between - before, time.perf_counter() - between
        ratio = spent[0] / spent[1]
        print(f"{layer:<13}book {spent[0]:6.1f} s   ours {spent[1]:6.2f} s: {ratio:5.1f} times faster", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", default=",".join(LAYERS))
    parser.add_argument("--channels", type=int, default=8, help="how many of each layer (default: 8)")
    parser.add_argument("--figure", action="store_true", help="the book's whole figure instead")
    options = parser.parse_args()
    file, kernels = weights.load(None)
    network = PatternNetwork(kernels, VGG16)
    vgg = keras.applications.VGG16(include_top=False, weights=file.path)
    if options.figure:
        figure(network, vgg)
        return
    for layer in options.layers.split(","):
        report(network, vgg, layer, options.channels)


if __name__ == "__main__":
    main()
