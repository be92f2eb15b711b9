"""What is said about a layer: short in the columns of the tree, in full in tooltips and to screen readers."""

from __future__ import annotations

from engine.records import Kind, LayerInfo

COLUMNS = ("Layer", "Map", "Sees", "Parameters")
"""Titles of the tree's columns, the most important first: the last ones are left out when there is no room."""

COLUMN_HELP = (
    "The layers in the order in which the picture passes through them.",
    "Height and width of each map, and how many maps (channels) there are.",
    "The receptive field: how large a square of the input one value of the map depends on.",
    "How many numbers the layer learned in training.",
)

KIND_TEXT: dict[Kind, str] = {
    "convolution": "Conv 3×3 + ReLU",
    "linear": "Conv 3×3, before ReLU",
    "pooling": "Max pool 2×2",
}
"""What each kind of layer is in VGG16, where every convolution is 3×3 and every pooling 2×2."""

_SUFFIX: dict[Kind, str] = {"convolution": "+ ReLU", "linear": "", "pooling": "max 2×2"}

_MEANING: dict[Kind, str] = {
    "convolution": "The activation: what the convolution gives, with everything below zero set to 0 (ReLU).",
    "linear": "The convolution itself, before ReLU sets everything below zero to 0.",
    "pooling": "The largest of every 2 × 2 values: half the height and width, the same channels.",
}

_PHRASES: dict[Kind, tuple[str, ...]] = {
    "convolution": ("convolution", "activation", "relu", "3x3"),
    "linear": ("linear", "convolution", "before relu", "3x3"),
    "pooling": ("pooling", "maxpool", "max pool", "2x2"),
}


def label(layer: LayerInfo) -> str:
    """The name below its block: ``conv1``, ``before ReLU``, ``pool``."""
    if layer.kind == "linear":
        return "before ReLU"
    return layer.name.removeprefix(f"{layer.block}_")


def suffix(layer: LayerInfo) -> str:
    """What follows the label, quietly."""
    return _SUFFIX[layer.kind]


def columns(layer: LayerInfo) -> tuple[str, ...]:
    """The text of each of `COLUMNS`."""
    parameters = f"{layer.parameters:,}" if layer.parameters else "–"
    return label(layer), shape(layer), f"{layer.receptive_field} px", parameters


def shape(layer: LayerInfo) -> str:
    """Size and number of the maps: ``56² × 256``."""
    height, width, channels = layer.output_shape
    return f"{height}² × {channels}" if height == width else f"{height} × {width} × {channels}"


def sentence(layer: LayerInfo) -> str:
    """A row in one sentence, for screen readers."""
    height, width, channels = layer.output_shape
    return (
        f"{layer.name}: {KIND_TEXT[layer.kind]}, {channels} channels of {height} by {width}, "
        f"sees {layer.receptive_field} pixels, {_parameters(layer)}"
    )


def tooltip(layer: LayerInfo) -> str:
    """Everything about a layer, for someone who meets these words for the first time."""
    height, width, channels = layer.output_shape
    field = layer.receptive_field
    stride = "every input pixel" if layer.stride == 1 else f"every {layer.stride} input pixels"
    return "\n".join(
        (
            f"{layer.name}: {KIND_TEXT[layer.kind]}",
            _MEANING[layer.kind],
            f"{channels} channels, each a map of {height} × {width} values, one for {stride} (the stride).",
            f"Each value depends on {field} × {field} pixels of the input: its receptive field, what it sees.",
            f"{_parameters(layer).capitalize()}.",
        )
    )


def matches(layer: LayerInfo, query: str) -> bool:
    """Whether a layer is one that a person looks for.

    Args:
        layer: The layer.
        query: Words in any order, each the beginning of a name, a block, a kind, a shape or a number of channels.
    """
    phrases = _phrases(layer)
    query = " ".join(query.lower().replace("×", "x").split())
    found = [any(phrase.startswith(word) for phrase in phrases) for word in query.split()]
    return all(found) or any(phrase.startswith(query) for phrase in phrases)


def _phrases(layer: LayerInfo) -> tuple[str, ...]:
    height, width, channels = layer.output_shape
    numbers = (f"{height}x{width}x{channels}", f"{height}²", f"{channels}", f"{channels} channels")
    return (layer.name, layer.block, label(layer).lower(), *_PHRASES[layer.kind], *numbers)


def _parameters(layer: LayerInfo) -> str:
    return f"{layer.parameters:,} trained parameters" if layer.parameters else "nothing to train"
