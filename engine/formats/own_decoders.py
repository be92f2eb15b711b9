"""Files that this program reads itself, or looks into before Pillow does: TIFF, FITS, PSD and deep PNM."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engine.formats import fits, pnm, psd, tiff, tiff_header, tiff_kinds
from engine.formats.frames import check_frame
from engine.formats.timed_bytes import TimedBytes
from engine.pixels.raster import Raster


@dataclass(frozen=True, eq=False)
class Found:
    """A frame of a picture, decoded or at hand.

    Attributes:
        frames: How many frames or pages the file has.
        raster: The frame, if it was decoded.
        file: If not, what Pillow is to decode: the frame is the first picture in it.
    """

    frames: int
    raster: Raster | None = None
    file: TimedBytes | None = None


def read(file: TimedBytes, name: str, frame: int) -> Found | None:
    """Decode a frame of a file of one of these kinds.

    Args:
        file: The bytes of the file.
        name: Its name, as it stands in a sentence.
        frame: Which frame or page, from 0.

    Returns:
        The frame, or None for files of other kinds, and for TIFF of which no directory can be read.

    Raises:
        EngineError: It is not shown, for one of its properties or its size, or has no such frame.
        Exception: Whatever damaged files lead to.
    """
    data = file.getvalue()
    if tiff_header.is_tiff(data):
        return _tiff(file, data, name, frame)
    if fits.is_fits(data):
        planes = fits.planes(data, name)
        check_frame(frame, len(planes), name)
        return Found(len(planes), fits.read(data, planes[frame], name))
    if psd.is_psd(data):
        check_frame(frame, 1, name)  # the picture is all layers together
        return Found(1, psd.read(file, name))
    if pnm.is_deep(data):
        check_frame(frame, 1, name)
        return Found(1, pnm.read(data, name))
    return None


def _tiff(file: TimedBytes, data: bytes, name: str, frame: int) -> Found | None:
    header = tiff_header.read_header(data)
    if not header.chain:
        return None
    tiff_kinds.check_camera(header, data, name)
    pages, stacked = header.pages, tiff.stack_frames(header, data)
    frames = max(stacked, len(pages))
    check_frame(frame, frames, name)
    page = pages[0 if stacked > 1 else frame]
    if not tiff_kinds.is_for_pillow(header, page) or (stacked > 1 and frame):
        return Found(frames, tiff.read_page(file, page, name, tiff.shifted(page, frame if stacked > 1 else 0)))
    if page.offset == header.chain[0].offset:
        return Found(frames, file=file)
    # Pillow opens what is first, before it goes to another page: so this one is made the first.
    start, letter = (8, "Q") if header.big else (4, "I")
    file.seek(start)
    file.write(struct.pack(header.order + letter, page.offset))
    file.seek(0)
    return Found(frames, file=file)
