"""The keras fit of a file is what Keras itself loads, byte for byte, for every file there is."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_pictures import HEIGHT, WIDTH, intact, make, saved
from made_profiles import P3, grey_profile, matrix_profile, srgb_to_light
from PIL import Image

from engine import images
from engine.networks.preprocessing import CAFFE
from engine.pictures.keras_fit import fit_picture, picture_geometry
from engine.pixels import limits as picture_limits
from engine.records import EngineError, Picture
from engine.session import Session

SIZES = (32, 224)
_LOAD = """
import json, pathlib, sys
import keras, numpy as np
loaded = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.bin")):
    for size in (32, 224):
        try:
            loaded[f"{path.stem} {size}"] = np.asarray(keras.utils.load_img(str(path), target_size=(size, size)))
        except Exception:
            loaded[f"{path.stem} {size}"] = np.zeros(0)
np.savez(sys.argv[2], **loaded)
"""


def samples() -> dict[str, bytes]:
    """Every mode in every format, every orientation, animations, and what has something done to its colours."""
    profile = matrix_profile(P3, srgb_to_light, "P3")
    files = dict(intact())
    for format_name in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF"):
        files[f"{format_name} P3"] = saved(make("RGB"), format_name, icc_profile=profile)
    for mode in ("L", "LA"):
        files[f"PNG {mode} profile"] = saved(make(mode), "PNG", icc_profile=grey_profile(lambda values: values))
    files["JPEG cut off"] = files["JPEG RGB"][:-40]
    files["JPEG without its end"] = files["JPEG RGB"][:-2]
    files["PNG cut off"] = files["PNG RGB"][:-200]
    files["PNG of another size"] = saved(make("RGBA").resize((224, 224)), "PNG")
    data = files["JPEG CMYK"]
    at = data.index(b"\xff\xee\0\x0eAdobe")
    files["JPEG CMYK without marker"] = data[:at] + data[at + 16 :]
    return files


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """What Keras loads, in a process of its own because TensorFlow warns while it is imported; empty when it fails."""
    folder = tmp_path_factory.mktemp("files")
    for number, data in enumerate(samples().values()):
        (folder / f"{number}.bin").write_bytes(data)
    result = folder / "loaded.npz"
    command = [sys.executable, "-W", "ignore", "-c", _LOAD, str(folder), str(result)]
    subprocess.run(command, check=True, capture_output=True)
    with np.load(result) as found:
        names = list(samples())
        return {f"{names[int(key.split()[0])]} {key.split()[1]}": found[key] for key in found.files}


@pytest.mark.real
def test_every_file_as_keras_loads_it(loaded: dict[str, np.ndarray]) -> None:
    compared = refused = 0
    for name, data in samples().items():
        try:
            picture = images.open_picture(data, name=name)
        except EngineError:
            continue  # a kind that is not opened, whatever the fit
        for size in SIZES:
            wanted = loaded[f"{name} {size}"]
            if wanted.size:
                np.testing.assert_array_equal(fit_picture(picture, "keras", size), wanted, err_msg=name)
                compared += 1
            else:
                with pytest.raises(EngineError, match="Keras cannot load"):
                    fit_picture(picture, "keras", size)
                refused += 1
    assert compared > 300
    assert refused > 0


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["PNG", "TIFF"])
def test_where_each_pixel_of_the_input_lies_in_the_upright_picture(orientation: int, format_name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    values = np.arange(60, dtype=np.uint8).reshape(6, 10)
    picture = images.open_picture(saved(Image.fromarray(values), format_name, exif=exif))
    for size in (3, 10, 23):
        fitted = fit_picture(picture, "keras", size)
        geometry = picture_geometry(picture, "keras", size)
        for y in range(size):
            for x in range(size):
                across, down = geometry.to_picture(x + 0.5, y + 0.5)
                # Pillow adds up steps, and which of two pixels it takes at an edge between them depends on rounding
                if min(abs(across - round(across)), abs(down - round(down))) > 1e-6:
                    assert (picture.pixels[int(down), int(across)] == fitted[y, x]).all()


def test_other_fits_are_of_the_upright_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = images.open_picture(saved(make("RGB"), "PNG", exif=exif))
    for fit in ("crop", "pad", "stretch"):
        np.testing.assert_array_equal(fit_picture(picture, fit, 32), images.fit_image(picture.pixels, fit, 32))
        assert picture_geometry(picture, fit, 32) == images.fit_geometry(picture.pixels.shape, fit, 32)


PLAIN = (
    "PNG RGB",
    "PNG L",
    "PNG 1",
    "BMP P",
    "JPEG RGB",
    "JPEG L",
    "JPEG CMYK",
    "GIF P",
    "BMP RGB",
    "JPEG orientation 1",
)
TOUCHED = ("PNG RGBA", "PNG LA", "PNG I;16", "PNG P transparent", "TIFF LAB", "TIFF F", "JPEG orientation 6", "JPEG P3")


@pytest.mark.parametrize("name", [*PLAIN, *TOUCHED])
def test_the_file_is_kept_only_where_it_is_needed(name: str) -> None:
    data = samples()[name]
    assert images.open_picture(data).stored == (data if name in TOUCHED else None)


def test_a_later_frame_is_taken_for_the_first() -> None:
    frames = [Image.new("RGBA", (8, 8), (200, 0, 0, 99)), Image.new("RGBA", (8, 8), (0, 0, 200, 99))]
    data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    second = images.open_picture(data, frame=1)
    assert fit_picture(second, "keras", 8)[0, 0].tolist() == [0, 0, 200]
    assert fit_picture(second, "crop", 8)[0, 0].tolist() != [0, 0, 200]


def test_what_is_decoded_smaller_is_not_what_keras_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_limits, "MAX_PIXELS", WIDTH * HEIGHT - 1)
    picture = images.open_picture(samples()["JPEG RGB"])
    assert "decoded at 1/2" in picture.note
    with pytest.raises(EngineError, match="Keras would load 'the picture' in full"):
        fit_picture(picture, "keras", 32)


@pytest.mark.parametrize("error", [MemoryError, ValueError])
def test_errors_are_sentences(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    picture = images.open_picture(samples()["PNG RGBA"])

    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load_prepare", fail)
    with pytest.raises(EngineError, match="memory" if error is MemoryError else "Keras cannot load 'the picture'"):
        fit_picture(picture, "keras", 32)


def test_a_picture_of_pixels_only() -> None:
    pixels = np.asarray(make("RGB"))
    np.testing.assert_array_equal(
        fit_picture(Picture("x", pixels, "0"), "keras", 32), np.asarray(make("RGB").resize((32, 32), 0))
    )


@pytest.mark.real
def test_a_session_fits_the_file(session: Session, tmp_path: Path) -> None:
    """A session takes pictures as well as pixels."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.png"
    path.write_bytes(saved(make("RGB"), "PNG", exif=exif))
    found = session.network_input(images.open_picture(path), "keras", 32)
    plain = Image.open(io.BytesIO(path.read_bytes())).convert("RGB").resize((32, 32), 0)
    np.testing.assert_array_equal(found, CAFFE.to_network(np.asarray(plain)))
