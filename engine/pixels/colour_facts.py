"""Colour information of a file besides its ICC profile, some of which Pillow does not report."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from PIL import Image

from engine.pixels import colour_spaces
from engine.pixels.colour_spaces import Primaries

_PNG = b"\x89PNG\r\n\x1a\n"
_MAX_PROFILE_BYTES = 2**20
"""What Pillow unpacks of a PNG's profile before it refuses the whole picture."""

_MAX_CHUNKS = 10_000
_NCLX = b"colrnclx"
_BOXES_BYTES = 2**16
_JP2_PROFILE = b"colr\x02"  # a colour box (ISO 15444-1, I.5.3.3) with a profile in it; two more bytes follow
_GIF_PROFILE = b"\x21\xff\x0bICCRGBG1012"
_INTEROPERABILITY = 0xA005
_SRGB_GAMMA = 2.2
_GAMMA_ALIKE = 0.03
_POINT_ALIKE = 0.003


def coded_colours(image: Image.Image, data: bytes) -> tuple[int, int, bool] | None:
    """H.273's code points of primaries and transfer, and whether values use the full range; None where none are.

    PNG has them in cICP, which goes before a profile; AVIF and HEIC in nclx, which a profile goes before.
    """
    if image.format == "PNG":
        body = next((body for kind, body in png_chunks(data) if kind == b"cICP"), b"")
        return (body[0], body[1], body[3] == 1) if len(body) == 4 else None
    if image.format == "HEIF" and isinstance(nclx := image.info.get("nclx_profile"), dict):
        return int(nclx["color_primaries"]), int(nclx["transfer_characteristics"]), True
    if image.format == "AVIF" and not image.info.get("icc_profile"):
        at = data[:_BOXES_BYTES].find(_NCLX)
        body = data[at + len(_NCLX) :][:4] if at >= 0 else b""
        # The decoder has seen to the range, which is that of luma and chroma here.
        return (int.from_bytes(body[:2]), int.from_bytes(body[2:]), True) if len(body) == 4 else None
    return None


def png_gamma(image: Image.Image) -> tuple[Primaries, float] | None:
    """Primaries and exponent that a PNG states instead of a profile; None when there are none, or they are sRGB's.

    The exponent 2.2 is what programs write who mean sRGB (PNG's specification wants it beside the sRGB chunk).
    Primaries without an exponent are left alone, as browsers do.
    """
    stored = image.info.get("gamma")
    if image.format != "PNG" or "srgb" in image.info or not isinstance(stored, float) or not 0.05 <= stored <= 5:
        return None
    numbers = image.info.get("chromaticity")
    primaries = colour_spaces.SRGB
    if isinstance(numbers, tuple) and len(numbers) == 8:
        white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
        primaries = (white, red, green, blue)
    pairs = zip(primaries, colour_spaces.SRGB, strict=True)
    alike = all(abs(a - b) <= _POINT_ALIKE for one, other in pairs for a, b in zip(one, other, strict=True))
    gamma = 1 / stored
    usual = abs(gamma - _SRGB_GAMMA) <= _GAMMA_ALIKE
    return None if alike and usual else (primaries, gamma)


def adobe_rgb_by_exif(image: Image.Image) -> bool:
    """Whether EXIF says Adobe RGB, as cameras do that write no profile (DCF 2.0: interoperability index R03)."""
    try:
        exif = image.getexif()
        if not exif:
            return False
        index = exif.get_ifd(_INTEROPERABILITY).get(1, "")
        return str(index).strip("\0 ") == "R03"
    except Exception:  # noqa: BLE001 - damaged EXIF raises whatever its bytes lead to, and says nothing then
        return False


def hidden_profile(image: Image.Image, data: bytes) -> bytes | None:
    """An ICC profile where Pillow does not look for one: in a JPEG 2000, GIF or BMP file."""
    if image.format == "JPEG2000":
        at = data[:_BOXES_BYTES].find(_JP2_PROFILE)
        return data[at + 7 : at - 4 + int.from_bytes(data[at - 4 : at])] if at >= 4 else None
    if image.format == "GIF":
        at = data.find(_GIF_PROFILE)
        return b"".join(_gif_blocks(data, at + len(_GIF_PROFILE))) if at >= 0 else None
    if image.format == "BMP" and data[14:18] == b"\x7c\0\0\0" and data[70:74] == b"DEBM":
        first, length = (int.from_bytes(data[at : at + 4], "little") for at in (126, 130))
        return data[14 + first :][:length]
    return None


def _gif_blocks(data: bytes, at: int) -> Iterator[bytes]:
    while at < len(data) and (length := data[at]):
        yield data[at + 1 : at + 1 + length]
        at += 1 + length


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk of a PNG before its pixels; none when it is no PNG."""
    at = len(_PNG) if data.startswith(_PNG) else len(data)
    for _ in range(_MAX_CHUNKS):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if len(kind) < 4 or kind == b"IDAT":
            return
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def has_left_out_profile(image: Image.Image, data: bytes) -> bool:
    """Whether `without_bad_profile` has taken this PNG's profile away."""
    told = image.format != "PNG" or "icc_profile" in image.info
    return not told and any(kind == b"iCCP" for kind, _ in png_chunks(data))


def without_bad_profile(data: bytes) -> bytes:
    """The same PNG without a profile for which Pillow would refuse the whole picture; other files as they are.

    Such a profile is left standing under another name, so that nothing else moves, and its checksum is made right.
    """
    body = next((body for kind, body in png_chunks(data) if kind == b"iCCP"), None)
    if body is None or _is_readable(body):
        return data
    at = data.index(b"iCCP" + body)
    named = b"icCX" + body  # private, and nobody's
    return b"".join((data[:at], named, zlib.crc32(named).to_bytes(4), data[at + len(named) + 4 :]))


def _is_readable(body: bytes) -> bool:
    """Whether Pillow gets past the chunk: a name, 0, a method, which is 0, and not too much that is packed."""
    end = body.find(b"\0")
    if end < 0 or body[end + 1 : end + 2] != b"\0":
        return False
    try:
        unpacker = zlib.decompressobj()
        unpacker.decompress(body[end + 2 :], _MAX_PROFILE_BYTES)
    except zlib.error:
        return True  # Pillow says that it is damaged
    return not unpacker.unconsumed_tail
