"""The keras fit in the window: of the file, with the read-out in the upright picture, or a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from fake_engine import wait_until_complete
from PIL import Image
from pytestqt.qtbot import QtBot

from engine import images
from gui.main_window import MainWindow


def turned(path: Path) -> Path:
    """A photograph taken with the telephone upright: EXIF says how to turn it."""
    values = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(values).save(path, exif=exif)
    return path


def test_it_is_of_the_file_and_the_read_out_of_the_upright_picture(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = turned(tmp_path / "turned.png")
    window.commands.look.set_input("keras", 32)
    window.open_images([path])
    wait_until_complete(window, qtbot)
    look = window.controller.pipeline.look
    assert look is not None
    assert look.fitted is not None
    with Image.open(path) as stored:
        np.testing.assert_array_equal(look.fitted.pixels, np.asarray(stored.convert("RGB").resize((32, 32), 0)))
    upright = look.picture.pixels
    assert upright.shape == (60, 40, 3)
    for x, y in ((3, 5), (30, 11), (17, 28)):
        across, down = look.fitted.geometry.to_picture(x + 0.5, y + 0.5)
        assert (upright[int(down), int(across)] == look.fitted.pixels[y, x]).all()


def test_a_file_that_keras_cannot_load_gets_a_sentence_and_another_fit(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "cut.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:-2])
    window.commands.look.set_input("keras", 32)
    window.open_images([path])
    sentence = "Keras cannot load 'cut.jpg' (it has Pillow open it); choose another fit."
    qtbot.waitUntil(lambda: sentence in [message.text for message in window.views.messages.recent()], timeout=20_000)
    window.commands.look.set_input("crop", 32)
    wait_until_complete(window, qtbot)
    look = window.controller.pipeline.look
    assert look is not None
    assert look.fitted is not None
    np.testing.assert_array_equal(look.fitted.pixels, images.fit_image(images.open_image(path), "crop", 32))
