"""TIFF of every kind, written by an encoder of our own: each gives its values, or one sentence."""

from __future__ import annotations

import functools
import io
import itertools
import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tiff_writer import COMPRESS, DEFLATE, LZMA, LZW, NONE, PACKBITS, ZSTD, Page, tiff

from engine import images
from engine.formats import tiff_header
from engine.pixels import limits as picture_limits
from engine.records import EngineError, Picture

HEIGHT, WIDTH = 21, 34
KINDS = ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8")
SHOWN = np.random.default_rng(16).integers(0, 256, (HEIGHT, WIDTH, 7), np.uint8)
SHOWN[0, 0], SHOWN[0, 1] = 0, 255


def stored(kind: str, channels: int = 1) -> npt.NDArray[Any]:
    """Values of a type that uses much of its range, which become `SHOWN` when they are shown from end to end."""
    dtype = np.dtype(kind)
    shown = SHOWN[..., :channels].astype(np.float64)
    if dtype.kind == "f":
        return (shown * 0.5 - 30).astype(dtype)
    limits = np.iinfo(dtype)
    step = 2 ** (8 * dtype.itemsize - 8)
    whole = SHOWN[..., :channels].astype(object) * (step + (1 if step > 1 else 0) * (step // 255))
    values: npt.NDArray[Any] = np.minimum(whole + int(limits.min), int(limits.max)).astype(dtype)
    return values


def close(pixels: npt.NDArray[np.uint8], shown: npt.NDArray[np.uint8]) -> None:
    """The picture that is expected; a level more or less where a type's steps do not meet the screen's."""
    assert pixels.shape[:2] == shown.shape[:2]
    difference = np.abs(pixels.astype(int) - (shown if shown.shape[2] == 3 else shown[..., :1]).astype(int))
    assert difference.max() <= 1


def refused(data: bytes, **options: Any) -> str:
    with pytest.raises(EngineError) as caught:
        images.open_picture(data, name="page.tif", **options)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_both_orders_and_every_compression(
    kind: str, order: str, compression: int, channels: int
) -> None:
    for planar, layout in itertools.product((False, True), ({"rows": 8}, {"tile": (16, 32)}, {})):
        page = Page(stored(kind, channels), compression=compression, planar=planar, **layout)  # type: ignore[arg-type]
        picture = images.open_picture(tiff(page, order=order))
        close(picture.pixels, SHOWN[..., :channels])
        assert (picture.levels is None) == (kind == "u1")


@pytest.mark.parametrize("compression", [LZW, DEFLATE, ZSTD])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", KINDS)
def test_predictors(kind: str, order: str, compression: int) -> None:
    predictor = 3 if kind[0] == "f" else 2
    for channels, planar in ((1, False), (3, False), (3, True)):
        page = Page(stored(kind, channels), compression=compression, planar=planar, rows=8, predictor=predictor)
        close(images.open_image(tiff(page, order=order)), SHOWN[..., :channels])


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", COMPRESS)
def test_bytes_with_their_lowest_bit_first(compression: int, order: Any) -> None:
    turned = np.packbits(np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)[:, ::-1], axis=1)[:, 0]

    def encode(part: npt.NDArray[Any]) -> bytes:
        packed = COMPRESS[compression](part.astype(part.dtype.newbyteorder(order)).tobytes())
        return turned[np.frombuffer(packed, np.uint8)].tobytes()

    for kind, channels in itertools.product(("u1", "u2"), (1, 3)):
        page = Page(stored(kind, channels), compression=compression, rows=8, encode=encode, tags={266: (3, [2])})
        close(images.open_image(tiff(page, order=order)), SHOWN[..., :channels])


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", COMPRESS)
def test_colours_of_8_bits_that_are_not_rgb(compression: int, order: str) -> None:
    greys = np.tile(np.arange(256) * 257, 3).tolist()
    page = Page(SHOWN[..., 0], photometric=3, compression=compression, tags={320: (3, greys)})
    close(images.open_image(tiff(page, order=order)), SHOWN[..., :1])
    for planar in (False, True):
        ink = Image.fromarray(np.ascontiguousarray(SHOWN[..., :4]), "CMYK").convert("RGB")
        for channels, extra in ((4, ()), (5, (0,))):
            page = Page(SHOWN[..., :channels], 5, compression, planar, rows=5, extra=extra)
            close(images.open_image(tiff(page, order=order)), np.asarray(ink))
        ycc = np.ascontiguousarray(SHOWN[..., :3])
        page = Page(ycc, 6, compression, planar, rows=5, tags={530: (3, [1, 1])})
        expected = np.asarray(Image.frombytes("YCbCr", (WIDTH, HEIGHT), ycc).convert("RGB"))
        assert np.abs(images.open_image(tiff(page, order=order)).astype(int) - expected).max() <= 2


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("bits", [1, 2, 4, 6, 9, 10, 11, 12, 14, 15, 20, 24, 30])
def test_samples_of_any_number_of_bits(bits: int, order: str, big: bool) -> None:
    values = (SHOWN[..., :3].astype(np.uint64) * (2**bits - 1) // 255).astype(np.uint32)
    for channels, planar in ((1, False), (3, False), (3, True)):
        page = Page(values[..., :channels], bits=bits, planar=planar, compression=DEFLATE, rows=5)
        picture = images.open_picture(tiff(page, order=order, big=big))
        white = 2**bits - 1 if bits <= 8 else next(2**depth - 1 for depth in (10, 12, 14, 16, bits) if depth >= bits)
        expected = np.rint(values[..., :channels] / white * 255).astype(np.uint8)
        close(picture.pixels, expected)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "u1"])
