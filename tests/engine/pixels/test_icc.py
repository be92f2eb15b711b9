"""Colours come as the file means them: profiles of every kind and in every format, against values computed here."""

from __future__ import annotations

import io
import itertools
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from made_profiles import (
    ADOBE,
    P3,
    PROPHOTO,
    REC2020,
    SRGB,
    Floats,
    curve,
    expected,
    grey_profile,
    lab_code,
    lab_in_srgb,
    light_to_srgb,
    matrix_profile,
    profile,
    srgb_to_light,
    table_profile,
    to_xyz,
    xyz,
)
from PIL import Image, ImageCms

from engine import images
from engine.pixels import icc
from engine.records import Picture

Pixels = npt.NDArray[np.uint8]


def power(exponent: float) -> Callable[[Floats], Floats]:
    return lambda values: values**exponent


SPACES = {
    "Display P3": (P3, srgb_to_light),
    "Adobe RGB (1998)": (ADOBE, power(563 / 256)),
    "Rec. 2020": (REC2020, power(2.4)),
    "ProPhoto RGB": (PROPHOTO, power(1.8)),
    "linear sRGB": (SRGB, power(1.0)),
}


def colours() -> Pixels:
    """Every mixture of some levels, uint8 (18, 12, 3); dark ones too."""
    levels = (0, 20, 60, 128, 200, 255)
    return np.array(list(itertools.product(levels, repeat=3)), np.uint8).reshape(18, 12, 3)


def saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_name, **options)
    return stream.getvalue()


def difference(found: Pixels, wanted: Pixels) -> int:
    return int(np.abs(found.astype(int) - wanted.astype(int)).max())


@pytest.mark.parametrize("name", SPACES)
def test_spaces_of_three_primaries(name: str) -> None:
    made = matrix_profile(*SPACES[name], name)
    picture = images.open_picture(saved(Image.fromarray(colours()), "PNG", icc_profile=made))
    assert difference(picture.pixels, expected(colours(), *SPACES[name])) <= 1
    assert picture.note == f"{name} converted to sRGB"


LOSSLESS: dict[str, dict[str, object]] = {
    "PNG": {},
    "TIFF": {},
    "WEBP": {"lossless": True},
    "JPEG": {"quality": 100, "subsampling": 0},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
}


@pytest.mark.parametrize("format_name", LOSSLESS)
def test_formats(format_name: str) -> None:
    made = matrix_profile(*SPACES["Display P3"], "Display P3")
    flat = np.full((32, 32, 3), (200, 60, 128), np.uint8)
    data = saved(Image.fromarray(flat), format_name, icc_profile=made, **LOSSLESS[format_name])
    plain = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    picture = images.open_picture(data)
    assert difference(picture.pixels, expected(plain, *SPACES["Display P3"])) <= 1
    assert picture.note == "Display P3 converted to sRGB"


def psd_with(made: bytes, pixels: Pixels) -> bytes:
    height, width, _ = pixels.shape
    resource = b"8BIM" + struct.pack(">HHI", 1039, 0, len(made)) + made + bytes(len(made) % 2)
    head = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, height, width, 8, 3)
    planes = pixels.transpose(2, 0, 1).tobytes()
    return head + struct.pack(">II", 0, len(resource)) + resource + struct.pack(">IH", 0, 0) + planes


def gif_with(made: bytes, pixels: Pixels) -> bytes:
    data = saved(Image.fromarray(pixels).convert("P", palette=Image.Palette.ADAPTIVE), "GIF")
    blocks = b"".join(bytes([len(part)]) + part for part in (made[at : at + 255] for at in range(0, len(made), 255)))
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + b"\x21\xff\x0bICCRGBG1012" + blocks + b"\0" + data[at:]


def bmp_with(made: bytes, pixels: Pixels) -> bytes:
    height, width, _ = pixels.shape
    rows = pixels[::-1, :, ::-1].tobytes()  # a width of 12 needs no padding
    info = struct.pack("<IiiHHIIiiII", 124, width, height, 1, 24, 0, len(rows), 0, 0, 0, 0)
    info += bytes(16) + b"DEBM" + bytes(36 + 12) + struct.pack("<IIII", 4, 124 + len(rows), len(made), 0)
    assert len(info) == 124
    return b"BM" + struct.pack("<IHHI", 138 + len(rows) + len(made), 0, 0, 138) + info + rows + made


