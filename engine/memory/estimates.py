"""What things take of memory: the arithmetic of the whole program.

Estimates are upper bounds that `tests/engine/memory/test_estimates.py` compares with what is really taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.memory import budget
from engine.networks.description import NetworkDescription
from engine.records import EngineError, LayerInfo, LayerSelection

_FLOAT = 4
_SHOWN = 0.6
"""What the window adds to maps, as a share of them: levels in two styles, and what is painted of them."""

_SHEET_BYTES = 16
"""A pixel of a contact sheet at the worst moment: enlarged levels, colours, Pillow's copy, the result, the file."""

ANIMATION_PICTURES = 64
"""The most pictures that an animation has."""

FILM_PICTURES = 2 * ANIMATION_PICTURES
"""The most pictures of an ascent that are kept for an animation: more than are written, to choose evenly from."""

_WRITTEN_PICTURE = 10
"""Bytes a pixel of each picture while a WebP or GIF is written: Pillow's copy, and what has been encoded. 6 to 9 were
measured with 16 to 64 pictures of 512 and 1024 px."""

_LAYER_COPIES = 3.0
"""What exporting a layer takes at the worst moment, in times of its maps: scaling and NPY files need copies."""

_BACKWARD = 0.95
"""What a step of a pattern takes, in times of the maps up to its layer. With float32 and AVX-512: 0.5 to 0.8, for
canvases of 256 to 768 px; half of that with bfloat16, which not every processor has."""

_TRACES = 100 * 10**6
"""Traces of a step, of a start and of a score, and what convolutions need beside their maps."""

_PARAMETER_BYTES = 8
"""What each weight up to the layer takes beside the model's own: the backward kernels in float32 and one more format.
As a whole, with float32 and the hungriest recipe: 80 MB for block3_conv1 at 256 px, where 214 are estimated; 413 for
block4_conv3 at 512 (715), 153 for block5_conv3 at 256 (360), 486 at 512 (786), 896 at 768 (1,495)."""

_RESCUE = 2.25
"""Area of the largest canvas that a blank pattern is tried on, in times of the first; see `engine.patterns.rescue`."""


def pass_bytes(network: NetworkDescription, names: Sequence[str] | None = None, *, shown: bool = False) -> int:
    """The memory of a pass, with the maps that it leaves.

    Args:
        network: The network, at the size of the input.
        names: The layers whose maps are wanted; all when None.
        shown: Whether the maps are for the window, which makes them visible too.
    """
    maps = network.maps_bytes(names)
    largest = max(_FLOAT * math.prod(info.output_shape) for info in network.layers)
    return round(maps * (1 + _SHOWN if shown else 1)) + 2 * largest


def check_pass(network: NetworkDescription, names: Sequence[str] | None = None, *, shown: bool = False) -> None:
    """Raise an `EngineError`, with the largest size that fits, when a pass does not."""
    try:
        # The sentence has the number of this size, and what to do has to be looked for only if it does not fit.
        budget.current.check(pass_bytes(network, names, shown=shown), "", "")
    except EngineError:
        room = budget.current.limit - budget.PROGRAM_BYTES
        sizes = network.smaller_sizes()
        fits = next((size for size in sizes if pass_bytes(network.at(size), names, shown=shown) <= room), None)
        smaller = "choose fewer layers" if fits is None else f"choose an input size of {fits} px or less"
        every = names is None or len(names) == len(network.layers)
        what = "The maps of all layers" if every or names is None else f"The maps of {len(names)} layers"
        budget.current.check(pass_bytes(network, names, shown=shown), f"{what} at {network.size} px", smaller)


def pass_problem(network: NetworkDescription, *, shown: bool = False) -> str:
    """The sentence of `check_pass` for all layers, or "" when it fits."""
    try:
        check_pass(network, shown=shown)
    except EngineError as error:
        return str(error)
    return ""


def canvas_bytes(network: NetworkDescription, layer: str, side: int, together: int = 1, *, rescue: bool = False) -> int:
    """The memory of a pattern's steps: every map up to its layer, kept for the backward pass, and the traces.

    Args:
        network: The network.
        layer: The layer.
        side: Of the canvas as the network sees it, in pixels.
        together: How many are climbed at once.
        rescue: Whether a blank one may be tried again on a larger canvas; those are climbed one by one.
    """
    canvases = max(together, _RESCUE) if rescue else together
    return round(_FLOAT * _BACKWARD * _floats_a_pixel(network, layer) * side**2 * canvases) + _fixed_bytes(
        network, layer
    )


