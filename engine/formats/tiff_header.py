"""The directories of a TIFF file (TIFF 6.0; BigTIFF): which pages it has and of what kind, without decoding any.

A few tags of a directory say all that is asked here, and a file nobody vouches for may have many thousands of
directories, in circles, with absurd tags. So only what is asked is read, and never much of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAX_DIRECTORIES = 20_000
"""As many are looked at; a film of a microscope has some thousands."""

SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 255, 256, 257, 258, 259, 262
DESCRIPTION, STRIPS, ORIENTATION, CHANNELS, ROWS, PLANAR, PREDICTOR = 270, 273, 274, 277, 278, 284, 317
PALETTE, TILE_WIDTH, TILE_HEIGHT, TILES, DIRECTORIES, INKS, EXTRA, FORMAT = 320, 322, 323, 324, 330, 332, 338, 339
COEFFICIENTS, SUBSAMPLING, DEPTH, PROFILE, NODATA, DNG = 529, 530, 32997, 34675, 42113, 50706

_MOST_VALUES = {DESCRIPTION: 4096, PROFILE: 2**22, NODATA: 64, DIRECTORIES: 64, PALETTE: 3 * 2**16, TILES: 1, STRIPS: 1}
_FEW_VALUES = 1024
_WANTED = frozenset(
    (
        *(
            SUBFILE,
            OLD_SUBFILE,
            WIDTH,
            HEIGHT,
            BITS,
            COMPRESSION,
            PHOTOMETRIC,
            DESCRIPTION,
            STRIPS,
            ORIENTATION,
            CHANNELS,
        ),
        *(ROWS, PLANAR, PREDICTOR, PALETTE, TILE_WIDTH, TILE_HEIGHT, TILES, DIRECTORIES, INKS, EXTRA, FORMAT),
        *(COEFFICIENTS, SUBSAMPLING, DEPTH, PROFILE, NODATA, DNG),
    )
)
_TYPES = {1: "B", 2: "c", 3: "H", 4: "I", 6: "b", 7: "c", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_TYPES |= {16: "Q", 17: "q", 18: "Q"}
_RATIONAL, _SIGNED_RATIONAL = 5, 10

Values = tuple[float, ...] | bytes


@dataclass(frozen=True)
class Directory:
    """One directory: a page, a smaller copy of one, a mask, or something else.

    Attributes:
        offset: Where in the file it begins.
        tags: The values of the tags that are asked here; texts and profiles are bytes.
        counts: How many values each of them has in the file, more of which may not have been read.
    """

    offset: int
    tags: Mapping[int, Values]
    counts: Mapping[int, int]

    def number(self, tag: int, default: int = 0) -> int:
        """The first value of a tag as a whole number."""
        values = self.tags.get(tag, ())
        return int(values[0]) if values and not isinstance(values, bytes) and abs(values[0]) < 2**63 else default

    def numbers(self, tag: int) -> tuple[float, ...]:
        """All values of a tag; none when there is no such tag, or it is a text."""
        values = self.tags.get(tag, ())
        return () if isinstance(values, bytes) else values

    def content(self, tag: int) -> bytes:
        """The bytes of a text, a profile or the like, or b""."""
        values = self.tags.get(tag, b"")
        if isinstance(values, bytes):
            return values
        return bytes(int(value) for value in values if 0 <= value <= 255)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.number(WIDTH), self.number(HEIGHT)

    @property
    def is_page(self) -> bool:
        """Whether it is a picture of its own, and neither a smaller copy of another one nor a mask."""
        kind, old = self.number(SUBFILE), self.number(OLD_SUBFILE)
        return not (kind & 0b101 or old == 2 or self.number(PHOTOMETRIC, -1) == 4)


@dataclass(frozen=True)
class Header:
    """What a TIFF file consists of.

    Attributes:
        order: "<" or ">", the byte order.
        big: Whether it is a BigTIFF.
        chain: The directories that follow one another from the beginning of the file.
        below: Those that belong to one in the chain (SubIFDs), by its position there.
    """

    order: str
    big: bool
    chain: tuple[Directory, ...]
    below: Mapping[int, tuple[Directory, ...]]

    @property
    def all(self) -> tuple[Directory, ...]:
        """Every directory, those of the chain first."""
        return (*self.chain, *(one for several in self.below.values() for one in several))

    @property
    def pages(self) -> tuple[Directory, ...]:
        """The directories that are pictures of their own, in their order in the file.

        In place of a smaller copy stand the pages below it, if there are any. When all are copies, the chain is it.
        """
        found: list[Directory] = []
        for position, directory in enumerate(self.chain):
            if directory.is_page:
                found.append(directory)
            else:
                found += [one for one in self.below.get(position, ()) if one.is_page and min(one.size) > 0]
        return tuple(found) or self.chain


def is_tiff(data: bytes) -> bool:
    """Whether a file begins like a TIFF or a BigTIFF."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read_header(data: bytes) -> Header:
    """The directories of a file that `is_tiff`, up to the first that is damaged.

    Args:
        data: The bytes of the file.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = 43 in data[2:4]
    reader = _Reader(data, order, big)
    seen: set[int] = set()
    chain, below = [], {}
    following = reader.first()
    while following and following not in seen and len(seen) < MAX_DIRECTORIES:
        seen.add(following)
        try:
            directory, following = reader.directory(following)
        except (struct.error, ValueError):
            break
        chain.append(directory)
        children = tuple(reader.children(directory, seen))
        if children:
            below[len(chain) - 1] = children
    return Header(order, big, tuple(chain), below)


class _Reader:
    """Reads directories of a file in its byte order."""

    def __init__(self, data: bytes, order: str, big: bool) -> None:
        self._data = data
        self._order = order
        self._offset = struct.Struct(order + ("Q" if big else "I"))
        self._count = struct.Struct(order + ("Q" if big else "H"))
        self._entry = struct.Struct(order + ("HHQ" if big else "HHI"))
        self._start = 8 if big else 4

    def first(self) -> int:
        """Where the first directory is, or 0."""
        return self._number(self._start) if len(self._data) >= self._start + self._offset.size else 0

    def directory(self, at: int) -> tuple[Directory, int]:
        """The directory at an offset, and the offset of the next one or 0; raises when the file ends within it."""
        count = int(self._count.unpack_from(self._data, at)[0])
        if count > 4096:
            raise ValueError(count)
        size = self._entry.size + self._offset.size
        at_entries = at + self._count.size
        tags: dict[int, Values] = {}
        counts: dict[int, int] = {}
        for position in range(at_entries, at_entries + count * size, size):
            tag, kind, length = self._entry.unpack_from(self._data, position)
            if tag in _WANTED and tag not in tags:
                counts[tag] = length
                tags[tag] = self._values(tag, kind, length, position + self._entry.size)
        end = at_entries + count * size
        following = self._number(end) if end + self._offset.size <= len(self._data) else 0
        return Directory(at, tags, counts), following

    def children(self, directory: Directory, seen: set[int]) -> Iterator[Directory]:
        """The directories that one names as belonging to it, each once in a file."""
        for value in directory.numbers(DIRECTORIES):
            at = int(value)
            if at <= 0 or at in seen or len(seen) >= MAX_DIRECTORIES:
                continue
            seen.add(at)
            try:
                yield self.directory(at)[0]
            except (struct.error, ValueError):
                continue

    def _number(self, at: int) -> int:
        return int(self._offset.unpack_from(self._data, at)[0])

    def _values(self, tag: int, kind: int, length: int, at: int) -> Values:
        rational = kind in (_RATIONAL, _SIGNED_RATIONAL)
        letter = {_RATIONAL: "I", _SIGNED_RATIONAL: "i"}[kind] if rational else _TYPES.get(kind)
        if letter is None:
            return ()
        width = struct.calcsize("=" + letter) * (2 if rational else 1)
        if width * length > self._offset.size:
            at = self._number(at)
        fits = max(0, len(self._data) - at) // width
        length = min(length, _MOST_VALUES.get(tag, _FEW_VALUES), fits)
        if letter == "c":
            return self._data[at : at + length]
        values = struct.unpack_from(f"{self._order}{length * (2 if rational else 1)}{letter}", self._data, at)
        if rational:
            return tuple(top / (bottom or 1) for top, bottom in zip(values[::2], values[1::2], strict=True))
        return values
