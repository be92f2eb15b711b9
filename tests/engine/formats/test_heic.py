"""HEIC photographs: the picture, upright once, in its colours; or a sentence with the right name."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pillow_heif
import pytest
from made_profiles import P3, REC2020, expected, matrix_profile, srgb_to_light
from PIL import Image, ImageOps

from engine import images
from engine.formats import heic, heif_boxes
from engine.pictures.keras_fit import fit_picture
from engine.pixels import limits as picture_limits
from engine.records import EngineError

ROOT = Path(__file__).resolve().parents[3]
Pixels = npt.NDArray[np.uint8]


def corners() -> Image.Image:
    """Four colours, one in each quarter."""
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:32, :48], pixels[:32, 48:], pixels[32:, :48], pixels[32:, 48:] = (
        (200, 30, 30),
        (30, 200, 30),
        (30, 30, 200),
        (220, 220, 40),
    )
    return Image.fromarray(pixels)


def encoded(*pictures: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    file = pillow_heif.HeifFile()  # type: ignore[no-untyped-call]
    for picture in pictures:
        file.add_from_pillow(picture)
    file.save(stream, **{"quality": -1, "chroma": 444, **options})
    return stream.getvalue()


def difference(found: Pixels, wanted: object) -> int:
    return int(np.abs(found.astype(int) - np.asarray(wanted).astype(int)).max())


def test_the_picture() -> None:
    picture = images.open_picture(encoded(corners()))
    assert difference(picture.pixels, corners()) <= 3
    assert (picture.note, picture.frames) == ("", 1)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"heim", b"heis", b"hevc", b"msf1", b"mif2"])
def test_brands(brand: bytes) -> None:
    data = encoded(corners())
    length = struct.unpack_from(">I", data)[0]
    others = data[16:length]
    picture = images.open_picture(data[:8] + brand + data[12:16] + others + data[length:])
    assert difference(picture.pixels, corners()) <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_once(orientation: int) -> None:
    """libheif's encoder is told to turn by irot and imir; what EXIF says as well is no second order."""
    image = corners()
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(image, exif=exif.tobytes())
    assert b"Exif" in data
    assert (b"irot" in data or b"imir" in data) == (orientation > 1)
    stream = io.BytesIO()
    image.save(stream, "PNG", exif=exif)
    upright = ImageOps.exif_transpose(Image.open(stream))
    picture = images.open_picture(data)
    assert picture.pixels.shape[:2] == upright.size[::-1]
    assert difference(picture.pixels, upright.convert("RGB")) <= 3
    assert picture.orientation == 1


def test_exif_alone_turns_nothing() -> None:
    """ISO 23008-12: the properties count, and EXIF's orientation is only a copy of what they say."""
    exif = Image.Exif()
    exif[0x0112] = 6
    data = bytearray(encoded(corners(), exif=exif.tobytes()))
    assert b"Exif" in data
    data[data.index(b"irot") + 4] = 0  # turned by no right angle
    assert difference(images.open_image(bytes(data)), corners()) <= 3


def test_transparency() -> None:
    image = corners().convert("RGBA")
    alpha = np.full((64, 96), 255, np.uint8)
    alpha[:32] = 0
    image.putalpha(Image.fromarray(alpha))
    picture = images.open_picture(encoded(image))
    assert (picture.pixels[:28] == 255).all()
    assert difference(picture.pixels[36:], np.asarray(corners())[36:]) <= 3
    assert picture.note == "transparent parts shown on white"


def test_grey() -> None:
    ramp = Image.fromarray(np.tile(np.arange(0, 256, 4, dtype=np.uint8), (64, 1)))
    assert difference(images.open_image(encoded(ramp)), ramp.convert("RGB")) <= 3


def test_10_bits() -> None:
    deep = np.zeros((64, 64, 3), np.uint16)
    deep[:, :32], deep[:, 32:] = 40000, (60000, 1000, 1000)
    stream = io.BytesIO()
    file = pillow_heif.from_bytes(mode="RGB;16", size=(64, 64), data=deep.tobytes())
    file.save(stream, quality=-1, chroma=444)
    picture = images.open_picture(stream.getvalue())
    assert difference(picture.pixels, np.rint(deep / 257)) <= 3
    assert picture.note == "10-bit values shown with 8 bits"


def test_a_grid_of_tiles() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (10, 14, 3), np.uint8)
    image = Image.fromarray(noise).resize((448, 320), Image.Resampling.BICUBIC)
    data = encoded(image, tile_size=128)
    assert b"grid" in data
    assert difference(images.open_image(data), image) <= 8
    assert heif_boxes.decoded_pixels(data) == 448 * 320 + 12 * 128 * 128


def test_a_collection_begins_with_its_primary_picture() -> None:
    colours = ((200, 0, 0), (0, 200, 0), (0, 0, 200))
    data = encoded(*(Image.new("RGB", (64, 64), colour) for colour in colours), primary_index=1)
    for frame, place in enumerate((1, 0, 2)):
        picture = images.open_picture(data, frame=frame)
        assert difference(picture.pixels[8, 8], colours[place]) <= 3
        assert picture.note == f"frame {frame + 1} of 3"
    with pytest.raises(EngineError, match="has 3 frames"):
        images.open_picture(data, frame=3)


def test_its_profile() -> None:
    image = Image.new("RGB", (64, 64), (200, 60, 128))
    data = encoded(image, icc_profile=matrix_profile(P3, srgb_to_light, "Display P3"))
    stored = np.asarray(pillow_heif.open_heif(data).to_pillow())
    picture = images.open_picture(data)
    assert difference(picture.pixels, expected(stored, P3, srgb_to_light)) <= 1
    assert picture.note == "Display P3 converted to sRGB"


