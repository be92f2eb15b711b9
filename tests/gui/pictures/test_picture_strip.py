from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from row_samples import make

from gui.pictures.delegate import THUMBNAIL, close_area
from gui.pictures.strip import PictureStrip

Key = Qt.Key
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
RED, GREEN, BLUE = (220, 0, 0), (0, 220, 0), (0, 0, 220)


PICTURES = (
    make("red.png", RED),
    make("green.gif", GREEN, frame=1, frames=12),
    make("blue.tif", BLUE, note="16-bit grey, scaled from 0…4095"),
)


class Seen:
    """What the strip has signalled."""

    def __init__(self, strip: PictureStrip) -> None:
        self.chosen: list[int] = []
        self.closed: list[int] = []
        self.frames: list[tuple[int, int]] = []
        self.opened = 0
        strip.picture_chosen.connect(self.chosen.append)
        strip.close_wanted.connect(self.closed.append)
        strip.frame_wanted.connect(lambda picture, frame: self.frames.append((picture, frame)))
        strip.open_wanted.connect(self._on_open)

    def _on_open(self) -> None:
        self.opened += 1


@pytest.fixture
def strip(qtbot: QtBot) -> PictureStrip:
    widget = PictureStrip()
    qtbot.addWidget(widget)
    widget.set_pictures(PICTURES)
    widget.set_current(0)
    widget.resize(600, widget.sizeHint().height())
    widget.show()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


@pytest.fixture
def seen(strip: PictureStrip) -> Seen:
    return Seen(strip)


def area(strip: PictureStrip, row: int) -> QRect:
    return strip.visualRect(strip.model().index(row, 0))


