"""Colours as a file means them: its ICC profile, or what else it says of them, applied with Pillow's ImageCms (LCMS).

A profile comes from a stranger. It is bounded in size, it has to fit the picture, and whatever it does is looked at on
a grid of colours first: one that changes nothing is left alone without a word, one that leaves no picture is left out
with a note.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

from engine.pixels import colour_facts, colour_spaces

Convert: TypeAlias = Callable[[Image.Image], Image.Image]
"""From a strip of 8 bits, in the mode of the picture or as RGB, to one in sRGB."""

MAX_PROFILE_BYTES = 4 * 2**20
"""The largest profile that is used. Those of printing presses have up to 3 MB."""

_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_CLASSES = ("mntr", "scnr", "prtr", "spac")
_GRID = 17
_ALIKE = 1
"""Levels by which sRGB profiles differ from one another: in rounding, and in how their makers wrote the curve."""

_LEAST_RANGE = 64
_NAME_LENGTH = 60
_TAG_BYTES = 12
_MAX_TAGS = 200


@dataclass(frozen=True)
class Correction:
    """A correction of a picture's colours.

    Attributes:
        convert: Applied to every strip, or None when the colours are right as they are.
        note: What a person might want to know of it, or "".
    """

    convert: Convert | None = None
    note: str = ""


class _UnfitError(Exception):
    """A profile that cannot be used; the message says why, after "its colour profile"."""


def correction(image: Image.Image, data: bytes) -> Correction:
    """The correction that takes a picture's colours to sRGB.

    What says more goes first: cICP and nclx code points, an ICC profile, PNG's gamma, EXIF's word for Adobe RGB.

    Args:
        image: The picture, loaded.
        data: The bytes of its file, for what Pillow does not tell.
    """
    coded = colour_facts.coded_colours(image, data)
    if coded is not None:
        return _by_code(image, *coded)
    if "icc_profile" in image.info:
        return by_profile(image.info["icc_profile"], image.mode)
    if (hidden := colour_facts.hidden_profile(image, data)) is not None:
        return by_profile(hidden, image.mode)
    if colour_facts.has_left_out_profile(image, data):
        return Correction(note="its colour profile is damaged or has more than 1 MB and was left out")
    if (gamma := colour_facts.png_gamma(image)) is not None:
        return _by_profile_of(image, f"gamma {gamma[1]:.4g}", gamma[0], (gamma[1],))
    if colour_facts.adobe_rgb_by_exif(image):
        return _by_profile_of(image, "Adobe RGB", colour_spaces.ADOBE_RGB, (563 / 256,))
    return Correction()


def by_profile(profile: bytes | None, mode: str, name: str = "") -> Correction:
    """What an ICC profile makes of a picture.

    It can be used for deep pictures too, once they are scaled to 8 bits.

    Args:
        profile: The profile; None or of another type when the decoder found it damaged.
        mode: Pillow's mode of the picture.
        name: What to call it; its own description when "".
    """
    if not isinstance(profile, bytes):
        return Correction(note="its colour profile is damaged and was left out")
    if not profile:
        return Correction()
    try:
        return _used(profile, mode, name)
    except _UnfitError as error:
        return Correction(note=f"its colour profile {error} and was left out")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - ImageCms raises whatever a damaged profile leads to
        return Correction(note="its colour profile is damaged and was left out")


def _by_code(image: Image.Image, primaries: int, transfer: int, full_range: bool) -> Correction:
    if transfer in colour_spaces.HDR_TRANSFERS:
        kind = colour_spaces.HDR_TRANSFERS[transfer]
        return Correction(note=f"high dynamic range ({kind}) shown as it is stored, without tone mapping")
    if not full_range or primaries not in colour_spaces.PRIMARIES or transfer not in colour_spaces.TRANSFERS:
        return Correction(note=f"colours of an unusual kind ({primaries}, {transfer}) shown as they are stored")
    name, points = colour_spaces.PRIMARIES[primaries]
    return _by_profile_of(image, name, points, colour_spaces.TRANSFERS[transfer])


def _by_profile_of(
    image: Image.Image, name: str, primaries: colour_spaces.Primaries, curve: tuple[float, ...]
) -> Correction:
    try:
        profile = colour_spaces.matrix_profile(primaries, curve)
    except ValueError:
        return Correction(note="what it says of its colours makes no sense and was left out")
    return by_profile(profile, image.mode, name)


def _used(profile: bytes, mode: str, name: str) -> Correction:
    from PIL import ImageCms  # only a picture with a profile needs it

    if len(profile) > MAX_PROFILE_BYTES:
        raise _UnfitError(f"has more than {MAX_PROFILE_BYTES // 2**20} MB")
    opened = ImageCms.ImageCmsProfile(io.BytesIO(_without_elements(profile)))
    space = opened.profile.xcolor_space.strip()
    wanted = _space_of(mode)
    if space == "Lab" and mode == "LAB":
        return Correction()  # the mode says as much
    if opened.profile.device_class not in _CLASSES or space not in _SPACES:
        raise _UnfitError(f"is not one of a picture ({_clean(space) or 'no kind'})")
    name = name or _clean(ImageCms.getProfileDescription(opened)) or "a colour profile without a name"
    convert = _converter(opened, space)
    if _comparable(space, wanted) and _changes_nothing(convert, wanted):
        return Correction()
    if space != wanted:
        raise _UnfitError(f"({name}) is for {space} and not for {wanted}")
    _check_result(convert, space)
    what = f"CMYK ({name})" if space == "CMYK" else name
    return Correction(convert, f"{what} converted to sRGB")


def _comparable(space: str, wanted: str) -> bool:
    """Whether "it changes nothing" can be said at all; sRGB's own profile is often found on grey pictures."""
    return space != "CMYK" and (wanted in (None, space) or (space, wanted) == ("RGB", "GRAY"))


