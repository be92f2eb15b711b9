"""How large a picture may be, by format, and what happens to a larger one.

All of it is decided on the header, before pixels are decoded. The figures keep opening a picture under 1 GB and 5 s on
two ordinary cores; `benchmarks/odd_pictures.py` measures that.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, Jpeg2KImagePlugin, JpegImagePlugin

from engine.records import EngineError

MAX_PIXELS = 64_000_000
"""The most pixels that are held. Pillow takes 4 bytes for each and the result 3: 450 MB beside the file's bytes and the
decoder's own memory. A larger JPEG or JPEG 2000 is decoded at a half, a quarter or an eighth of its size."""

MAX_JPEG_PIXELS = 400_000_000
"""The most pixels of a JPEG that is decoded smaller: all of them are still unpacked."""

MAX_BUFFERED_JPEG_PIXELS = 100_000_000
"""The same for a JPEG in several scans, for which libjpeg keeps up to 6 bytes a pixel of the whole picture."""

MAX_SCANNED_PIXELS = 2_000_000_000
"""Scans times pixels of a JPEG. Encoders write about 10 scans; an attack many thousands of empty ones, each of which
goes over the whole picture."""

MAX_ANIMATED_PIXELS = 16_000_000
"""The most pixels of one frame of an animation (GIF, WebP, PNG). Later frames are put together from earlier ones, whole
copies of which are held meanwhile: 64 megapixels took 1 GB and 4 s."""

MAX_SKIPPED_PIXELS = 400_000_000
"""The most pixels of earlier frames that are decoded on the way to a later one."""

MAX_SAMPLE_BYTES = 320 * 2**20
"""The most bytes of samples that are held of a picture of any depth, beside the file's bytes, and as much again to
unpack its strips and tiles. Its 8-bit copy comes while they are there."""

MAX_SEGMENTS = 500_000
"""The most strips or tiles of a TIFF: each takes some microseconds and 100 bytes, whatever is in it."""

# Decoders written in Python take about a microsecond a pixel, that of JPEG 2000 a quarter of one; those of WebP and
# AVIF hold up to five copies of the picture.
_FORMAT_PIXELS = {
    "BLP": 2_000_000,
    "QOI": 2_000_000,
    "XPM": 2_000_000,
    "WEBP": 32_000_000,
    "AVIF": 32_000_000,
    "JPEG2000": 12_000_000,
}
_MAX_JPEG2000_PIXELS = 100_000_000
_ANIMATED = ("GIF", "WEBP", "PNG")
_RANDOM_ACCESS = ("TIFF", "MPO", "DCX", "SPIDER", "HEIF")
_MAX_REDUCTION = 8
_JPEG2000_SIZE = b"\xff\x4f\xff\x51"  # start of codestream, then its size segment
_JPEG_SCAN = b"\xff\xda"


def fit_into_memory(image: Image.Image, data: bytes, name: str) -> str:
    """Check the size that a picture's header states, and have a large JPEG or JPEG 2000 decoded smaller.

    Args:
        image: The picture, opened but not loaded. It may be set to load at a fraction of its size.
        data: The bytes of the file.
        name: The file's name, as it stands in a sentence.

    Returns:
        What was done, or "".

    Raises:
        EngineError: It has no pixels or too many.
    """
    if min(image.size) < 1:
        raise EngineError(f"{name} is {_size(image.size)} pixels, which is nothing to look at; choose another picture.")
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        return _fit_jpeg(image, data, name)
    if isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        return _fit_jpeg2000(image, data, name)
    if image.format == "ICNS":
        for size in codestream_sizes(data):
            check_size(size, _FORMAT_PIXELS["JPEG2000"], name)
    check_size(image.size, _FORMAT_PIXELS.get(image.format or "", MAX_PIXELS), name)
    return ""


def check_animated(image: Image.Image, name: str) -> None:
    """Raise an `EngineError` when the frames of an animation are too large; they are told before any is decoded."""
    if image.format in _ANIMATED:
        check_size(image.size, MAX_ANIMATED_PIXELS, name, kind="an animation")


def check_size(size: tuple[int, int], limit: int, name: str, kind: str = "this format") -> None:
    """Raise an `EngineError` when (width, height) is more than that many pixels in that kind of picture."""
    pixels = size[0] * size[1]
    if pixels > limit:
        raise EngineError(
            f"{name} is {_size(size)} pixels ({pixels / 1e6:,.0f} megapixels), more than the {limit // 10**6} "
            f"megapixels that are opened in {kind}; make it smaller first."
        )


