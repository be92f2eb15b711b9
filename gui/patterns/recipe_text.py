"""What is said about recipes and their parameters, for someone who meets them for the first time."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from engine.patterns.recipes import Recipe
from engine.patterns.settings import FIRST_CLASS
from gui.formatting import number

RECIPE_HELP = {
    "crisp": "Clear and colourful: climbs in waves and natural colours while the picture is moved about. The default.",
    "chollet": "As in the book: 40 steps on the pixels themselves, 150 px, shown in the book's way.",
    "fast": "The book's look in a fraction of the time: a small picture, climbed in long steps and then tiled.",
    "lucid": "As in the article on feature visualization: a large picture that is turned, scaled and jittered.",
    "dream": "Strengthens what is there already: a gentle climb on a picture of 224 px.",
}
"""One sentence about each recipe."""

BOOK = "chollet"
"""The recipe of F. Chollet, "Deep Learning with Python"."""


@dataclass(frozen=True)
class ParameterText:
    """How a parameter of a recipe is shown.

    Attributes:
        label: A word or two.
        purpose: A sentence.
        group: The heading that it stands under.
        maximum: Largest value on offer, for a number.
        step: What an arrow key adds, for a number.
        unit: What follows the number, with a space before it, or "".
        zero: What 0 stands for, where it is not a number like any other, or "".
    """

    label: str
    purpose: str
    group: str
    maximum: float = 1_000_000.0
    step: float = 1.0
    unit: str = ""
    zero: str = ""


_PICTURE = "Picture"
_CLIMB = "Climb"
_MOVES = "Moving the picture"
_NETWORK = "Network"
_BLANK = "If it stays blank"

PARAMETERS: dict[str, ParameterText] = {
    "parameter": ParameterText(
        "Made of",
        "What is changed step by step: the pixels themselves, or the waves (Fourier) they add up to",
        _PICTURE,
    ),
    "preprocessing": ParameterText(
        "Preprocessing", "From the picture to the numbers that the network is fed; photographs take its own", _PICTURE
    ),
    "canvas": ParameterText(
        "Canvas",
        "Side of the square that is climbed and then tiled; by layer, the deeper the layer the larger",
        _PICTURE,
        1024,
        8,
        " px",
        "by layer",
    ),
    "field_base": ParameterText(
        "Canvas, least", "Pixels of a canvas by layer before the receptive field is added", _PICTURE, 1024, 8, " px"
    ),
    "field_share": ParameterText(
        "Canvas, share", "Share of the receptive field that a canvas by layer has on top", _PICTURE, 10, 0.1
    ),
    "largest": ParameterText("Canvas, most", "The largest canvas by layer", _PICTURE, 1024, 8, " px"),
    "start": ParameterText(
        "Noise",
        "Contrast of the noise that the picture starts from; left alone, more for waves in block1_conv1",
        _PICTURE,
        255,
        0.01,
    ),
    "level": ParameterText("Grey level", "Mean of the pixels at the start, where pixels are climbed", _PICTURE, 255),
    "loss": ParameterText(
        "Loss",
        "What is climbed: the mean of the channel's map before ReLU, or after it, as in block1_conv1 if left alone",
        _CLIMB,
    ),
    "optimizer": ParameterText(
        "Method", "Plain gradient ascent, or Adam, which gives every number a step size of its own", _CLIMB
    ),
    "step_size": ParameterText(
        "Step size",
        "How far a step goes: too little crawls, too much flickers; left alone, three times as far for waves in the "
        "first two blocks",
        _CLIMB,
        1000,
        0.01,
    ),
    "momentum": ParameterText("Momentum", "Share of the last step that is kept, for plain ascent", _CLIMB, 0.99, 0.1),
    "anneal": ParameterText(
        "Slow down", "Share of the steps, at the end, over which they become shorter", _CLIMB, 1, 0.05
    ),
    "tolerance": ParameterText(
        "Stop early",
        "Stop when the score rises by less than this share over a quarter of the steps",
        _CLIMB,
        1,
        0.01,
        zero="never",
    ),
    "precision": ParameterText("Precision", "Number format of the network during the climb", _CLIMB),
    "decay": ParameterText(
        "Wave decay", "How much weaker fine waves are than coarse ones: 1 is that of photographs", _PICTURE, 4, 0.1
    ),
    "shift": ParameterText("Shift", "Roll the picture by a random offset each step, so that it can be tiled", _MOVES),
    "jitter": ParameterText(
        "Jitter", "Largest random move of a step; the border is cut off", _MOVES, 128, 1, " px", "none"
    ),
    "scales": ParameterText("Scales", "Factors, one of which is drawn for each step: 0.9, 1, 1.1", _MOVES),
    "rotate": ParameterText("Rotate", "Largest random turn of a step", _MOVES, 180, 1, "°", "none"),
    "pad": ParameterText("Grey border", "Grey around the picture while it is moved", _MOVES, 256, 1, " px", "none"),
    "padding": ParameterText(
        "Edges", "What is beyond the edge: nothing (zero), or the opposite side of the picture (wrap)", _NETWORK
    ),
    "pooling": ParameterText(
        "Pooling", "How the gradient goes back through max pooling: to the largest value, or spread evenly", _NETWORK
    ),
    "rescue": ParameterText("Try again", "Try in other ways when the channel does not respond at all", _BLANK),
    "seeds": ParameterText("Other seeds", "How many other seeds are tried", _BLANK, 20),
}
"""What is known about each parameter."""

CHOICE_WORDS = {
    "fourier": "waves",
    "pixels": "pixels",
    "relu": "after ReLU",
    "linear": "before ReLU",
    "ascent": "plain ascent",
    "adam": "Adam",
    "zero": "zeros",
    "wrap": "wrap around",
    "max": "to the largest",
    "average": "spread",
    "auto": "automatic",
    "own": "the network's own",
    "raw": "none",
}
"""What a value is called in a list; others go by their own name."""


def parameter_text(name: str) -> ParameterText:
    """How a parameter is shown; one that is new here goes by its own name."""
    return PARAMETERS.get(name) or ParameterText(name.replace("_", " ").capitalize(), f"The recipe's {name}", "Other")


def grouped_parameters() -> dict[str, tuple[str, ...]]:
    """The parameters that are not settings of their own, by the heading that they stand under."""
    groups: dict[str, tuple[str, ...]] = dict.fromkeys((_PICTURE, _CLIMB, _MOVES, _NETWORK, _BLANK), ())
    for field in dataclasses.fields(Recipe):
        if field.name not in (*FIRST_CLASS, "name"):
            group = parameter_text(field.name).group
            groups[group] = (*groups.get(group, ()), field.name)
    return groups


def is_used(name: str, recipe: Recipe) -> bool:
    """Whether a parameter makes a difference to a recipe as it stands."""
    used = {
        "momentum": recipe.optimizer == "ascent",
        "decay": recipe.parameter == "fourier",
        "level": recipe.parameter == "pixels",
        "field_base": not recipe.canvas,
        "field_share": not recipe.canvas,
        "largest": not recipe.canvas,
        "seeds": recipe.rescue,
    }
    return used.get(name, True)


def value_text(name: str, value: object) -> str:
    """A value of a parameter as a person says it: ``0.05``, ``waves``, ``none``, ``12 px``."""
    text = parameter_text(name)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(number(one) for one in value) or "none"
    if isinstance(value, int | float):
        return text.zero if text.zero and value == 0 else number(value) + text.unit
    return CHOICE_WORDS.get(str(value), str(value))
