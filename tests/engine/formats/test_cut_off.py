"""Files that end too early are shown as far as they go, and the note says how far that is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from made_pictures import saved
from PIL import Image

from engine import images
from engine.records import EngineError

SIDE = 96


def photograph() -> Image.Image:
    """Waves and noise, so that no row is like another."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    waves = np.dstack([128 + 100 * np.sin(rows / a + columns / b) for a, b in ((5, 9), (11, 4), (7, 13))])
    return Image.fromarray((waves + np.random.default_rng(0).normal(0, 9, waves.shape)).clip(0, 255).astype(np.uint8))


def jpegs() -> dict[str, bytes]:
    """Of every kind that has its rows one after the other."""
    image = photograph()
    return {
        "baseline": saved(image, "JPEG", quality=90),
        "4:4:4": saved(image, "JPEG", quality=95, subsampling=0),
        "restart markers": saved(image, "JPEG", restart_marker_rows=1),
        "grey": saved(image.convert("L"), "JPEG"),
        "inks": saved(image.convert("CMYK"), "JPEG"),
    }


def others() -> dict[str, bytes]:
    image = photograph()
    palette = image.convert("P", palette=Image.Palette.ADAPTIVE)
    deep = Image.fromarray(np.random.default_rng(0).integers(0, 65536, (SIDE, SIDE), np.uint16))
    return {
        "PNG": saved(image, "PNG"),
        "PNG P": saved(palette, "PNG"),
        "PNG LA": saved(image.convert("LA"), "PNG"),
        "PNG I;16": saved(deep, "PNG"),
        "GIF": saved(palette, "GIF", interlace=0),
        "GIF interlaced": saved(palette, "GIF", interlace=1),
        "BMP": saved(image, "BMP"),
        "PPM": saved(image, "PPM"),
        "TGA": saved(image, "TGA"),
        "PCX": saved(image, "PCX"),
    }


def missing_rows(note: str) -> tuple[str, int]:
    """Which rows a note says are missing, and how many."""
    if "no row of it is missing" in note or not note:
        return "last", 0
    found = re.search(rf"cut off: the (first|last)(?: (\d+))? of its {SIDE} rows (?:is|are) missing", note)
    assert found, note
    return found[1], int(found[2] or 1)


@pytest.mark.parametrize("name", jpegs())
def test_a_jpeg_without_its_end_marker_is_whole(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = jpegs()[name]
    picture = images.open_picture(data[:-2])
    np.testing.assert_array_equal(picture.pixels, images.open_image(data))
    assert picture.note.startswith("its file ends too early, but no row of it is missing")
    assert capfd.readouterr() == ("", "")


def cuts(data: bytes) -> Iterator[bytes]:
    for share in (0.95, 0.8, 0.6):
        yield data[: int(len(data) * share)]


@pytest.mark.parametrize("name", [*jpegs(), *others()])
def test_the_rows_that_are_there_are_right_and_the_note_counts_the_others(name: str) -> None:
    data = {**jpegs(), **others()}[name]
    whole = images.open_image(data)
    for cut in cuts(data):
        if name == "GIF interlaced" and len(cut) < 0.7 * len(data):  # half of its file is every other row
            with pytest.raises(EngineError, match="can be read"):
                images.open_picture(cut)
            continue
        picture = images.open_picture(cut)
        which, count = missing_rows(picture.note)
        assert 0 < count < SIDE
        assert picture.pixels.shape == whole.shape
        there = slice(count, None) if which == "first" else slice(0, SIDE - count)
        np.testing.assert_array_equal(picture.pixels[there], whole[there])
        edge = picture.pixels[count - 1 if which == "first" else SIDE - count]
        assert not np.array_equal(edge, whole[count - 1 if which == "first" else SIDE - count])


def test_a_progressive_jpeg_has_less_detail() -> None:
    data = saved(photograph(), "JPEG", progressive=True)
    whole = images.open_image(data).astype(int)
    assert "no row of it is missing" in images.open_picture(data[:-2]).note
    picture = images.open_picture(data[: int(len(data) * 0.7)])
    assert picture.note == "cut off: it has less detail"
    assert np.abs(picture.pixels - whole).mean() < 12


def test_a_jpeg_whose_end_marker_comes_too_early() -> None:
    """Pillow fills the rest with grey and says nothing."""
    data = saved(photograph(), "JPEG", quality=90)
    picture = images.open_picture(data[: len(data) // 2] + b"\xff\xd9")
    _, count = missing_rows(picture.note)
    assert 0 < count < SIDE
    np.testing.assert_array_equal(picture.pixels[: SIDE - count], images.open_image(data)[: SIDE - count])


def test_a_jpeg_that_is_grey_at_its_end_is_whole() -> None:
    pixels = np.asarray(photograph()).copy()
    pixels[48:] = 128
    for options in ({}, {"progressive": True}):
        data = saved(Image.fromarray(pixels), "JPEG", quality=90, **options)
        assert images.open_picture(data).note == ""


def test_transparent_rows_of_a_gif_are_missing_too() -> None:
    image = photograph().convert("P", palette=Image.Palette.ADAPTIVE)
    data = saved(image, "GIF", interlace=0, transparency=0)
    picture = images.open_picture(data[: len(data) * 2 // 3])
    _, count = missing_rows(picture.note.split(";")[0])
    assert 20 < count < 60


@pytest.mark.parametrize("name", ["baseline", "PNG", "BMP", "PPM"])
def test_next_to_nothing_is_refused(name: str) -> None:
    data = {**jpegs(), **others()}[name]
    with pytest.raises(EngineError, match=r"is cut off, and (no row|only \d+ rows?) of 96 can be read; open an intact"):
        images.open_picture(data[: max(700, int(len(data) * 0.06))])


def test_a_webp_says_how_much_is_missing() -> None:
    data = saved(photograph(), "WEBP")
    with pytest.raises(EngineError, match=f"is cut off: the last 100 of its {len(data):,} bytes are missing"):
        images.open_picture(data[:-100])


def test_pillow_is_left_as_it_was() -> None:
    from PIL import ImageFile

    images.open_picture(jpegs()["baseline"][:-2])
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
