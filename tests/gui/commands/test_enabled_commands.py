"""What can be done follows from the state of the window, for every command and whatever has changed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_engine import FakeEngine, wait_until_complete
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTreeView
from pytestqt.qtbot import QtBot

from engine.memory import budget
from gui.actions import always
from gui.channels.tile_view import TILE_SIZES
from gui.commands.table import COMMANDS
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions

Key = Qt.Key
Ctrl, Shift, Alt = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def action(window: MainWindow, name: str) -> QAction:
    """The action as it stands; `MainWindow.action` would bring it up to date."""
    found = window.findChild(QAction, f"action_{name}")
    assert isinstance(found, QAction)
    return found


def stale(window: MainWindow) -> list[str]:
    """The commands that can be used and should not be, or the other way round."""
    state = window.commands.state()
    shown = [command for command in COMMANDS if action(window, command.name).isVisible()]
    return [each.name for each in shown if action(window, each.name).isEnabled() != each.enabled(state)]


RULES = {command.name for command in COMMANDS if command.enabled is not always}


@dataclass
class Hands:
    """What a person does in a window, and what every command is like after it.

    Attributes:
        window: The window.
        qtbot: Waits.
        engine: The engine thread's stand-in.
        folder: With pictures in it.
        seen: How each command has been, for all commands.
    """

    window: MainWindow
    qtbot: QtBot
    engine: FakeEngine
    folder: Path
    seen: set[tuple[str, bool]]

    def drop(self, *names: str) -> None:
        """Drop files of the folder."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self.folder / name)) for name in names])
        with_what = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        place = self.window.rect().center()
        QGuiApplication.sendEvent(self.window, QDragEnterEvent(place, *with_what))
        QGuiApplication.sendEvent(self.window, QDropEvent(QPointF(place), *with_what))

    def open(self, *names: str) -> None:
        """Drop files, and wait until they are open and nothing is computed."""
        wanted = len(self.window.workspace.pictures) + len(names)
        self.drop(*names)
        self.wait(lambda: len(self.window.workspace.pictures) == wanted)
        wait_until_complete(self.window, self.qtbot)
        self.wait(lambda: not self.window.controller.pipeline.busy)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifiers)

    def click(self, channel: int) -> None:
        gallery = self.window.views.gallery
        place = gallery.visualRect(gallery.model().index(channel, 0)).center()
        QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)

    def layer(self, name: str) -> None:
        self.window.views.tree.layer_chosen.emit(name)
        self.window.views.tree.set_current(name)

    def expect(self, title: str = "", /, **wanted: bool) -> None:
        """Let the loop come to rest; then every command follows from the state, and some are like this."""
        self.wait(lambda: not stale(self.window))
        self.qtbot.wait(1)
        self.wait(lambda: not stale(self.window))
        enabled = {command.name: action(self.window, command.name).isEnabled() for command in COMMANDS}
        assert {name: enabled[name] for name in wanted} == wanted
        assert self.window.windowTitle() == (f"{title} — Convscope" if title else "Convscope")
        self.seen |= set(enabled.items())


@pytest.fixture
def hands(window: MainWindow, qtbot: QtBot, fake_engine: FakeEngine, tmp_path: Path) -> Hands:
    for number in range(5):
        Image.new("RGB", (64, 64), (40 * number, 90, 200 - 40 * number)).save(tmp_path / f"{number}.png")
    qtbot.waitUntil(lambda: window.views.engine_state.text() != "")  # it has been started, with its first paint
    return Hands(window, qtbot, fake_engine, tmp_path, set())


def pictures(hands: Hands) -> None:
    """Open one, several and doubles, close the shown one and others, and the last one."""
    hands.expect(close_picture=False, export=False, copy=False, select_all=False, next_picture=False, cancel=False)
    hands.wait(lambda: hands.window.controller.weights is not None)
    hands.expect(close_picture=False, weights=True, open=True)
    hands.open("0.png")
    hands.expect("0.png", close_picture=True, export=True, copy=True, next_picture=False, previous_picture=False)
    hands.open("1.png", "2.png", "3.png")
    hands.expect("1.png", next_picture=True, previous_picture=True)
    hands.drop("0.png")
    hands.wait(lambda: hands.window.workspace.current == 0)
    hands.expect("0.png", next_picture=True)
    hands.key(Key.Key_PageDown, Ctrl)
    hands.expect("1.png", next_picture=True)
    for other in (3, 2, 0):
        hands.window.views.strip.close_wanted.emit(other)
        hands.expect("1.png", next_picture=other != 0, previous_picture=other != 0, close_picture=True)
    hands.key(Key.Key_W, Ctrl)
    hands.expect(close_picture=False, export=False, copy=False, select_all=False, fit_view=False)


