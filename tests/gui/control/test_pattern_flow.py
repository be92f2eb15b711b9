"""What the window shows of patterns, and when: without a picture, with another one, and when they arrive late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import FakeEngine, wait_until_complete
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QMessageBox, QPushButton, QTreeView, QWidget
from pytestqt.qtbot import QtBot

import resources
from engine.atlas.reader import Atlas
from engine.patterns import objectives
from engine.patterns.settings import PatternSettings
from gui.main_window import MainWindow
from gui.state.choices import Content
from gui.state.pattern_words import OBJECTIVES
from gui.state.session import Session
from gui.state.settings import Settings
from gui.widgets.shrinking_button import FittingButton

Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shipped(fake_engine: FakeEngine) -> None:
    """Have the engine's weights be those that the shipped patterns were made with."""
    index = Atlas(resources.path("patterns")).index("block1_conv1")
    assert index is not None
    fake_engine.weights = index.digest


@pytest.fixture
def remember(settings_file: Path) -> Callable[[Content], None]:
    """Makes the next window open with that in the tiles."""

    def write(content: Content) -> None:
        settings = Settings(settings_file)
        settings.session = Session(content=content, size=64).to_text()
        settings.save()

    return write


def page(window: MainWindow) -> QWidget:
    shown = window.views.faces.currentWidget()
    assert shown is not None
    return shown


def searched(window: MainWindow) -> bool:
    """Whether it is known which patterns of the shown layer there are."""
    flow = window.commands.patterns.flow
    return window.controller.weights is not None and flow.presenter.cache.complete(
        flow.presenter.layer, flow.presenter.settings
    )


