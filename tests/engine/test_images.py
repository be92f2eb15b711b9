"""What opening an ordinary picture gives, and what is said of files that are none."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine import images
from engine.networks.preprocessing import CAFFE
from engine.pictures import decoding, file_bytes
from engine.pixels import limits as picture_limits
from engine.records import EngineError, ImageArray

ROOT = Path(__file__).resolve().parents[2]


def encoded(image: Image.Image, format_name: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def gradient(width: int = 40, height: int = 30) -> Image.Image:
    rows, columns = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.dstack((columns * 5, rows * 7, columns + rows)).astype(np.uint8))


def sentence_of(source: str | Path | bytes, frame: int = 0) -> str:
    with pytest.raises(EngineError) as caught:
        images.open_image(source, frame=frame)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_picture_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "été à la plage.png"
    data = encoded(gradient())
    path.write_bytes(data)
    picture = images.open_picture(path)
    assert picture.name == "été à la plage.png"
    assert picture.path == str(path)
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert (picture.frame, picture.frames, picture.note) == (0, 1, "")
    np.testing.assert_array_equal(picture.pixels, np.asarray(gradient()))


def test_string_and_bytes_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    gradient().save(path)
    np.testing.assert_array_equal(images.open_image(str(path)), images.open_image(path.read_bytes()))
    assert images.open_picture(path.read_bytes(), name="pasted picture").name == "pasted picture"
    assert images.open_picture(path.read_bytes()).path is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = images.open_picture(encoded(gradient(), exif=exif))
    turned = Image.open(io.BytesIO(encoded(gradient(), exif=exif)))
    np.testing.assert_array_equal(picture.pixels, np.asarray(ImageOps.exif_transpose(turned)))
    assert ("EXIF" in picture.note) == (orientation > 1)


def test_alpha_is_composed_over_the_background() -> None:
    data = encoded(Image.new("RGBA", (4, 4), (200, 0, 0, 0)))
    assert images.open_image(data)[0, 0].tolist() == [255, 255, 255]
    picture = images.open_picture(data, background=(1, 2, 3))
    assert picture.pixels[0, 0].tolist() == [1, 2, 3]
    assert picture.note == "transparent parts shown on rgb(1, 2, 3)"
    half = images.open_image(encoded(Image.new("LA", (4, 4), (0, 128))))
    assert half[0, 0].tolist() == [127, 127, 127]
    assert images.open_picture(encoded(gradient().convert("RGBA"))).note == ""


def test_palette_with_transparency() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    pixels = images.open_image(encoded(image, transparency=0))
    assert pixels.tolist() == [[[255, 255, 255], [40, 50, 60]]]


def test_transparent_grey_of_16_bits() -> None:
    image = Image.fromarray(np.array([[0, 65535, 17]], np.uint16))
    pixels = images.open_image(encoded(image, transparency=17), background=(9, 8, 7))
    assert pixels.tolist() == [[[0, 0, 0], [255, 255, 255], [9, 8, 7]]]


@pytest.mark.parametrize(("white", "highest"), [(255, 200), (1023, 900), (4095, 4095), (16383, 5000), (65535, 40000)])
def test_16_bits_scale_by_the_depth_of_the_sensor(white: int, highest: int) -> None:
    values = np.linspace(0, highest, 256).astype(np.uint16).reshape(16, 16)
    picture = images.open_picture(encoded(Image.fromarray(values)))
    np.testing.assert_array_equal(picture.pixels[..., 1], np.rint(values / white * 255))
    assert picture.note == f"16-bit grey, scaled from 0…{white}"


def test_floats_scale_by_their_finite_range() -> None:
    values = np.array([[-2.0, 0.0, 2.0], [np.nan, np.inf, -np.inf]], np.float32)
    picture = images.open_picture(encoded(Image.fromarray(values), "TIFF"))
    assert picture.pixels[..., 0].tolist() == [[0, 128, 255], [0, 255, 0]]
    note = "float grey, scaled from -2…2; 1 pixel without data left out and black; 2 infinite values left out"
    assert picture.note == note


@pytest.mark.parametrize("value", [0.0, 7.5, float("nan"), float("inf"), 3e38])
def test_constant_floats(value: float) -> None:
    pixels = images.open_image(encoded(Image.fromarray(np.full((3, 4), value, np.float32)), "TIFF"))
    assert pixels.shape == (3, 4, 3)
    assert len(np.unique(pixels)) == 1


def test_floats_over_the_whole_range_do_not_overflow() -> None:
    values = np.array([[-3e38, 3e38]], np.float32)
    assert images.open_image(encoded(Image.fromarray(values), "TIFF"))[0, :, 0].tolist() == [0, 255]


def test_negative_integers_scale_by_their_range() -> None:
    values = np.array([[-100, 0, 100]], np.int32)
    assert images.open_image(encoded(Image.fromarray(values), "TIFF"))[0, :, 0].tolist() == [0, 128, 255]


def test_cmyk_and_lab_become_rgb() -> None:
    cmyk = images.open_picture(encoded(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), "TIFF"))
    assert cmyk.pixels[0, 0].tolist() == [255, 0, 0]
    assert cmyk.note == "CMYK converted to RGB"
    lab = images.open_picture(encoded(Image.new("LAB", (4, 4), (255, 128, 128)), "TIFF"))
    assert lab.pixels[0, 0].min() > 250
    assert lab.note == "LAB converted to sRGB"


@pytest.mark.parametrize("format_name", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_frames(format_name: str) -> None:
    colours = ((250, 0, 0), (0, 250, 0), (0, 0, 250))
    first, *others = (Image.new("RGB", (16, 16), colour) for colour in colours)
    data = encoded(first, format_name, save_all=True, append_images=others)
    for frame, colour in enumerate(colours):
        picture = images.open_picture(data, frame=frame)
        assert np.abs(picture.pixels[8, 8].astype(int) - colour).max() < 12
        assert (picture.frame, picture.frames) == (frame, 3)
        assert f"frame {frame + 1} of 3" in picture.note
    for frame in (3, -1, 10**9):
        assert "has 3 frames" in sentence_of(data, frame=frame)


def test_the_only_frame() -> None:
    assert "has one frame" in sentence_of(encoded(gradient()), frame=1)


def test_a_broken_later_frame_leaves_the_first() -> None:
    frames = [gradient(), Image.new("RGB", (40, 30), "red")]
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    picture = images.open_picture(data[:-60])
    np.testing.assert_array_equal(picture.pixels, np.asarray(gradient()))


def test_frames_too_far_into_a_large_animation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_limits, "MAX_SKIPPED_PIXELS", 2000)
    first, *others = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green", "white"))
    data = encoded(first, "GIF", save_all=True, append_images=others)
    assert images.open_image(data, frame=1).shape == (30, 40, 3)
    assert "too far" in sentence_of(data, frame=3)


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG"])
def test_large_animations_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch, file_format: str
) -> None:
    monkeypatch.setattr(picture_limits, "MAX_ANIMATED_PIXELS", 1000)
    first, other = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    assert images.open_image(encoded(first, file_format)).shape == (30, 40, 3)
    data = encoded(first, file_format, save_all=True, append_images=[other])
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("It was decoded."))
    for frame in (0, 1):
        assert "40 × 30 pixels (0 megapixels), more than" in sentence_of(data, frame=frame)
        assert "opened in an animation" in sentence_of(data, frame=frame)


def test_the_pages_of_a_tiff_are_no_animation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_limits, "MAX_ANIMATED_PIXELS", 1000)
    data = encoded(gradient(), "TIFF", save_all=True, append_images=[gradient()])
    assert images.open_image(data, frame=1).shape == (30, 40, 3)


def test_a_large_jpeg_is_decoded_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_limits, "MAX_PIXELS", 400)
    picture = images.open_picture(encoded(gradient(), "JPEG"))
    assert picture.pixels.shape == (15, 20, 3)
    assert picture.note == "decoded at 1/2 of its 40 × 30 pixels"


def test_a_large_jpeg_in_several_scans_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_limits, "MAX_BUFFERED_JPEG_PIXELS", 1000)
    assert images.open_image(encoded(gradient(), "JPEG")).shape == (30, 40, 3)
    assert "40 × 30 pixels" in sentence_of(encoded(gradient(), "JPEG", progressive=True))


def test_a_large_jpeg_2000_is_decoded_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(picture_limits._FORMAT_PIXELS, "JPEG2000", 400)
    assert images.open_image(encoded(gradient(), "JPEG2000")).shape == (15, 20, 3)


def test_30_000_by_30_000_pixels() -> None:
    header = bytearray(encoded(gradient(), "BMP"))
    header[18:26] = np.array([30_000, 30_000], "<i4").tobytes()
    assert "30000 × 30000 pixels (900 megapixels)" in sentence_of(bytes(header))


def test_decoding_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_SECONDS", -1.0)
    assert "too long" in sentence_of(encoded(gradient()))


def test_counting_that_takes_too_long_keeps_what_was_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [gradient(), gradient()]
    data = encoded(frames[0], "GIF", save_all=True, append_images=[Image.new("RGB", (40, 30), "red"), *frames[1:]])
    monkeypatch.setattr(decoding, "MAX_COUNTING_SECONDS", -1.0)
    assert images.open_picture(data).frames == 1


@pytest.mark.parametrize(
    "error", [MemoryError, RecursionError, ZeroDivisionError, AssertionError, OverflowError, KeyError]
)
def test_any_exception_of_a_decoder_becomes_a_sentence(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(image: Image.Image) -> None:
        raise error

    data = encoded(gradient())
    images.open_image(data)
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load_prepare", fail)
    assert ("memory" in sentence_of(data)) == (error is MemoryError)


def test_missing_folder_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert "There is no file" in sentence_of(tmp_path / "nothing.png")
    assert "is a folder" in sentence_of(tmp_path)
    assert "is empty (0 bytes)" in sentence_of(tmp_path / "empty.png")
    assert "is empty (0 bytes)" in sentence_of(b"")
    assert "cannot be read" in sentence_of("a\0b.png")
    assert "cannot be read" in sentence_of(tmp_path / ("x" * 5000))


def test_a_file_that_can_be_read_goes_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert sentence_of(tmp_path / "empty.png").startswith("'empty.png' is empty")
    assert str(tmp_path / "nothing.png") in sentence_of(tmp_path / "nothing.png")


def test_names_with_line_breaks_stay_on_one_line(tmp_path: Path) -> None:
    assert r"\n" in sentence_of(tmp_path / "two\nlines.png")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.png"
    path.write_bytes(encoded(gradient()))
    monkeypatch.setattr("engine.files.regular_file.os.open", refuse)
    assert "no permission to read" in sentence_of(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a pipe or a device" in sentence_of(tmp_path / "pipe")
    assert "is a pipe or a device" in sentence_of("/dev/zero")


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_bytes, "MAX_FILE_BYTES", 100)
    path = tmp_path / "large.png"
    path.write_bytes(encoded(gradient()))
    assert "larger than" in sentence_of(path)
    assert "larger than" in sentence_of(path.read_bytes())


def test_nothing_of_the_process_is_changed() -> None:
    before = (list(warnings.filters), Image.MAX_IMAGE_PIXELS, logging.getLogger("PIL").level)
    threads = [threading.Thread(target=images.open_image, args=(encoded(gradient()),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (list(warnings.filters), Image.MAX_IMAGE_PIXELS, logging.getLogger("PIL").level) == before


def test_extensions_and_mime_types() -> None:
    extensions, types = images.supported_extensions(), images.supported_mime_types()
    assert {".png", ".jpg", ".jpeg", ".webp", ".tif", ".gif", ".mpo", ".avif"} <= set(extensions)
    assert not {".eps", ".ps", ".wmf", ".emf", ".pdf", ".h5", ".mpg", ".grib"} & set(extensions)
    assert {"image/png", "image/jpeg", "image/tiff"} <= set(types)
    assert not {"application/postscript", "application/pdf", "video/mpeg"} & set(types)
    assert list(extensions) == sorted(extensions)


def test_importing_loads_no_plugin() -> None:
    code = "import sys, engine.images; print([m for m in sys.modules if m.startswith('PIL.') and 'Plugin' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.real
def test_keras_reads_and_prepares_the_same(tmp_path: Path, cat: ImageArray) -> None:
    """Against Keras itself, in a process of its own because TensorFlow warns while it is imported."""
    Image.fromarray(cat).save(tmp_path / "cat.png")
    code = (
        "import keras, numpy as np; image = keras.utils.load_img('cat.png', target_size=(224, 224)); "
        "np.save('image.npy', np.asarray(image)); from keras.applications.vgg16 import preprocess_input; "
        "np.save('input.npy', preprocess_input(keras.utils.img_to_array(image)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, capture_output=True)
    fitted = images.fit_image(cat, "keras", 224)
    np.testing.assert_array_equal(fitted, np.load(tmp_path / "image.npy"))
    np.testing.assert_array_equal(CAFFE.to_network(fitted), np.load(tmp_path / "input.npy"))
