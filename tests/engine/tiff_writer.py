"""A TIFF encoder of our own, after TIFF 6.0 and its supplements: no library reads what it has written itself."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

NONE, LZW, DEFLATE, PACKBITS, OLD_DEFLATE, LZMA, ZSTD = 1, 5, 8, 32773, 32946, 34925, 50000
FORMATS = {"u": 1, "i": 2, "f": 3, "b": 1}
_LETTERS = {3: "H", 4: "I", 11: "f", 12: "d", 16: "Q"}


@dataclass
class Page:
    """What a page is made from.

    Attributes:
        pixels: (height, width) or (height, width, channels).
        photometric: Tag 262; 2 for three channels or more, else 1, when None.
        compression: Tag 259.
        planar: Each channel by itself.
        rows: Rows a strip; all when None.
        tile: Height and width of tiles, instead of strips.
        predictor: 1, 2 (horizontal) or 3 (floating point).
        bits: Bits of a sample that are packed tightly, when they are not those of the array.
        extra: Tag 338.
        encode: Encodes the pixels of a strip or tile as a whole, instead of the compressions above.
        tags: More tags: number to (type, values) or bytes.
        below: Pages that are its SubIFDs.
    """

    pixels: npt.NDArray[Any]
    photometric: int | None = None
    compression: int = NONE
    planar: bool = False
    rows: int | None = None
    tile: tuple[int, int] | None = None
    predictor: int = 1
    bits: int | None = None
    extra: tuple[int, ...] = ()
    encode: Callable[[npt.NDArray[Any]], bytes] | None = None
    tags: dict[int, tuple[int, Sequence[float]] | bytes] = field(default_factory=dict)
    below: Sequence[Page] = ()


def tiff(*pages: Page, order: str = "<", big: bool = False) -> bytes:
    """A file of these pages, in byte order "<" or ">"."""
    out = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42))
    if big:
        out += struct.pack(order + "HH", 8, 0)
    letter = "Q" if big else "I"
    link = len(out)
    out += bytes(struct.calcsize(letter))
    for page in pages:
        at, following = _write(out, page, order, big)
        struct.pack_into(order + letter, out, link, at)
        link = following
    return bytes(out)


def _write(out: bytearray, page: Page, order: str, big: bool) -> tuple[int, int]:
    """Append a page; where its directory is, and the place for the offset of the next."""
    pixels = page.pixels if page.pixels.ndim == 3 else page.pixels[..., None]
    height, width, channels = pixels.shape
    below = [_write(out, other, order, big)[0] for other in page.below]
    offsets, counts = [], []
    for part in _parts(page, pixels):
        packed = _encoded(page, part, order)
        offsets.append(len(out))
        counts.append(len(packed))
        out += packed
    bits = page.bits or 8 * pixels.dtype.itemsize
    photometric = page.photometric if page.photometric is not None else (2 if channels >= 3 else 1)
    where, lengths = (324, 325) if page.tile else (273, 279)
    tags: dict[int, Any] = {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [bits] * channels),
        259: (3, [page.compression]),
        262: (3, [photometric]),
        where: (16 if big else 4, offsets),
        277: (3, [channels]),
        lengths: (4, counts),
        284: (3, [2 if page.planar else 1]),
        317: (3, [page.predictor]),
        339: (3, [FORMATS[pixels.dtype.kind]] * channels),
    }
    if page.tile:
        tags |= {322: (4, [page.tile[1]]), 323: (4, [page.tile[0]])}
    else:
        tags[278] = (4, [page.rows or height])
    if page.extra:
        tags[338] = (3, page.extra)
    if below:
        tags[330] = (16 if big else 4, below)
    return _directory(out, tags | page.tags, order, big)


def _directory(out: bytearray, tags: dict[int, Any], order: str, big: bool) -> tuple[int, int]:
    letter = "Q" if big else "I"
    room = struct.calcsize(letter)
    entries = []
    for tag in sorted(tags):
        value = tags[tag]
        if isinstance(value, bytes):
            kind, count, content = 7 if tag not in (42113, 270) else 2, len(value), value
        else:
            kind, count = value[0], len(value[1])
            content = struct.pack(f"{order}{count}{_LETTERS[kind]}", *value[1])
        if len(content) > room:
            out += bytes(len(out) % 2)
            content, place = struct.pack(order + letter, len(out)), content
            out += place
        entries.append(struct.pack(order + "HH" + letter, tag, kind, count) + content.ljust(room, b"\0"))
    out += bytes(len(out) % 2)
    at = len(out)
    out += struct.pack(order + ("Q" if big else "H"), len(entries)) + b"".join(entries)
    out += bytes(room)
    return at, len(out) - room


def _parts(page: Page, pixels: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """Strips or tiles in the order of the file; tiles filled up with their last values."""
    planes = np.split(pixels, pixels.shape[2], axis=2) if page.planar else [pixels]
    found = []
    for plane in planes:
        if page.tile is None:
            rows = page.rows or len(plane)
            found += [plane[top : top + rows] for top in range(0, len(plane), rows)]
            continue
        high, wide = page.tile
        for top in range(0, len(plane), high):
            for left in range(0, plane.shape[1], wide):
                part = plane[top : top + high, left : left + wide]
                missing = ((0, high - part.shape[0]), (0, wide - part.shape[1]), (0, 0))
                found.append(np.pad(part, missing, mode="edge"))
    return found


def _encoded(page: Page, part: npt.NDArray[Any], order: str) -> bytes:
    if page.encode is not None:
        return page.encode(part)
    if page.predictor == 3:
        raw = _float_predicted(part)
    else:
        if page.predictor == 2:
            part = np.concatenate((part[:, :1], np.diff(part, axis=1)), axis=1)  # whole numbers wrap around
        if page.bits is not None and page.bits % 8:
            raw = _tight(part, page.bits)
        elif page.bits == 24:
            wide = part.astype("<u4" if order == "<" else ">u4").reshape(-1, 1).view(np.uint8)
            raw = (wide[:, :3] if order == "<" else wide[:, 1:]).tobytes()
        else:
            raw = part.astype(part.dtype.newbyteorder(">" if order == ">" else "<")).tobytes()
    return COMPRESS[page.compression](raw)


def _tight(part: npt.NDArray[Any], bits: int) -> bytes:
    """Samples bit by bit, the highest first, each row from a byte of its own."""
    values = part.reshape(len(part), -1).astype(np.uint64)
    shifts = np.arange(bits - 1, -1, -1, dtype=np.uint64)
    single = (values[..., None] >> shifts & np.uint64(1)).astype(np.uint8).reshape(len(part), -1)
    return np.packbits(single, axis=1).tobytes()


def _float_predicted(part: npt.NDArray[Any]) -> bytes:
    """Adobe's technical note 3: the bytes of a row by significance, then their differences."""
    big = part.astype(part.dtype.newbyteorder(">"))
    rows, width, channels = big.shape
    planes = big.view(np.uint8).reshape(rows, width * channels, -1).swapaxes(1, 2).reshape(rows, -1)
    first, later = planes[:, :channels], planes[:, channels:] - planes[:, :-channels]
    return np.concatenate((first, later), axis=1).tobytes()