def test_white_is_zero_at_every_depth(kind: str, order: str) -> None:
    picture = images.open_picture(tiff(Page(stored(kind), photometric=0), order=order))
    close(picture.pixels, 255 - SHOWN[..., :1])
    assert "white is zero in the file" in picture.note


def test_white_is_zero_in_8_bits_is_no_matter_of_levels() -> None:
    for bits in (1, 2, 4, 8):
        values = SHOWN[..., :1] >> (8 - bits)
        picture = images.open_picture(tiff(Page(values, photometric=0, bits=bits)))
        close(picture.pixels, 255 - np.rint(values / (2**bits - 1) * 255).astype(np.uint8))
        assert picture.levels is None


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("channels", [2, 4, 5, 7])
def test_more_channels_than_are_shown(channels: int, planar: bool, kind: str) -> None:
    unspecified = (0,) * (channels - 1)
    page = Page(stored(kind, channels), photometric=1, planar=planar, extra=unspecified)
    picture = images.open_picture(tiff(page))
    shown = 3 if channels >= 3 else 1
    close(picture.pixels, SHOWN[..., :shown])
    assert f"of {channels}" in picture.note


@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "f4"])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("associated", [False, True])
@pytest.mark.parametrize("colours", [1, 3])
def test_alpha_among_extra_samples(colours: int, associated: bool, planar: bool, kind: str) -> None:
    opaque = 1.0 if kind == "f4" else float(np.iinfo(kind).max)
    alpha = np.tile(np.linspace(0, 1, WIDTH), (HEIGHT, 1))[..., None]
    colour = SHOWN[..., :colours] / 255
    samples = np.concatenate((colour * (alpha if associated else 1), alpha), axis=2) * opaque
    stored_samples = samples.astype(kind) if kind == "f4" else np.rint(samples).astype(kind)
    page = Page(stored_samples, photometric=2 if colours == 3 else 1, planar=planar, extra=(1 if associated else 2,))
    picture = images.open_picture(tiff(page), background=(0, 0, 0), levels=(0.0, opaque))
    visible = alpha[..., 0] > 0.1
    expected = (colour * alpha * 255)[visible]
    assert np.abs(picture.pixels[visible] - expected).max() <= (3 if kind == "u1" else 1.1)
    assert "transparent parts" in picture.note
    assert not picture.pixels[alpha[..., 0] == 0].any()