def _fixed_bytes(network: NetworkDescription, layer: str) -> int:
    """The memory of a pattern whatever its canvas."""
    weights = {info.keras_name: info.parameters for info in _up_to(network.layers, layer)}
    return _TRACES + _PARAMETER_BYTES * sum(weights.values())


def _floats_a_pixel(network: NetworkDescription, layer: str) -> float:
    floats = sum(math.prod(info.output_shape) for info in _up_to(network.layers, layer))
    return floats / (network.input.height * network.input.width)


def _up_to(infos: Sequence[LayerInfo], layer: str) -> Sequence[LayerInfo]:
    """The layers up to one of that name; all of them when there is none."""
    last = next((index for index, info in enumerate(infos) if info.name == layer), len(infos) - 1)
    return infos[: last + 1]


def check_canvas(
    network: NetworkDescription, layer: str, side: int, together: int = 1, *, rescue: bool = False
) -> None:
    """Raise an `EngineError`, with the largest side that fits, when the canvas of a pattern does not.

    The arguments are those of `canvas_bytes`.
    """
    extra = canvas_bytes(network, layer, side, together, rescue=rescue)
    fixed = _fixed_bytes(network, layer)
    room = max(0, budget.current.limit - budget.PROGRAM_BYTES - fixed)
    fits = math.isqrt(int(room * side**2 / (extra - fixed)))
    several = f"{together} patterns" if together > 1 else "Patterns"
    budget.current.check(extra, f"{several} of {layer} on a canvas of {side} px", f"choose {fits} px or less")


def check_export(selections: Sequence[LayerSelection], file_format: str, enlarge: int) -> None:
    """Raise an `EngineError` when an export of maps does not fit.

    Args:
        selections: What is exported; the maps of all of them are held while it runs.
        file_format: "png", "npy" or "sheet".
        enlarge: Pixels high and wide for each value.
    """
    extra = export_bytes(selections, file_format, enlarge)
    budget.current.check(extra, "The files of this export", "choose fewer channels or a smaller enlargement")


def export_bytes(selections: Sequence[LayerSelection], file_format: str, enlarge: int) -> float:
    """The peak memory of an export of maps, with the maps."""
    layers = [_FLOAT * math.prod(part.layer.output_shape) for part in selections]
    pixels = [
        part.layer.output_shape[0] * part.layer.output_shape[1] * (len(part.channels) if file_format == "sheet" else 1)
        for part in selections
    ]
    drawn = 0 if file_format == "npy" else max(pixels) * enlarge**2
    return sum(layers) + _LAYER_COPIES * max(layers) + _SHEET_BYTES * drawn


def check_sheet(height: int, width: int, held: int = 0) -> None:
    """Raise an `EngineError` when a contact sheet does not fit.

    Args:
        height: Of the sheet, in pixels.
        width: Of the sheet, in pixels.
        held: Bytes of what is put on it.
    """
    extra = _SHEET_BYTES * height * width + held
    budget.current.check(
        extra, f"The pixels of a sheet of {width} × {height}", "choose fewer channels or smaller pictures"
    )


def check_animation(side: int, frames: int, ascents: int = 1) -> None:
    """Raise an `EngineError` when the pictures of an animation do not fit.

    The arguments are those of `animation_bytes`.
    """
    what = f"The pictures of {side} × {side} px of an animation of {frames} steps"
    budget.current.check(animation_bytes(side, frames, ascents), what, "choose fewer steps or a smaller size")


def animation_bytes(side: int, frames: int, ascents: int = 1) -> int:
    """The peak memory of an animation, which is when it is written.

    Args:
        side: Of a picture, in pixels.
        frames: How many pictures there are; of many, only some are kept, and fewer are written.
        ascents: Of how many ascents pictures are kept at the same time; one is written.
    """
    kept = 3 * min(frames, FILM_PICTURES)
    written = _WRITTEN_PICTURE * min(frames, ANIMATION_PICTURES)
    return side**2 * (ascents * kept + written)
