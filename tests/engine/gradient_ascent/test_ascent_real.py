from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.networks import weights
from engine.networks.tensorflow_loader import load
from engine.networks.vgg16 import VGG16
from engine.patterns.options import PatternOptions

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def lab() -> Any:
    _, keras = load()
    from engine.gradient_ascent import ascent, attempts, gradients
    from engine.patterns import objectives

    file, kernels = weights.load(None)
    return SimpleNamespace(
        keras=keras,
        ascent=ascent,
        quiet=attempts.Control(every=0),
        objectives=objectives,
        weights=file.path,
        net=gradients.PatternNetwork(kernels, VGG16),
    )


@pytest.fixture(scope="module")
def vgg(lab: Any) -> Any:
    return lab.keras.applications.VGG16(include_top=False, weights=lab.weights)


def last(lab: Any, layer: str, channel: int, recipe: str, **options: Any) -> Any:
    return list(lab.ascent.patterns(lab.net, layer, (channel,), PatternOptions(recipe, **options), control=lab.quiet))[
        -1
    ]


@pytest.mark.parametrize(
    ("layer", "recipe", "steps"),
    [
        ("block1_conv2", "crisp", 8),
        ("block3_conv1", "fast", 8),
        ("block3_conv3", "crisp", 8),
        ("block4_conv2", "chollet", 4),
    ],
)
def test_keras_finds_the_same_score(lab: Any, vgg: Any, layer: str, recipe: str, steps: int) -> None:
    frame = last(lab, layer, 7, recipe, steps=steps)
    model = lab.keras.Model(vgg.input, vgg.get_layer(layer).output)
    maps = np.asarray(model(frame.input[np.newaxis]))

    assert frame.score > 0
    assert frame.score == pytest.approx(float(maps[0, :, :, 7].mean()), rel=1e-3)


def test_the_book_recipe_equals_the_book_written_in_keras(lab: Any, vgg: Any) -> None:
    """Each step is compared from where ours stands: an ascent enlarges what is rounded differently from step to step.

    One step differs by the order in which products are added, which is up to the processor: some 1e-6 of the largest
    value. Where the input of a ReLU is as near to 0 as that, it may be on for one and off for the other, and the few
    pixels that it sees differ by more.
    """
    from engine.gradient_ascent.run import Run, Task
    from engine.patterns.settle import settled

    tf, _ = load()
    model = lab.keras.Model(vgg.input, vgg.get_layer("block2_conv1").output)
    recipe = settled(lab.net.description, "block2_conv1", PatternOptions("chollet", steps=5, overrides={}))
    run = Run(lab.net, Task("block2_conv1", (lab.objectives.channel(3),), (0,), recipe, 0, False))

    def position() -> Any:
        return run.state(0, np.zeros((0, 2), np.float32)).numbers

    for _ in range(5):
        before = position()
        image = tf.constant(before[np.newaxis])
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = tf.reduce_mean(model(image)[:, :, :, 3])
        gradient = tape.gradient(loss, image)
        moved = gradient / (tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-5)
        run.advance()

        # The loss and the move as float32 has them: a mean of 1.4 million products, and a difference of two pixels.
        assert run.objective[0] == pytest.approx(float(loss), rel=1e-5)
        difference = np.abs(position() - before - moved[0])
        assert np.mean(difference > 1e-5 * np.abs(moved).max()) < 1e-3
        assert np.linalg.norm(difference) < 1e-2 * np.linalg.norm(moved)

    frame = last(lab, "block2_conv1", 3, "chollet", steps=5)
    np.testing.assert_array_equal(frame.state.numbers, position())  # what a person asks for takes the same steps


@pytest.mark.parametrize(("layer", "channel"), [("block5_conv1", 11), ("block5_conv3", 1)])
def test_filters_reported_as_impossible_are_rendered(lab: Any, layer: str, channel: int) -> None:
    frame = last(lab, layer, channel, "crisp", steps=16)

    assert (frame.outcome, frame.attempts) == ("rendered", 1)
    assert frame.image.std() > 20


def test_where_the_book_ends_at_nothing_we_say_so_and_crisp_renders(lab: Any) -> None:
    book = last(lab, "block3_conv1", 21, "chollet")

    assert (book.outcome, book.score) == ("stuck", 0)
    assert "No gradient" in book.note
    assert last(lab, "block3_conv1", 21, "crisp", steps=12).outcome == "rendered"


def test_two_fresh_processes_give_the_same_bytes() -> None:
    code = (
        "import sys, hashlib\n"
        "from engine.networks.tensorflow_loader import load; load()\n"
        "from engine import weights\n"
        "from engine.networks.vgg16 import VGG16\n"
        "from engine.gradient_ascent import ascent, gradients\n"
        "from engine.patterns.options import PatternOptions\n"
        "net = gradients.PatternNetwork(weights.load(None)[1], VGG16)\n"
        "frames = list(ascent.patterns(net, 'block2_conv2', (5, 9), PatternOptions(steps=8, seed=3)))\n"
        "print(hashlib.sha256(b''.join(f.image.tobytes() + f.input.tobytes() for f in frames)).hexdigest())\n"
    )
    root = Path(__file__).parents[3]
    digests = {
        subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    }

    assert len(digests) == 1
    assert len(digests.pop().strip()) == len(hashlib.sha256().hexdigest())
