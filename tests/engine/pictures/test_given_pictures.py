"""Pictures from a caller's memory: what is certain is taken, the rest is refused in one sentence."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine import images
from engine.pictures import given as given_pictures
from engine.records import EngineError
from engine.session import Session

RANDOM = np.random.default_rng(8)
RGB = RANDOM.integers(0, 256, (9, 14, 3), dtype=np.uint8)
GREY = RANDOM.integers(0, 256, (9, 14), dtype=np.uint8)
ALPHA = RANDOM.integers(0, 256, (9, 14, 1), dtype=np.uint8)
RGBA = np.concatenate((RGB, ALPHA), axis=2)


def on_white(rgba: Any) -> Any:
    """Composed by the arithmetic of alpha, unrounded."""
    share = rgba[..., 3:] / 255
    return rgba[..., :3] * share + 255 * (1 - share)


def test_rgb_is_taken_as_it_is() -> None:
    assert given_pictures.rgb(RGB) is RGB
    np.testing.assert_array_equal(given_pictures.rgb(RGB[::-1, ::2]), RGB[::-1, ::2])


@pytest.mark.parametrize("grey", [GREY, GREY[..., np.newaxis]], ids=["(h, w)", "(h, w, 1)"])
def test_grey_is_the_same_in_three_channels(grey: Any) -> None:
    np.testing.assert_array_equal(given_pictures.rgb(grey), np.dstack([GREY] * 3))


def test_rgba_is_shown_on_white() -> None:
    taken = given_pictures.rgb(RGBA)
    assert taken.dtype == np.uint8
    assert np.abs(taken - on_white(RGBA)).max() <= 1


@pytest.mark.parametrize(
    "pixels",
    [RGB, GREY, RGBA, np.dstack((GREY, ALPHA))],
    ids=["RGB", "L", "RGBA", "LA"],
)
def test_a_pil_image_is_what_its_file_is(pixels: Any) -> None:
    image = Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, "PNG")
    np.testing.assert_array_equal(given_pictures.rgb(image), images.open_image(file.getvalue()))


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "YCbCr"])
def test_other_modes_of_8_bits_are_converted(mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    np.testing.assert_array_equal(given_pictures.rgb(image), np.asarray(image.convert("RGB")))


def test_a_pil_image_from_a_file_is_turned_upright_and_need_not_be_loaded(tmp_path: Path) -> None:
    image = Image.fromarray(RGB)
    image.getexif()[0x0112] = 6
    image.save(tmp_path / "turned.png", exif=image.getexif())
    with Image.open(tmp_path / "turned.png") as lazy:
        taken = given_pictures.rgb(lazy)
    np.testing.assert_array_equal(taken, np.rot90(RGB, -1))


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (RGB.astype(np.float32), "float32 of shape (9, 14, 3); convert"),
        (RGB.astype(np.float64) / 255, "float64 of shape (9, 14, 3)"),
        (RGB.astype(np.uint16), "uint16 of shape (9, 14, 3)"),
        (RGB.astype(np.int64), "int64 of shape (9, 14, 3)"),
        (GREY > 128, "bool of shape (9, 14)"),
        (RGB.transpose(2, 0, 1), "uint8 of shape (3, 9, 14)"),
        (RGB[np.newaxis], "uint8 of shape (1, 9, 14, 3)"),
        (np.dstack((GREY, ALPHA)), "uint8 of shape (9, 14, 2)"),
        (GREY[0], "uint8 of shape (14,)"),
        (np.uint8(3), "a uint8 (uint8 of shape ())"),
        (RGB[:0], "uint8 of shape (0, 14, 3), which has no pixels"),
        (RGB[:, :0], "uint8 of shape (9, 0, 3), which has no pixels"),
        (np.empty((0, 0), np.uint8), "uint8 of shape (0, 0), which has no pixels"),
        (np.ma.masked_array(GREY, GREY > 9), "a MaskedArray (uint8 of shape (9, 14))"),
        (RGB.astype(object), "object of shape (9, 14, 3)"),
        (RGB.tolist(), "a list; convert"),
        ("cat.png", "a str; open files with engine.images.open_image"),
        (Path("cat.png"), "open files with engine.images.open_image"),
        (b"\x89PNG", "a bytes; open files with engine.images.open_image"),
        (None, "a NoneType"),
        (Image.fromarray(GREY.astype(np.uint16)), "mode 'I;16', which has more than 8 bits"),
        (Image.fromarray(GREY.astype(np.int32)), "mode 'I', which has more than 8 bits"),
        (Image.fromarray(GREY.astype(np.float32)), "mode 'F', which has more than 8 bits"),
        (Image.new("RGB", (0, 5)), "a PIL image of 0 × 5, which has no pixels"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_rest_is_refused_in_one_sentence(picture: Any, words: str) -> None:
    with pytest.raises(EngineError) as caught:
        given_pictures.rgb(picture)
    sentence = str(caught.value)
    assert sentence.startswith("A picture must be a PIL image or a uint8 array of shape (h, w, 3), (h, w, 4), ")
    assert words in sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") == sentence.count("\n") == 0


def test_a_pil_image_of_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "half.png"
    Image.fromarray(RANDOM.integers(0, 256, (90, 90, 3), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    with Image.open(path) as image, pytest.raises(EngineError, match=r"^The PIL image cannot be read \("):
        given_pictures.rgb(image)
    with pytest.raises(EngineError, match=r"^The PIL image cannot be read \("):
        given_pictures.rgb(image)  # closed by now


@pytest.mark.real
def test_every_method_of_a_session_takes_and_refuses_the_same(session: Session) -> None:
    layer = "block1_conv1"
    for picture, same in ((Image.fromarray(RGBA), RGBA), (GREY, np.dstack([GREY] * 3))):
        expected = session.activations(given_pictures.rgb(same), layer, size=32)[layer]
        assert expected.std() > 0
        np.testing.assert_array_equal(session.activations(picture, layer, size=32)[layer], expected)
        ((_, live),) = session.live_activations(picture, layer, size=32)
        np.testing.assert_allclose(live, expected, atol=1e-4 * expected.max())
    wrong: Any = RGB.astype(np.float32)
    for method in (session.activations, session.live_activations):
        with pytest.raises(EngineError, match="not float32 of shape"):
            method(wrong, layer, size=32)


@pytest.mark.real
@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"size": 32.5}, "32.5"), ({"size": "32"}, "whole number from 32"), ({"layers": [5]}, "no layer 5")],
)
def test_other_arguments_of_the_wrong_kind_are_sentences_too(
    session: Session, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(EngineError, match=words):
        session.activations(RGB, **arguments)
