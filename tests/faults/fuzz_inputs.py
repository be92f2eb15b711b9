"""What strangers could hand over: good files, and strategies that damage them in the ways that reach deep."""

from __future__ import annotations

import copy
import io
import json
import random
import struct
import sys
import warnings
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from hypothesis import strategies as st
from PIL import Image, ImageCms

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "engine"))

from tiff_writer import COMPRESS, DEFLATE, LZW, Page, packbits, tiff

_INTERESTING = (
    0,
    1,
    2,
    3,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
_PNG = b"\x89PNG\r\n\x1a\n"
_MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "GIF": ("L", "P", "RGB"),
    "WEBP": ("RGB", "RGBA"),
    "TIFF": ("1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "F", "LAB"),
    "BMP": ("1", "L", "P", "RGB"),
    "ICO": ("RGBA",),
    "PPM": ("1", "L", "RGB"),
    "TGA": ("L", "RGB", "RGBA"),
    "SGI": ("L", "RGB"),
    "PCX": ("1", "L", "P", "RGB"),
    "DDS": ("RGB", "RGBA"),
    "JPEG2000": ("L", "RGB"),
    "AVIF": ("RGB",),
    "ICNS": ("RGBA",),
    "IM": ("L", "RGB"),
    "SPIDER": ("F",),
    "XBM": ("1",),
    "MSP": ("1",),
    "QOI": ("RGB",),
    "BLP": ("P",),
}
_SAVE: dict[str, tuple[dict[str, Any], ...]] = {
    "PNG": ({}, {"optimize": True}),
    "JPEG": ({}, {"progressive": True}, {"quality": 5, "subsampling": 2}),
    "WEBP": ({}, {"lossless": True}),
    "TIFF": ({}, {"compression": "tiff_lzw"}, {"compression": "tiff_deflate"}, {"compression": "packbits"}),
}


def pictures() -> tuple[bytes, ...]:
    """Small pictures in every format and mode that this Pillow writes, animations and documents among them."""
    found = []
    for name, modes in _MODES.items():
        for mode in modes:
            for options in _SAVE.get(name, ({},)):
                found += _saved([_picture(mode)], name, options)
    for name in ("GIF", "WEBP", "TIFF", "PNG", "AVIF"):
        found += _saved([_picture("RGB", seed) for seed in range(3)], name, {"save_all": True})
    return (*found, *_coloured(), *_photographs(), *(data[: len(data) * 2 // 3] for data in found))


def profiles() -> tuple[bytes, ...]:
    """ICC profiles of both sorts: a matrix, and tables as printing presses have."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    wide = profile.replace(profile[_tag(profile, b"rXYZ")], profile[_tag(profile, b"gXYZ")])
    return wide, *map(_table, (b"CMYK", b"GRAY", b"RGB "))


def _coloured() -> list[bytes]:
    """Pictures with profiles."""
    wide, found = profiles()[0], []
    for name in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF"):
        found += _saved([_picture("RGB")], name, {"icc_profile": wide})
    for space, mode in ((b"CMYK", "CMYK"), (b"GRAY", "L"), (b"RGB ", "RGB")):
        found += _saved([_picture(mode)], "TIFF", {"icc_profile": _table(space)})
        found += _saved([_picture(mode)], "JPEG", {"icc_profile": _table(space)})
    return found


def _tag(profile: bytes, name: bytes) -> slice:
    at = profile.index(name) + 4
    first, length = (int.from_bytes(profile[place : place + 4]) for place in (at, at + 4))
    return slice(first, first + length)


def _table(space: bytes) -> bytes:
    """A profile whose table is that of the corners of its space (ICC.1:2010, lut8Type)."""
    channels = {b"CMYK": 4, b"GRAY": 1}.get(space, 3)
    table = b"mft1" + bytes(4) + bytes((channels, 3, 2, 0)) + b"".join(n.to_bytes(4) for n in (65536, 0, 0, 0) * 2)
    table += (65536).to_bytes(4) + bytes(range(256)) * channels
    table += random.Random(0).randbytes(3 * 2**channels) + bytes(range(256)) * 3
    head = (144 + len(table)).to_bytes(4) + b"none\2\x40\0\0prtr" + space + b"Lab " + bytes(12) + b"acsp" + bytes(28)
    white = b"".join(n.to_bytes(4) for n in (63190, 65536, 54061))
    return (
        (head + white).ljust(128, b"\0")
        + (1).to_bytes(4)
        + b"A2B0"
        + (144).to_bytes(4)
        + len(table).to_bytes(4)
        + table
    )


def _photographs() -> list[bytes]:
    """HEIC: a picture, one in tiles, one with transparency, and a collection."""
    found = []
    large = _picture("RGB").resize((160, 140))
    options: list[tuple[list[Image.Image], dict[str, Any]]] = [
        ([_picture("RGB")], {}),
        ([large], {"tile_size": 64}),
        ([_picture("RGBA")], {}),
        ([_picture("RGB", seed) for seed in range(3)], {"save_all": True}),
    ]
    for images, extra in options:
        stream = io.BytesIO()
        file = pillow_heif.HeifFile()  # type: ignore[no-untyped-call]
        for image in images:
            file.add_from_pillow(image)
        file.save(stream, quality=30, **extra)
        found.append(stream.getvalue())
    return found


def deep_pictures() -> tuple[bytes, ...]:
    """Small pictures of the kinds that the program does not leave to Pillow: TIFF, FITS, PSD and formats of 16 bits."""
    values = np.random.default_rng(7).integers(0, 2**16, (20, 24, 5), np.uint16)
    values[:10] = values[0, 0]
    found = []
    for compression in COMPRESS:
        for order, big in (("<", False), (">", True)):
            found += [
                tiff(Page(values[..., :1].astype(">f4"), compression=compression, rows=4), order=order, big=big),
                tiff(Page(values[..., :3], compression=compression, tile=(16, 16), planar=big), order=order, big=big),
                tiff(Page(values[..., :4] & 0xFFF, compression=compression, bits=12, extra=(1,)), order=order, big=big),
            ]
    copy = Page(values[:3, :3, :3].astype(np.uint8), tags={254: (4, [1])}, below=[Page(values[..., :3])])
    found += [
        tiff(
            Page(values.astype(np.int16), compression=LZW, predictor=2, planar=True),
            Page(values[..., 0], photometric=0),
        ),
        tiff(Page(values[..., :3].astype(np.float32), compression=DEFLATE, predictor=3, tags={42113: b"-9999\0"})),
        tiff(copy, Page(values[..., :3], photometric=8), Page(values[..., :4], photometric=5), order=">"),
        *(tiff(Page(values.astype(np.uint8), code, encode=_packed_as(name))) for name, code in _INNER.items()),
    ]
    return (*found, *_other_deep_pictures(values))


_INNER = {"JPEG": 7, "JPEG2000": 34712, "WEBP": 50001}


def _packed_as(name: str) -> Callable[[np.ndarray[Any, Any]], bytes]:
    return lambda part: _saved([Image.fromarray(np.ascontiguousarray(part[..., :3]))], name, {})[0]


def _other_deep_pictures(values: np.ndarray[Any, Any]) -> list[bytes]:
    import imagecodecs

    height, width, _ = values.shape
    planes = np.moveaxis(values, 2, 0).astype(">u2")
    cards = {"SIMPLE": "T", "BITPIX": 16, "NAXIS": 3, "NAXIS1": width, "NAXIS2": height, "NAXIS3": 5}
    cards |= {"BZERO": 32768, "BSCALE": 1, "BLANK": 7}
    fits = b"".join(f"{key:8}= {value:>20}".ljust(80).encode() for key, value in cards.items()) + b"END".ljust(80)
    rows = [packbits(row.tobytes()) for plane in planes for row in plane]
    lengths = b"".join(struct.pack(">H", len(row)) for row in rows)
    psd = b"8BPS" + struct.pack(">H6xHIIHHII", 1, 5, height, width, 16, 3, 0, 0)
    layers = struct.pack(">IIhI", 10, 2, -1, 0)
    sgi = struct.pack(">hBBHHHHii", 474, 0, 2, 3, width, height, 3, 0, 65535).ljust(512, b"\0")
    colours = np.ascontiguousarray(values[..., :3])
    return [
        fits.ljust(2880) + planes.tobytes(),
        psd + layers + b"\0\1" + lengths + b"".join(rows),
        psd + struct.pack(">I", 0) + b"\0\0" + planes.tobytes(),
        sgi + planes[:3].tobytes(),
        f"P6\n{width} {height}\n4095\n".encode() + colours.astype(">u2").tobytes(),
        f"P2\n{width} {height}\n4095\n".encode() + " ".join(map(str, values[..., 0].ravel())).encode(),
        f"PF\n{width} {height}\n-1.0\n".encode() + colours.astype("<f4").tobytes(),
        *(bytes(imagecodecs.png_encode(np.ascontiguousarray(values[..., :count]))) for count in (2, 3, 4)),
        bytes(imagecodecs.jpeg2k_encode(colours, reversible=True, level=0)),
    ]


def _picture(mode: str, seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (20, 24, 3), np.uint8)
    pixels[:10] = pixels[0, 0]
    image = Image.fromarray(pixels)
    if mode == "LAB":
        return Image.frombytes("LAB", image.size, image.tobytes())
    return image.convert("L").convert(mode) if mode in ("I;16", "F") else image.convert(mode)


def _saved(images: list[Image.Image], name: str, options: dict[str, Any]) -> list[bytes]:
    stream = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some formats will not be written by a later Pillow
            images[0].save(stream, name, **options, **({"append_images": images[1:]} if images[1:] else {}))
    except (OSError, ValueError, KeyError):  # this Pillow cannot write it
        return []
    return [stream.getvalue()]


@st.composite
def damaged(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds with one to eight edits; often with the checksums of PNG chunks put right again."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 8))):
        _edit(draw, data, seeds)
    if data.startswith(_PNG) and draw(st.booleans()):
        return _with_checksums(bytes(data))
    return bytes(data)


def _edit(draw: st.DrawFn, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = draw(st.one_of(st.integers(0, 80), st.integers(0, max(0, len(data) - 1))))
    at = min(at, max(0, len(data) - 1))
    match draw(st.sampled_from(("byte", "number", "number", "cut", "remove", "repeat", "insert", "splice"))):
        case "byte":
            data[at : at + 1] = bytes([draw(st.integers(0, 255))])
        case "number":
            width = draw(st.sampled_from((2, 4, 8)))
            order = "big" if draw(st.booleans()) else "little"
            value = draw(st.sampled_from(_INTERESTING)) % 256**width
            data[at : at + width] = value.to_bytes(width, order)
        case "cut":
            del data[at:]
        case "remove":
            del data[at : at + draw(st.integers(1, 40))]
        case "repeat":
            part = data[at : at + draw(st.integers(1, 60))]
            data[at:at] = part * draw(st.sampled_from((1, 2, 50)))
        case "insert":
            data[at:at] = draw(st.binary(max_size=20))
        case _:
            other = draw(st.sampled_from(seeds))
            begin = draw(st.integers(0, max(0, len(other) - 1)))
            data[at : at + 40] = other[begin : begin + 40]


def _with_checksums(data: bytes) -> bytes:
    parts, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        body = data[at + 4 : at + 8 + length]
        parts += [data[at : at + 4], body, zlib.crc32(body).to_bytes(4)]
        at += 12 + length
    return b"".join(parts)


_ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        (
            *(None, True, False, 0, 1, -1, 2**31, 2**63, 10**400, 1e308, -0.5, "", "..", "../../x.png", "/etc/passwd"),
            *("\\\\host\\share\\a.png", "file:///etc/passwd", "https://example.org/a.png", "\0", "\ud800", "a" * 5000),
            *("con", "block1_conv1", "block5_conv3:linear", "crisp", [], {}, [[]], [None], {"": 0}),
        )
    ),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
)


@st.composite
def changed_json(draw: st.DrawFn, seeds: Sequence[str]) -> str:
    """A JSON text with some values replaced, dropped, doubled or nested; now and then it is no JSON any more."""
    content = json.loads(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        _change(draw, content)
    text = json.dumps(content)
    match draw(st.integers(0, 12)):
        case 0:
            return text[: draw(st.integers(0, len(text)))]
        case 1:
            return text.replace(draw(st.sampled_from(("0", ":", '"', "}"))), draw(st.text(max_size=4)))
        case 2:
            return "[" * 3000 + text
        case _:
            return text


def _change(draw: st.DrawFn, content: Any) -> None:
    node = content
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if not (isinstance(node[key], dict | list) and node[key]) or draw(st.integers(0, 4)) == 0:
            break
        node = node[key]
    match draw(st.integers(0, 6)):
        case 0:
            del node[key]
        case 1 if isinstance(node, list):
            node.extend([node[key]] * draw(st.sampled_from((1, 10, 1000))))
        case 2:
            node[key] = [node[key]]
        case 3:
            node[key] = str(node[key])
        case _:
            node[key] = copy.deepcopy(draw(_ODD))  # the lists among them are used again
