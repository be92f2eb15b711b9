"""What was open comes back at the next start, and from a session's file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import wait_until_complete
from PIL import Image
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.state.session import SUFFIX, Session
from gui.state.settings import Settings

Ctrl = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


def names(window: MainWindow) -> list[str]:
    return [picture.name for picture in window.workspace.pictures]


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "pictures"
    folder.mkdir()
    paths = [folder / f"{name}.png" for name in "abc"]
    for number, path in enumerate(paths):
        Image.new("RGB", (8, 8), (number * 100, 0, 0)).save(path)
    return paths


@pytest.fixture
def full_window(window: MainWindow, pictures: list[Path], qtbot: QtBot) -> MainWindow:
    """Three pictures, the second of them shown."""
    window.open_images(pictures)
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 3)
    window.workspace.current = 1
    wait_until_complete(window, qtbot)
    return window


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """What the person chooses in the next dialogs for files."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))


def test_the_next_start_shows_the_same(
    full_window: MainWindow, make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    full_window.workspace.layer = "block2_conv2"
    full_window.controller.presenter.choose_channels("block2_conv2", (3, 5))
    for name in ("wall", "scale_layer", "colormap_magma", "show_blend", "fit_pad"):
        full_window.action(name).trigger()
    full_window.views.viewer.set_opacity(0.25)
    before = Session.of(full_window.workspace)
    full_window.close()
    again = make_window()
    qtbot.waitUntil(lambda: names(again) == ["a.png", "b.png", "c.png"])
    wait_until_complete(again, qtbot)
    assert Session.of(again.workspace) == before
    assert before.opacity == 0.25
    assert again.views.gallery.selected_channels() == (3, 5)
    assert again.workspace.picture is not None
    assert again.workspace.picture.name == "b.png"
    assert said(again) == []


def test_a_picture_that_is_named_at_the_start_is_shown(
    full_window: MainWindow, make_window: Callable[[], MainWindow], cat_path: Path, qtbot: QtBot
) -> None:
    full_window.close()
    again = make_window()
    again.open_images([cat_path])
    qtbot.waitUntil(lambda: len(again.workspace.pictures) == 4)
    assert sorted(names(again)) == ["a.png", "b.png", "c.png", "chelsea.png"]
    assert again.workspace.picture is not None
    assert again.workspace.picture.name == "chelsea.png"


def test_what_is_gone_is_said_once_and_in_one_sentence(
    full_window: MainWindow, make_window: Callable[[], MainWindow], pictures: list[Path], qtbot: QtBot
) -> None:
    mime = QMimeData()
    mime.setImageData(QGuiApplication.primaryScreen().grabWindow(0).toImage().scaled(8, 8))
    full_window.commands.opening.open_mime(mime)
    qtbot.waitUntil(lambda: len(full_window.workspace.pictures) == 4)
    pasted = names(full_window)[-1]
    full_window.close()
    pictures[1].unlink()
    again = make_window()
    qtbot.waitUntil(lambda: names(again) == ["a.png", "c.png"] and len(said(again)) == 1)
    assert said(again) == [f"2 pictures of the last session are not there any more: {pasted}, b.png."]
    wait_until_complete(again, qtbot)
    again.close()
    once_more = make_window()
    qtbot.waitUntil(lambda: names(once_more) == ["a.png", "c.png"])
    wait_until_complete(once_more, qtbot)
    assert said(once_more) == []


def test_a_program_that_is_killed_has_saved_what_was_open(
    full_window: MainWindow, settings_file: Path, qtbot: QtBot
) -> None:
    full_window.workspace.face = "wall"

    def saved() -> bool:
        text = Settings(settings_file).session
        return bool(text) and Session.from_text(text) == Session.of(full_window.workspace)

    qtbot.waitUntil(saved)


def test_pictures_that_are_not_open_again_yet_are_not_forgotten(
    full_window: MainWindow, make_window: Callable[[], MainWindow], settings_file: Path
) -> None:
    full_window.close()
    before = Settings(settings_file).session
    make_window().close()
    assert Session.from_text(Settings(settings_file).session).pictures == Session.from_text(before).pictures


def test_frames_and_levels_come_back(
    window: MainWindow, make_window: Callable[[], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    window.open_images([tmp_path / "a.gif"])
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 1)
    window.controller.opener.choose_frame(0, 2)
    qtbot.waitUntil(lambda: window.workspace.pictures[0].frame == 2)
    window.close()
    again = make_window()
    qtbot.waitUntil(lambda: len(again.workspace.pictures) == 1)
    assert again.workspace.pictures[0].frame == 2


def test_saved_and_opened_by_keys(
    full_window: MainWindow, pictures: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, pictures[0].parent / "mine")
    QTest.keyClick(full_window, Qt.Key.Key_S, Ctrl)
    file = pictures[0].parent / f"mine{SUFFIX}"
    qtbot.waitUntil(lambda: said(full_window) == [f"The session is saved in {file}."])
    before = Session.of(full_window.workspace)
    moved = tmp_path / "moved"
    shutil.move(file.parent, moved)
    QTest.keyClick(full_window, Qt.Key.Key_W, Ctrl | Shift)
    assert full_window.workspace.pictures == ()
    full_window.workspace.face = "wall"
    choose(monkeypatch, moved / file.name)
    QTest.keyClick(full_window, Qt.Key.Key_O, Ctrl | Shift)
    qtbot.waitUntil(lambda: len(full_window.workspace.pictures) == 3)
    after = Session.of(full_window.workspace)
    assert [Path(one.path) for one in after.pictures] == [moved / path.name for path in pictures]
    assert (after.face, after.current) == (before.face, 1)


def test_pictures_that_a_session_closed_can_be_had_back(full_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / f"empty{SUFFIX}"
    file.write_text(Session(size=64, face="wall").to_text(), encoding="utf-8")
    full_window.open_images([file])
    qtbot.waitUntil(lambda: full_window.workspace.pictures == ())
    assert full_window.workspace.face == "wall"
    for _ in range(3):
        full_window.action("reopen_picture").trigger()
    assert names(full_window) == ["a.png", "b.png", "c.png"]


@pytest.mark.parametrize("agreed", [True, False])
def test_files_that_a_stranger_names_are_opened_once_the_person_agrees(
    window: MainWindow, tmp_path: Path, cat_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    asked: list[str] = []
    buttons = QMessageBox.StandardButton

    def answer(_parent: object, _title: str, question: str) -> QMessageBox.StandardButton:
        asked.append(question)
        return buttons.Yes if agreed else buttons.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    file = tmp_path / f"s{SUFFIX}"
    picture = {"name": "cat", "path": str(cat_path), "frame": 0}
    file.write_text(json.dumps({"convscope session": 1, "pictures": [picture], "current": 0, "face": "wall"}))
    window.open_images([file])
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert str(cat_path) in asked[0]
    if agreed:
        qtbot.waitUntil(lambda: len(window.workspace.pictures) == 1)
        wait_until_complete(window, qtbot)
    assert window.workspace.face == ("wall" if agreed else "tiles")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{}", "no session"),
        ('{"convscope session": 99}', "later version"),
        ("", "is empty"),
    ],
)
def test_a_file_that_is_no_session_is_one_sentence(
    full_window: MainWindow, tmp_path: Path, qtbot: QtBot, text: str, sentence: str
) -> None:
    file = tmp_path / f"s{SUFFIX}"
    file.write_text(text, encoding="utf-8")
    full_window.open_images([file])
    qtbot.waitUntil(lambda: len(said(full_window)) == 1)
    assert sentence in said(full_window)[0]
    assert len(full_window.workspace.pictures) == 3


def test_a_disk_that_refuses_is_one_sentence(
    full_window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    choose(monkeypatch, tmp_path / "file" / f"s{SUFFIX}")
    full_window.action("save_session").trigger()
    qtbot.waitUntil(lambda: len(said(full_window)) == 1)
    assert said(full_window)[0].startswith("The session cannot be written")


def test_a_session_of_another_network_says_so(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / f"s{SUFFIX}"
    file.write_text(Session(network="LeNet", layer="conv9").to_text(), encoding="utf-8")
    window.open_images([file])
    qtbot.waitUntil(lambda: len(said(window)) == 1)
    assert "LeNet" in said(window)[0]
    assert window.workspace.network.has(window.workspace.layer)
