"""Pictures that Pillow opens but gives only the upper 8 bits of: PNG, JPEG 2000 and SGI of more; and its deep modes."""

from __future__ import annotations

import numpy as np
from PIL import Image

from engine.pixels.limits import check_samples, is_decoded_smaller
from engine.pixels.modes import orientation_of, strips
from engine.pixels.raster import Raster, Samples

_ALPHA = (2, 4)  # how many channels there are when the last of them is alpha
_EXIF_WORDS = (b"eXIf", b"Orientation", b"Raw profile")


def read(image: Image.Image, data: bytes, name: str) -> Raster | None:
    """Decode a picture of more than 8 bits for which Pillow would give 8.

    Args:
        image: The picture, opened by Pillow but not loaded.
        data: The bytes of the file.
        name: Its name, as it stands in a sentence.

    Returns:
        The picture, or None when Pillow gives all there is.

    Raises:
        EngineError: It is too large.
        Exception: Whatever damaged files lead to.
    """
    if image.format == "PNG" and data[24] == 16 and image.mode != "I;16" and getattr(image, "n_frames", 1) == 1:
        return _png(image, data, name)
    if image.format == "JPEG2000":
        return _jpeg2000(image, data, name)
    if image.format == "SGI" and data[2:4] == b"\0\2":
        return _sgi(image, data, name)
    return None


def note_of_depth(image: Image.Image, data: bytes) -> tuple[str, ...]:
    """The note for a picture of more than 8 bits that is left to Pillow, which gives the upper 8 of them.

    These are animated PNG, packed SGI, and JPEG 2000 that is decoded smaller or mixes depths.
    """
    deep = {
        "PNG": data[24:25] == b"\x10",
        "SGI": data[3:4] == b"\2",
        "JPEG2000": any(depth[0] & 0x7F > 7 for depth in _components(data)),
    }
    is_cut = deep.get(image.format or "", False) and not image.mode.startswith("I;")
    return ("the upper 8 bits of its values",) if is_cut else ()


def of_image(image: Image.Image) -> Raster | None:
    """A loaded image of one of Pillow's deep modes, or None for those of 8 bits."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;"):
        return None
    dtype = np.dtype({"I": np.int32, "F": np.float32}.get(image.mode, np.uint16))
    samples = np.empty((image.height, image.width, 1), dtype)
    for top, strip in strips(image):
        samples[top : top + strip.height, :, 0] = np.asarray(strip)
    key, profile = image.info.get("transparency"), image.info.get("icc_profile")
    return Raster(
        samples=samples,
        bits=8 * dtype.itemsize,
        alpha=np.where(samples[..., 0] == key, np.uint8(0), np.uint8(255)) if isinstance(key, int) else None,
        orientation=orientation_of(image),
        icc_profile=profile if isinstance(profile, bytes) else None,
    )


def _raster(image: Image.Image, samples: Samples, bits: int, orientation: int = 1) -> Raster:
    """Colours, and alpha when there are 2 or 4 channels."""
    samples = samples.reshape(*samples.shape[:2], -1)
    has_alpha = samples.shape[2] in _ALPHA
    profile = image.info.get("icc_profile")
    return Raster(
        samples=samples[..., :-1] if has_alpha else samples,
        bits=bits,
        alpha=samples[..., -1] if has_alpha else None,
        opaque=float(2**bits - 1),
        orientation=orientation,
        icc_profile=profile if isinstance(profile, bytes) else None,
    )


def _png(image: Image.Image, data: bytes, name: str) -> Raster:
    import imagecodecs  # rarely needed

    check_samples(image.size, 4, 2, name)
    # Pillow may have to decode the whole picture to find its EXIF data.
    orientation = orientation_of(image) if any(word in data for word in _EXIF_WORDS) else 1
    return _raster(image, np.asarray(imagecodecs.png_decode(data)), 16, orientation)


def _jpeg2000(image: Image.Image, data: bytes, name: str) -> Raster | None:
    """JPEG 2000 of more than 8 bits, or with a sign, unless it is decoded smaller or is no grey or RGB."""
    several = _components(data)
    components = set(several)
    if image.mode not in ("I;16", "L", "LA", "RGB", "RGBA") or is_decoded_smaller(image) or len(components) != 1:
        return None
    depth, *steps = components.pop()
    signed, bits = depth >> 7, (depth & 0x7F) + 1
    if steps != [1, 1] or not (signed or bits > 8) or bits > 32:
        return None
    import imagecodecs

    check_samples(image.size, len(several), 2 if bits <= 16 else 4, name)
    samples = np.asarray(imagecodecs.jpeg2k_decode(data))
    if samples.shape[:2] != (image.height, image.width):
        raise ValueError(samples.shape)
    return _raster(image, samples, bits)


def _components(data: bytes) -> list[bytes]:
    """Depth and steps of the first components of a JPEG 2000 (ISO 15444-1, A.5.1): three bytes each."""
    at = data.find(b"\xff\x4f\xff\x51")
    count = int.from_bytes(data[at + 40 : at + 42])
    found = [data[at + 42 + 3 * number : at + 45 + 3 * number] for number in range(min(count, 5))]
    return [component for component in found if len(component) == 3]


def _sgi(image: Image.Image, data: bytes, name: str) -> Raster:
    """SGI of 16 bits without compression: one plane after the other, each from the bottom."""
    width, height, channels = (int.from_bytes(data[at : at + 2]) for at in (6, 8, 10))
    channels = 1 if int.from_bytes(data[4:6]) < 3 else channels
    check_samples((width, height), channels, 2, name)
    planes = np.frombuffer(data, ">u2", width * height * channels, 512).reshape(channels, height, width)
    return _raster(image, planes[:, ::-1].transpose(1, 2, 0).astype(np.uint16), 16)
