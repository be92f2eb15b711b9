"""What the robot user has found (tests/faults/robot.py), so that it stays mended."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_engine import wait_until_complete
from PIL import Image
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from engine.exports import manifest
from engine.exports.manifest import SelectionRecord
from engine.networks.vgg16 import VGG16
from engine.records import Provenance, Style, WeightsFile
from gui.commands import patterns as pattern_commands
from gui.main_window import MainWindow
from gui.state.pattern_queue import PatternQueue
from gui.state.queue_json import add_from_text, to_text
from gui.state.settings import Settings


def test_an_empty_clipboard_is_said_to_be_empty(window: MainWindow) -> None:
    """Offscreen, and whenever its owner has gone, the clipboard gives None instead of empty data."""
    window.commands.opening.open_mime(None)
    message = window.views.messages.current()
    assert message is not None
    assert message.text.startswith("There is no picture on the clipboard")


def test_a_closed_picture_gives_its_maps_back(
    make_window: Callable[[], MainWindow], qtbot: QtBot, cat_path: Path, tmp_path: Path
) -> None:
    window = make_window()
    grey = tmp_path / "grey.png"
    Image.new("RGB", (80, 80), "grey").save(grey)
    for path in (cat_path, grey):
        window.open_images([path])
        wait_until_complete(window, qtbot)
    store = window.controller.pipeline._store
    window.commands.look.set_input("pad", 48)
    wait_until_complete(window, qtbot)
    assert len(store._looks) == 3
    window.action("wall").trigger()  # every view holds maps now, and all of them have to let go
    window.action("book").trigger()
    maps = [weakref.ref(array) for look in store._looks.values() for array in look.maps.values()]
    window.controller.close_picture(1)
    assert {look.picture.name for look in store._looks.values()} == {cat_path.name}
    window.controller.close_picture(0)
    assert len(store._looks) == 0
    assert len(maps) > 60

    def all_gone() -> bool:
        gc.collect()
        return all(reference() is None for reference in maps)

    qtbot.waitUntil(all_gone)  # what was under way when it was cancelled ends its step first


def test_maps_of_a_picture_are_not_freed_at_once(
    make_window: Callable[[], MainWindow], qtbot: QtBot, cat_path: Path, tmp_path: Path
) -> None:
    """A gigabyte takes longer than a frame."""
    window = make_window()
    grey = tmp_path / "grey.png"
    Image.new("RGB", (80, 80), "grey").save(grey)
    for number, path in enumerate((cat_path, grey), start=1):
        window.open_images([path])
        qtbot.waitUntil(lambda number=number: len(window.workspace.pictures) == number)  # type: ignore[misc]
        wait_until_complete(window, qtbot)
    window.workspace.layer = "block2_conv1"
    freed: list[int] = []
    store = window.controller.pipeline._store
    maps = [array for look in store._looks.values() for array in look.maps.values()]
    for array in maps:
        weakref.finalize(array, lambda: freed.append(1))
    total = len(maps)
    del maps, array
    window.controller.close_picture(1)
    assert len(freed) <= 2  # of the layers that were shown
    qtbot.waitUntil(lambda: len(freed) == total // 2)
    wait_until_complete(window, qtbot)
    window.controller.open_engine(None)  # other weights make other maps
    assert len(freed) <= total // 2 + 2
    qtbot.waitUntil(lambda: len(freed) == total)


def test_tiles_that_travel_are_written_without_packing_them(cat_window: MainWindow) -> None:
    (path,) = cat_window.commands.export.drag_files((3,))
    with Image.open(path) as picture:
        pixels = picture.width * picture.height
    assert Path(path).stat().st_size > pixels


@pytest.mark.parametrize("disk", ["whole", "full"])
def test_many_tiles_are_written_beside_the_window_and_there_when_they_are_fetched(
    cat_window: MainWindow, monkeypatch: pytest.MonkeyPatch, disk: str
) -> None:
    def refuse(_path: Path, _data: bytes) -> int:
        raise OSError("the disk is full")

    cat_window.action("select_all").trigger()
    if disk == "full":
        monkeypatch.setattr(Path, "write_bytes", refuse)
    cat_window.action("copy").trigger()
    files = [Path(url.toLocalFile()) for url in QGuiApplication.clipboard().mimeData().urls()]
    assert len(files) == 64
    if disk == "full":
        message = cat_window.views.messages.current()
        assert message is not None
        assert "the disk is full" in message.text
    else:
        assert all(file.stat().st_size > 64 * 64 for file in files)


def test_the_whole_network_is_ordered_and_remembered_once(
    window: MainWindow, qtbot: QtBot, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was thirteen times, of 4,224 goals each: more than half a second in which the window stood still."""
    saved: list[int] = []
    commands = window.commands.patterns

    def text(queue: PatternQueue) -> str:
        saved.append(len(queue.orders))
        return to_text(queue)

    monkeypatch.setattr(pattern_commands, "to_text", text)
    commands.flow.runner.set_paused(True)
    commands.flow.form_network()
    assert saved == []  # not while the person waits for the command
    qtbot.waitUntil(lambda: saved == [13])
    assert not commands._soon.isActive()
    window.settings.save()
    found = PatternQueue(cost=lambda _layer: 1.0)
    add_from_text(found, Settings(settings_file).text("patterns/queue"), VGG16)
    assert sum(order.total for order in found.orders) == 4224


def test_a_manifest_whose_picture_has_changed_and_is_open_already(
    cat_window: MainWindow, qtbot: QtBot, cat_path: Path, tmp_path: Path
) -> None:
    picture = cat_window.workspace.pictures[0]
    layer = SelectionRecord("block1_conv1", (3,), (0.0,), (1.0,), ("block1_conv1_003.png",))
    weights = WeightsFile("vgg16.h5", "b" * 64, "keras", known=True)
    content = manifest.build(
        Provenance(replace(picture, sha256="a" * 64), "pad", 64, weights),
        [layer],
        style=Style(),
        file_format="png",
        colormap="gray",
        enlarge=1,
        program_version="1",
    )
    (tmp_path / cat_path.name).write_bytes(cat_path.read_bytes())
    (tmp_path / "manifest.json").write_bytes(manifest.encode(content))
    cat_window.open_images([tmp_path / "manifest.json"])
    qtbot.waitUntil(lambda: cat_window.workspace.fit == "pad")
    assert len(cat_window.workspace.pictures) == 1
    said = [message.text for message in cat_window.views.messages.recent()]
    assert any("is not the picture that the manifest was made of" in text for text in said)
