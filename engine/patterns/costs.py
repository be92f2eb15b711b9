"""What patterns cost: of use to compare layers before any has been timed. Readable without TensorFlow."""

from __future__ import annotations

from engine.networks.description import NetworkDescription
from engine.patterns.recipes import DEFAULT, RECIPES
from engine.patterns.settle import canvas_side

_BESIDES = 0.05
"""Seconds that a pattern takes besides the network's passes."""

_SECONDS = 1e-9
"""So many more for each multiply-add of one pass, with the steps of the usual recipe.

Two cores took 0.1 s for a pattern of VGG16's block 1, 0.3, 0.7 and 2 s in the next ones and 5 s in block 5.
"""


def seconds(network: NetworkDescription, layer: str) -> float:
    """What a pattern of a layer with the usual recipe takes on a usual machine.

    Raises:
        EngineError: There is no such layer.
    """
    info = network.layer(layer)
    side = canvas_side(RECIPES[DEFAULT], info.stride, info.receptive_field)
    return _BESIDES + _SECONDS * side**2 * network.multiply_adds[layer]