def test_alpha_is_not_taken_from_samples_that_are_none() -> None:
    for kind in ("u1", "u2"):
        page = Page(stored(kind, 4), photometric=2, extra=(0,))
        picture = images.open_picture(tiff(page))
        close(picture.pixels, SHOWN[..., :3])
        assert "transparent" not in picture.note


@pytest.mark.parametrize("order", "<>")
def test_uint32_above_2_to_the_31(order: str) -> None:
    values = np.array([[0, 2**31 - 1, 2**31, 2**32 - 1]], np.uint32)
    picture = images.open_picture(tiff(Page(values), order=order))
    assert picture.pixels[0, :, 0].tolist() == [0, 127, 128, 255]
    assert picture.levels is not None
    assert (picture.levels.lowest, picture.levels.highest) == (0, 2**32 - 1)


def test_pages_of_different_sizes_and_kinds() -> None:
    pages = [
        Page(stored(kind, channels)[: 5 + at])
        for at, (kind, channels) in enumerate(zip(KINDS, [1, 3] * 6, strict=False))
    ]
    for order, big in itertools.product("<>", (False, True)):
        data = tiff(*pages, order=order, big=big)
        for frame in range(len(pages)):
            picture = images.open_picture(data, frame=frame)
            assert picture.pixels.shape[0] == 5 + frame
            assert picture.frames == len(pages)
        assert "has 11 frames" in refused(data, frame=11)


def test_a_page_is_not_refused_for_the_size_of_another() -> None:
    huge = Page(np.zeros((1, 1), np.uint8), tags={256: (4, [60_000]), 257: (4, [60_000]), 278: (4, [60_000])})
    for kind in ("u1", "u2"):
        data = tiff(huge, Page(stored(kind)))
        close(images.open_image(data, frame=1), SHOWN[..., :1])
        assert "3,600 megapixels" in refused(data)


@pytest.mark.parametrize("kind", ["u1", "u2"])
@pytest.mark.parametrize("mark", [{254: (4, [1])}, {255: (3, [2])}])
def test_smaller_copies_are_no_pages(kind: str, mark: dict[int, Any]) -> None:
    copy = Page(np.zeros((3, 4, 3), np.uint8), tags=mark)
    full = Page(stored(kind, 3))
    for data in (tiff(copy, full), tiff(full, copy, copy), tiff(full, copy)):
        picture = images.open_picture(data)
        close(picture.pixels, SHOWN[..., :3])
        assert picture.frames == 1
    assert images.open_image(tiff(copy, copy), frame=1).shape == (3, 4, 3)  # there is nothing else in it


def test_the_picture_below_its_smaller_copy() -> None:
    for kind, order, big in itertools.product(("u1", "u2"), "<>", (False, True)):
        copy = Page(np.zeros((3, 4, 3), np.uint8), tags={254: (4, [1])}, below=[Page(stored(kind, 3))])
        picture = images.open_picture(tiff(copy, order=order, big=big))
        close(picture.pixels, SHOWN[..., :3])


@pytest.mark.parametrize(
    "page",
    [
        Page(np.zeros((3, 4, 3), np.uint8), tags={50706: b"\1\4\0\0"}),
        Page(np.zeros((3, 4, 3), np.uint8), tags={254: (4, [1])}, below=[Page(stored("u2"), photometric=32803)]),
        Page(np.zeros((3, 4, 3), np.uint8), below=[Page(stored("u2", 3), photometric=34892)]),
        Page(stored("u2"), photometric=32803),
        Page(np.zeros((3, 4, 3), np.uint8), below=[Page(stored("u1"), compression=NONE, tags={259: (3, [34713])})]),
    ],
)
def test_raw_photographs_are_refused_by_what_they_are(page: Page) -> None:
    for order in "<>":
        assert "raw photograph" in refused(tiff(page, order=order))
    canon = bytearray(tiff(Page(np.zeros((3, 4, 3), np.uint8))))
    assert "raw photograph" in refused(
        bytes(canon[:4]) + struct.pack("<I", 16) + b"CR\2\0" + bytes(4) + bytes(canon[8:])
    )