def _space_of(mode: str) -> str:
    """The colour space that a profile has to be for."""
    if mode in ("1", "L", "LA", "La"):
        return "GRAY"
    return {"CMYK": "CMYK", "LAB": "Lab"}.get(mode, "RGB")


def _without_elements(profile: bytes) -> bytes:
    """The profile with the names of its floating-point pipelines (D2Bx, B2Dx) made unknown.

    LCMS would prefer them to the tables that every profile has beside them. They may be thousands of steps long, each
    of which is computed for every entry of the table that LCMS makes, and nothing could stop that.
    """
    changed = bytearray(profile)
    count = min(int.from_bytes(profile[128:132]), _MAX_TAGS)
    for at in range(132, 132 + _TAG_BYTES * count, _TAG_BYTES):
        if profile[at : at + 3] in (b"D2B", b"B2D"):
            changed[at : at + 3] = b"xxx"
    return bytes(changed)


def _converter(opened: Any, space: str) -> Convert:
    """The transform of a profile to sRGB: colours as they are measured, relative to white."""
    from PIL import ImageCms

    mode = _SPACES[space]
    # LCMS shortens what it computes for each pixel. That costs colours nothing, but dark greys up to ten levels.
    flags = ImageCms.Flags.NOOPTIMIZE if space == "GRAY" else ImageCms.Flags.NONE
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    transform = ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), mode, "RGB", intent, flags)

    def apply(strip: Image.Image) -> Image.Image:
        result = ImageCms.applyTransform(strip if strip.mode == mode else strip.convert(mode), transform)
        assert result is not None  # only a conversion in place gives nothing
        return result

    return _by_table(apply) if space == "GRAY" else apply


def _by_table(apply: Convert) -> Convert:
    """The same for grey, with each of its 256 levels computed once."""
    table = apply(_grid("GRAY"))
    channels = [band.tobytes() for band in table.split()]

    def look_up(strip: Image.Image) -> Image.Image:
        grey = strip if strip.mode == "L" else strip.convert("L")
        return Image.merge("RGB", [grey.point(list(levels)) for levels in channels])

    return look_up


def _grid(space: str) -> Image.Image:
    """Colours from all over a space, black, white and the greys between them included."""
    if space == "GRAY":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[np.newaxis])
    channels = 4 if space == "CMYK" else 3
    levels = np.linspace(0, 255, 5 if space == "CMYK" else _GRID).round().astype(np.uint8)
    colours = np.stack(np.meshgrid(*[levels] * channels, indexing="ij"), axis=-1).reshape(1, -1, channels)
    return Image.frombytes(_SPACES[space], colours.shape[1::-1], colours.tobytes())


def _changes_nothing(convert: Convert, space: str) -> bool:
    grid = _grid(space)
    before = np.asarray(grid.convert("RGB")).astype(np.int16)
    return bool(np.abs(np.asarray(convert(grid.convert("RGB"))).astype(np.int16) - before).max() <= _ALIKE)


def _check_result(convert: Convert, space: str) -> None:
    """Refuse a profile that makes nearly everything one colour."""
    light = np.asarray(convert(_grid(space)).convert("L")).astype(np.int16)
    if light.max() - light.min() < _LEAST_RANGE:
        raise _UnfitError("leaves nothing of the picture")


def _clean(text: str) -> str:
    """A stranger's words, fit to stand in a note."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).replace(";", ",")
    return " ".join(words.split())[:_NAME_LENGTH].strip()
