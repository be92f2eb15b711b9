"""What the window shows of patterns, and when: without a picture, with another one, and when they arrive late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import FakeEngine, wait_until_complete
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import resources
from engine.patterns.atlas import Atlas
from gui.choices import Content
from gui.main_window import MainWindow
from gui.pattern_settings import PatternSettings
from gui.settings import Settings

Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shipped(fake_engine: FakeEngine) -> None:
    """Have the engine's weights be those that the shipped patterns were made with."""
    index = Atlas(resources.path("patterns")).index("block1_conv1")
    assert index is not None
    fake_engine.weights = index.weights_sha256


@pytest.fixture
def remember(settings_file: Path) -> Callable[[Content], None]:
    """Makes the next window open with that in the tiles."""

    def write(content: Content) -> None:
        settings = Settings(settings_file)
        settings.content = content
        settings.input_size = 64
        settings.save()

    return write


def page(window: MainWindow) -> QWidget:
    shown = window.views.faces.currentWidget()
    assert shown is not None
    return shown


def searched(window: MainWindow) -> bool:
    """Whether it is known which patterns of the shown layer there are."""
    flow = window.commands.patterns.flow
    return window.controller.weights is not None and flow._shelf.complete(flow.layer, flow.settings)


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
    qtbot.waitUntil(lambda: all(order.ended for order in window.commands.patterns.flow.queue.orders))
    assert page(window) is window.views.gallery
    window.controller.presenter.choose_layer("block2_conv1")
    qtbot.waitUntil(lambda: page(window).objectName() == "welcome")


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("content", ["both", "patterns"])
def test_shipped_patterns_are_shown_without_a_picture(
    content: Content, remember: Callable[[Content], None], make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    remember(content)
    window = make_window()
    qtbot.waitUntil(lambda: page(window) is window.views.gallery)
    assert len(window.commands.patterns.flow.at_hand()) == 64
    qtbot.keyClick(window, Qt.Key.Key_F2)
    assert page(window).objectName() == "welcome"
    qtbot.keyClick(window, Qt.Key.Key_F3)
    assert page(window) is window.views.gallery


def test_a_comparison_without_a_picture_stays(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: searched(window) or window.controller.weights is not None)
    window.action("content_patterns").trigger()
    window.action("compare_recipes").trigger()
    qtbot.waitUntil(lambda: all(order.ended for order in window.commands.patterns.flow.queue.orders))
    assert page(window) is window.views.compare


@pytest.fixture
def two_pictures(cat_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window with the cat and a dark picture, which is shown, in a layer without shipped patterns."""
    Image.new("RGB", (80, 80), (20, 20, 20)).save(tmp_path / "dark.png")
    cat_window.open_images([tmp_path / "dark.png"])
    qtbot.waitUntil(lambda: len(cat_window.controller.pictures) == 2)
    wait_until_complete(cat_window, qtbot)
    return cat_window


def idle(window: MainWindow) -> bool:
    return all(order.ended for order in window.commands.patterns.flow.queue.orders)


def grey(window: MainWindow, channel: int) -> int:
    """The grey of a pattern at hand: the fake engine's dreams have the mean of their picture."""
    return int(window.commands.patterns.flow.at_hand()[channel].frame.image[0, 0, 0])


def large(window: MainWindow) -> int | None:
    """The same of the pattern in the viewer, if there is one."""
    pattern = window.views.viewer._scene.pattern
    return None if pattern is None else int(pattern[0, 0, 0])


def test_each_picture_has_its_own_dreams(two_pictures: MainWindow, qtbot: QtBot) -> None:
    window, flow = two_pictures, two_pictures.commands.patterns.flow
    window.commands.patterns.set_settings(PatternSettings(recipe="dream"))
    window.views.gallery.select_channels([5], current=5)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: set(flow.at_hand()) == {5} and idle(window))
    assert grey(window, 5) == 20
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Ctrl)
    assert window.controller.current == 0
    assert flow.at_hand() == {}
    tile = window.views.gallery.model().index(5, 0)
    assert "Pattern" not in tile.data(Qt.ItemDataRole.AccessibleTextRole)
    assert large(window) is None
    # The cat's own dream is formed, not taken from the other picture's place.
    wait_until_complete(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: set(flow.at_hand()) == {5} and idle(window))
    assert grey(window, 5) == round(window.controller.pictures[0].pixels.mean())
    qtbot.keyClick(window, Qt.Key.Key_PageDown, Ctrl)
    assert grey(window, 5) == 20
    assert large(window) == 20


def test_a_dream_starts_from_the_picture_that_it_was_asked_for_with(
    two_pictures: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    window, flow = two_pictures, two_pictures.commands.patterns.flow
    window.commands.patterns.set_settings(PatternSettings(recipe="dream"))
    flow.set_paused(True)
    window.views.gallery.select_channels([5], current=5)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Ctrl)
    flow.set_paused(False)
    qtbot.waitUntil(lambda: idle(window))
    assert flow.at_hand() == {}
    qtbot.keyClick(window, Qt.Key.Key_PageDown, Ctrl)
    assert grey(window, 5) == 20


def test_a_dream_of_a_closed_picture_is_not_formed(
    two_pictures: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    window, flow = two_pictures, two_pictures.commands.patterns.flow
    window.commands.patterns.set_settings(PatternSettings(recipe="dream"))
    flow.set_paused(True)
    window.views.gallery.select_channels([5, 6], current=5)
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.keyClick(window, Qt.Key.Key_W, Ctrl)
    flow.set_paused(False)
    assert idle(window)
    assert fake_engine.formed == []
    assert "not open any more" in window.views.messages.recent()[-1].text
    assert flow.queue.orders[0].failed == 2
