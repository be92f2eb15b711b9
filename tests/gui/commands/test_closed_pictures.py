"""Ctrl+Shift+T: what was closed comes back, the last one first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_engine import wait_until_complete
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.commands import reopen_picture
from gui.main_window import MainWindow

SIDE = 80


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = []
    for number in range(4):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (SIDE, SIDE), (60 * number, 90, 200 - 50 * number)).save(path)
        paths.append(path)
    return paths


@pytest.fixture
def open_window(window: MainWindow, qtbot: QtBot, files: list[Path]) -> Iterator[MainWindow]:
    """With four pictures, the first one shown, and the keys."""
    window.open_images(files)
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == len(files))
    wait_until_complete(window, qtbot)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    yield window
    QGuiApplication.clipboard().clear()


def press(window: MainWindow, key: Qt.Key, *, shift: bool = False) -> None:
    held = Qt.KeyboardModifier.ControlModifier | (
        Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    )
    QTest.keyClick(window.focusWidget() or window, key, held)


def names(window: MainWindow) -> list[str]:
    return [picture.name for picture in window.workspace.pictures]


def has_title(window: MainWindow, title: str) -> bool:
    return window.windowTitle() == title


def test_pictures_come_back_to_their_places_in_turn(open_window: MainWindow, qtbot: QtBot) -> None:
    window = open_window
    reopen = window.action("reopen_picture")
    assert not reopen.isEnabled()
    window.workspace.layer = "block3_conv2"
    window.views.gallery.select_channels([7, 9])
    window.controller.choose_picture(1)
    press(window, Qt.Key.Key_W)
    press(window, Qt.Key.Key_W)  # its neighbour, which is shown then
    window.views.strip.close_wanted.emit(0)  # one that is not shown
    assert names(window) == ["3.png"]
    for expected in (["0.png", "3.png"], ["0.png", "2.png", "3.png"], ["0.png", "1.png", "2.png", "3.png"]):
        assert reopen.isEnabled()
        before = set(names(window))
        press(window, Qt.Key.Key_T, shift=True)
        assert names(window) == expected
        (back,) = set(expected) - before
        assert names(window)[window.workspace.current] == back
        qtbot.waitUntil(partial(has_title, window, f"{back} — Convscope"))
        wait_until_complete(window, qtbot)
        look = window.controller.pipeline.look
        assert look is not None
        assert look.picture.name == back
    assert not reopen.isEnabled()
    assert window.workspace.layer == "block3_conv2"
    assert window.views.gallery.selected_channels() == (7, 9)


def test_the_only_picture_comes_back_from_the_welcome_page(cat_window: MainWindow, qtbot: QtBot) -> None:
    pixels = cat_window.workspace.pictures[0].pixels
    cat_window.action("close_picture").trigger()
    assert cat_window.workspace.current == -1
    assert not cat_window.action("close_picture").isEnabled()
    cat_window.action("reopen_picture").trigger()
    wait_until_complete(cat_window, qtbot)
    assert cat_window.workspace.pictures[0].pixels is pixels
    assert cat_window.action("close_picture").isEnabled()


def test_a_pasted_picture_comes_back(open_window: MainWindow, qtbot: QtBot) -> None:
    window = open_window
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(0xFF8040)
    QGuiApplication.clipboard().setImage(image)
    press(window, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 5)
    press(window, Qt.Key.Key_W)
    assert "pasted picture" not in names(window)
    press(window, Qt.Key.Key_T, shift=True)
    assert names(window)[-1] == "pasted picture"
    assert window.workspace.pictures[-1].pixels[3, 4].tolist() == [0xFF, 0x80, 0x40]


@pytest.mark.parametrize("most", [reopen_picture.MOST_BYTES, 0], ids=["kept", "read again"])
def test_a_frame_comes_back_as_that_frame(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(reopen_picture, "MOST_BYTES", most)
    path = tmp_path / "two.gif"
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    window.open_images([files[0], path, files[1]])
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 3)
    window.views.strip.frame_wanted.emit(1, 1)
    qtbot.waitUntil(lambda: window.workspace.pictures[1].frame == 1)
    window.controller.close_picture(1)
    window.action("reopen_picture").trigger()
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 3)
    picture = window.workspace.pictures[1]
    assert (picture.name, picture.frame, window.workspace.current) == ("two.gif", 1, 1)
    assert picture.pixels[20, 20, 2] > 250


def test_no_more_is_kept_than_may_be(
    open_window: MainWindow, qtbot: QtBot, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pictures fit. The first one closed is read from its file again; the pasted one is gone."""
    window = open_window
    monkeypatch.setattr(reopen_picture, "MOST_BYTES", 2 * 3 * SIDE**2)
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(0xFF8040)
    QGuiApplication.clipboard().setImage(image)
    press(window, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 5)
    pixels = window.workspace.pictures[0].pixels
    for index in (4, 0, 0, 0):
        window.controller.close_picture(index)
    assert names(window) == ["3.png"]
    for count in (2, 3, 4):
        window.action("reopen_picture").trigger()
        qtbot.waitUntil(lambda count=count: len(window.workspace.pictures) == count)  # type: ignore[misc]
    assert names(window) == ["0.png", "1.png", "2.png", "3.png"]
    assert window.workspace.pictures[0].pixels is not pixels
    np.testing.assert_array_equal(window.workspace.pictures[0].pixels, pixels)
    assert not window.action("reopen_picture").isEnabled()


def test_only_so_many_can_be_had_back(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window
    monkeypatch.setattr(reopen_picture, "MOST", 2)
    for _ in range(4):
        press(window, Qt.Key.Key_W)
    for _ in range(2):
        press(window, Qt.Key.Key_T, shift=True)
    assert sorted(names(window)) == ["2.png", "3.png"]
    assert not window.action("reopen_picture").isEnabled()


def test_what_is_open_again_is_not_brought_back(open_window: MainWindow, qtbot: QtBot, files: list[Path]) -> None:
    window = open_window
    window.controller.close_picture(3)
    window.open_images([files[3]])
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 4)
    assert not window.action("reopen_picture").isEnabled()


def test_a_file_that_is_gone_is_said(
    open_window: MainWindow, qtbot: QtBot, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window
    monkeypatch.setattr(reopen_picture, "MOST_BYTES", 0)
    window.controller.close_picture(2)
    files[2].unlink()
    window.action("reopen_picture").trigger()
    qtbot.waitUntil(lambda: any("2.png" in message.text for message in window.views.messages.recent()))
    assert names(window) == ["0.png", "1.png", "3.png"]
    assert not window.action("reopen_picture").isEnabled()
