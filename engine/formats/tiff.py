"""Pages of TIFF files that Pillow does not decode, or decodes wrongly: through tifffile and imagecodecs."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.formats import tiff_colour, tiff_kinds
from engine.formats import tiff_header as tags
from engine.formats.tiff_header import Directory, Header
from engine.formats.tiff_kinds import Kind
from engine.formats.timed_bytes import TimedBytes
from engine.pixels.limits import codestream_sizes
from engine.pixels.raster import Raster, Samples, unmultiply
from engine.records import EngineError

if TYPE_CHECKING:
    import tifffile

_IMAGEJ_IMAGES = re.compile(rb"^images=(\d{1,9})\s*$", re.MULTILINE)
_JPEG_SIZE = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..[\x02-\x10](..)(..)", re.DOTALL)
_RESERVE = 64  # more pixels than its strip or tile that a compressed picture inside may have at each side


def stack_frames(header: Header, data: bytes) -> int:
    """How many pictures follow the only directory of one of ImageJ's stacks, which it does not give directories; or 1.

    Args:
        header: The file's directories.
        data: The bytes of the file.
    """
    page = header.chain[0]
    text = page.content(tags.DESCRIPTION)
    found = _IMAGEJ_IMAGES.search(text)
    if len(header.chain) != 1 or not text.startswith(b"ImageJ=") or not found:
        return 1
    if page.number(tags.COMPRESSION, 1) != tiff_kinds.NO_COMPRESSION or tags.TILES in page.tags:
        return 1
    room = len(data) - page.number(tags.STRIPS)
    return max(1, min(int(found[1]), room // max(1, _plain_bytes(page))))


def _plain_bytes(page: Directory) -> int:
    bits = page.number(tags.BITS, 1) * page.number(tags.CHANNELS, 1)
    return page.size[0] * page.size[1] * bits // 8


def shifted(page: Directory, frame: int) -> int:
    """How many bytes after the first picture of one of ImageJ's stacks another one begins."""
    return frame * _plain_bytes(page)


def read_page(file: TimedBytes, page: Directory, name: str, shift: int = 0) -> Raster:
    """Decode a page.

    Args:
        file: The bytes of the file.
        page: Its directory.
        name: The file's name, as it stands in a sentence.
        shift: Where its pixels are, in bytes after those that the directory names; see `shifted`.

    Raises:
        EngineError: It is not shown, because of what it is or because it is too large.
        Exception: Whatever damaged pages lead to.
    """
    kind = tiff_kinds.kind_of(page, name)
    samples = _decode(file, page, kind, shift)
    if kind.bits == 24 and kind.letter == "u" and file.getvalue()[:2] == b"II":
        samples = _reversed_24(samples)
    colours, notes = samples[..., : len(kind.colours)], [kind.note]
    alpha = None if kind.alpha is None else samples[..., -1]
    opaque = 1.0 if kind.letter == "f" else 2.0 ** (kind.bits - (kind.letter == "i")) - 1
    if alpha is not None and kind.associated:
        if not colours.flags.writeable:  # a part of the file's bytes
            colours = colours.copy()
        unmultiply(colours, alpha, opaque)
    bits, profile = kind.bits, page.content(tags.PROFILE) or None
    if kind.photometric in (tiff_kinds.CIELAB, tiff_kinds.ICCLAB, tiff_kinds.YCBCR, tiff_kinds.PALETTE):
        colours, bits, note = _to_rgb(page, kind, colours)
        notes.append(note)
        profile = None if note else profile
    return Raster(
        samples=colours,
        bits=bits,
        alpha=alpha,
        opaque=opaque,
        white_is_zero=kind.photometric == tiff_kinds.WHITE_IS_ZERO,
        nodata=_nodata(page, colours),
        orientation=page.number(tags.ORIENTATION, 1),
        icc_profile=profile,
        notes=tuple(filter(None, notes)),
    )


def _to_rgb(page: Directory, kind: Kind, colours: Samples) -> tuple[Samples, int, str]:
    """Colours as RGB, the bits they have then, and what was done."""
    if kind.photometric == tiff_kinds.PALETTE:
        return tiff_colour.from_palette(colours[..., 0], page.numbers(tags.PALETTE), kind.bits), 8, ""
    if kind.photometric == tiff_kinds.YCBCR:
        if kind.compression in tiff_kinds.JPEG:  # its decoder has done it
            return colours, kind.bits, ""
        rgb = tiff_colour.from_ycbcr(colours, kind.bits, page.numbers(tags.COEFFICIENTS))
        return _as_deep(rgb, kind.bits), max(8, min(16, kind.bits)), "YCbCr converted to RGB"
    signed = kind.photometric == tiff_kinds.CIELAB
    if kind.letter == "i":  # the same bytes, and L* has no negative values
        colours = colours.view(colours.dtype.str.replace("i", "u"))
    rgb = tiff_colour.from_lab(colours, kind.bits, is_signed=signed)
    return _as_deep(rgb, kind.bits), 8 if kind.bits <= 8 else 16, "LAB converted to sRGB"


def _as_deep(rgb: Samples, bits: int) -> Samples:
    """16-bit values, rounded to 8 bits when the file has no more."""
    return rgb if bits > 8 else np.rint(rgb / 257).astype(np.uint8)


def _nodata(page: Directory, samples: Samples) -> float | None:
    """The value that GDAL marks as not measured, if samples can have it; else None."""
    text = page.content(tags.NODATA).split(b"\0")[0].strip().replace(b",", b".")
    try:
        value = float(text)
    except ValueError:
        return None
    if samples.dtype.kind == "f":
        return value
    if samples.dtype.kind not in "iu" or not value.is_integer():
        return None
    limits = np.iinfo(samples.dtype)
    return value if limits.min <= value <= limits.max else None