def several_at_once(hands: Hands) -> None:
    """The window was empty and the network ready."""
    hands.wait(lambda: hands.window.controller.weights is not None)
    hands.open("0.png", "1.png", "2.png")
    hands.expect("0.png", next_picture=True, previous_picture=True)


def frames(hands: Hands) -> None:
    """Another frame has the name of its file, and a picture that is refused changes nothing."""
    colours = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    colours[0].save(hands.folder / "two.gif", save_all=True, append_images=colours[1:])
    (hands.folder / "words.png").write_bytes(b"these are words")
    hands.open("two.gif")
    hands.window.views.strip.frame_wanted.emit(0, 1)
    hands.wait(lambda: hands.window.workspace.pictures[0].frame == 1)
    hands.expect("two.gif", close_picture=True, next_picture=False)
    hands.drop("words.png")
    hands.wait(lambda: len(hands.window.views.messages.recent()) > 0)
    hands.expect("two.gif", close_picture=True, next_picture=False)


def layers(hands: Hands) -> None:
    """At both ends, while some are searched for, and while blocks are closed."""
    hands.open("0.png")
    hands.layer("block1_conv1")
    hands.expect("0.png", previous_layer=False, next_layer=True)
    hands.key(Key.Key_Down, Ctrl)
    hands.expect("0.png", previous_layer=True, next_layer=True)
    hands.layer("block5_pool")
    hands.expect("0.png", previous_layer=True, next_layer=False)
    search = hands.window.findChild(QLineEdit, "layerSearch")
    assert search is not None
    search.setText("block5_pool")
    hands.expect("0.png", previous_layer=False, next_layer=False)
    search.setText("block1")
    hands.expect("0.png", previous_layer=True, next_layer=True)  # the shown layer is not among them
    search.setText("no such layer")
    hands.expect("0.png", previous_layer=False, next_layer=False)
    search.clear()
    hands.expect("0.png", previous_layer=True, next_layer=False)
    tree = hands.window.findChild(QTreeView, "layerTree")
    assert tree is not None
    hands.layer("block4_pool")
    hands.expect("0.png", next_layer=True)
    tree.collapse(tree.model().index(4, 0))
    hands.expect("0.png", next_layer=False, previous_layer=True)
    hands.window.views.tools.size_wanted.emit(96)
    hands.expect("0.png", next_layer=False, previous_layer=True)


def selection(hands: Hands) -> None:
    """With the mouse, with keys, in the tiles and on the wall; each layer has its own."""
    hands.open("0.png")
    hands.layer("block1_conv1")
    hands.expect("0.png", select_none=False, undo=False, redo=False, select_all=True)
    hands.click(3)
    hands.expect("0.png", select_none=True, undo=True, redo=False)
    hands.key(Key.Key_Z, Ctrl)
    hands.expect("0.png", select_none=False, undo=False, redo=True)
    hands.key(Key.Key_Y, Ctrl)
    hands.expect("0.png", select_none=True, undo=True, redo=False)
    hands.layer("block1_conv2")
    hands.expect("0.png", select_none=False, undo=False, redo=False)
    hands.key(Key.Key_2, Ctrl)
    hands.window.views.wall.channel_clicked.emit(7, Qt.KeyboardModifier.NoModifier)
    hands.expect("0.png", select_none=True, undo=True)
    hands.key(Key.Key_A, Ctrl | Shift)
    hands.expect("0.png", select_none=False, undo=True)
    hands.layer("block1_conv1")
    hands.expect("0.png", select_none=True, undo=True)
    hands.window.controller.presenter.choose_channels("block2_conv1", [5])  # as a manifest does
    hands.expect("0.png", select_none=True, undo=True)
    hands.window.views.gallery.select_channels([0])
    hands.key(Key.Key_H, Ctrl)  # it is blank, and so hidden with all that was selected
    hands.expect("0.png", select_none=False)