@pytest.mark.parametrize("content", ["both", "patterns"])
def test_without_picture_and_patterns_there_is_the_welcome_page(
    content: Content, remember: Callable[[Content], None], make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    remember(content)
    window = make_window()
    assert page(window).objectName() == "welcome"
    qtbot.waitUntil(lambda: searched(window))
    assert page(window).objectName() == "welcome"
    # Whoever asks for one without a picture sees it form, and then that it is there.
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    assert page(window) is window.views.gallery
    qtbot.waitUntil(lambda: all(order.ended for order in window.commands.patterns.flow.runner.queue.orders))
    assert page(window) is window.views.gallery
    window.workspace.layer = "block2_conv1"
    qtbot.waitUntil(lambda: page(window).objectName() == "welcome")


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("content", ["both", "patterns"])
def test_shipped_patterns_are_shown_without_a_picture(
    content: Content, remember: Callable[[Content], None], make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    remember(content)
    window = make_window()
    qtbot.waitUntil(lambda: page(window) is window.views.gallery)
    assert len(window.commands.patterns.flow.presenter.at_hand()) == 64
    qtbot.keyClick(window, Qt.Key.Key_F2)
    assert page(window).objectName() == "welcome"
    qtbot.keyClick(window, Qt.Key.Key_F3)
    assert page(window) is window.views.gallery


def test_a_comparison_without_a_picture_stays(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: searched(window) or window.controller.weights is not None)
    window.action("content_patterns").trigger()
    window.action("compare_recipes").trigger()
    qtbot.waitUntil(lambda: all(order.ended for order in window.commands.patterns.flow.runner.queue.orders))
    assert page(window) is window.views.compare


@pytest.fixture
def two_pictures(cat_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window with the cat and a dark picture, which is shown, in a layer without shipped patterns."""
    Image.new("RGB", (80, 80), (20, 20, 20)).save(tmp_path / "dark.png")
    cat_window.open_images([tmp_path / "dark.png"])
    qtbot.waitUntil(lambda: len(cat_window.workspace.pictures) == 2)
    wait_until_complete(cat_window, qtbot)
    return cat_window


def idle(window: MainWindow) -> bool:
    return all(order.ended for order in window.commands.patterns.flow.runner.queue.orders)


def grey(window: MainWindow, channel: int) -> int:
    """The grey of a pattern at hand: the fake engine's dreams have the mean of their picture."""
    return int(window.commands.patterns.flow.presenter.at_hand()[channel].frame.image[0, 0, 0])


def large(window: MainWindow) -> int | None:
    """The same of the pattern in the viewer, if there is one."""
    pattern = window.views.viewer._scene.pattern
    return None if pattern is None else int(pattern[0, 0, 0])


def test_each_picture_has_its_own_dreams(two_pictures: MainWindow, qtbot: QtBot) -> None:
    window, flow = two_pictures, two_pictures.commands.patterns.flow
    window.commands.patterns.set_settings(PatternSettings(recipe="dream"))
    window.views.gallery.select_channels([5], current=5)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: set(flow.presenter.at_hand()) == {5} and idle(window))
    assert grey(window, 5) == 20
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Ctrl)
    assert window.workspace.current == 0
    assert flow.presenter.at_hand() == {}
    tile = window.views.gallery.model().index(5, 0)
    assert "Pattern" not in tile.data(Qt.ItemDataRole.AccessibleTextRole)
    assert large(window) is None
    # The cat's own dream is formed, not taken from the other picture's place.
    wait_until_complete(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: set(flow.presenter.at_hand()) == {5} and idle(window))
    assert grey(window, 5) == round(window.workspace.pictures[0].pixels.mean())
    qtbot.keyClick(window, Qt.Key.Key_PageDown, Ctrl)
    assert grey(window, 5) == 20
    assert large(window) == 20


def test_a_dream_starts_from_the_picture_that_it_was_asked_for_with(
    two_pictures: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    window, flow = two_pictures, two_pictures.commands.patterns.flow
    window.commands.patterns.set_settings(PatternSettings(recipe="dream"))
    flow.runner.set_paused(True)
    window.views.gallery.select_channels([5], current=5)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Ctrl)
    flow.runner.set_paused(False)
    qtbot.waitUntil(lambda: idle(window))
    assert flow.presenter.at_hand() == {}
    qtbot.keyClick(window, Qt.Key.Key_PageDown, Ctrl)
    assert grey(window, 5) == 20


def test_a_dream_waits_for_its_picture_also_over_a_restart(
    two_pictures: MainWindow,
    fake_engine: FakeEngine,
    make_window: Callable[[], MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    cat_path: Path,
) -> None:
    window, flow = two_pictures, two_pictures.commands.patterns.flow
    window.commands.patterns.set_settings(PatternSettings(recipe="dream"))
    flow.runner.set_paused(True)
    window.views.gallery.select_channels([5], current=5)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.keyClick(window, Qt.Key.Key_W, Ctrl)
    flow.runner.set_paused(False)
    assert not idle(window)
    assert "waits for the picture" in window.views.messages.recent()[-1].text
    # What can be formed does not wait with it.
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: set(flow.presenter.at_hand()) == {5})
    assert fake_engine.formed == [5]
    assert grey(window, 5) == round(window.workspace.pictures[0].pixels.mean())
    window.close()
    again = make_window()
    again.open_images([cat_path])
    wait_until_complete(again, qtbot)
    assert not idle(again)
    again.open_images([tmp_path / "dark.png"])
    qtbot.waitUntil(lambda: idle(again))
    assert grey(again, 5) == 20


@pytest.fixture
def neuron_window(cat_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> MainWindow:
    """A window in which a neuron of channel 7 was asked for and waits."""
    cat_window.workspace.layer = "block2_conv1"
    wait_until_complete(cat_window, qtbot)
    choose_objective(cat_window, "neuron", qtbot)
    click_tile(cat_window, 7, qtbot)
    cat_window.action("pause_patterns").setChecked(True)
    qtbot.keyClick(cat_window, Qt.Key.Key_R, Ctrl)
    return cat_window


def choose_objective(window: MainWindow, name: str, qtbot: QtBot) -> None:
    """Choose it in the panel's list, with the keyboard."""
    combo = next(one for one in window.views.patterns.findChildren(QComboBox) if one.accessibleName() == "Objective")
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(combo.findData(name)):
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentData() == name


def click_tile(window: MainWindow, channel: int, qtbot: QtBot) -> None:
    gallery = window.views.gallery
    index = gallery.model().index(channel, 0)
    gallery.scrollTo(index)
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=gallery.visualRect(index).center())
    assert gallery.current_channel() == channel


def let_it_form(window: MainWindow, qtbot: QtBot) -> None:
    window.action("pause_patterns").setChecked(False)
    qtbot.waitUntil(lambda: idle(window) and not window.commands.patterns.flow.runner.busy)


def title(window: MainWindow) -> str:
    return window.views.viewer._pattern_title if large(window) is not None else ""


def test_a_result_takes_the_viewer_of_whoever_waits_for_it(neuron_window: MainWindow, qtbot: QtBot) -> None:
    let_it_form(neuron_window, qtbot)
    assert title(neuron_window) == "block2_conv1 · channel 7 · what one neuron of it looks for"
    assert not any("formed now" in message.text for message in neuron_window.views.messages.recent())
    # Other tiles, another scale: it is still what the person asked for.
    qtbot.keyClick(neuron_window, Qt.Key.Key_F3)
    neuron_window.action("scale_absolute").trigger()
    wait_until_complete(neuron_window, qtbot)
    assert "neuron" in title(neuron_window)
    # And it makes way for the channel's own pattern.
    choose_objective(neuron_window, "channel", qtbot)
    qtbot.keyClick(neuron_window, Qt.Key.Key_R, Ctrl)
    let_it_form(neuron_window, qtbot)
    assert title(neuron_window) == "block2_conv1 · channel 7 · what it looks for"


@pytest.mark.parametrize("way", ["tile", "there and back", "layer", "picture"])
def test_a_result_leaves_the_viewer_to_what_is_looked_at_by_then(
    neuron_window: MainWindow, qtbot: QtBot, tmp_path: Path, way: str
) -> None:
    window = neuron_window
    if way in ("tile", "there and back"):
        click_tile(window, 8, qtbot)
    if way == "there and back":
        click_tile(window, 7, qtbot)
    if way == "layer":
        tree = window.views.tree.findChild(QTreeView)
        assert tree is not None
        qtbot.keyClick(tree, Qt.Key.Key_Down)
        assert window.workspace.layer != "block2_conv1"
    if way == "picture":
        Image.new("RGB", (80, 80), (20, 20, 20)).save(tmp_path / "dark.png")
        window.open_images([tmp_path / "dark.png"])
        qtbot.waitUntil(lambda: window.workspace.current == 1)
    let_it_form(window, qtbot)
    assert title(window) == ""
    message = window.views.messages.current()
    assert message is not None
    assert message.text == "block2_conv1 · channel 7 · what one neuron of it looks for: this is formed now."
    show = next(one for one in window.views.messages.findChildren(QPushButton) if "Show" in one.text())
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert "neuron" in title(window)
    assert window.workspace.layer == "block2_conv1"
    assert window.views.gallery.current_channel() == 7
    click_tile(window, 8, qtbot)
    assert title(window) == ""


def test_a_late_dream_brings_its_picture_with_it(two_pictures: MainWindow, qtbot: QtBot) -> None:
    choose_objective(two_pictures, "layer", qtbot)
    two_pictures.action("pause_patterns").setChecked(True)
    qtbot.keyClick(two_pictures, Qt.Key.Key_R, Ctrl)
    qtbot.keyClick(two_pictures, Qt.Key.Key_PageUp, Ctrl)
    let_it_form(two_pictures, qtbot)
    assert large(two_pictures) is None
    show = next(one for one in two_pictures.views.messages.findChildren(QPushButton) if "Show" in one.text())
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert large(two_pictures) == 20
    assert two_pictures.workspace.current == 1


def test_the_whole_layer_is_formed_for_the_objective_of_the_panel(two_pictures: MainWindow, qtbot: QtBot) -> None:
    window, orders = two_pictures, two_pictures.commands.patterns.flow.runner.queue.orders
    window.action("pause_patterns").setChecked(True)
    choose_objective(window, "layer", qtbot)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl | Shift)
    assert [order.left[0].objective for order in orders] == [objectives.layer()]
    choose_objective(window, "channel", qtbot)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl | Shift)
    assert [goal.channel for goal in orders[-1].left] == list(range(64))
    assert len(orders) == 2