def test_nodata_is_left_out() -> None:
    values = np.linspace(1200, 2000, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.float32)
    for nodata, text in ((-9999.0, b"-9999\0"), (-3.4028234663852886e38, b""), (np.nan, b"nan\0"), (0.0, b"0\0")):
        holed = values.copy()
        holed[:4] = nodata
        for order in "<>":
            tags: dict[int, Any] = {42113: text} if text else {}
            picture = images.open_picture(tiff(Page(holed, tags=tags), order=order))
            assert picture.levels is not None
            assert (picture.levels.low, picture.levels.high) == (float(values[4, 0]), 2000.0)
            assert f"{4 * WIDTH} pixels without data left out" in picture.note
            assert not picture.pixels[:4].any()
            assert picture.pixels[4:].max() == 255
    for kind, mark in (("i2", -9999), ("u2", 65535)):
        whole = values.astype(kind)
        whole[3, 5] = mark
        picture = images.open_picture(tiff(Page(whole, tags={42113: f"{mark}\0".encode()})))
        assert picture.levels is not None
        assert picture.levels.highest == 2000
        assert "1 pixel without data left out" in picture.note


def test_cielab_ycbcr_ink_and_palettes_of_16_bits() -> None:
    lab = np.zeros((2, 3, 3), np.uint16)
    lab[..., 0] = 65535 * 53.23 / 100  # sRGB red is L* 54.29, a* 80.81, b* 69.89 under D50
    lab[0] = (round(54.29 / 100 * 65535), round(80.81 * 256), round(69.89 * 256))
    lab[1] = (round(65535 * 0.5), 0, 0)
    pixels = images.open_image(tiff(Page(lab, photometric=8)))
    assert np.abs(pixels[0].astype(int) - (255, 0, 0)).max() <= 1
    assert np.abs(pixels[1].astype(int) - 119).max() <= 1
    negative = np.full((2, 3, 3), 32768, np.uint16)
    negative[..., 1] = 65536 - 40 * 256
    green = images.open_image(tiff(Page(negative, photometric=8)))
    assert green[0, 0, 1] > green[0, 0, 0] + 50
    icc = np.array([[[32768, 32768, 32768]]], np.uint16)
    assert np.abs(images.open_image(tiff(Page(icc, photometric=9)))[0, 0].astype(int) - 119).max() <= 1
    ycc = np.array([[[0.299 * 65535, 32768 - 0.168736 * 65535, 65535]]]).astype(np.uint16)
    assert (
        np.abs(
            images.open_image(tiff(Page(ycc, photometric=6, tags={530: (3, [1, 1])})))[0, 0].astype(int) - (255, 0, 0)
        ).max()
        <= 1
    )
    assert "fraction" in refused(tiff(Page(ycc, photometric=6)))
    ink = np.array([[[0, 65535, 65535, 0], [0, 0, 0, 65535]]], np.uint16)
    for order in "<>":
        picture = images.open_picture(tiff(Page(ink, photometric=5), order=order))
        assert picture.pixels[0].tolist() == [[255, 0, 0], [0, 0, 0]]
        assert picture.note == "CMYK converted to RGB"
    colours = np.arange(3 * 2**16) % 65536
    indices = np.array([[0, 40_000, 65_535]], np.uint16)
    palette = Page(indices, photometric=3, tags={320: (3, colours.tolist())})
    assert images.open_image(tiff(palette))[0, :, 1].tolist() == [0, round(40_000 / 257), 255]


