"""Intact pictures of every mode and format that Pillow writes."""

from __future__ import annotations

import functools
import io
import warnings
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 40, 30
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB", "I", "I;16", "I;16B", "F")
TIFF_COMPRESSIONS = ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits", "group4", "zstd", "lzma")


def make(mode: str, seed: int = 0) -> Image.Image:
    """A picture of any mode, of gradients and noise."""
    values = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 4), dtype=np.uint8)
    values[:, :, 0] = np.arange(WIDTH) * 6
    if mode in ("I;16", "I;16B"):
        return Image.frombytes(mode, (WIDTH, HEIGHT), values[:, :, :2].tobytes())
    if mode in ("CMYK", "RGBA", "RGBX"):
        return Image.frombytes(mode, (WIDTH, HEIGHT), values.tobytes())
    if mode in ("HSV", "LAB", "YCbCr", "RGB"):
        return Image.frombytes(mode, (WIDTH, HEIGHT), values[:, :, :3].tobytes())
    if mode == "PA":
        return make("RGB", seed).convert("P").convert("PA")
    return make("RGBA", seed).convert(mode)


def saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


@functools.cache
def intact() -> dict[str, bytes]:
    """Every mode in every format that Pillow can write it in, and what single formats have of their own."""
    Image.init()
    files: dict[str, bytes] = {}
    for format_name in sorted(Image.SAVE):
        for mode in MODES:
            # most formats have no such mode, and IM is leaving Pillow
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                files[f"{format_name} {mode}"] = saved(make(mode), format_name)
    files.update(special())
    return files


def special() -> Iterator[tuple[str, bytes]]:
    frames = [make("RGB", seed) for seed in range(4)]
    for format_name in ("GIF", "WEBP", "PNG", "TIFF", "AVIF", "MPO"):
        yield f"{format_name} frames", saved(frames[0], format_name, save_all=True, append_images=frames[1:])
    for compression in TIFF_COMPRESSIONS:
        mode = "1" if compression == "group4" else "RGB"
        yield f"TIFF {compression}", saved(make(mode), "TIFF", compression=compression)
    for format_name in ("GIF", "PNG"):
        yield f"{format_name} P transparent", saved(make("P"), format_name, transparency=3)
    yield "PNG P alpha", saved(make("P"), "PNG", transparency=bytes(range(256)))
    yield "PNG RGB key", saved(make("RGB"), "PNG", transparency=(0, 0, 0))
    yield "PNG L key", saved(make("L"), "PNG", transparency=17)
    yield "PNG I;16 key", saved(make("I;16"), "PNG", transparency=17)
    yield "JPEG progressive", saved(make("RGB"), "JPEG", progressive=True)
    for orientation in range(10):
        exif = Image.Exif()
        exif[0x0112] = orientation
        for format_name in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
            yield f"{format_name} orientation {orientation}", saved(make("RGB"), format_name, exif=exif)
    yield "PNG wrong exif", saved(make("RGB"), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