def lzw(data: bytes) -> bytes:
    """LZW without a single match: each byte as a code of 9 bits, the table cleared before codes get longer."""
    codes = []
    for at in range(0, len(data), 250):
        codes += [256, *data[at : at + 250]]
    return _tight(np.array([[*codes, 257]]), 9)


def packbits(data: bytes) -> bytes:
    """PackBits in literal runs, but for a run of equal bytes at the beginning."""
    equal = len(data) - len(data.lstrip(data[:1]))
    begin = bytes([257 - equal, data[0]]) if 2 <= equal <= 128 else b""
    rest = data[equal:] if begin else data
    return begin + b"".join(
        bytes([len(rest[at : at + 128]) - 1]) + rest[at : at + 128] for at in range(0, len(rest), 128)
    )


def zstandard(data: bytes) -> bytes:
    """A Zstandard frame of raw blocks (RFC 8878)."""
    blocks = [data[at : at + 2**16] for at in range(0, len(data), 2**16)]
    frame = b"\x28\xb5\x2f\xfd" + b"\xa0" + struct.pack("<I", len(data))  # one segment, its size in four bytes
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        frame += (len(block) << 3 | last).to_bytes(3, "little") + block
    return frame


COMPRESS: dict[int, Callable[[bytes], bytes]] = {
    NONE: bytes,
    LZW: lzw,
    DEFLATE: zlib.compress,
    OLD_DEFLATE: zlib.compress,
    PACKBITS: packbits,
    LZMA: lzma.compress,
    ZSTD: zstandard,
}
