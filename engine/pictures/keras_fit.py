"""The ``keras`` fit of a file: what ``keras.utils.load_img(path, target_size=…)`` gives, byte for byte.

Keras has Pillow open the file, convert it to RGB and take the nearest pixel. So it turns nothing upright, drops alpha
without a ground, clips or cuts what has more than 8 bits, and leaves profiles alone. Where that is not what is shown of
a picture, the picture keeps its file's bytes, and this fit begins from them again.
"""

from __future__ import annotations

from PIL import Image

from engine.files.regular_file import shown
from engine.formats.names import formats
from engine.pictures import decoding
from engine.pictures.fitting import FitGeometry, fit_geometry, fit_image, fit_keras
from engine.pixels.modes import turn
from engine.records import EngineError, Fit, ImageArray, Picture


def fit_picture(picture: Picture, fit: Fit, size: int) -> ImageArray:
    """A square version of a picture: `engine.pictures.fitting.fit_image`, but ``keras`` is made of its file.

    Args:
        picture: The picture. Of a later frame or page, ``keras`` gives what it would if that were the first.
        fit: As for `engine.pictures.fitting.fit_image`.
        size: Side of the result, in pixels.

    Returns:
        uint8 RGB (size, size, 3), C-contiguous and read-only.

    Raises:
        EngineError: There is no such fit, or Keras could not load the file, or only in a size that is not opened here.
    """
    if fit != "keras" or picture.stored is None:
        return fit_image(picture.pixels, fit, size)
    return _as_loaded(picture.stored, shown(picture.name), picture.frame, size)


def picture_geometry(picture: Picture, fit: Fit, size: int) -> FitGeometry:
    """Where `fit_picture` takes each pixel from, in the upright picture.

    The arguments are those of `fit_picture`.

    Raises:
        EngineError: There is no such fit.
    """
    upright = fit_geometry(picture.pixels.shape, fit, size)
    if fit != "keras":
        return upright
    height, width = picture.pixels.shape[:2]
    flip_rows, flip_columns, turned = turn(picture.orientation)
    return FitGeometry(
        scale_x=-upright.scale_x if flip_columns else upright.scale_x,
        scale_y=-upright.scale_y if flip_rows else upright.scale_y,
        offset_x=float(width) if flip_columns else 0.0,
        offset_y=float(height) if flip_rows else 0.0,
        turned=turned,
    )


def _as_loaded(data: bytes, name: str, frame: int, size: int) -> ImageArray:
    """Pillow's picture converted to RGB and made square by Pillow alone."""
    with decoding.watched(data, name) as file:
        try:
            with Image.open(file, formats=formats()) as image:
                _check_size(image, data, name)
                if frame:
                    image.seek(frame)
                    _check_size(image, data, name)
                image.load()
                return fit_keras(image if image.mode == "RGB" else image.convert("RGB"), size)
        except (EngineError, MemoryError):
            raise
        except Exception as error:
            if file.stopped:
                raise
            raise EngineError(f"Keras cannot load {name} (it has Pillow open it); choose another fit.") from error


def _check_size(image: Image.Image, data: bytes, name: str) -> None:
    from engine.pixels import limits as picture_limits  # brings in the JPEG plugins, which only opening a picture needs

    decoding.check_codecs(image, name)
    if picture_limits.fit_into_memory(image, data, name):
        raise EngineError(f"Keras would load {name} in full, which is larger than is opened here; choose another fit.")
