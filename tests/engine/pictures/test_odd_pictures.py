"""Over a thousand odd and broken pictures, made here: each gives a picture or one sentence, and nothing else."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest
from made_pictures import HEIGHT, WIDTH, intact, saved
from PIL import Image

from engine import images
from engine.formats import names as picture_formats
from engine.records import EngineError, Picture

RESIZING_FORMATS = ("ICNS", "ICO")
TRUNCATIONS, FLIPS = 3, 6


def damaged(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Copies of a file cut short or with wrong bytes, always the same ones."""
    rng = random.Random(name)
    for number in range(TRUNCATIONS):
        yield f"{name} cut {number}", data[: rng.randrange(1, len(data))]
    for number in range(FLIPS):
        copy = bytearray(data)
        # half of them near the beginning, where the headers are
        reach = len(copy) if number % 2 else min(len(copy), 64)
        for _ in range(1 + 3 * number):
            copy[rng.randrange(reach)] = rng.randrange(256)
        yield f"{name} wrong {number}", bytes(copy)


def result(name: str, data: bytes) -> Picture | str:
    """What opening leads to, checked for what both outcomes promise."""
    try:
        picture: Picture = images.open_picture(data, name=name)
    except EngineError as error:
        sentence = str(error)
        assert name in sentence
        assert "\n" not in sentence
        assert sentence.endswith(".")
        return sentence
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.ndim == 3
    assert picture.pixels.shape[2] == 3
    assert picture.pixels.size
    assert picture.pixels.flags.c_contiguous
    assert not picture.pixels.flags.writeable
    return picture


def test_there_are_over_a_thousand() -> None:
    assert len(intact()) * (1 + TRUNCATIONS + FLIPS) > 1000


