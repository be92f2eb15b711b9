"""Fits a picture to the network's square input.

Where a value of a feature map lies in the picture is said by `FitGeometry`, so that a viewer need not know how the
fit was made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.records import FITS, EngineError, Fit, ImageArray

PADDING = (124, 117, 104)
"""The mean colour as RGB, rounded: after preprocessing, padding is 0 to within half a level."""

_REDUCING_GAP = 3.0  # Pillow's own advice: close to full quality, and several times faster on large pictures


@dataclass(frozen=True)
class FitGeometry:
    """Where the pixels of the network's input lie in the picture.

    Both are in continuous coordinates: pixel i covers i … i + 1, so its centre is i + 0.5. With the ``pad`` fit, points
    in the padding map to points outside the picture.

    Attributes:
        scale_x: Picture pixels per input pixel, across the picture; less than 0 when the input is mirrored.
        scale_y: The same, down.
        offset_x: The picture's x at the input's left edge, in picture pixels.
        offset_y: The picture's y at the input's upper edge, in picture pixels.
        turned: Whether the input's rows are the picture's columns; its edges change places then.
    """

    scale_x: float
    scale_y: float
    offset_x: float
    offset_y: float
    turned: bool = False

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """The point of the picture that a point of the network's input shows."""
        across, down = (y, x) if self.turned else (x, y)
        return self.offset_x + across * self.scale_x, self.offset_y + down * self.scale_y


def fit_image(pixels: ImageArray, fit: Fit, size: int) -> ImageArray:
    """A square version of a picture.

    Args:
        pixels: uint8 RGB (height, width, 3).
        fit: ``crop`` takes the largest centred square and ``stretch`` the whole picture, both antialiased; ``pad``
            shows the whole picture in proportion, centred on ImageNet's mean colour; ``keras`` stretches to the nearest
            pixel, as ``keras.utils.load_img(target_size=…)`` does (`engine.pictures.keras_fit`).
        size: Side of the result, in pixels.

    Returns:
        uint8 RGB (size, size, 3), C-contiguous and read-only.

    Raises:
        EngineError: There is no such fit.
    """
    height, width = pixels.shape[:2]
    if fit == "keras":
        return fit_keras(Image.fromarray(pixels), size)
    if fit == "stretch":
        return _resized(pixels, size, size)
    if fit == "crop":
        left, top, side = _square(height, width)
        return _resized(pixels[top : top + side, left : left + side], size, size)
    left, top, across, down = _padded(height, width, size, fit)
    canvas = np.empty((size, size, 3), np.uint8)
    canvas[:] = PADDING
    canvas[top : top + down, left : left + across] = _resized(pixels, across, down)
    canvas.flags.writeable = False
    return canvas


def fit_keras(image: Image.Image, size: int) -> ImageArray:
    """The nearest pixels of an image in RGB: uint8 (size, size, 3), C-contiguous and read-only."""
    return _frozen(image.resize((size, size), Image.Resampling.NEAREST))


def fit_geometry(shape: tuple[int, ...], fit: Fit, size: int) -> FitGeometry:
    """Where `fit_image` takes each pixel from.

    Args:
        shape: The picture's shape: height, width and whatever follows.
        fit: As for `fit_image`.
        size: Side of the network's input, in pixels.

    Raises:
        EngineError: There is no such fit.
    """
    height, width = shape[:2]
    if fit in ("keras", "stretch"):
        return FitGeometry(width / size, height / size, 0.0, 0.0)
    if fit == "crop":
        left, top, side = _square(height, width)
        return FitGeometry(side / size, side / size, float(left), float(top))
    left, top, across, down = _padded(height, width, size, fit)
    scale_x, scale_y = width / across, height / down
    return FitGeometry(scale_x, scale_y, -left * scale_x, -top * scale_y)


def _square(height: int, width: int) -> tuple[int, int, int]:
    """Left, top and side of the largest centred square."""
    side = min(height, width)
    return (width - side) // 2, (height - side) // 2, side


def _padded(height: int, width: int, size: int, fit: str) -> tuple[int, int, int, int]:
    """Left, top, width and height of the whole picture in a square of that size."""
    if fit != "pad":
        raise EngineError(f"A picture is made square by one of {', '.join(FITS)}. Received: {fit!r}.")
    longest = max(height, width)
    across, down = max(1, round(width * size / longest)), max(1, round(height * size / longest))
    return (size - across) // 2, (size - down) // 2, across, down


def _resized(pixels: ImageArray, width: int, height: int) -> ImageArray:
    image = Image.fromarray(pixels)
    return _frozen(image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=_REDUCING_GAP))


def _frozen(image: Image.Image) -> ImageArray:
    pixels = np.array(image)
    pixels.flags.writeable = False
    return pixels
