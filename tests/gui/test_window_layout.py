"""What there is room for in the window, and what is only there when it means something."""

from __future__ import annotations

import numpy as np
import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.records import Style
from gui.main_window import MainWindow


def part(window: QWidget, name: str) -> QWidget:
    return next(widget for widget in window.findChildren(QWidget) if widget.accessibleName() == name)


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("style", [Style("channel"), Style("absolute", -123456.0, 123456.0)])
def test_whole_tool_bar_fits_the_smallest_window(cat_window: MainWindow, qtbot: QtBot, style: Style) -> None:
    cat_window.resize(1280, 800)
    cat_window.views.tools.set_style(style)
    export = cat_window.views.tools.widgetForAction(cat_window.action("export"))
    qtbot.waitUntil(export.isVisible)
    assert place(export, cat_window).right() < 1280


@pytest.mark.parametrize("face", ["wall", "book"])
def test_only_tiles_have_a_size(cat_window: MainWindow, qtbot: QtBot, face: str) -> None:
    slider = part(cat_window.views.tools, "Tile size")
    cat_window.action(face).trigger()
    qtbot.waitUntil(lambda: not slider.isEnabled())
    assert not cat_window.action("larger_tiles").isEnabled()
    assert not cat_window.action("smaller_tiles").isEnabled()
    cat_window.action("tiles").trigger()
    qtbot.waitUntil(slider.isEnabled)
    assert cat_window.action("larger_tiles").isEnabled()


def test_colour_bar_is_there_with_maps_only(cat_window: MainWindow, qtbot: QtBot) -> None:
    wait_until_complete(cat_window, qtbot)
    bar = cat_window.views.scale_bar
    assert bar.isVisible()
    cat_window.action("content_patterns").trigger()
    assert not bar.isVisible()
    cat_window.action("wall").trigger()
    assert not bar.isVisible()  # patterns there as well
    cat_window.action("book").trigger()
    assert bar.isVisible()
    cat_window.action("tiles").trigger()
    cat_window.action("content_both").trigger()
    assert bar.isVisible()


def test_the_book_has_a_range_of_its_own_and_no_patterns(cat_window: MainWindow, qtbot: QtBot) -> None:
    wait_until_complete(cat_window, qtbot)
    bar, contents = cat_window.views.scale_bar, ("content_maps", "content_patterns", "content_both")
    assert "each channel has its own range" in bar.accessibleDescription()
    cat_window.action("book").trigger()
    assert "two standard deviations" in bar.accessibleDescription()
    assert not any(cat_window.action(name).isEnabled() for name in contents)
    cat_window.action("tiles").trigger()
    assert "each channel has its own range" in bar.accessibleDescription()
    assert all(cat_window.action(name).isEnabled() for name in contents)


def test_patterns_can_be_formed_without_scrolling(cat_window: MainWindow, qtbot: QtBot) -> None:
    cat_window.resize(1280, 800)
    cat_window.workspace.layer = "block2_conv1"
    cat_window.action("pattern_panel").setChecked(True)
    panel = cat_window.views.patterns
    qtbot.waitUntil(panel.isVisible)
    form = next(button for button in panel.findChildren(QAbstractButton) if button.text().startswith("Form channel"))
    recipe = part(panel, "Recipe")
    qtbot.waitUntil(lambda: all(panel.rect().contains(place(widget, panel)) for widget in (form, recipe)))
    assert cat_window.views.viewer.height() > panel.height() * 0.8


def test_the_image_has_the_same_room_in_every_mode(cat_window: MainWindow, qtbot: QtBot) -> None:
    wait_until_complete(cat_window, qtbot)
    viewer = cat_window.views.viewer
    canvas = part(viewer, "Picture and channel")
    viewer.set_mode("channel")
    qtbot.wait(1)
    before = canvas.height()
    viewer.set_mode("picture")
    qtbot.wait(1)
    assert canvas.height() == before
    viewer.set_pattern(np.zeros((16, 16, 3), np.uint8), "zeros")
    viewer.set_mode("pattern")
    qtbot.wait(1)
    assert canvas.height() == before


def test_tab_goes_through_the_whole_window(cat_window: MainWindow, qtbot: QtBot) -> None:
    wait_until_complete(cat_window, qtbot)
    cat_window.activateWindow()
    cat_window.views.gallery.setFocus()
    names: list[str] = []
    while not names or names[0] != names[-1] or len(names) == 1:
        focus = QApplication.focusWidget()
        assert focus is not None
        names.append(focus.accessibleName())
        assert len(names) < 100, names  # caught somewhere
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    wanted = [
        "Channels",
        "Open pictures",
        "Tile size",
        "Scale",
        "Make square by",
        "Input size",
        "Find a layer",
        "Layers",
    ]
    assert [name for name in names if name in wanted] == [*wanted, "Channels"]