@pytest.mark.parametrize("name", intact())
def test_intact(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = result(name, intact()[name])
    format_name = name.split()[0]
    if format_name in (*picture_formats.formats(), "MPO"):
        assert isinstance(outcome, Picture), outcome
        shape = (WIDTH, HEIGHT) if name[-13:-1] == "orientation " and name[-1] in "5678" else (HEIGHT, WIDTH)
        assert format_name in RESIZING_FORMATS or outcome.pixels.shape[:2] == shape
    else:
        assert isinstance(outcome, str)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", intact())
def test_damaged(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    for copy_name, data in damaged(name, intact()[name]):
        result(copy_name, data)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", [name for name in intact() if name.endswith("frames")])
def test_damaged_later_frames(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    for copy_name, data in damaged(name, intact()[name]):
        for frame in range(1, 4):
            with suppress(EngineError):
                assert images.open_image(data, frame=frame).size, copy_name
    assert capfd.readouterr() == ("", "")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *extra: bytes, data: bytes = b"") -> bytes:
    """A PNG in 8-bit grey whose rows are what `data` unpacks to."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(data)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def patched(name: str, *changes: tuple[int, bytes]) -> bytes:
    data = bytearray(intact()[name])
    for offset, value in changes:
        data[offset : offset + len(value)] = value
    return bytes(data)


def huge_headers() -> dict[str, bytes]:
    """Small files that claim to be 30,000 pixels wide and high, or more."""
    side = 30_000
    little, big, big4 = struct.pack("<H", side), struct.pack(">H", side), struct.pack(">I", side)
    jpeg = intact()["JPEG RGB"]
    frame = jpeg.index(b"\xff\xc0")
    tiff = intact()["TIFF RGB"]
    jpeg2000 = intact()["JPEG2000 RGB"]
    codestream = jpeg2000.index(b"\xff\x4f\xff\x51")
    inner = png(side, side)
    return {
        "png": png(side, side),
        "bmp": patched("BMP RGB", (18, struct.pack("<II", side, side))),
        "gif": patched("GIF P", (6, little * 2)),
        "tga": patched("TGA RGB", (12, little * 2)),
        "ppm": b"P6 30000 30000 255\n" + bytes(100),
        "plain ppm": b"P3 30000 30000 255\n" + b"1 " * 100,
        "pfm": b"PF\n30000 30000\n-1.0\n" + bytes(100),
        "psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, side, side, 8, 3) + bytes(100),
        "jpeg": jpeg[: frame + 5] + struct.pack(">HH", 65_500, 65_500) + jpeg[frame + 9 :],
        "tiff": tiff.replace(struct.pack("<HHII", 256, 4, 1, WIDTH), struct.pack("<HHII", 256, 4, 1, side)).replace(
            struct.pack("<HHII", 257, 4, 1, HEIGHT), struct.pack("<HHII", 257, 4, 1, side)
        ),
        "sgi": patched("SGI RGB", (6, big * 2)),
        "pcx": patched("PCX RGB", (8, little * 2)),
        "sun": struct.pack(">8I", 0x59A66A95, side, side, 24, 0, 1, 0, 0) + bytes(100),
        "qoi": b"qoif" + big4 * 2 + b"\3\0" + bytes(100),
        "dds": patched("DDS RGB", (12, struct.pack("<II", side, side))),
        "xbm": b"#define w_width 30000\n#define w_height 30000\nstatic char w_bits[] = { 0x00 };",
        "fits": b"".join(
            f"{key:8}= {value:>20}".ljust(80).encode()
            for key, value in (("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "2"), ("NAXIS1", side), ("NAXIS2", side))
        )
        + b"END".ljust(80)
        + bytes(100),
        "jpeg 2000": jpeg2000.replace(struct.pack(">II", HEIGHT, WIDTH), big4 * 2),
        "jpeg 2000 codestream": jpeg2000[:codestream]
        + jpeg2000[codestream:].replace(struct.pack(">II", WIDTH, HEIGHT), big4 * 2),
        "png in an icon": struct.pack("<3H4B2H2I", 0, 1, 1, 0, 0, 0, 0, 1, 32, len(inner), 22) + inner,
    }


@pytest.mark.parametrize("name", huge_headers())
def test_huge_header(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = result(name, huge_headers()[name])
    assert isinstance(outcome, str)
    assert capfd.readouterr() == ("", "")


def scan_bomb() -> bytes:
    """A progressive JPEG with its last scan a thousand times over."""
    data = saved(Image.new("RGB", (2000, 2000)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 1000 + data[-2:]


BOMBS = {
    "png text": png(1, 1, chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(10**8))), data=bytes(2)),
    "png profile": png(1, 1, chunk(b"iCCP", b"key\0\0" + zlib.compress(bytes(10**8))), data=bytes(2)),
    "png chunks": png(1, 1, chunk(b"teSt", b"") * 200_000, data=bytes(2)),
    "png frames": png(1, 1, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)), data=bytes(2)),
    "png data": png(1, 1, data=bytes(10**8)),
    "png at the limit": png(8000, 8000, data=bytes(8001 * 8000)),
    "png over the limit": png(8000, 8001, data=b""),
    "gif frames": b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0" * 20_000 + b";",
    "gif comment": b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + b"\x21\xfe" + (b"\xff" + b"x" * 255) * 50_000,
    "jpeg scans": scan_bomb(),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = result(name, BOMBS[name])
    if name == "png at the limit":
        assert isinstance(outcome, Picture)
    if name == "png profile":
        assert isinstance(outcome, Picture)
        assert "profile is damaged or has more than 1 MB and was left out" in outcome.note
    if name in ("png text", "png over the limit", "jpeg scans"):
        assert isinstance(outcome, str)
    assert capfd.readouterr() == ("", "")


NO_PICTURES = {
    "empty": (b"", "0 bytes"),
    "one byte": (b"\x89", "1 byte"),
    "text": ("Grüße".encode() * 20, "text"),
    "noise": (random.Random(0).randbytes(5000), "no known kind of picture"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "html": (b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "web page"),
    "zip": (b"PK\3\4" + bytes(100), "ZIP"),
    "emf": (b"\1\0\0\0" + bytes(36) + b" EMF" + bytes(100), "EMF"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(100), "HEIC"),
    "png signature": (b"\x89PNG\r\n\x1a\n", "PNG"),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_no_picture(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    data, word = NO_PICTURES[name]
    outcome = result(name, data)
    assert isinstance(outcome, str)
    assert word in outcome
    assert capfd.readouterr() == ("", "")
