"""Ctrl+C by real events: what was clicked last is what is copied, pixel by pixel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from fake_engine import SIZE
from pointer import canvas_of, click
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.maps import colormaps
from gui.main_window import MainWindow
from gui.widgets.segments import Segments

CHANNEL = 1


@pytest.fixture
def active_window(cat_window: MainWindow, qtbot: QtBot) -> MainWindow:
    cat_window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is cat_window)
    return cat_window


def press(window: MainWindow, key: Qt.Key) -> None:
    """Press it with Ctrl, wherever the keys go."""
    target = window.focusWidget() or window
    QTest.keyClick(target, key, Qt.KeyboardModifier.ControlModifier)


def click_tile(window: MainWindow, channel: int) -> None:
    gallery = window.views.gallery
    place = gallery.visualRect(gallery.model().index(channel, 0)).center()
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def clipboard() -> npt.NDArray[np.uint8]:
    """The picture on it, uint8 (height, width, 3)."""
    image = QGuiApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def tile(window: MainWindow, channel: int) -> npt.NDArray[np.uint8]:
    """The colours of a map, one pixel a value."""
    scaled = window.controller.presenter.scaled()
    assert scaled is not None
    colours: npt.NDArray[np.uint8] = colormaps.table(window.workspace.colormap)[scaled.levels[channel]]
    return colours


def network_input(window: MainWindow) -> npt.NDArray[np.uint8]:
    look = window.controller.pipeline.look
    assert look is not None
    assert look.fitted is not None
    return look.fitted.pixels


def test_each_mode_of_the_viewer_is_copied_when_it_was_clicked_last(active_window: MainWindow, qtbot: QtBot) -> None:
    window = active_window
    window.workspace.put(layer="block2_conv1")  # half as large as the input
    qtbot.waitUntil(lambda: window.controller.presenter.scaled() is not None)
    click_tile(window, CHANNEL)
    assert window.views.gallery.selected_channels() == (CHANNEL,)
    click(canvas_of(window.views.viewer), 5, 5)
    press(window, Qt.Key.Key_4)
    press(window, Qt.Key.Key_C)
    np.testing.assert_array_equal(clipboard(), network_input(window))
    press(window, Qt.Key.Key_5)
    press(window, Qt.Key.Key_C)
    assert tile(window, CHANNEL).shape == (SIZE // 2, SIZE // 2, 3)
    np.testing.assert_array_equal(clipboard(), tile(window, CHANNEL))
    press(window, Qt.Key.Key_6)
    press(window, Qt.Key.Key_C)
    np.testing.assert_allclose(clipboard(), blend(window), atol=1.5)
    pattern = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    window.views.viewer.set_pattern(pattern, "a pattern")
    press(window, Qt.Key.Key_7)
    press(window, Qt.Key.Key_C)
    np.testing.assert_array_equal(clipboard(), pattern)


def blend(window: MainWindow) -> npt.NDArray[np.float64]:
    """The map over the picture, as the guide describes it: 0 lets the picture through, the maximum covers it most."""
    scaled = window.controller.presenter.scaled()
    assert scaled is not None
    levels = scaled.levels[CHANNEL].repeat(2, axis=0).repeat(2, axis=1)
    assert scaled.low[CHANNEL] == 0
    share = (window.views.viewer.opacity() * (levels / 255) ** 0.6)[:, :, np.newaxis]
    over = colormaps.table(window.workspace.colormap)[levels]
    blended: npt.NDArray[np.float64] = over * share + network_input(window) * (1 - share)
    return blended


def test_the_tile_is_copied_when_it_was_clicked_last(active_window: MainWindow) -> None:
    window = active_window
    click(canvas_of(window.views.viewer), 5, 5)
    press(window, Qt.Key.Key_4)
    click_tile(window, CHANNEL)
    press(window, Qt.Key.Key_C)
    np.testing.assert_array_equal(clipboard(), tile(window, CHANNEL))
    window.views.tree.setFocus()  # what was looked at stays what is meant
    press(window, Qt.Key.Key_C)
    np.testing.assert_array_equal(clipboard(), tile(window, CHANNEL))


def test_the_buttons_of_the_viewer_belong_to_it(active_window: MainWindow) -> None:
    window = active_window
    click_tile(window, CHANNEL)
    (modes,) = window.views.viewer.findChildren(Segments)
    modes.button(0).setFocus()
    press(window, Qt.Key.Key_4)
    press(window, Qt.Key.Key_C)
    np.testing.assert_array_equal(clipboard(), network_input(window))


def test_a_click_on_the_wall_is_one_on_a_tile(active_window: MainWindow) -> None:
    window = active_window
    click(canvas_of(window.views.viewer), 5, 5)
    window.action("wall").trigger()
    QApplication.processEvents()  # it gets its size, and its content with that
    click(canvas_of(window.views.wall), 10, 10)
    (channel,) = window.views.gallery.selected_channels()
    press(window, Qt.Key.Key_C)
    np.testing.assert_array_equal(clipboard(), tile(window, channel))
