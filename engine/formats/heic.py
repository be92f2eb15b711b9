"""HEIC photographs, as telephones write them, with pillow-heif (libheif).

Pillow itself is told nothing: its plugin is used directly, so that a program that uses the engine has Pillow as it was.
libheif reads the headers first and decodes when pixels are asked for, on threads of its own, which no limit of time
reaches. So what decoding will take is reckoned from the boxes before it begins (`engine.formats.heif_boxes`).
"""

from __future__ import annotations

import io

from PIL import Image

from engine.formats import heif_boxes
from engine.records import EngineError

EXTENSIONS = (".heic", ".heif", ".hif")
MIME_TYPES = ("image/heic", "image/heif")
FORMAT = "HEIF"

MAX_FILE_BYTES = 64 * 2**20
"""The largest HEIC file. Decoding takes time by the byte as well; a photograph of 48 megapixels has 5 to 15 MB."""

MAX_DECODED_PIXELS = 200_000_000
"""The most pixels of all parts of a picture together: tiles, which may be used again and again, and transparency."""

_KIND = "a HEIC photograph"


def opened(file: io.BytesIO, data: bytes, name: str) -> Image.Image:
    """A HEIC photograph, not decoded yet, at its primary picture.

    Args:
        file: Its bytes, to be read.
        data: The same.
        name: What to call it in a sentence.

    Raises:
        EngineError: It cannot be decoded, or would take too much.
    """
    if len(data) > MAX_FILE_BYTES:
        raise EngineError(
            f"{name} is {_KIND} of more than {MAX_FILE_BYTES // 2**20} MB, the most that is opened; make it smaller."
        )
    if heif_boxes.decoded_pixels(data) > MAX_DECODED_PIXELS:
        raise EngineError(f"{name} is {_KIND} put together of too many parts; {_ELSEWHERE}.")
    try:
        from pillow_heif.as_plugin import HeifImageFile
    except ImportError as error:
        raise EngineError(f"{name} is {_KIND}, for which pillow-heif is missing; {_ELSEWHERE}.") from error
    try:
        image: Image.Image = HeifImageFile(file, "")  # type: ignore[no-untyped-call]
    except MemoryError:
        raise
    except Exception as error:  # libheif raises whatever a damaged header leads to
        raise EngineError(_undecodable(name)) from error
    return image


def go_to(image: Image.Image, frame: int) -> None:
    """Go to one of the pictures of a collection; 0 is the primary one, then come the others in the file's order."""
    primary = image.tell()
    others = [place for place in range(getattr(image, "n_frames", 1)) if place != primary]
    image.seek([primary, *others][frame])


def load(image: Image.Image, name: str) -> str:
    """Decode what was opened, turned upright by libheif as its own properties say.

    Returns:
        What was done that a person might want to know, or "".

    Raises:
        EngineError: It cannot be decoded.
    """
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:
        raise EngineError(_undecodable(name)) from error
    depth = image.info.get("bit_depth", 8)
    return f"{depth}-bit values shown with 8 bits" if isinstance(depth, int) and depth > 8 else ""


_ELSEWHERE = "open it elsewhere and save it as PNG or JPEG"


def _undecodable(name: str) -> str:
    return f"{name} is {_KIND} that is damaged or of an unusual kind; {_ELSEWHERE}."