@pytest.mark.parametrize("name", ["neuron", "sum", "negative", "diverse"])
@pytest.mark.parametrize("action", ["run_layer_patterns", "run_network_patterns"])
def test_what_has_no_tile_is_not_formed_for_a_whole_layer(
    cat_window: MainWindow, qtbot: QtBot, name: str, action: str
) -> None:
    choose_objective(cat_window, name, qtbot)
    if action == "run_layer_patterns":
        qtbot.keyClick(cat_window, Qt.Key.Key_R, Ctrl | Shift)
    else:
        cat_window.action(action).trigger()
    assert cat_window.commands.patterns.flow.runner.queue.orders == []
    message = cat_window.views.messages.current()
    assert message is not None
    assert f"“{OBJECTIVES[name].label}” has no place in the tiles" in message.text


def network_button(window: MainWindow) -> FittingButton:
    buttons = window.views.patterns.findChildren(FittingButton)
    return next(one for one in buttons if one.full_text().startswith("Form network"))


def missing(window: MainWindow) -> int | None:
    """How many patterns of the network are to be formed, once that is known."""
    left = window.commands.patterns.flow.network_missing()
    return None if left is None else sum(map(len, left.values()))


@pytest.mark.usefixtures("shipped")
def test_nothing_of_the_network_is_left_when_all_of_it_is_shipped(window: MainWindow, qtbot: QtBot) -> None:
    button = network_button(window)
    qtbot.waitUntil(lambda: not button.isEnabled())
    assert missing(window) == 0
    assert "Nothing is left to form" in button.toolTip()
    assert "about" not in button.full_text()
    window.action("run_network_patterns").trigger()
    assert window.commands.patterns.flow.runner.queue.orders == []
    assert "Nothing is left to form" in window.views.messages.recent()[-1].text
    # Made in another way there are none; the same way again, and all of them are there.
    window.action("book_recipe").trigger()
    qtbot.waitUntil(lambda: button.isEnabled())
    qtbot.waitUntil(lambda: missing(window) == 4224)
    window.commands.patterns.set_settings(PatternSettings())
    qtbot.waitUntil(lambda: not button.isEnabled())


def test_the_network_lacks_what_is_not_at_hand(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def agree(*words: str) -> QMessageBox.StandardButton:
        asked.append(words[2])
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", agree)
    qtbot.waitUntil(lambda: missing(window) == 4224)
    qtbot.waitUntil(lambda: "about 3 h" in network_button(window).full_text())
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)  # the first channel of the first layer
    qtbot.waitUntil(lambda: idle(window))
    assert missing(window) == 4223
    window.action("pause_patterns").setChecked(True)
    qtbot.mouseClick(network_button(window), Qt.MouseButton.LeftButton)
    assert "4,223 patterns" in asked[0]
    orders = window.commands.patterns.flow.runner.queue.orders[1:]
    assert sum(order.total for order in orders) == 4223
    assert orders[0].title == "block1_conv1, 63 channels"
    assert 0 not in [goal.channel for goal in orders[0].left]


def test_the_network_is_formed_once_it_is_known_what_it_lacks(window: MainWindow, qtbot: QtBot) -> None:
    flow = window.commands.patterns.flow
    flow.runner.set_paused(True)
    flow.form_network()
    assert flow.runner.queue.orders == []
    qtbot.waitUntil(lambda: len(flow.runner.queue.orders) == 13)
