"""Formats other than TIFF with more than 8 bits, or more channels than are seen: written here by hand."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tiff_writer import packbits

from engine import images
from engine.pixels import limits as picture_limits
from engine.records import EngineError, Levels

HEIGHT, WIDTH = 12, 17
SHOWN = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 6), np.uint8)
DEEP = SHOWN.astype(np.uint16) * 257


def refused(data: bytes, **options: Any) -> str:
    with pytest.raises(EngineError) as caught:
        images.open_picture(data, name="file", **options)
    assert str(caught.value).endswith(".")
    return str(caught.value)


# --- FITS ---------------------------------------------------------------------------------------------------------


def unit(first: str, values: npt.NDArray[Any], **cards: object) -> bytes:
    """A header and its data, each filled up to blocks of 2,880 bytes; the values as they are stored."""
    kind = values.dtype
    lines = [
        first,
        f"BITPIX  = {(-1 if kind.kind == 'f' else 1) * 8 * kind.itemsize:>20}",
        f"NAXIS   = {values.ndim:>20}",
    ]
    lines += [f"NAXIS{at + 1:<3}= {size:>20}" for at, size in enumerate(values.shape[::-1])]
    lines += [f"{key:8}= {value:>20}" for key, value in cards.items()]
    header = "".join(line.ljust(80) for line in [*lines, "END"]).encode()
    body = values.astype(kind.newbyteorder(">")).tobytes()
    return header.ljust(-(-len(header) // 2880) * 2880) + body.ljust(-(-len(body) // 2880) * 2880, b"\0")


def fits(values: npt.NDArray[Any], **cards: object) -> bytes:
    return unit(f"SIMPLE  = {'T':>20}", values, **cards)


def upside_down(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(values[..., ::-1, :])


def test_fits_of_unsigned_16_bits() -> None:
    stored = (DEEP[..., 0].astype(np.int32) - 32768).astype(np.int16)
    picture = images.open_picture(fits(upside_down(stored), BSCALE="1", BZERO="32768.0"))
    np.testing.assert_array_equal(picture.pixels[..., 0], SHOWN[..., 0])
    assert picture.levels == Levels(0, 65535, DEEP[..., 0].min(), DEEP[..., 0].max())
    assert "1 × stored + 32768" in picture.note


@pytest.mark.parametrize(
    ("kind", "zero", "scale"),
    [
        *(("u1", 0, 1), ("u1", -128, 1), ("i2", 0, 1), ("i2", 1000, 1), ("i2", 0, 0.5), ("i2", -3.5, 2)),
        *(
            ("i4", 2**31, 1),
            ("i4", 0, 1),
            ("i4", 10, 1e-6),
            ("i8", 2**63, 1),
            ("f4", 0, 1),
            ("f4", 5, 3),
            ("f8", 1e10, -2),
        ),
    ],
)
def test_fits_values_are_scaled_as_the_header_says(kind: str, zero: float, scale: float) -> None:
    stored = SHOWN[..., 0].astype(kind)
    stored *= 2**54 if kind == "i8" else 1
    stored[0, 0], stored[0, 1] = stored.min(), stored.max()
    picture = images.open_picture(fits(upside_down(stored), BZERO=zero, BSCALE=scale))
    if kind == "u1" and (zero, scale) == (0, 1):
        assert picture.levels is None
        np.testing.assert_array_equal(picture.pixels[..., 0], stored)
        return
    assert picture.levels is not None
    physical = stored.astype(np.float64) * scale + zero
    assert picture.levels.lowest == pytest.approx(physical.min(), rel=1e-6)
    assert picture.levels.highest == pytest.approx(physical.max(), rel=1e-6)
    low, high = picture.levels.low, picture.levels.high
    expected = np.clip((physical - low) / (high - low), 0, 1) * 255
    assert np.abs(picture.pixels[..., 0] - expected).max() <= 1


def test_fits_blank_pixels_are_left_out() -> None:
    stored = np.full((9, 40), 700, np.int16) + np.arange(40, dtype=np.int16)
    stored[2, 3] = -32768
    for scale in (1, 0.25):
        picture = images.open_picture(fits(stored, BLANK=-32768, BZERO=32768, BSCALE=scale))
        assert "1 pixel without data" in picture.note
        assert picture.levels is not None
        assert picture.levels.lowest == 700 * scale + 32768


def test_fits_cubes_are_frames_and_three_planes_are_colours() -> None:
    cube = upside_down(np.moveaxis(DEEP[..., :5].astype(np.float32), 2, 0))
    for frame in range(5):
        picture = images.open_picture(fits(cube), frame=frame, levels=(0, 65535))
        np.testing.assert_array_equal(picture.pixels[..., 2], SHOWN[..., frame])
        assert (picture.frames, picture.frame) == (5, frame)
    colours = images.open_picture(fits(cube[:3]), levels=(0, 65535))
    np.testing.assert_array_equal(colours.pixels, SHOWN[..., :3])
    assert "three planes as red, green and blue" in colours.note
    assert images.open_picture(fits(cube)[: 2880 + 2 * cube[0].nbytes + 100]).frames == 2


def test_fits_pictures_in_extensions() -> None:
    empty = b"".join(
        line.ljust(80).encode() for line in (f"SIMPLE  = {'T':>20}", f"BITPIX  = {8:>20}", f"NAXIS   = {0:>20}", "END")
    )
    image = unit("XTENSION= 'IMAGE   '", upside_down(SHOWN[..., 0]))
    table = unit("XTENSION= 'BINTABLE'", SHOWN[..., 0], PCOUNT=0, GCOUNT=1)
    data = empty.ljust(2880) + table + image
    np.testing.assert_array_equal(images.open_image(data)[..., 0], SHOWN[..., 0])
    packed = unit("XTENSION= 'BINTABLE'", SHOWN[..., 0], PCOUNT=0, GCOUNT=1, ZIMAGE="T")
    assert "packed" in refused(empty.ljust(2880) + packed)
    assert "without a picture" in refused(empty.ljust(2880) + table)


def test_fits_rows_from_the_top_and_damage() -> None:
    np.testing.assert_array_equal(images.open_image(fits(SHOWN[..., 0], ROWORDER="'TOP-DOWN'"))[..., 0], SHOWN[..., 0])
    whole = fits(DEEP[..., 0].astype(np.float64))
    for data in (
        whole[: 2880 + 100],
        fits(DEEP[..., 0].astype(np.int32), BSCALE=0),
        fits(DEEP[..., 0].astype(np.int32), BZERO="x"),
    ):
        assert "damaged" in refused(data)
    assert "megapixels" in refused(whole.replace(f"NAXIS1  = {WIDTH:>20}".encode(), f"NAXIS1  = {10**8:>20}".encode()))


# --- PSD ----------------------------------------------------------------------------------------------------------


def psd(
    planes: npt.NDArray[Any],
    mode: int,
    *,
    packed: bool = False,
    big: bool = False,
    layers: bytes = b"",
    resources: bytes = b"",
    palette: bytes = b"",
) -> bytes:
    """A PSD or PSB of these planes, (channels, height, width)."""
    channels, height, width = planes.shape
    out = b"8BPS" + struct.pack(">H6xHIIHH", 2 if big else 1, channels, height, width, 8 * planes.dtype.itemsize, mode)
    out += struct.pack(">I", len(palette)) + palette + struct.pack(">I", len(resources)) + resources
    out += struct.pack(">Q" if big else ">I", len(layers)) + layers + struct.pack(">H", packed)
    stored = planes.astype(planes.dtype.newbyteorder(">"))
    if not packed:
        return out + stored.tobytes()
    rows = [packbits(row.tobytes()) for plane in stored for row in plane]
    return out + b"".join(struct.pack(">I" if big else ">H", len(row)) for row in rows) + b"".join(rows)


def layer_section(count: int, big: bool = False) -> bytes:
    letter = ">Q" if big else ">I"
    return struct.pack(letter, 2) + struct.pack(">h", count) + struct.pack(">I", 0)


def further(key: bytes, content: bytes, big: bool = False) -> bytes:
    wide = big and key in (b"Mt16", b"Lr16")
    return (
        struct.pack(">Q" if big else ">I", 0)
        + struct.pack(">I", 0)
        + b"8BIM"
        + key
        + struct.pack(">Q" if wide else ">I", len(content))
        + content
    )


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("extra", [0, 1, 2, 3])
@pytest.mark.parametrize(("mode", "colours"), [(1, 1), (3, 3), (4, 4), (8, 1)])
def test_psd_channels_beyond_the_mode_are_no_transparency(
    mode: int, colours: int, extra: int, kind: str, packed: bool, big: bool
) -> None:
    planes = np.moveaxis(SHOWN[..., : min(6, colours + extra)], 2, 0)
    scaled = (
        planes
        if kind == "u1"
        else planes.astype(np.uint16) * 257
        if kind == "u2"
        else (planes / 255).astype(np.float32)
    )
    data = psd(scaled, mode, packed=packed, big=big, layers=layer_section(2, big))
    picture = images.open_picture(data, levels=(0, 1 if kind == "f4" else 65535))
    if mode == 4:
        expected = np.asarray(Image.fromarray(np.ascontiguousarray(255 - SHOWN[..., :4]), "CMYK").convert("RGB"))
    else:
        expected = SHOWN[..., :colours]
    assert np.abs(picture.pixels.astype(int) - expected).max() <= 1
    assert "transparent" not in picture.note
    assert (picture.levels is None) == (kind == "u1" or mode == 4)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_psd_real_transparency(kind: str, packed: bool) -> None:
    scale = 1 if kind == "u1" else 257
    for big in (False, True):
        for layers in (
            layer_section(-1, big),
            further(b"Mt16", b"", big),
            further(b"Lr16", struct.pack(">h", -3) + b"\0\0", big),
        ):
            for mode, colours in ((1, 1), (3, 3), (4, 4)):
                planes = np.moveaxis(SHOWN[..., : colours + 1].astype(kind) * scale, 2, 0)
                picture = images.open_picture(
                    psd(planes, mode, packed=packed, big=big, layers=layers), background=(0, 0, 0), levels=(0, 65535)
                )
                colour = SHOWN[..., :colours].astype(float)
                if mode == 4:
                    colour = colour[..., :3] * colour[..., 3:] / 255
                expected = colour * SHOWN[..., colours : colours + 1] / 255
                assert np.abs(picture.pixels - expected).max() <= 2
                assert "transparent parts" in picture.note


def test_psd_of_other_modes() -> None:
    palette = np.random.default_rng(0).integers(0, 256, (3, 256), np.uint8)
    indexed = images.open_image(psd(SHOWN[None, ..., 0], 2, palette=palette.tobytes()))
    np.testing.assert_array_equal(indexed, palette.T[SHOWN[..., 0]])
    bits = np.packbits(SHOWN[..., 0] > 127, axis=1)
    bitmap = bytearray(psd(bits[None], 0))
    bitmap[18:24] = struct.pack(">IH", WIDTH, 1)
    np.testing.assert_array_equal(images.open_image(bytes(bitmap))[..., 0], np.where(SHOWN[..., 0] > 127, 0, 255))
    lab = np.full((3, 4, 5), 128, np.uint8)
    picture = images.open_picture(psd(lab, 9))
    assert np.abs(picture.pixels.astype(int) - 119).max() <= 1
    assert picture.note == "LAB converted to sRGB"
    assert "several inks" in refused(psd(lab, 7))


def test_psd_without_its_composite() -> None:
    for real, opens in ((1, True), (0, False)):
        version = struct.pack(">IB", 1, real) + bytes(13)
        resources = b"8BIM" + struct.pack(">H", 1057) + b"\0\0" + struct.pack(">I", len(version)) + version
        data = psd(np.moveaxis(SHOWN[..., :3], 2, 0), 3, resources=resources)
        if opens:
            np.testing.assert_array_equal(images.open_image(data), SHOWN[..., :3])
        else:
            assert "maximum compatibility" in refused(data)


def test_psd_damage() -> None:
    data = psd(np.moveaxis(SHOWN[..., :3], 2, 0), 3, packed=True)
    for broken in (data[:40], data[:-9], data[:26] + b"\xff\xff\xff\xff" + data[30:], data[:12] + b"\0\1" + data[14:]):
        assert "damaged" in refused(broken)
    assert "has one frame" in refused(data, frame=1)


# --- PNG, JPEG 2000, PNM, SGI -------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(values: npt.NDArray[Any], *extra: bytes) -> bytes:
    """A PNG of 16 bits whose rows use each filter in turn (PNG, section 9)."""
    height, width, channels = values.shape
    raw, above, step = b"", np.zeros(width * channels * 2, np.uint8), 2 * channels
    for number, row in enumerate(values.astype(">u2").view(np.uint8).reshape(height, -1)):
        left, corner = (np.concatenate((np.zeros(step, np.uint8), line[:-step])) for line in (row, above))
        a, b, c = (line.astype(int) for line in (left, above, corner))
        p = a + b - c
        near = np.where(
            (abs(p - a) <= abs(p - b)) & (abs(p - a) <= abs(p - c)), a, np.where(abs(p - b) <= abs(p - c), b, c)
        )
        guess = (0 * a, a, b, (a + b) // 2, near)[number % 5]
        raw += bytes([number % 5]) + (row - guess.astype(np.uint8)).astype(np.uint8).tobytes()
        above = row
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(extra)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_of_16_bits(channels: int, capfd: pytest.CaptureFixture[str]) -> None:
    values = (SHOWN[..., :channels].astype(np.uint16) * 8) + 3  # 11 bits
    if channels in (2, 4):
        values[..., -1] = 65535
    odd = chunk(b"sBIT", b"\7" * 9)  # something that nobody needs, and wrong
    for data in (png(values), png(values, odd)):
        picture = images.open_picture(data)
        colours = values[..., : channels - (channels in (2, 4))].astype(float)
        np.testing.assert_array_equal(
            picture.pixels, np.broadcast_to(np.rint(colours / 4095 * 255), (HEIGHT, WIDTH, 3))
        )
        assert picture.levels == Levels(0, 4095, colours.min(), colours.max())
        assert ("16-bit grey" if channels < 3 else "16-bit colour") in picture.note
    assert capfd.readouterr() == ("", "")


def test_png_of_16_bits_and_its_transparency() -> None:
    values = DEEP[..., :3].copy()
    values[0, 0] = 1, 2, 3
    values[0, 1] = 1, 2, 4
    picture = images.open_picture(png(values, chunk(b"tRNS", struct.pack(">3H", 1, 2, 3))), background=(9, 8, 7))
    assert picture.pixels[0, :2].tolist() == [[9, 8, 7], [0, 0, 0]]
    np.testing.assert_array_equal(picture.pixels[1:], SHOWN[1:, :, :3])
    half = DEEP[..., :4].copy()
    half[..., 3] = 32768
    with_alpha = images.open_image(png(half), background=(0, 0, 0))
    assert np.abs(with_alpha - SHOWN[..., :3] * 0.5).max() <= 1


def test_png_of_16_bits_turned_and_cut() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    data = png(DEEP[..., :3], chunk(b"eXIf", exif.tobytes()[6:]))
    np.testing.assert_array_equal(images.open_image(data), SHOWN[::-1, ::-1, :3])
    assert "damaged" in refused(data[:-40])


@pytest.mark.parametrize(("kind", "bits"), [("u2", 12), ("u2", 16), ("i2", 16), ("i1", 8), ("u2", 10)])
@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_2000_of_more_than_8_bits(channels: int, kind: str, bits: int) -> None:
    top = 2 ** (bits - (kind[0] == "i"))
    values = (SHOWN[..., :channels].astype(int) * (top - 1) // 255 - (top // 2 if kind[0] == "i" else 0)).astype(kind)
    encoded = imagecodecs.jpeg2k_encode(
        values[..., 0].copy() if channels == 1 else values, reversible=True, level=0, bitspersample=bits
    )
    picture = images.open_picture(bytes(encoded))
    assert picture.levels is not None
    assert (picture.levels.lowest, picture.levels.highest) == (values.min(), values.max())
    low, high = picture.levels.low, picture.levels.high
    assert np.abs(picture.pixels - (values.astype(float) - low) / (high - low) * 255).max() <= 0.51


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("largest", [1000, 4095, 65535])
@pytest.mark.parametrize("channels", [1, 3])
def test_pnm_of_more_than_8_bits(channels: int, largest: int, plain: bool) -> None:
    values = (SHOWN[..., :channels].astype(int) * min(largest, 4095) // 255).astype(np.uint16)
    magic = {(1, False): "P5", (3, False): "P6", (1, True): "P2", (3, True): "P3"}[channels, plain]
    header = f"{magic} # a remark\n{WIDTH} {HEIGHT}\n{largest}\n".encode()
    body = " ".join(map(str, values.ravel())).encode() if plain else values.astype(">u2").tobytes()
    picture = images.open_picture(header + body)
    white = largest if largest < 65535 else 4095
    assert np.abs(picture.pixels - values / white * 255).max() <= 0.51
    assert picture.levels == Levels(0, white, values.min(), values.max())
    assert "damaged" in refused(header + body[:-30])


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("channels", [1, 3])
def test_pfm(channels: int, order: str) -> None:
    values = SHOWN[..., :channels].astype(np.float32) / 100
    header = f"{'PF' if channels == 3 else 'Pf'}\n{WIDTH} {HEIGHT}\n{'-' if order == '<' else ''}1.0\n".encode()
    picture = images.open_picture(header + values[::-1].astype(order + "f4").tobytes(), levels=(0, 2.55))
    assert np.abs(picture.pixels - SHOWN[..., :channels].astype(int)).max() <= 1


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sgi_of_16_bits(channels: int) -> None:
    values = SHOWN[..., :channels].astype(np.uint16) * 8
    if channels == 4:
        values[..., 3] = 65535
    dimensions = 2 if channels == 1 else 3
    header = struct.pack(">hBBHHHHii", 474, 0, 2, dimensions, WIDTH, HEIGHT, channels, 0, 65535).ljust(512, b"\0")
    planes = np.moveaxis(values, 2, 0)[:, ::-1].astype(">u2").tobytes()
    picture = images.open_picture(header + planes)
    np.testing.assert_array_equal(
        picture.pixels, np.broadcast_to(np.rint(values[..., :3] / 4095 * 255), (HEIGHT, WIDTH, 3))
    )
    assert "damaged" in refused(header + planes[:-1])


def test_what_is_left_to_pillow_says_that_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    header = struct.pack(">hBBHHHHii", 474, 1, 2, 2, 3, 1, 1, 0, 65535).ljust(512, b"\0")
    row = struct.pack(">5H", 0x80 | 3, 0x1234, 0x8000, 0xFFFF, 0)
    picture = images.open_picture(header + struct.pack(">II", 520, len(row)) + row)
    assert picture.pixels[0, :, 0].tolist() == [0x12, 0x80, 0xFF]
    assert picture.note == "the upper 8 bits of its values"
    monkeypatch.setitem(picture_limits._FORMAT_PIXELS, "JPEG2000", 200 * 300 - 1)
    encoded = imagecodecs.jpeg2k_encode(np.zeros((200, 300, 3), np.uint16), reversible=True, level=0, resolutions=3)
    assert "the upper 8 bits of its values" in images.open_picture(bytes(encoded)).note


def test_nothing_is_imported_before_it_is_needed() -> None:
    stream = io.BytesIO()
    Image.fromarray(SHOWN[..., :3]).save(stream, "TIFF")
    code = (
        "import sys; from engine import images\n"
        "heavy = {'tifffile', 'imagecodecs', 'pillow_heif', 'PIL.ImageCms', 'tensorflow'}\n"
        "assert not heavy & set(sys.modules)\n"
        f"images.open_picture(bytes.fromhex('{stream.getvalue().hex()}'))\n"
        "assert not heavy & set(sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