def faces(hands: Hands) -> None:
    """Only tiles have a size, which has ends; the book's grid is one of maps, and needs a picture."""
    contents = ("content_maps", "content_patterns", "content_both")
    hands.expect(**dict.fromkeys(contents, True))
    hands.key(Key.Key_3, Ctrl)
    hands.expect(larger_tiles=False, **dict.fromkeys(contents, True))
    hands.open("0.png")
    hands.expect("0.png", larger_tiles=False, smaller_tiles=False, **dict.fromkeys(contents, False))
    hands.window.action("compare_recipes").trigger()
    hands.wait(lambda: not hands.window.commands.patterns.flow.runner.busy)
    hands.expect("0.png", **dict.fromkeys(contents, True))
    hands.window.views.compare.close_wanted.emit()
    hands.expect("0.png", **dict.fromkeys(contents, False))
    hands.key(Key.Key_2, Ctrl)
    hands.expect("0.png", larger_tiles=False, smaller_tiles=False, **dict.fromkeys(contents, True))
    hands.key(Key.Key_1, Ctrl)
    hands.expect("0.png", larger_tiles=True, smaller_tiles=True)
    hands.window.views.gallery.tile_size_wanted.emit(TILE_SIZES[-1])  # Ctrl and the wheel
    hands.expect("0.png", larger_tiles=False, smaller_tiles=True)
    hands.key(Key.Key_Minus, Ctrl)
    hands.expect("0.png", larger_tiles=True, smaller_tiles=True)
    hands.window.views.tools.tile_size_wanted.emit(TILE_SIZES[0])
    hands.expect("0.png", larger_tiles=True, smaller_tiles=False)


def content(hands: Hands) -> None:
    """Without a picture there are patterns to select and to export, but no maps."""
    for key, there in ((Key.Key_F3, True), (Key.Key_F2, False), (Key.Key_F4, True)):
        hands.key(key)
        hands.expect(export=there, save_selection=there, copy=there, select_all=there, fit_view=there)
    hands.open("0.png")
    hands.key(Key.Key_F2)
    hands.expect("0.png", export=True)
    hands.key(Key.Key_W, Ctrl)
    hands.expect(export=False)


def patterns(hands: Hands) -> None:
    """Orders that wait, are paused, run, are stopped, had back and ended."""
    flow = hands.window.commands.patterns.flow
    hands.engine.step_seconds = 1  # nothing ends while it is looked at
    hands.wait(lambda: hands.window.controller.weights is not None)
    hands.window.workspace.layer = "block2_conv1"
    hands.window.action("pause_patterns").trigger()
    hands.key(Key.Key_R, Ctrl)
    hands.expect(cancel=False, stop_patterns=True, undo=False)
    hands.window.action("pause_patterns").trigger()
    hands.expect(cancel=True, stop_patterns=True)
    hands.window.action("pause_patterns").trigger()
    hands.expect(cancel=True, stop_patterns=True)  # it is half-way, and can be stopped there
    hands.key(Key.Key_Period, Ctrl)
    hands.wait(lambda: not flow.runner.busy)
    hands.expect(cancel=False, stop_patterns=False, undo=True)
    hands.key(Key.Key_Z, Ctrl)
    hands.expect(cancel=False, stop_patterns=True, undo=False)
    hands.engine.step_seconds = 0
    hands.window.action("pause_patterns").trigger()
    hands.wait(lambda: not flow.runner.busy)
    hands.expect(cancel=False, stop_patterns=False)
    hands.engine.step_seconds = 1
    flow.continue_pattern(30)  # of no order
    hands.expect(cancel=True, stop_patterns=False)
    hands.key(Key.Key_Period, Ctrl)
    hands.wait(lambda: not flow.runner.busy)
    hands.expect(cancel=False)