def click(strip: PictureStrip, row: int, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseClick(strip.viewport(), button, pos=area(strip, row).center())


def image(strip: PictureStrip, row: int) -> QImage:
    return strip.viewport().grab(area(strip, row)).toImage()


def test_thumbnails_and_a_tile_that_opens_others(strip: PictureStrip) -> None:
    assert strip.model().rowCount() == 4
    for row, colour in enumerate((RED, GREEN, BLUE)):
        middle = image(strip, row).pixelColor(4 + THUMBNAIL // 2, 4 + THUMBNAIL // 2)
        assert (middle.red(), middle.green(), middle.blue()) == colour


def test_a_click_chooses_once(strip: PictureStrip, seen: Seen) -> None:
    click(strip, 1)
    click(strip, 1)
    click(strip, 0)
    assert seen.chosen == [1, 0]
    assert seen.closed == []


def test_arrows_choose_and_the_last_tile_opens_with_enter(strip: PictureStrip, seen: Seen) -> None:
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Return):
        QTest.keyClick(strip, key)
    assert seen.chosen == [1, 2]
    assert seen.opened == 1
    assert strip.currentIndex().row() == 2


def test_a_click_on_the_last_tile_opens(strip: PictureStrip, seen: Seen) -> None:
    click(strip, 3)
    assert seen.opened == 1
    assert seen.chosen == []
    assert strip.currentIndex().row() == 0


def test_set_current_signals_nothing(strip: PictureStrip, seen: Seen) -> None:
    before = image(strip, 2)
    strip.set_current(2)
    assert seen.chosen == []
    assert strip.currentIndex().row() == 2
    assert image(strip, 2) != before
    strip.set_current(-1)
    assert not strip.currentIndex().isValid()
    assert image(strip, 2) == before


def test_pictures_that_are_closed_or_opened_keep_the_place_of_the_current_one(strip: PictureStrip, seen: Seen) -> None:
    strip.set_current(2)
    strip.set_pictures(PICTURES[:2])
    assert strip.currentIndex().row() == 1
    strip.set_pictures(())
    assert not strip.currentIndex().isValid()
    assert strip.model().rowCount() == 1
    assert seen.chosen == []


def test_delete_and_the_middle_button_close(strip: PictureStrip, seen: Seen) -> None:
    QTest.keyClick(strip, Key.Key_Delete)
    click(strip, 2, MIDDLE)
    click(strip, 3, MIDDLE)
    assert seen.closed == [0, 2]
    assert seen.chosen == []


def test_the_cross_appears_under_the_mouse_and_closes(qtbot: QtBot, strip: PictureStrip, seen: Seen) -> None:
    before = image(strip, 1)
    cross = close_area(area(strip, 1)).center()
    QTest.mouseMove(strip.viewport(), cross)
    qtbot.waitUntil(lambda: image(strip, 1) != before)
    QTest.mouseClick(strip.viewport(), LEFT, pos=cross)
    assert seen.closed == [1]
    assert seen.chosen == []


def test_letting_go_elsewhere_closes_nothing(strip: PictureStrip, seen: Seen) -> None:
    QTest.mousePress(strip.viewport(), LEFT, pos=close_area(area(strip, 1)).center())
    QTest.mouseRelease(strip.viewport(), LEFT, pos=area(strip, 0).center())
    assert seen.closed == []
    assert seen.chosen == []


def test_page_keys_ask_for_frames_within_the_picture(strip: PictureStrip, seen: Seen) -> None:
    QTest.keyClick(strip, Key.Key_PageDown)
    strip.set_current(1)
    QTest.keyClick(strip, Key.Key_PageDown)
    QTest.keyClick(strip, Key.Key_PageUp)
    strip.set_pictures([PICTURES[0], make("green.gif", GREEN, frame=11, frames=12)])
    QTest.keyClick(strip, Key.Key_PageDown)
    assert seen.frames == [(1, 2), (1, 0)]


def test_another_frame_is_another_thumbnail(strip: PictureStrip) -> None:
    before = image(strip, 1)
    strip.set_pictures([PICTURES[0], make("green.gif", RED, frame=2, frames=12), PICTURES[2]])
    assert image(strip, 1) != before


def test_the_menu_of_a_picture(strip: PictureStrip, seen: Seen) -> None:
    menu = strip.menu(1)
    assert menu is not None
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == ["Close picture", "Previous frame", "Next frame"]
    for action in actions.values():
        action.trigger()
    assert seen.closed == [1]
    assert seen.frames == [(1, 0), (1, 2)]


def test_the_menu_of_other_tiles(strip: PictureStrip) -> None:
    single = strip.menu(0)
    assert single is not None
    assert [action.text() for action in single.actions()] == ["Close picture"]
    assert strip.menu(3) is None
    assert strip.menu(-1) is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_context_menu_opens_where_it_was_asked_for(strip: PictureStrip) -> None:
    place = area(strip, 1).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, strip.viewport().mapToGlobal(place))
    QApplication.sendEvent(strip.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert len(menu.actions()) == 4
    menu.close()
    by_key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(strip.viewport(), by_key)
    other = QApplication.activePopupWidget()
    assert isinstance(other, QMenu)
    assert len(other.actions()) == 1
    other.close()


def test_words_for_each_tile(strip: PictureStrip) -> None:
    texts = [
        strip.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(strip.model().rowCount())
    ]
    assert texts == [
        "red.png, 200 × 200 pixels",
        "green.gif, 200 × 200 pixels, frame 2 of 12",
        "blue.tif, 200 × 200 pixels, 16-bit grey, scaled from 0…4095",
        "Open another picture",
    ]
    assert strip.accessibleName()


def test_a_name_that_looks_like_a_tag_is_shown_as_it_is(strip: PictureStrip) -> None:
    strip.set_pictures([make("<b>a & b", RED)])
    assert "&lt;b&gt;a &amp; b" in strip.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_drops_are_left_to_the_window(strip: PictureStrip) -> None:
    assert not strip.acceptDrops()
    assert not strip.viewport().acceptDrops()


def test_it_is_one_row_high_however_many_there_are(strip: PictureStrip) -> None:
    for count in (1, 20):
        strip.set_pictures(PICTURES * count)
        QApplication.processEvents()
        strip.resize(600, strip.sizeHint().height())
        assert strip.viewport().height() >= area(strip, 0).height()
    strip.setCurrentIndex(strip.model().index(59, 0))
    assert strip.viewport().rect().contains(area(strip, 59).center())


@pytest.mark.parametrize("points", [6.0, 7.3, 8.0, 9.0, 10.5, 13.0, 14.2])
def test_names_are_shown_with_their_underscores(strip: PictureStrip, points: float) -> None:
    def caption(name: str) -> QImage:
        strip.set_pictures([make(name, RED)])
        QApplication.processEvents()
        return image(strip, 0)

    font = strip.font()
    font.setPointSizeF(points)
    strip.setFont(font)
    assert caption("____") != caption("")
