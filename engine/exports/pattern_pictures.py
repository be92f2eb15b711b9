"""Patterns as pictures for people: a contact sheet of a layer, and an animation of an ascent."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from engine.exports.encoding import check_pixels
from engine.exports.sheet_layout import BACKGROUND, arranged, draw_header, draw_label, number_text
from engine.memory import estimates
from engine.networks.description import NetworkDescription
from engine.patterns.records import Frame
from engine.patterns.requests import ANIMATIONS, PatternFormat, PatternRequest
from engine.patterns.settle import picture_side
from engine.records import EngineError, ImageArray

FRAME_MILLISECONDS = 80
"""How long each picture of an animation is shown."""

LAST_MILLISECONDS = 1600
"""How long the finished pattern is shown before the animation begins again."""

MAXIMUM_FRAMES = estimates.ANIMATION_PICTURES
"""The most pictures that an animation has."""

_QUALITY = 90


def contact_sheet(frames: Sequence[Frame], every: int) -> ImageArray:
    """Patterns of one layer side by side, each with its channel and score; uint8 RGB (height, width, 3).

    A pattern that is weak or stuck has that word instead of its score.

    Args:
        frames: One a pattern, all of one layer.
        every: How many channels the layer has.

    Raises:
        EngineError: They are of different sizes, or the sheet would be too large.
    """
    first = frames[0]
    height, width = first.image.shape[:2]
    if any(frame.image.shape != first.image.shape for frame in frames):
        raise EngineError("A sheet needs patterns of one size; choose patterns that were made with the same settings.")
    layout = arranged(len(frames), height, width, shared=False)
    check_sheet(len(frames), height)
    sheet = np.empty((layout.height, layout.width, 3), np.uint8)
    sheet[:] = BACKGROUND
    for index, frame in enumerate(frames):
        x, y = layout.tile(index)
        sheet[y : y + height, x : x + width] = frame.image
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    draw_header(draw, layout.width, first.layer, _facts(frames, every), _origin(frames))
    if layout.labelled:
        for index, frame in enumerate(frames):
            draw_label(draw, layout, index, _name(frame), _result(frame))
    return np.array(image)


def check_sheet(count: int, side: int, held: int = 0) -> None:
    """Raise an `EngineError` when a sheet of so many patterns would be too large for other programs, or for memory.

    Args:
        count: How many patterns, whose pictures are held until the sheet is drawn.
        side: Of a picture, in pixels.
        held: Bytes that are held besides.
    """
    layout = arranged(count, side, side, shared=False)
    check_pixels(layout.height, layout.width)
    estimates.check_sheet(layout.height, layout.width, pictures_bytes(count, side) + held)


def check_planned(network: NetworkDescription, requests: Sequence[PatternRequest], file_format: PatternFormat) -> None:
    """Raise an `EngineError` for sheets and animations that will not fit, before a pattern is formed for them.

    Args:
        network: What they are patterns of.
        requests: The patterns, of any layers.
        file_format: What they are for.
    """
    if file_format not in ("sheet", *ANIMATIONS):
        return
    counts = Counter(request.layer for request in requests)
    variants = Counter((request.layer, request.objective) for request in requests)
    for request in requests:
        side = picture_side(network, request.layer, request.recipe)
        if file_format == "sheet":
            check_sheet(counts[request.layer], side)
        else:
            # Several of one objective are climbed together, and of each the best attempt is kept beside the next one.
            ascents = variants[request.layer, request.objective] * (2 if request.recipe.rescue else 1)
            estimates.check_animation(side, request.recipe.steps + sum(request.more), ascents)


def pictures_bytes(count: int, side: int) -> int:
    """Memory of so many square pictures, uint8 RGB."""
    return 3 * count * side**2


def animation(images: Sequence[ImageArray], file_format: str) -> bytes:
    """A looping animation that rests on its last picture.

    Args:
        images: uint8 RGB (height, width, 3), all of one size; of many, some are left out evenly.
        file_format: "webp" or "gif".
    """
    chosen = np.unique(np.linspace(0, len(images) - 1, min(len(images), MAXIMUM_FRAMES)).round().astype(int))
    pictures = [Image.fromarray(images[index]) for index in chosen]
    durations = [FRAME_MILLISECONDS] * (len(pictures) - 1) + [LAST_MILLISECONDS]
    options = {"quality": _QUALITY, "method": 4} if file_format == "webp" else {}
    stream = io.BytesIO()
    pictures[0].save(
        stream,
        file_format.upper(),
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=0,
        **options,
    )
    return stream.getvalue()


def _facts(frames: Sequence[Frame], every: int) -> str:
    height, width = frames[0].image.shape[:2]
    count = f"{every}" if len(frames) == every else f"{len(frames)} of {every}"
    return f"patterns · {count} channels · {width} x {height}"


def _origin(frames: Sequence[Frame]) -> str:
    first = frames[0]
    words = {"weak": "weak", "stuck": "stuck"}
    lost = [f"{sum(frame.outcome == name for frame in frames)} {words[name]}" for name in words]
    lost = [text for text in lost if not text.startswith("0 ")]
    return " · ".join([f"{first.recipe.name}, {first.steps} steps, seed {first.seed}", "mean activation", *lost])


def _name(frame: Frame) -> str:
    name = "all" if frame.channel < 0 else str(frame.channel)
    return f"{name}.{frame.variant}" if frame.variant else name


def _result(frame: Frame) -> str:
    return number_text(frame.score) if frame.outcome == "rendered" else frame.outcome
