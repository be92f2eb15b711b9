"""Tips that are on the screen say what is true of what they are at, whatever the keys change below them."""

from __future__ import annotations

import numpy as np
import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QToolTip, QWidget
from pytestqt.qtbot import QtBot
from row_samples import job

from gui.canvas.tile_images import TilePattern
from gui.channels.gallery import ChannelGallery
from gui.main_window import MainWindow
from gui.queue.view import QueueView
from gui.widgets.elided_label import ElidedLabel

CONTROL = Qt.KeyboardModifier.ControlModifier


def hover(widget: QWidget, place: QPoint, qtbot: QtBot) -> str:
    """Rest the pointer there until the tip comes, and say what it says."""
    handle = widget.window().windowHandle()
    assert handle is not None
    corner = widget.mapTo(widget.window(), place)
    QTest.mouseRelease(QWidget(), Qt.MouseButton.LeftButton)  # which another test may have left pressed, for a drag
    widget.window().activateWindow()
    qtbot.waitUntil(widget.window().isActiveWindow)
    QTest.mouseMove(handle, corner - QPoint(3, 3))
    QTest.mouseMove(handle, corner)
    qtbot.waitUntil(QToolTip.isVisible)
    return QToolTip.text()


def hover_tile(gallery: ChannelGallery, row: int, qtbot: QtBot) -> str:
    return hover(gallery.viewport(), gallery.visualRect(gallery.model().index(row, 0)).center(), qtbot)


@pytest.fixture
def gallery(cat_window: MainWindow, qtbot: QtBot) -> ChannelGallery:
    wait_until_complete(cat_window, qtbot)
    cat_window.workspace.layer = "block3_conv1"
    cat_window.activateWindow()
    cat_window.views.gallery.setFocus()
    qtbot.waitUntil(cat_window.views.gallery.hasFocus)
    return cat_window.views.gallery


def test_the_tip_of_a_tile_goes_with_its_layer(cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot) -> None:
    assert "block3_conv1" in hover_tile(gallery, 3, qtbot)
    QTest.keyClick(gallery, Qt.Key.Key_Down, CONTROL)
    assert cat_window.workspace.layer != "block3_conv1"
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


@pytest.mark.parametrize("command", ["sort_maximum", "larger_tiles", "hide_blank"])
def test_the_tip_of_a_tile_goes_when_the_tile_moves(
    cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot, command: str
) -> None:
    assert "channel 3" in hover_tile(gallery, 3, qtbot)
    cat_window.action(command).trigger()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_tip_of_a_tile_goes_when_keys_scroll(gallery: ChannelGallery, qtbot: QtBot) -> None:
    QTest.keyClick(gallery, Qt.Key.Key_Home)
    hover_tile(gallery, 3, qtbot)
    QTest.keyClick(gallery, Qt.Key.Key_End)
    assert gallery.verticalScrollBar().value() > 0
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_tip_of_a_tile_follows_its_pattern(cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot) -> None:
    cat_window.action("content_both").trigger()
    qtbot.wait(400)  # until it is known what patterns there are
    hover_tile(gallery, 3, qtbot)
    grey = np.full((8, 8, 3), 9, np.uint8)
    gallery.show_pattern(4, TilePattern(grey, "", "another tile's"))
    assert "another tile's" not in QToolTip.text()
    gallery.show_pattern(3, TilePattern(grey, "", "it has come far"))
    assert QToolTip.isVisible()
    assert "it has come far" in QToolTip.text()


def test_the_tip_of_a_job_follows_it(qtbot: QtBot) -> None:
    view = QueueView()
    qtbot.addWidget(view)
    view.show_rows([job(1, "running", 3), job(2)])
    view.resize(300, 200)
    view.show()
    qtbot.waitExposed(view)
    rows = view.findChild(QAbstractItemView)
    assert isinstance(rows, QAbstractItemView)
    before = hover(rows.viewport(), rows.visualRect(rows.model().index(0, 0)).center(), qtbot)
    view.show_rows([job(1, "running", 7), job(2)])
    assert QToolTip.text() != before
    assert "7" in QToolTip.text()
    view.show_rows([job(2)])
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_tip_of_a_line_is_what_the_line_says(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("the first of two long sentences, which there is no room for")
    label.resize(90, 20)
    label.show()
    qtbot.waitExposed(label)
    assert "first" in hover(label, QPoint(20, 10), qtbot)
    label.setText("the second of two long sentences, which there is no room for")
    assert "second" in QToolTip.text()
    label.setText("short")
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