def jpeg(part: npt.NDArray[Any], name: str = "JPEG", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(part[..., 0] if part.shape[2] == 1 else part).save(stream, name, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("compression", "name"), [(7, "JPEG"), (33005, "JPEG2000"), (34712, "JPEG2000"), (50001, "WEBP")]
)
@pytest.mark.parametrize("order", "<>")
def test_pictures_within_strips_and_tiles(order: str, compression: int, name: str) -> None:
    smooth = np.add.outer(np.arange(HEIGHT) * 4, np.arange(WIDTH) * 3)[..., None] + np.array([0, 20, 40])
    options = {"quality": 95} if name == "JPEG" else {"lossless": True} if name == "WEBP" else {"no_jp2": True}

    def encode(part: npt.NDArray[Any]) -> bytes:
        return jpeg(part, name, **options)

    photometric = 6 if name == "JPEG" else 2
    for layout in ({"rows": 8}, {"tile": (16, 16)}):
        page = Page(smooth.astype(np.uint8), photometric, compression, encode=encode, **layout)
        pixels = images.open_image(tiff(page, order=order))
        assert np.abs(pixels.astype(int) - smooth).max() <= (6 if name == "JPEG" else 0)
    if name == "JPEG2000":
        deep = (smooth[..., :1] * 200).astype(np.uint16)
        picture = images.open_picture(tiff(Page(deep, compression=compression, encode=encode), order=order))
        np.testing.assert_array_equal(picture.pixels[..., 0], np.rint(deep[..., 0] / 65535 * 255))


def test_a_last_strip_that_is_filled_up() -> None:
    values = stored("u2")
    page = Page(values, compression=DEFLATE, rows=8)
    page.encode = lambda part: zlib.compress(np.pad(part, ((0, 8 - len(part)), (0, 0), (0, 0))).astype("<u2").tobytes())
    close(images.open_image(tiff(page)), SHOWN[..., :1])


def test_a_stack_of_imagej_with_one_directory() -> None:
    first, later = stored("u2"), [stored("u2") // (2 + at) for at in range(3)]
    big = [plane.astype(">u2").tobytes() for plane in (first, *later)]
    text = b"ImageJ=1.53t\nimages=4\nslices=4\n\0"
    # The planes come last in such a file, one after the other, and the only directory names the first.
    head = tiff(Page(first, tags={270: text}), order=">")
    at = len(head)
    data = head.replace(struct.pack(">HHII", 273, 4, 1, 8), struct.pack(">HHII", 273, 4, 1, at)) + b"".join(big)
    for frame, plane in enumerate((first, *later)):
        picture = images.open_picture(data, frame=frame, levels=(0, 65535))
        assert picture.frames == 4
        np.testing.assert_array_equal(picture.pixels[..., 0], np.rint(plane[..., 0] / 65535 * 255))
    assert images.open_picture(data[: at + 2 * len(big[0]) + 5]).frames == 2


def test_orientation_of_deep_pictures() -> None:
    values = stored("u2")
    upright = images.open_image(tiff(Page(values)))
    turned = images.open_picture(tiff(Page(values, tags={274: (3, [6])})))
    np.testing.assert_array_equal(turned.pixels, np.rot90(upright, -1))
    assert "EXIF" in turned.note


def test_what_is_not_shown_is_said() -> None:
    complex_ = Page(np.zeros((4, 4), np.uint32), tags={339: (3, [5])})
    mixed = Page(np.zeros((4, 4, 3), np.uint16), tags={258: (3, [16, 8, 8])})
    unknown = Page(stored("u2"), tags={259: (3, [34661])})
    volume = Page(stored("u2"), tags={32997: (4, [5])})
    for page, word in (
        (complex_, "complex"),
        (mixed, "different depths"),
        (unknown, "compression 34661"),
        (volume, "volume"),
    ):
        assert word in refused(tiff(page))
    assert "photometric interpretation 32845" in refused(tiff(Page(stored("u2", 3), photometric=32845)))


@functools.cache
def bombs() -> dict[str, bytes]:
    large = 2**14
    one_strip: dict[int, Any] = {256: (4, [large]), 257: (4, [large]), 278: (4, [large])}
    small = Page(stored("u2"), compression=DEFLATE)
    small.encode = lambda _part: zlib.compress(bytes(3 * 10**7), 9)
    claims = Page(stored("u2"), compression=DEFLATE, tags=one_strip)
    webp = Page(
        stored("u1", 3), compression=50001, encode=lambda _part: jpeg(np.zeros((900, 900, 3), np.uint8), "WEBP")
    )
    many = tiff(*[Page(np.zeros((1, 1), np.uint16)) for _ in range(3000)])
    circle = bytearray(tiff(Page(stored("u2"))))
    circle[-4:] = circle[4:8]
    absurd = Page(stored("u2"), tags={270: (4, [7]), 65000: (4, [1])})
    tall = Page(stored("u2"), tags={257: (4, [2**31]), 278: (4, [1])})
    return {
        "more in a strip than it has": tiff(small),
        "a strip of gigabytes": tiff(claims),
        "a larger WebP in a strip": tiff(webp),
        "thousands of pages": many,
        "pages in a circle": bytes(circle),
        "texts that are numbers": tiff(absurd),
        "a tower": tiff(tall),
        "tags that lie outside": tiff(Page(stored("u2"))).replace(
            struct.pack("<HH", 258, 3), struct.pack("<HH", 258, 12)
        ),
        "nothing": b"II*\0\x08\0\0\0\0\0\0\0\0\0",
    }


@pytest.mark.parametrize("name", bombs())
def test_bombs(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        picture: Picture | None = images.open_picture(bombs()[name], name="page.tif")
    except EngineError:
        picture = None
    if name in ("a strip of gigabytes", "a larger WebP in a strip", "a tower", "nothing"):
        assert picture is None
    if name in ("thousands of pages", "pages in a circle"):
        assert picture is not None
        assert picture.frames == (3000 if name == "thousands of pages" else 1)
    assert capfd.readouterr() == ("", "")


def test_limits_are_checked_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    data = tiff(Page(stored("f8", 3)))
    monkeypatch.setattr("engine.formats.tiff_kinds.MAX_SAMPLE_BYTES", HEIGHT * WIDTH * 3 * 8 - 1)
    assert "3 × 64 bits" in refused(data)
    monkeypatch.undo()
    monkeypatch.setattr("engine.formats.tiff_kinds.MAX_SEGMENTS", 1)
    assert "too many strips" in refused(tiff(Page(stored("f8", 3), rows=8)))
    assert picture_limits.MAX_SEGMENTS > 1


def test_time_is_asked_for_between_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    times = itertools.count()
    monkeypatch.setattr("engine.formats.timed_bytes.time.thread_time", lambda: next(times) / 10)
    assert "too long" in refused(tiff(Page(stored("u2"), rows=1, compression=LZW)))


def test_directories_are_read_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_header, "MAX_DIRECTORIES", 2)
    data = tiff(*[Page(stored("u1")) for _ in range(5)])
    assert images.open_picture(data).frames == 2


def test_damaged_files_are_refused_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    for kind, compression in itertools.product(("u2", "f4"), (NONE, LZW, DEFLATE, PACKBITS, LZMA, ZSTD)):
        data = tiff(Page(stored(kind, 3), compression=compression, rows=8))
        for _ in range(40):
            copy = bytearray(data)
            for at in rng.integers(0, len(copy), 6):
                copy[at] = rng.integers(256)
            with suppress(EngineError):
                assert images.open_image(bytes(copy)).size
    assert capfd.readouterr() == ("", "")