def jpeg2000_with(made: bytes, pixels: Pixels) -> bytes:
    data = saved(Image.fromarray(pixels), "JPEG2000", irreversible=False)
    at = data.index(b"colr") - 4
    (length,) = struct.unpack_from(">I", data, at)
    box = struct.pack(">I", 11 + len(made)) + b"colr\2\0\0" + made
    head = data.index(b"jp2h") - 4
    grown = struct.unpack_from(">I", data, head)[0] + len(box) - length
    return data[:head] + struct.pack(">I", grown) + data[head + 4 : at] + box + data[at + length :]


CONTAINERS = {"psd": psd_with, "gif": gif_with, "bmp": bmp_with, "jpeg 2000": jpeg2000_with}


@pytest.mark.parametrize("name", CONTAINERS)
def test_profiles_in_containers_written_here(name: str) -> None:
    made = matrix_profile(*SPACES["Adobe RGB (1998)"], "Adobe RGB (1998)")
    picture = images.open_picture(CONTAINERS[name](made, colours()))
    wanted = expected(colours(), *SPACES["Adobe RGB (1998)"])
    assert difference(picture.pixels, wanted) <= 1
    assert picture.note == "Adobe RGB (1998) converted to sRGB"


def test_transparency_stays_what_it_is() -> None:
    made = matrix_profile(*SPACES["Display P3"], "Display P3")
    rgba = np.dstack((colours(), np.full((18, 12), 255, np.uint8)))
    rgba[0, :, 3] = 0
    picture = images.open_picture(saved(Image.fromarray(rgba), "PNG", icc_profile=made))
    assert difference(picture.pixels[1:], expected(colours(), *SPACES["Display P3"])[1:]) <= 1
    assert (picture.pixels[0] == 255).all()
    assert picture.note == "Display P3 converted to sRGB; transparent parts shown on white"


def test_palettes_are_colours_too() -> None:
    made = matrix_profile(*SPACES["Display P3"], "Display P3")
    image = Image.fromarray(np.arange(216, dtype=np.uint8).reshape(18, 12), "P")
    image.putpalette(colours().tobytes())
    picture = images.open_picture(saved(image, "PNG", icc_profile=made))
    assert difference(picture.pixels, expected(colours(), *SPACES["Display P3"])) <= 1


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
def test_grey(mode: str) -> None:
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).convert(mode)
    data = saved(ramp, "PNG", icc_profile=grey_profile(power(1.0), "Linear grey"))
    picture = images.open_picture(data)
    wanted = np.rint(light_to_srgb(np.asarray(ramp.convert("L")) / 255.0) * 255)
    assert difference(picture.pixels, np.repeat(wanted[..., None], 3, axis=2).astype(np.uint8)) <= 1
    assert picture.note == "Linear grey converted to sRGB"


INKS = {
    (0, 0, 0, 0): (100, 0, 0),
    (255, 0, 0, 0): (55, -37, -50),
    (0, 255, 0, 0): (48, 74, -3),
    (0, 0, 255, 0): (89, -5, 93),
    (255, 255, 0, 0): (24, 17, -46),
    (255, 0, 255, 0): (50, -65, 27),
    (0, 255, 255, 0): (47, 68, 48),
}


