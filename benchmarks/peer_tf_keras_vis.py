"""One filter of block5_conv3 at 224 px: our `crisp` recipe against tf-keras-vis, both scored by plain Keras.

tf-keras-vis is no dependency of the project; install it for this benchmark only: ``pip install tf-keras-vis``.

    python benchmarks/peer_tf_keras_vis.py [--channel 3] [--steps 200]

Its settings are those of its own notebook on convolutional filters: 200 steps, its default regularisers, jitter and
rotation; its noise is seeded here. Scores are the mean of the channel's map after ReLU for what the network was fed.
Where `crisp` as it comes ends below the other's score, it runs again with twice the steps, until it does not.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import engine
from engine import own_process
from engine.networks.tensorflow_loader import load
from engine.patterns import recipes
from engine.records import MapArray

LAYER, SIZE = "block5_conv3", 224
_DOUBLINGS = 5


def main() -> int:
    """Run both, one after the other, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--channel", type=int, default=3)
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    own_process.claim()
    _, keras = load()
    weights = engine.networks.weights.bundled_path()
    plain = keras.applications.VGG16(include_top=False, weights=str(weights))
    until = keras.Model(plain.inputs, plain.get_layer(LAYER).output)

    def score(fed: MapArray) -> float:
        return float(np.asarray(until([fed[np.newaxis]]))[0, :, :, options.channel].mean())

    print(f"{LAYER}, channel {options.channel}, {SIZE} px", flush=True)
    peer_seconds, fed = _theirs(keras, weights, options.channel, options.steps)
    goal = score(fed)
    print(f"tf-keras-vis, {options.steps} steps: {peer_seconds:8.1f} s   score {goal:8.1f}", flush=True)
    steps = recipes.recipe("crisp").steps
    for _ in range(_DOUBLINGS):
        seconds, fed = _ours(options.channel, steps)
        reached = score(fed)
        times = peer_seconds / seconds
        print(f"crisp, {steps} steps: {seconds:8.1f} s   score {reached:8.1f}   {times:.1f} times faster", flush=True)
        if reached >= goal:
            break
        steps *= 2
    return 0


def _ours(channel: int, steps: int) -> tuple[float, MapArray]:
    with engine.open_session() as session:
        for _ in session.patterns("block1_conv1", (0,), steps=1):
            pass
        begun = time.perf_counter()
        *_, last = session.patterns(LAYER, (channel,), size=SIZE, steps=steps, every=0)
        return time.perf_counter() - begun, last.input


def _theirs(keras: Any, weights: Path, channel: int, steps: int) -> tuple[float, MapArray]:
    try:
        from tf_keras_vis.activation_maximization import ActivationMaximization
        from tf_keras_vis.utils.model_modifiers import ExtractIntermediateLayer, ReplaceToLinear
        from tf_keras_vis.utils.scores import CategoricalScore
    except ImportError:
        sys.exit("tf-keras-vis is not installed; install it for this benchmark: pip install tf-keras-vis")
    model = keras.applications.VGG16(include_top=False, weights=str(weights), input_shape=(SIZE, SIZE, 3))
    climb = ActivationMaximization(
        model, model_modifier=[ExtractIntermediateLayer(index_or_name=LAYER), ReplaceToLinear()], clone=False
    )
    keras.utils.set_random_seed(0)
    begun = time.perf_counter()
    picture = climb(CategoricalScore([channel]), steps=steps)
    seconds = time.perf_counter() - begun
    return seconds, np.asarray(picture, np.float32).reshape(SIZE, SIZE, 3)


if __name__ == "__main__":
    sys.exit(main())
