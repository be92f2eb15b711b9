"""Opening pictures, and making them what the network takes.

`open_picture` turns any file that Pillow or this program reads into uint8 RGB or raises an `EngineError` with one
sentence; it never lets a warning, another exception or a line on stderr through, and no file makes it take more than
1 GB or 5 s. Its parts: `engine.pictures.file_bytes` has the bytes, `engine.pictures.decoding` and
`engine.pixels.limits` watch over Pillow, `engine.formats.own_decoders` reads what Pillow reads wrongly,
`engine.pictures.levels` fits deep pictures into 8 bits, `engine.pixels.modes` converts every mode,
`engine.pictures.fitting` makes squares and the network's input.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from engine.files.regular_file import shown
from engine.formats.names import extensions, mime_types
from engine.pictures.decoding import decoded
from engine.pictures.file_bytes import check_length, read_bytes
from engine.pictures.fitting import FitGeometry, fit_geometry, fit_image
from engine.pictures.keras_fit import fit_picture, picture_geometry
from engine.pictures.levels import check_levels
from engine.pixels.modes import Colour, to_rgb
from engine.records import ImageArray, Picture

__all__ = [
    "FitGeometry",
    "fit_geometry",
    "fit_image",
    "fit_picture",
    "open_image",
    "open_picture",
    "picture_geometry",
    "supported_extensions",
    "supported_mime_types",
]

WHITE: Colour = (255, 255, 255)
"""What shows through transparent parts unless another colour is given."""

_NAMELESS = "the picture"


def open_image(source: str | Path | bytes, *, frame: int = 0, background: Colour = WHITE) -> ImageArray:
    """The pixels of a picture; `open_picture` gives more.

    Args:
        source: A path, or the bytes of a picture's file.
        frame: Which frame of an animation or page of a document, from 0.
        background: RGB that shows through transparent parts.

    Returns:
        uint8 RGB (height, width, 3), upright, C-contiguous and read-only.

    Raises:
        EngineError: One sentence that says why it cannot be opened.
    """
    return open_picture(source, frame=frame, background=background).pixels


def open_picture(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    path: str | None = None,
    frame: int = 0,
    background: Colour = WHITE,
    levels: tuple[float, float] | None = None,
) -> Picture:
    """A picture, with where it came from and what was done to it.

    Args:
        source: A path, or the bytes of a picture's file.
        name: What a person calls it; the file's name when None.
        path: Where bytes were read from; that of the source when this is a path. The picture has it absolute.
        frame: Which frame of an animation or page of a document, from 0.
        background: RGB that shows through transparent parts.
        levels: The values of a picture of more than 8 bits that become black and white, in the file's own units and for
            all channels alike; those that suit it (`engine.pictures.levels`) when None. Ignored for pictures of 8 bits.

    Raises:
        EngineError: One sentence that says why it cannot be opened, or what is wrong with the levels.
    """
    check_levels(levels)
    path = path if isinstance(source, bytes) else str(source)
    name = name or (Path(path).name if path is not None else _NAMELESS)
    data = _bytes_of(source, name)
    if path is not None:
        path = os.path.abspath(path)  # noqa: PTH100  # Path.resolve follows links, and people know a file by its link
    with decoded(data, name, frame, levels) as picture:
        converted = to_rgb(picture.image, background, data)
    return Picture(
        name=name,
        pixels=converted.pixels,
        sha256=hashlib.sha256(data).hexdigest(),
        path=path,
        frame=frame,
        frames=picture.frames,
        note="; ".join((*picture.notes, *converted.notes)),
        levels=picture.levels,
        stored=None if picture.plain and converted.plain else data,
        orientation=converted.orientation,
    )


def supported_extensions() -> tuple[str, ...]:
    """The file name extensions, such as ".png", of the formats that are opened; sorted, for a file dialog."""
    return extensions()


def supported_mime_types() -> tuple[str, ...]:
    """The MIME types, such as "image/png", of the formats that are opened; sorted."""
    return mime_types()


def _bytes_of(source: str | Path | bytes, name: str) -> bytes:
    if not isinstance(source, bytes):
        return read_bytes(Path(source))
    check_length(source, shown(name))
    return source