def press() -> bytes:
    """A printing press: the colours of its inks one over the other, and black over all of them."""
    corners = np.zeros((2, 2, 2, 2, 3), np.uint16)
    corners[...] = lab_code((0, 0, 0))
    for inks, lab in INKS.items():
        corners[tuple(ink // 255 for ink in inks)] = lab_code(lab)
    return table_profile(b"CMYK", corners, power(1.0), "A press", pcs=b"Lab ")


@pytest.mark.parametrize("format_name", ["TIFF", "JPEG", "JPEG without Adobe's marker"])
def test_inks(format_name: str) -> None:
    for inks, lab in {**INKS, (0, 0, 0, 255): (0, 0, 0)}.items():
        image = Image.new("CMYK", (16, 16), inks)
        if "without" in format_name:
            data = without_marker(saved(Image.new("CMYK", (16, 16), tuple(255 - ink for ink in inks)), "JPEG"))
            data = data[:2] + icc_segment(press()) + data[2:]
        else:
            data = saved(image, format_name, icc_profile=press())
        picture = images.open_picture(data)
        assert difference(picture.pixels, np.broadcast_to(lab_in_srgb(lab), (16, 16, 3))) <= 3, inks
        assert picture.note.startswith("CMYK (A press) converted to sRGB")
        assert ("0 is no ink" in picture.note) == ("without" in format_name)


def without_marker(data: bytes) -> bytes:
    at = data.index(b"\xff\xee\0\x0eAdobe")
    return data[:at] + data[at + 16 :]


def icc_segment(made: bytes) -> bytes:
    body = b"ICC_PROFILE\0\1\1" + made
    return b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body


def test_inks_without_a_profile_and_without_a_marker() -> None:
    """libjpeg stores what it is given; only Adobe's marker says that it is upside down."""
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    assert difference(images.open_image(saved(image, "JPEG", quality=100)), np.array([255, 0, 0], np.uint8)) <= 1
    turned = Image.new("CMYK", (16, 16), (255, 0, 0, 255))  # Pillow stores the complement
    picture = images.open_picture(without_marker(saved(turned, "JPEG", quality=100)))
    assert difference(picture.pixels, np.array([255, 0, 0], np.uint8)) <= 1


def test_a_table_whose_channels_are_no_colours() -> None:
    """As in XYB: what is stored as red, green and blue means nothing without the table."""
    columns = to_xyz(SRGB)[:, [1, 2, 0]]  # green, blue, red
    corners = np.zeros((2, 2, 2, 3), np.uint16)
    for place in itertools.product((0, 1), repeat=3):
        corners[place] = np.clip(np.rint(columns @ np.array(place) * 32768), 0, 65535)
    made = table_profile(b"RGB ", corners, power(2.0), "Turned round", pcs=b"XYZ ")
    data = saved(Image.fromarray(colours()), "JPEG", quality=100, subsampling=0, icc_profile=made)
    plain = np.asarray(Image.open(io.BytesIO(data)))
    picture = images.open_picture(data)
    wanted = np.rint(light_to_srgb((plain[..., [2, 0, 1]] / 255.0) ** 2) * 255).astype(np.uint8)
    assert difference(picture.pixels, wanted) <= 1
    assert picture.note == "Turned round converted to sRGB"


@pytest.mark.parametrize(
    "made",
    [
        matrix_profile(SRGB, srgb_to_light, "Some other name"),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
)
def test_srgb_is_known_by_what_it_does(made: bytes) -> None:
    for image in (Image.fromarray(colours()), Image.fromarray(colours()).convert("L")):
        picture = images.open_picture(saved(image, "PNG", icc_profile=made))
        np.testing.assert_array_equal(picture.pixels, np.asarray(image.convert("RGB")))
        assert picture.note == ""


def test_a_profile_that_only_says_that_it_is_srgb() -> None:
    picture = images.open_picture(
        saved(Image.fromarray(colours()), "PNG", icc_profile=matrix_profile(P3, srgb_to_light, "sRGB IEC61966-2.1"))
    )
    assert difference(picture.pixels, expected(colours(), P3, srgb_to_light)) <= 1
    assert picture.note


P3_PROFILE = matrix_profile(*SPACES["Display P3"], "Display P3")
UNFIT = {
    "for grey": (grey_profile(power(1.8)), "RGB", "(made grey) is for GRAY and not for RGB"),
    "for inks": (press(), "RGB", "(A press) is for CMYK and not for RGB"),
    "for colours": (matrix_profile(ADOBE, power(2.2), "Adobe"), "L", "(Adobe) is for RGB and not for GRAY"),
    "for colours, on inks": (P3_PROFILE, "CMYK", "(Display P3) is for RGB and not for CMYK"),
    "cut off": (P3_PROFILE[:300], "RGB", "is damaged"),
    "cut off in its head": (P3_PROFILE[:50], "RGB", "is damaged"),
    "noise": (bytes(range(256)) * 4, "RGB", "is damaged"),
    "without tables": (profile(b"RGB ", {}), "RGB", "is damaged"),
    "black": (
        profile(
            b"RGB ",
            {
                **dict.fromkeys((b"rXYZ", b"gXYZ", b"bXYZ"), xyz((0, 0, 0))),
                **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve(power(1.0))),
            },
        ),
        "RGB",
        "leaves nothing of the picture",
    ),
    "of a link": (P3_PROFILE[:12] + b"link" + P3_PROFILE[16:], "RGB", "is not one of a picture"),
    "too large": (P3_PROFILE + bytes(icc.MAX_PROFILE_BYTES), "RGB", "has more than 4 MB"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_profiles_that_cannot_be_used(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    made, mode, reason = UNFIT[name]
    image = Image.fromarray(colours()).convert(mode)
    picture = images.open_picture(saved(image, "TIFF", icc_profile=made))
    np.testing.assert_array_equal(picture.pixels, np.asarray(image.convert("RGB")))
    assert picture.note.startswith(f"its colour profile {reason}")
    assert "was left out" in picture.note
    assert capfd.readouterr() == ("", "")


def test_the_name_of_a_profile_fits_into_a_note() -> None:
    made = matrix_profile(*SPACES["Display P3"], "two\nlines; and \x07" + "x" * 200)
    note = icc.by_profile(made, "RGB").note
    assert note.startswith("two lines, and xxx")
    assert len(note) < 100


def test_floating_point_pipelines_are_passed_over() -> None:
    """LCMS would take a broken D2B0 before the good table beside it."""
    made = bytearray(table_profile(b"RGB ", np.zeros((2, 2, 2, 3), np.uint16), power(1.0), "x", pcs=b"XYZ "))
    made += bytes(12)
    at = made.index(b"A2B0")
    made[at : at + 4] = b"D2B1"
    assert b"D2B1" not in icc._without_elements(bytes(made))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    data = saved(Image.fromarray(colours()), "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def opened(*chunks: bytes) -> Picture:
    return images.open_picture(png_with(*chunks))


def points(primaries: object) -> bytes:
    return struct.pack(">8I", *(round(value * 100_000) for point in primaries for value in point))  # type: ignore[attr-defined]


CODED = {
    (12, 13): ("Display P3", P3, srgb_to_light),
    (9, 8): ("Rec. 2020", REC2020, power(1.0)),
    (1, 4): ("Rec. 709", SRGB, power(2.2)),
}


@pytest.mark.parametrize("code", CODED)
def test_code_points_of_a_png(code: tuple[int, int]) -> None:
    name, primaries, function = CODED[code]
    other = matrix_profile(*SPACES["ProPhoto RGB"], "ProPhoto")  # cICP goes before it
    picture = opened(chunk(b"cICP", bytes((*code, 0, 1))), chunk(b"iCCP", b"x\0\0" + zlib.compress(other)))
    assert difference(picture.pixels, expected(colours(), primaries, function)) <= 1
    assert picture.note == f"{name} converted to sRGB"


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (bytes((1, 13, 0, 1)), ""),
        (bytes((9, 16, 0, 1)), "high dynamic range (PQ) shown as it is stored, without tone mapping"),
        (bytes((9, 18, 0, 1)), "high dynamic range (HLG) shown as it is stored, without tone mapping"),
        (bytes((77, 13, 0, 1)), "colours of an unusual kind (77, 13) shown as they are stored"),
        (bytes((12, 13, 0, 0)), "colours of an unusual kind (12, 13) shown as they are stored"),
        (b"\x0c", ""),
    ],
)
def test_code_points_that_change_nothing(body: bytes, note: str) -> None:
    picture = opened(chunk(b"cICP", body))
    np.testing.assert_array_equal(picture.pixels, colours())
    assert picture.note == note


def test_the_gamma_of_a_png() -> None:
    linear = opened(chunk(b"gAMA", struct.pack(">I", 100_000)))
    assert difference(linear.pixels, expected(colours(), SRGB, power(1.0))) <= 1
    assert linear.note == "gamma 1 converted to sRGB"
    wide = opened(chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", points(ADOBE)))
    assert difference(wide.pixels, expected(colours(), ADOBE, power(2.2))) <= 1
    assert wide.note == "gamma 2.2 converted to sRGB"


@pytest.mark.parametrize(
    "chunks",
    [
        [chunk(b"gAMA", struct.pack(">I", 45_455))],
        [chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", points(SRGB))],
        [chunk(b"cHRM", points(ADOBE))],
        [chunk(b"sRGB", b"\0"), chunk(b"gAMA", struct.pack(">I", 100_000))],
        [chunk(b"gAMA", struct.pack(">I", 0))],
    ],
)
def test_what_means_srgb_in_a_png(chunks: list[bytes]) -> None:
    picture = opened(*chunks)
    np.testing.assert_array_equal(picture.pixels, colours())
    assert picture.note == ""


def test_primaries_without_sense() -> None:
    picture = opened(chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", bytes(32)))
    np.testing.assert_array_equal(picture.pixels, colours())
    assert picture.note == "what it says of its colours makes no sense and was left out"


@pytest.mark.parametrize(
    "body", [b"x\0\0" + zlib.compress(bytes(2**22)), b"x\0\7" + zlib.compress(b"?"), b"without an end", b""]
)
def test_a_profile_for_which_pillow_would_refuse_the_png(body: bytes) -> None:
    picture = opened(chunk(b"iCCP", body))
    np.testing.assert_array_equal(picture.pixels, colours())
    assert picture.note == "its colour profile is damaged or has more than 1 MB and was left out"


def test_adobe_rgb_said_by_exif_only() -> None:
    """As cameras do (DCF 2.0): colour space "uncalibrated", interoperability index R03."""
    entry = struct.Struct("<HHII").pack
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8)
    exif += b"\1\0" + entry(0x8769, 4, 1, 26) + bytes(4)
    exif += b"\2\0" + entry(0xA001, 3, 1, 0xFFFF) + entry(0xA005, 4, 1, 56) + bytes(4)
    exif += b"\1\0" + entry(1, 2, 4, int.from_bytes(b"R03\0", "little")) + bytes(4)
    data = saved(Image.fromarray(colours()), "PNG", exif=exif)
    picture = images.open_picture(data)
    assert difference(picture.pixels, expected(colours(), *SPACES["Adobe RGB (1998)"])) <= 1
    assert picture.note == "Adobe RGB converted to sRGB"


def test_code_points_of_an_avif() -> None:
    flat = np.full((32, 32, 3), (200, 60, 128), np.uint8)
    data = bytearray(saved(Image.fromarray(flat), "AVIF", quality=100, subsampling="4:4:4"))
    at = data.index(b"colrnclx") + 8
    data[at : at + 4] = struct.pack(">HH", 12, 13)
    plain = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    picture = images.open_picture(bytes(data))
    assert difference(picture.pixels, expected(plain, P3, srgb_to_light)) <= 1
    assert picture.note == "Display P3 converted to sRGB"


def test_deep_grey_is_converted_once_it_has_8_bits() -> None:
    levels = np.arange(256, dtype=np.uint16).reshape(16, 16)
    data = saved(Image.fromarray(levels * 257), "PNG", icc_profile=grey_profile(power(1.0), "Linear grey"))
    picture = images.open_picture(data)
    light = levels / 255
    in_srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(picture.pixels - np.rint(255 * in_srgb)[..., None]).max() <= 1
    assert picture.note == "16-bit grey, scaled from 0…65535; Linear grey converted to sRGB"


def test_a_picture_without_a_profile_does_not_load_the_colour_engine() -> None:
    code = (
        "import io, sys, numpy; from PIL import Image; from engine import images; s = io.BytesIO(); "
        "Image.new('RGB', (4, 4)).save(s, 'PNG'); images.open_image(s.getvalue()); "
        "print('PIL._imagingcms' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