def jobs(hands: Hands) -> None:
    """A pass, exports of maps and patterns, and a download: each can be stopped while it runs."""
    window, commands = hands.window, hands.window.commands
    hands.wait(lambda: window.controller.weights is not None)
    hands.engine.step_seconds = 1
    hands.drop("0.png")
    hands.wait(lambda: hands.engine.begun == 1)
    hands.expect("0.png", cancel=True)
    hands.key(Key.Key_Period, Ctrl)
    hands.expect("0.png", cancel=False)
    hands.engine.step_seconds = 0.0
    window.action("fit_pad").trigger()
    wait_until_complete(window, hands.qtbot)
    hands.wait(lambda: not window.controller.pipeline.busy)
    hands.expect("0.png", cancel=False)
    # Thousands of large files: it is stopped long before its end.
    commands.export.start(ExportOptions(what="everything", enlarge=8, folder=str(hands.folder / "out")))
    hands.expect("0.png", cancel=True)
    hands.key(Key.Key_Period, Ctrl)
    hands.wait(lambda: not commands.export.busy)
    hands.expect("0.png", cancel=False)
    commands.weights.url = "http://127.0.0.1:9/nobody-listens"
    commands.weights.download()
    hands.expect("0.png")
    hands.wait(lambda: not commands.weights.busy)
    hands.expect("0.png", cancel=False)


def network(hands: Hands) -> None:
    """It is loaded, loaded anew with other weights, and the picture stays."""
    hands.drop("0.png", "1.png")  # maybe before there is one
    hands.wait(lambda: len(hands.window.workspace.pictures) == 2)
    hands.expect("0.png", next_picture=True, close_picture=True)
    hands.window.commands.weights.use("other.h5")
    hands.expect("0.png", next_picture=True, close_picture=True)
    wait_until_complete(hands.window, hands.qtbot)
    hands.wait(lambda: not hands.window.controller.pipeline.busy)
    hands.expect("0.png", cancel=False)


WALKS: Mapping[str, Callable[[Hands], None]] = {
    walk.__name__: walk
    for walk in (
        pictures,
        several_at_once,
        frames,
        layers,
        selection,
        faces,
        content,
        patterns,
        jobs,
        network,
    )
}


@pytest.fixture(scope="module")
def all_seen() -> dict[str, set[tuple[str, bool]]]:
    """How each command has been in each walk."""
    return {}


@pytest.mark.parametrize("walk", WALKS)
def test_commands_follow_from_the_state(hands: Hands, walk: str, all_seen: dict[str, set[tuple[str, bool]]]) -> None:
    WALKS[walk](hands)
    all_seen[walk] = hands.seen


def test_the_walks_see_each_command_that_depends_on_something_both_ways(
    all_seen: dict[str, set[tuple[str, bool]]],
) -> None:
    if set(all_seen) != set(WALKS):
        pytest.skip("only some of the walks were run")
    seen = set().union(*all_seen.values())
    depends = {name for name in RULES if not name.startswith("memory_")}
    assert {name for name in depends if {(name, True), (name, False)} <= seen} == depends
    unlike = {name for name, enabled in seen if not enabled and not name.startswith("memory_")}
    assert unlike == depends  # what has no rule can always be used; a limit beyond the machine's memory is not shown


def test_the_limit_of_memory_is_not_chosen_where_the_command_line_has(
    make_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = [name for name in RULES if name.startswith("memory_")]
    assert len(limits) == 7
    monkeypatch.setattr("engine.memory.budget.limit_from", lambda _choice: 1)  # no more than any machine has
    window = make_window()
    assert all(action(window, name).isEnabled() for name in limits)
    monkeypatch.setattr(budget.current, "fixed", True)
    window = make_window()
    assert not any(action(window, name).isEnabled() for name in limits)


def test_keys_that_come_in_one_turn_are_all_obeyed(hands: Hands) -> None:
    hands.open("0.png")
    gallery = hands.window.views.gallery
    hands.expect("0.png", undo=False, select_none=False)
    for key, modifiers in ((Key.Key_A, Ctrl), (Key.Key_A, Ctrl | Shift), (Key.Key_Z, Ctrl)):
        hands.key(key, modifiers)  # the loop does not run between them
    assert len(gallery.selected_channels()) == 64


@pytest.mark.parametrize(("key", "modifiers"), [(Key.Key_Up, Ctrl), (Key.Key_Up, Alt), (Key.Key_PageUp, Ctrl)])
def test_a_key_that_leads_nowhere_does_not_go_to_another_tile(
    hands: Hands, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    hands.open("0.png")
    hands.layer("block1_conv1")
    hands.click(40)
    gallery = hands.window.views.gallery
    gallery.setFocus()
    hands.expect("0.png", previous_layer=False, previous_picture=False)
    QTest.keyClick(gallery, key, modifiers)
    assert gallery.current_channel() == 40
    assert gallery.selected_channels() == (40,)