def _reversed_24(samples: Samples) -> Samples:
    """Integers of 24 bits, which imagecodecs takes for big-endian, from a little-endian file."""
    return ((samples & 0xFF) << 16) | (samples & 0xFF00) | (samples >> 16)


def _decode(file: TimedBytes, page: Directory, kind: Kind, shift: int) -> Samples:
    """The picked channels of a page, (height, width, channels), in native byte order."""
    import tifffile  # takes a tenth of a second, and most pictures do without it

    with tifffile.TiffFile(file) as document:
        document.filehandle.seek(page.offset)
        opened = tifffile.TiffPage(document, index=0 if page.offset == document.pages.first.offset else 1)
        width, height = kind.size
        if opened.dtype is None or opened.shaped[1:4] != (1, height, width):
            raise ValueError(opened.shaped)
        result = None
        for planes, rows, columns, values in _segments(file, opened, kind, shift):
            if result is None:
                dtype = values.dtype if values.dtype.kind != "b" else np.dtype(np.uint8)
                if values.shape == (height, width, len(kind.picked)):  # all in one piece
                    return values.astype(dtype, copy=False)
                result = np.full((height, width, len(kind.picked)), opened.nodata, dtype)
            result[rows : rows + len(values), columns : columns + values.shape[1], planes] = values
    if result is None:
        raise ValueError("no strip or tile holds anything")
    return result


def _segments(
    file: TimedBytes, page: tifffile.TiffPage, kind: Kind, shift: int
) -> Iterator[tuple[slice, int, int, Samples]]:
    """Strips and tiles that hold something: which of the picked channels, first row, first column, values."""
    more = {"jpegtables": page.jpegtables} if kind.compression in tiff_kinds.JPEG else {}
    place = {channel: at for at, channel in enumerate(kind.picked)}
    whole = list(kind.picked) == list(range(kind.channels))
    width, height = kind.size
    for number, (offset, count) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=False)):
        file.check_time()
        if offset <= 0 or count <= 0:
            continue
        _, (plane, depth, top, left, _), shape = page.decode(None, number)
        if depth or top >= height or left >= width or (kind.planar and plane not in place):
            continue
        file.seek(offset + shift)
        values = _unpacked(page, file.read(min(count, 2**31)), number, shape, kind, more)
        values = values[0, : height - top, : width - left]
        if kind.planar:
            yield slice(place[plane], place[plane] + 1), top, left, values
        else:
            yield slice(None), top, left, values if whole else values[..., list(kind.picked)]


def _unpacked(
    page: tifffile.TiffPage, data: bytes, number: int, shape: tuple[int, ...], kind: Kind, more: dict[str, Any]
) -> Samples:
    """One strip or tile, (1, rows, columns, channels)."""
    if kind.compression not in (*tiff_kinds.PLAIN, *tiff_kinds.FAX):
        _check_inner_size(data, kind.compression, shape)
    try:
        values = page.decode(data, number, **more)[0]
    except Exception:
        if kind.compression not in tiff_kinds.DEFLATE:
            raise
        # Some writers fill the last strip to the height of the others, which this decoder takes for damage.
        assert page.dtype is not None, "or there would be no decoder"
        wanted = shape[1] * shape[2] * shape[3] * page.dtype.itemsize
        unpacked = zlib.decompressobj().decompress(data, wanted)
        values = page.decode(zlib.compress(unpacked, 0), number)[0]
    return np.asarray(values)


def _check_inner_size(data: bytes, compression: int, shape: tuple[int, ...]) -> None:
    """Refuse a compressed picture in a strip or tile that is larger than this: its decoder would make room for it."""
    if compression in tiff_kinds.JPEG:
        sizes = [(int.from_bytes(found[2]), int.from_bytes(found[1])) for found in _JPEG_SIZE.finditer(data)]
    elif compression in tiff_kinds.JPEG2000:
        sizes = list(codestream_sizes(data))
    elif compression in tiff_kinds.WEBP:
        sizes = [_webp_size(data)]
    else:
        sizes = [_lerc_size(data)]
    if (
        not sizes
        or max(size[0] for size in sizes) > shape[2] + _RESERVE
        or max(size[1] for size in sizes) > shape[1] + _RESERVE
    ):
        raise EngineError("The picture is a TIFF that holds other pictures than it says; save it anew.")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of a WebP (RFC 9649), or more than any strip has."""
    kind, frame = data[12:16], data[20:34]
    if data[:4] != b"RIFF" or len(frame) < 14:
        return 2**31, 2**31
    if kind == b"VP8X":
        return 1 + int.from_bytes(frame[4:7], "little"), 1 + int.from_bytes(frame[7:10], "little")
    if kind == b"VP8L":
        packed = int.from_bytes(frame[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    return int.from_bytes(frame[6:8], "little") & 0x3FFF, int.from_bytes(frame[8:10], "little") & 0x3FFF


def _lerc_size(data: bytes) -> tuple[int, int]:
    """Width and height of a LERC2 (Esri's specification) that is not packed once more, or more than any strip has."""
    if data[:6] != b"Lerc2 " or len(data) < 22:
        return 2**31, 2**31
    at = 10 + 4 * (int.from_bytes(data[6:10], "little") >= 3)  # since version 3, a checksum comes before
    return int.from_bytes(data[at + 4 : at + 8], "little"), int.from_bytes(data[at : at + 4], "little")
