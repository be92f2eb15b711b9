"""How many pixels a HEIF file has its decoder decode, from the boxes of its header.

A picture may be put together of others (a grid of tiles, an overlay, a derived one), each of which may be used many
times; a few hundred bytes can ask for days of work. Sources: ISO 14496-12, 8.11 (meta, iref, pitm, iprp), and
ISO 23008-12, 6.5.3 (ispe). libheif refuses a coded picture that is larger than its ispe says.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_MOST_BOXES = 20_000
_MOST_BYTES = 2**21  # of the boxes with references and with properties, a profile among them
_MOST_DEPTH = 6
ENDLESS = 2**62
"""What a file asks for whose pictures are made of one another in a circle, or too deep."""


def decoded_pixels(data: bytes) -> int:
    """The most pixels that decoding one of a file's pictures takes, with those of all its parts.

    Args:
        data: The bytes of the file. What is damaged counts as nothing, since nothing is decoded of it.
    """
    try:
        return _most(_boxes(data, 0, len(data)))
    except (struct.error, IndexError):
        return 0


def _most(top: Iterator[tuple[bytes, bytes]]) -> int:
    meta = next((body for kind, body in top if kind == b"meta"), None)
    if meta is None:
        return 0
    inner = dict(_boxes(meta, 4, len(meta)))
    properties, references = inner.get(b"iprp", b""), inner.get(b"iref", b"")
    if max(len(properties), len(references)) > _MOST_BYTES:
        return ENDLESS
    areas, parts = _areas(properties), _parts(references)
    known: dict[int, int] = {}
    return max((_cost(item, areas, parts, known, 0) for item in {*areas, *parts}), default=0)


def _cost(item: int, areas: dict[int, int], parts: dict[int, list[int]], known: dict[int, int], depth: int) -> int:
    if depth > _MOST_DEPTH:
        return ENDLESS
    if item not in known:
        known[item] = ENDLESS  # until the answer is there, for an item that is a part of itself
        of_parts = sum(_cost(part, areas, parts, known, depth + 1) for part in parts.get(item, ()))
        known[item] = min(ENDLESS, areas.get(item, 0) + of_parts)
    return known[item]


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each box between two places."""
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if size == 0:
            size = end - at
        if size < head:
            return
        yield kind, data[at + head : min(end, at + size)]
        at += size


def _areas(iprp: bytes) -> dict[int, int]:
    """Pixels of each item, as its ispe property says."""
    properties = dict(_boxes(iprp, 0, len(iprp)))
    sizes = []
    ipco = properties.get(b"ipco", b"")
    for kind, body in _boxes(ipco, 0, len(ipco)):
        sizes.append(body[4:12] if kind == b"ispe" and len(body) >= 12 else b"")
    areas: dict[int, int] = {}
    for kind, body in _boxes(iprp, 0, len(iprp)):
        if kind == b"ipma":
            for item, index in _associations(body):
                if 0 < index <= len(sizes) and sizes[index - 1]:
                    width, height = struct.unpack(">II", sizes[index - 1])
                    areas[item] = max(areas.get(item, 0), width * height)
    return areas


def _associations(ipma: bytes) -> Iterator[tuple[int, int]]:
    """Item and number of a property, from 1."""
    version, flags = ipma[0], int.from_bytes(ipma[1:4])
    (count,) = struct.unpack_from(">I", ipma, 4)
    at, wide = 8, flags & 1
    for _ in range(min(count, _MOST_BOXES)):
        (item,) = struct.unpack_from(">I" if version else ">H", ipma, at)
        at += 4 if version else 2
        number = ipma[at]
        at += 1
        for _ in range(number):
            index = struct.unpack_from(">H", ipma, at)[0] & 0x7FFF if wide else ipma[at] & 0x7F
            at += 2 if wide else 1
            yield item, index


def _parts(iref: bytes) -> dict[int, list[int]]:
    """The items that each item is made of; what hides it where it is transparent counts as well."""
    parts: dict[int, list[int]] = {}
    wide = iref[:1] not in (b"", b"\0")
    number = ">I" if wide else ">H"
    step = struct.calcsize(number)
    for kind, body in _boxes(iref, 4, len(iref)):
        if kind not in (b"dimg", b"auxl"):
            continue
        (item,) = struct.unpack_from(number, body, 0)
        (count,) = struct.unpack_from(">H", body, step)
        targets = [struct.unpack_from(number, body, step + 2 + step * place)[0] for place in range(count)]
        for target in targets:
            owner, part = (item, target) if kind == b"dimg" else (target, item)
            parts.setdefault(owner, []).append(part)
    return parts
