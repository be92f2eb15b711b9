"""Opening, and looking where to export, on a network share that does not answer: the window goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_engine import wait_until_complete
from network_share import NetworkShare, share_or_skip
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from window_words import said

from engine.files.disk_thread import at_once
from gui.exports.dialog import ExportDialog
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions

LONG = 30_000


@pytest.fixture
def share(tmp_path: Path) -> Iterator[NetworkShare]:
    with share_or_skip(tmp_path) as made:
        yield made


def waited_for(window: MainWindow) -> bool:
    message = window.views.messages.current()
    return message is not None and "to answer; it is opened as soon as that happens" in message.text


def open_far(window: MainWindow, share: NetworkShare, picture: Path, qtbot: QtBot) -> None:
    """Open a picture on a share that stops answering just then."""
    (share.behind / "far.png").write_bytes(picture.read_bytes() + b" ")  # else it is the one that is open
    share.stall()
    window.open_images([share.folder / "far.png"])
    qtbot.waitUntil(lambda: waited_for(window))


def test_a_picture_is_opened_when_its_share_answers_and_holds_nothing_up(
    cat_window: MainWindow, share: NetworkShare, cat_path: Path, qtbot: QtBot
) -> None:
    open_far(cat_window, share, cat_path, qtbot)
    cat_window.action("scale_layer").trigger()  # the studio thread has other things to do as well
    wait_until_complete(cat_window, qtbot)
    cat_window.open_images([cat_path])
    assert [picture.name for picture in cat_window.workspace.pictures] == [cat_path.name]
    share.answer()
    qtbot.waitUntil(lambda: len(cat_window.workspace.pictures) == 2, timeout=LONG)
    assert cat_window.workspace.pictures[1].path == str(share.folder / "far.png")
    qtbot.waitUntil(lambda: not waited_for(cat_window))


def test_one_can_stop_waiting_for_a_picture(
    cat_window: MainWindow, share: NetworkShare, cat_path: Path, qtbot: QtBot
) -> None:
    open_far(cat_window, share, cat_path, qtbot)
    (stop,) = (
        button for button in cat_window.views.messages.findChildren(QPushButton) if button.text() == "Stop waiting"
    )
    stop.click()
    qtbot.waitUntil(lambda: not waited_for(cat_window))
    share.answer()
    qtbot.waitUntil(lambda: not cat_window.controller.studio.busy())
    qtbot.wait(100)
    assert len(cat_window.workspace.pictures) == 1


def test_a_manifest_is_waited_for_as_well(cat_window: MainWindow, share: NetworkShare, qtbot: QtBot) -> None:
    (share.behind / "manifest.json").write_text("{}")
    share.stall()
    cat_window.open_images([share.folder / "manifest.json"])
    qtbot.waitUntil(lambda: waited_for(cat_window))
    share.answer()
    qtbot.waitUntil(lambda: any("is not a manifest that this version can use" in text for text in said(cat_window)))
    assert not waited_for(cat_window)


def test_the_window_closes_while_a_picture_is_waited_for(
    cat_window: MainWindow, share: NetworkShare, cat_path: Path, qtbot: QtBot
) -> None:
    open_far(cat_window, share, cat_path, qtbot)
    assert cat_window.close()
    share.answer()


def test_recent_files_are_on_offer_while_their_share_does_not_answer(
    cat_window: MainWindow, share: NetworkShare, tmp_path: Path, cat_path: Path
) -> None:
    (share.behind / "far.png").touch()
    gone = tmp_path / "gone.png"
    for path in (cat_path, share.folder / "far.png", gone):
        cat_window.settings.add_recent_file(path)
    share.stall()
    menu = cat_window.findChild(QMenu, "recentMenu")
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    offered = [action.data() for action in menu.actions() if action.data()]
    assert offered == [str(share.folder / "far.png"), str(cat_path)]
    assert cat_window.settings.recent_folder() in ("", str(cat_path.parent))
    share.answer()


def test_the_export_dialog_waits_for_its_folder(cat_window: MainWindow, share: NetworkShare, qtbot: QtBot) -> None:
    (share.behind / "out").mkdir()
    share.stall()
    options = ExportOptions(what="layer", folder=str(share.folder / "out"))
    dialog = ExportDialog(cat_window.commands.export._selection(), [], options)
    qtbot.addWidget(dialog)
    dialog.show()

    def problem() -> str:
        return " ".join(label.text() for label in dialog.findChildren(QLabel))

    assert "does not answer; wait for it, or choose another folder" in problem()
    (export,) = (button for button in dialog.findChildren(QPushButton) if button.text() == "E&xport")
    assert not export.isEnabled()
    for _ in range(5):
        dialog._look_at_folder()
    assert sum(thread.name == "disk" for thread in threading.enumerate()) == 1  # asked once
    share.answer()
    qtbot.waitUntil(export.isEnabled, timeout=LONG)
    assert "does not answer" not in problem()


def test_what_is_asked_of_a_disk_may_fail() -> None:
    def fail() -> None:
        raise OSError("broken")

    found = at_once(fail)
    with pytest.raises(OSError, match="broken"):
        found.result()
