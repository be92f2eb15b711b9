from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.screens import ScreenWatch, place_in_sight

WIDE, TALL = QRect(0, 30, 1600, 970), QRect(1600, 0, 900, 1400)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (QRect(100, 100, 800, 600), QRect(100, 100, 800, 600)),  # all of it is there
        (QRect(1400, 100, 800, 600), QRect(1400, 100, 800, 600)),  # on both of them
        (QRect(-790, 100, 800, 600), QRect(0, 100, 800, 600)),  # a strip is left
        (QRect(300, 0, 800, 600), QRect(300, 30, 800, 600)),  # its title is under the panel
        (QRect(9000, 9000, 800, 600), QRect(1700, 800, 800, 600)),  # beyond all screens
        (QRect(-3000, 200, 800, 600), QRect(0, 200, 800, 600)),
        (QRect(-3000, 200, 3000, 2000), QRect(0, 30, 1600, 970)),  # larger than the screen
    ],
)
def test_windows_are_brought_wholly_on_a_screen(frame: QRect, expected: QRect) -> None:
    assert place_in_sight(frame, [WIDE, TALL]) == expected


@pytest.fixture
def away(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window where no screen is."""
    window.resize(700, 500)
    window.move(QPoint(5000, 4000))
    qtbot.waitUntil(lambda: window.x() == 5000)
    return window


def watch_of(window: MainWindow) -> ScreenWatch:
    watch = window.findChild(ScreenWatch)
    assert isinstance(watch, ScreenWatch)
    return watch


def is_in_sight(window: MainWindow) -> bool:
    return window.screen().availableGeometry().contains(window.frameGeometry())


def test_a_change_of_the_screens_brings_windows_back(away: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.primaryScreen().availableGeometryChanged.emit(QRect())
    qtbot.waitUntil(lambda: is_in_sight(away))


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_menus_do_not_stay_where_their_window_was(away: MainWindow, qtbot: QtBot) -> None:
    menu = QMenu(away)
    menu.addAction("something")
    menu.popup(QPoint(10, 10))
    qtbot.waitUntil(menu.isVisible)
    watch_of(away).bring_back()
    assert not menu.isVisible()


@pytest.mark.parametrize("fill", [MainWindow.showMaximized, MainWindow.showFullScreen], ids=["maximized", "full"])
def test_a_window_that_filled_a_screen_is_seen_when_it_does_so_no_more(
    away: MainWindow, qtbot: QtBot, fill: Callable[[MainWindow], None]
) -> None:
    fill(away)
    watch_of(away).bring_back()
    away.showNormal()
    away.move(QPoint(5000, 4000))  # where window managers put it, who remember that
    qtbot.waitUntil(lambda: is_in_sight(away))
    assert away.windowState() == Qt.WindowState.WindowNoState
