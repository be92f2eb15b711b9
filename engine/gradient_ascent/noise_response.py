"""The response to noise: what a pattern has to beat to count as rendered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from engine.gradient_ascent.gradients import PatternNetwork
from engine.gradient_ascent.parameters import Parameter
from engine.gradient_ascent.step import score
from engine.networks.preprocessing import CAFFE
from engine.patterns.recipes import RECIPES

_SIDE = 128
_CONTRAST = 20
"""Times the contrast that an ascent starts with: about that of a photograph."""

_SEED = 1
_LEAST_SHARE = 0.1


def response(network: PatternNetwork, layer: str) -> npt.NDArray[np.float32]:
    """The response of each channel of a layer to coloured noise with a photograph's spectrum and contrast.

    A channel that is silent on noise is given a tenth of the layer's mean, so that any trace of a response is not
    taken for a pattern.

    Args:
        network: The network.
        layer: Name of a convolution.

    Returns:
        Mean over the map after ReLU, float32 (channels,).
    """
    if layer not in network.responses:
        everything = tf.range(network.channels(layer))
        means = score(network, layer, tf.constant(_noise()), everything).numpy()[0]
        network.responses[layer] = np.maximum(means, _LEAST_SHARE * means.mean())
    return network.responses[layer]


def _noise() -> npt.NDArray[np.float32]:
    parameter = Parameter(RECIPES["crisp"], _SIDE)
    inputs = parameter.inputs(tf.constant(_CONTRAST * parameter.start(_SEED))).numpy()
    return CAFFE.to_network(CAFFE.pixels(inputs))
