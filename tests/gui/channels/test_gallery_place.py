"""What is in view in the gallery stays there, however the room for it and the layers change."""

from __future__ import annotations

import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitter, QSplitterHandle
from pytestqt.qtbot import QtBot

from gui.channels.gallery import ChannelGallery
from gui.main_window import MainWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def area(gallery: ChannelGallery, channel: int) -> QRect:
    return gallery.visualRect(gallery.model().index(channel, 0))


def in_view(gallery: ChannelGallery, channel: int) -> bool:
    return gallery.viewport().rect().contains(area(gallery, channel))


def columns_of(window: MainWindow) -> QSplitter:
    return next(
        splitter
        for splitter in window.findChildren(QSplitter)
        if splitter.orientation() == Qt.Orientation.Horizontal and splitter.isAncestorOf(window.views.gallery)
    )


def drag(handle: QSplitterHandle, by: int) -> None:
    """Move a splitter with the mouse, in steps."""
    place = handle.rect().center()
    QTest.mousePress(handle, LEFT, NONE, place)
    for _ in range(4):
        QTest.mouseMove(handle, place + QPoint(by // 4, 0))
    QTest.mouseRelease(handle, LEFT, NONE, place)


@pytest.fixture
def gallery(cat_window: MainWindow, qtbot: QtBot) -> ChannelGallery:
    wait_until_complete(cat_window, qtbot)
    cat_window.resize(1280, 800)
    cat_window.workspace.layer = "block4_conv1"
    qtbot.wait(1)
    return cat_window.views.gallery


def click_last_in_view(gallery: ChannelGallery) -> int:
    """Scroll down, and select one of the lowest tiles that are wholly in view."""
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum() // 3)
    channel = max(channel for channel in gallery.visible_channels() if in_view(gallery, channel))
    QTest.mouseClick(gallery.viewport(), LEFT, NONE, area(gallery, channel).center())
    assert gallery.selected_channels() == (channel,)
    return channel


@pytest.mark.parametrize("by", [-120, 140])
@pytest.mark.parametrize("handle", [1, 2])
def test_the_selected_tile_stays_in_view_when_a_splitter_moves(
    cat_window: MainWindow, gallery: ChannelGallery, handle: int, by: int
) -> None:
    channel = click_last_in_view(gallery)
    grip = columns_of(cat_window).handle(handle)
    width = gallery.width()
    drag(grip, by)
    assert gallery.width() != width
    assert in_view(gallery, channel)
    drag(grip, -by)
    assert in_view(gallery, channel)


def test_the_selected_tile_stays_in_view_at_any_size_of_the_window(
    cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot
) -> None:
    channel = click_last_in_view(gallery)
    for size in ((1920, 1080), (1000, 560), (1280, 800), (1100, 900), (1280, 500)):
        cat_window.resize(*size)
        qtbot.wait(1)
        assert in_view(gallery, channel), size


def test_what_is_seen_first_does_not_wander_off(cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot) -> None:
    gallery.verticalScrollBar().setValue(area(gallery, 200).top())
    first = next(channel for channel in gallery.visible_channels() if in_view(gallery, channel))
    for width in (*range(1280, 1000, -20), *range(1000, 1300, 20)):
        cat_window.resize(width, 800)
        qtbot.wait(1)
        assert in_view(gallery, first), width


def test_the_selected_tile_is_in_view_after_a_visit_to_another_layer(
    cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot
) -> None:
    channel = click_last_in_view(gallery)
    gallery.setFocus()
    QTest.keyClick(gallery, Qt.Key.Key_Down, CONTROL)
    assert cat_window.workspace.layer != "block4_conv1"
    QTest.keyClick(gallery, Qt.Key.Key_Up, CONTROL)
    assert cat_window.workspace.layer == "block4_conv1"
    assert in_view(gallery, channel)


@pytest.mark.parametrize(("by", "height"), [(-120, 800), (120, 800), (0, 520)])
def test_it_is_so_even_if_the_room_has_changed_meanwhile(
    cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot, by: int, height: int
) -> None:
    channel = click_last_in_view(gallery)
    cat_window.workspace.layer = "block1_conv1"
    drag(columns_of(cat_window).handle(1), by)
    cat_window.resize(1280, height)
    cat_window.action("larger_tiles").trigger()
    qtbot.wait(1)
    cat_window.workspace.layer = "block4_conv1"
    qtbot.wait(1)
    assert gallery.selected_channels() == (channel,)
    assert in_view(gallery, channel)


def test_another_face_keeps_the_selected_tile_in_view(
    cat_window: MainWindow, gallery: ChannelGallery, qtbot: QtBot
) -> None:
    channel = click_last_in_view(gallery)
    cat_window.action("wall").trigger()
    cat_window.resize(1000, 700)
    qtbot.wait(1)
    cat_window.action("tiles").trigger()
    qtbot.wait(1)
    assert in_view(gallery, channel)