def check_skipped(image: Image.Image, frame: int, name: str) -> None:
    """Raise an `EngineError` when reaching a frame means decoding too many before it."""
    if image.format not in _RANDOM_ACCESS and frame * image.width * image.height > MAX_SKIPPED_PIXELS:
        raise EngineError(f"Frame {frame} of {name} is too far into a large animation; choose an earlier frame.")


def check_samples(size: tuple[int, int], channels: int, depth: int, name: str) -> None:
    """Raise an `EngineError` when (width, height) pixels of so many samples of so many bytes are not held."""
    if size[0] * size[1] * channels * depth > MAX_SAMPLE_BYTES:
        raise EngineError(
            f"{name} is {_size(size)} pixels of {channels} × {8 * depth} bits, more than the "
            f"{MAX_SAMPLE_BYTES // 2**20} MB that are opened of this kind; make it smaller first."
        )


def is_decoded_smaller(image: Image.Image) -> bool:
    """Whether `fit_into_memory` has a JPEG 2000 of this size decoded at a fraction of it."""
    return _divisor(image.size, _FORMAT_PIXELS["JPEG2000"]) > 1


def is_random_access(image: Image.Image) -> bool:
    """Whether a frame can be reached without decoding those before it, which may have any size."""
    return image.format in _RANDOM_ACCESS


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"


def _fit_jpeg(image: JpegImagePlugin.JpegImageFile, data: bytes, name: str) -> str:
    width, height = image.size
    if data.count(_JPEG_SCAN) * width * height > MAX_SCANNED_PIXELS:
        raise EngineError(f"{name} is a JPEG made of too many scans to decode; open it elsewhere and save it anew.")
    check_size(image.size, MAX_BUFFERED_JPEG_PIXELS if _is_buffered(image, data) else MAX_JPEG_PIXELS, name)
    divisor = _divisor(image.size, MAX_PIXELS)
    if divisor == 1:
        return ""
    image.draft(None, (max(1, width // divisor), max(1, height // divisor)))
    return _reduced((width, height), divisor)


def _fit_jpeg2000(image: Jpeg2KImagePlugin.Jpeg2KImageFile, data: bytes, name: str) -> str:
    for size in (image.size, *codestream_sizes(data)):
        check_size(size, _MAX_JPEG2000_PIXELS, name)
    divisor = _divisor(image.size, _FORMAT_PIXELS["JPEG2000"])
    if divisor == 1:
        return ""
    image.reduce = divisor.bit_length() - 1
    return _reduced(image.size, divisor)


def _divisor(size: tuple[int, int], limit: int) -> int:
    """The smallest power of two by which both sides must be divided to have at most that many pixels; at most 8."""
    divisor = 1
    while size[0] * size[1] > limit * divisor**2 and divisor < _MAX_REDUCTION:
        divisor *= 2
    return divisor


def _reduced(size: tuple[int, int], divisor: int) -> str:
    return f"decoded at 1/{divisor} of its {_size(size)} pixels"


def _is_buffered(image: JpegImagePlugin.JpegImageFile, data: bytes) -> bool:
    """Whether libjpeg has to keep the whole picture's coefficients: more than one scan brings them."""
    if "progressive" in image.info:
        return True
    components = _first_scan_components(data)
    return components is None or components < len(image.layer)


def _first_scan_components(data: bytes) -> int | None:
    """How many components the first scan of a JPEG has (ITU-T T.81, B.2.3), or None when it cannot be found."""
    position = 2
    while position + 4 < len(data):
        if data[position] != 0xFF or data[position + 1] in (0x00, 0xFF):
            position += 1  # fill bytes, or garbage that decoders skip
        elif data[position + 1] == _JPEG_SCAN[1]:
            return data[position + 4]
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4])
    return None


def codestream_sizes(data: bytes) -> Iterator[tuple[int, int]]:
    """The size of each JPEG 2000 codestream (ISO 15444-1, A.5.1), whatever the boxes around it state."""
    position = data.find(_JPEG2000_SIZE)
    while position >= 0:
        right, bottom, left, top = (int.from_bytes(data[position + at : position + at + 4]) for at in (8, 12, 16, 20))
        yield max(0, right - left), max(0, bottom - top)
        position = data.find(_JPEG2000_SIZE, position + 1)
