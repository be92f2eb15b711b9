"""Pictures that a caller has in memory: taken where there is no doubt what they show, refused where there is."""

from __future__ import annotations

from os import PathLike
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.pixels.modes import to_rgb
from engine.records import EngineError, ImageArray

GivenPicture: TypeAlias = ImageArray | Image.Image
"""What `rgb` takes."""

_WHITE = (255, 255, 255)
_WANTED = "A picture must be a PIL image or a uint8 array of shape (h, w, 3), (h, w, 4), (h, w, 1) or (h, w)"


def rgb(picture: GivenPicture, *, plain: bool = False) -> ImageArray:
    """The pixels of a picture.

    Args:
        picture: uint8 RGB (h, w, 3), RGBA (h, w, 4), which is shown on white, or grey (h, w) or (h, w, 1). Or a PIL
            image of 8 bits a channel, which becomes what `engine.images.open_image` makes of its file: upright, on
            white.
        plain: Take a PIL image as its ``convert("RGB")`` gives it, which is what `keras.utils.load_img` does: neither
            upright nor on white.

    Returns:
        uint8 RGB (h, w, 3), for an array of that kind the array itself.

    Raises:
        EngineError: Anything else. Numbers of another kind could be of any scale, and other shapes could be anything.
    """
    if isinstance(picture, Image.Image):
        return _of_pillow(picture, plain)
    if not isinstance(picture, np.ndarray) or isinstance(picture, np.ma.MaskedArray):
        raise EngineError(f"{_WANTED}, and not {_what(picture)}.")
    shape, channels = picture.shape, picture.shape[2] if picture.ndim == 3 else 1
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or channels not in (1, 3, 4) or 0 in shape:
        nothing = ", which has no pixels" if 0 in shape else "; convert it first"
        raise EngineError(f"{_WANTED}, and not {picture.dtype} of shape {shape}{nothing}.")
    if channels == 3:
        return picture
    if channels == 4:
        return to_rgb(Image.fromarray(picture), _WHITE).pixels
    return np.repeat(picture.reshape(*shape[:2], 1), 3, axis=2)


def _of_pillow(image: Image.Image, plain: bool) -> ImageArray:
    if 0 in image.size:
        raise EngineError(f"{_WANTED}, and not a PIL image of {image.width} × {image.height}, which has no pixels.")
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        raise EngineError(
            f"{_WANTED}, and not a PIL image of mode {image.mode!r}, which has more than 8 bits; open its file with "
            "engine.images.open_image, or scale it to 8 bits first."
        )
    try:
        image.load()
        if plain:
            return np.array(image.convert("RGB"))
        return to_rgb(image, _WHITE).pixels
    except Exception as error:  # it decodes its file only now, and plugins raise whatever a damaged one leads to
        raise EngineError(
            f"The PIL image cannot be read ({' '.join(str(error).split()) or type(error).__name__}); "
            "open its file with engine.images.open_image, which says more."
        ) from error


def _what(picture: Any) -> str:
    """The kind of a thing that is no picture, as a part of a sentence."""
    if isinstance(picture, str | bytes | PathLike):
        return f"a {type(picture).__name__}; open files with engine.images.open_image"
    kind, shape = type(picture).__name__, getattr(picture, "shape", None)
    numbers: npt.DTypeLike | None = getattr(picture, "dtype", None)
    known = "" if shape is None else f" ({numbers} of shape {tuple(shape)})"
    return f"a {kind}{known}; convert it first"