def test_its_code_points() -> None:
    data = bytearray(encoded(Image.new("RGB", (64, 64), (200, 60, 128))))
    at = data.index(b"colrnclx") + 8
    data[at : at + 4] = struct.pack(">HH", 9, 13)
    stored = np.asarray(pillow_heif.open_heif(bytes(data)).to_pillow())
    picture = images.open_picture(bytes(data))
    assert difference(picture.pixels, expected(stored, REC2020, srgb_to_light)) <= 1
    assert picture.note == "Rec. 2020 converted to sRGB"


def test_keras_cannot_load_it() -> None:
    with pytest.raises(EngineError, match=r"Keras cannot load 'IMG_0001\.HEIC'"):
        fit_picture(images.open_picture(encoded(corners()), name="IMG_0001.HEIC"), "keras", 32)


def nonsense() -> dict[str, bytes]:
    data = encoded(corners())
    return {
        "brands only": struct.pack(">I", 28) + b"ftypmif1\0\0\0\0mif1heicmiaf" + bytes(3000),
        "cut off in its head": data[:200],
        "cut off": data[:-40],
        "without its coded picture": data[: data.index(b"mdat") + 8],
        "of an unknown codec": data.replace(b"hvc1", b"zzz1"),
    }


@pytest.mark.parametrize("name", nonsense())
def test_what_cannot_be_decoded_is_called_by_its_name(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EngineError) as caught:
        images.open_picture(nonsense()[name], name="IMG_0001.HEIC")
    assert str(caught.value) == (
        "'IMG_0001.HEIC' is a HEIC photograph that is damaged or of an unusual kind; "
        "open it elsewhere and save it as PNG or JPEG."
    )
    assert capfd.readouterr() == ("", "")


def test_size_is_checked_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_limits, "MAX_PIXELS", 6000)
    monkeypatch.setattr(heic, "load", lambda *_: pytest.fail("It was decoded."))
    with pytest.raises(EngineError, match="96 × 64 pixels"):
        images.open_picture(encoded(corners()))


def test_files_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heic, "MAX_FILE_BYTES", 100)
    with pytest.raises(EngineError, match="is a HEIC photograph of more than"):
        images.open_picture(encoded(corners()))


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def header(references: bytes, count: int = 3) -> bytes:
    """Items of 1,000 × 1,000 pixels, and what they are made of."""
    sizes = box(b"ipco", box(b"ispe", bytes(4) + struct.pack(">II", 1000, 1000)))
    links = b"".join(struct.pack(">HBB", item, 1, 0x81) for item in range(1, count + 1))
    properties = box(b"iprp", sizes + box(b"ipma", bytes(4) + struct.pack(">I", count) + links))
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(
        b"meta", bytes(4) + properties + box(b"iref", bytes(4) + references)
    )


def made_of(item: int, *parts: int) -> bytes:
    return box(b"dimg", struct.pack(f">HH{len(parts)}H", item, len(parts), *parts))


def test_parts_that_are_used_again_and_again_are_counted() -> None:
    assert heif_boxes.decoded_pixels(header(b"")) == 10**6
    assert heif_boxes.decoded_pixels(header(made_of(1, 2, 3))) == 3 * 10**6
    assert heif_boxes.decoded_pixels(header(made_of(1, *[2] * 999))) == 1000 * 10**6
    assert heif_boxes.decoded_pixels(header(made_of(1, *[2] * 99) + made_of(2, *[3] * 99))) == 9901 * 10**6
    for references in (made_of(1, 1), made_of(1, 2) + made_of(2, 1), made_of(1, *[1] * 9999), bytes(3 * 2**20)):
        assert heif_boxes.decoded_pixels(header(references)) >= heif_boxes.ENDLESS
    with pytest.raises(EngineError, match="put together of too many parts"):
        images.open_picture(header(made_of(1, *[2] * 999)))


@pytest.mark.parametrize("length", range(0, 150, 7))
def test_a_header_that_is_cut_off_counts_what_is_there(length: int) -> None:
    assert heif_boxes.decoded_pixels(header(made_of(1, 2))[:length]) >= 0


def test_nothing_is_imported_before_and_nothing_registered_after() -> None:
    code = (
        "import sys; from engine import images; from PIL import Image; print('pillow_heif' in sys.modules); "
        "images.open_image(sys.argv[1]); Image.init(); "
        "print('pillow_heif' in sys.modules, 'HEIF' in Image.OPEN, '.heic' in Image.registered_extensions())"
    )
    stream = ROOT / "resources" / "samples" / "chelsea.png"
    command = [sys.executable, "-c", code]
    done = subprocess.run([*command, str(stream)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "False", "False", "False"]


def test_a_heic_registers_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(encoded(corners()))
    code = (
        "import sys; from engine import images; from PIL import Image; images.open_image(sys.argv[1]); Image.init(); "
        "print('pillow_heif' in sys.modules, 'HEIF' in Image.OPEN, '.heic' in Image.registered_extensions())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.heic")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["True", "False", "False"]


def test_dialogs_offer_it() -> None:
    assert {".heic", ".heif", ".hif"} <= set(images.supported_extensions())
    assert {"image/heic", "image/heif"} <= set(images.supported_mime_types())


def test_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(corners())
    monkeypatch.setitem(sys.modules, "pillow_heif.as_plugin", None)
    with pytest.raises(EngineError, match="is a HEIC photograph, for which pillow-heif is missing"):
        images.open_picture(data)
