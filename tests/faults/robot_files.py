"""Files that a robot user opens: pictures of many kinds, and what people hand over by mistake."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from PIL import Image

_FORMATS = ("png", "jpg", "webp", "bmp", "gif", "tif")
_FRAMES = 4


def write_files(folder: Path, chance: random.Random) -> list[Path]:
    """Twelve pictures, an animation and a document of several pages, and ten files that are no picture.

    Args:
        folder: Where to; it is there.
        chance: Decides about sizes and pixels.

    Returns:
        The paths; the last two lead nowhere and to a folder.
    """
    numbers = np.random.default_rng(chance.randrange(2**32))
    paths = []
    for index in range(12):
        path = folder / f"picture {index}.{_FORMATS[index % len(_FORMATS)]}"
        height, width = chance.choice([(1, 1), (7, 300), (64, 48), (300, 400), (480, 640), (900, 700)])
        _noise(numbers, height, width).save(path)
        paths.append(path)
    for name in ("animation.gif", "pages.tif"):
        first, *others = (_noise(numbers, 60, 80) for _ in range(_FRAMES))
        first.save(folder / name, save_all=True, append_images=others)
        paths.append(folder / name)
    paths += _damaged(folder, paths, chance)
    (folder / "a folder").mkdir()
    return [*paths, folder / "nowhere.png", folder / "a folder"]


def _damaged(folder: Path, good: list[Path], chance: random.Random) -> list[Path]:
    contents = {
        "empty.png": b"",
        "text.jpg": b"This is not a picture.\n" * 20,
        "document.pdf": b"%PDF-1.7\n" + bytes(200),
        "damaged.json": b'{"schema": "convscope-manifest", "version": 1',
        "foreign.json": b'{"a": [1, 2, 3]}',
        "noise.webp": chance.randbytes(3000),
    }
    for index, source in enumerate(chance.sample(good, 4)):
        data = source.read_bytes()
        contents[f"cut off {index}{source.suffix}"] = data[: chance.randrange(1, len(data))]
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in contents]


def _noise(numbers: np.random.Generator, height: int, width: int) -> Image.Image:
    """Blobs, so that maps have something in them."""
    small = numbers.integers(0, 256, (max(1, height // 16), max(1, width // 16), 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
