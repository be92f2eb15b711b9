"""What the window shows of patterns, and when: without a picture, with another one, and when they arrive late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import FakeEngine
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import resources
from engine.patterns.atlas import Atlas
from gui.choices import Content
from gui.main_window import MainWindow
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
