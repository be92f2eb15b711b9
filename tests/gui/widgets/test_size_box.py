"""The box for the input size: it says what the person wants, once."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QSpinBox, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from gui.formatting import bytes_text
from gui.widgets.size_box import PRESETS, InputSizeBox


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def box(window: QWidget) -> InputSizeBox:
    box = InputSizeBox(VGG16)
    layout = QVBoxLayout(window)
    layout.addWidget(box)
    layout.addWidget(QToolButton())
    window.show()
    window.activateWindow()
    return box


@pytest.fixture
def wanted(box: InputSizeBox) -> list[int]:
    sizes: list[int] = []
    box.size_wanted.connect(sizes.append)
    return sizes


def spin_of(box: InputSizeBox) -> QSpinBox:
    spin = box.findChild(QSpinBox)
    assert spin is not None
    return spin


def memory_of(box: InputSizeBox) -> str:
    return next(label.text() for label in box.findChildren(QLabel)).removesuffix(" of maps")


def type_in(box: InputSizeBox, qtbot: QtBot, text: str) -> None:
    spin_of(box).setFocus()
    spin_of(box).selectAll()
    QTest.keyClicks(spin_of(box), text)


def test_typing_asks_for_nothing_until_enter(box: InputSizeBox, wanted: list[int], qtbot: QtBot) -> None:
    type_in(box, qtbot, "320")
    qtbot.wait(300)
    assert wanted == []
    QTest.keyClick(spin_of(box), Qt.Key.Key_Return)
    assert wanted == [320]
    qtbot.wait(300)
    assert wanted == [320]


def test_the_memory_is_said_while_typing(box: InputSizeBox, qtbot: QtBot) -> None:
    assert memory_of(box) == bytes_text(VGG16.at(224).maps_bytes())
    type_in(box, qtbot, "448")
    assert memory_of(box) == bytes_text(VGG16.at(448).maps_bytes())
    type_in(box, qtbot, "4")
    assert memory_of(box) == f"{VGG16.sizes()[0]} px at least"


def test_leaving_the_box_is_enough(box: InputSizeBox, wanted: list[int], qtbot: QtBot) -> None:
    type_in(box, qtbot, "96")
    QTest.keyClick(spin_of(box), Qt.Key.Key_Tab)
    assert wanted == [96]


def test_quick_steps_are_one_wish(box: InputSizeBox, wanted: list[int], qtbot: QtBot) -> None:
    for _ in range(4):
        QTest.keyClick(spin_of(box), Qt.Key.Key_Up)
    assert box.value() == 352
    assert wanted == []
    qtbot.waitUntil(lambda: wanted == [352])


def test_there_and_back_is_no_wish(box: InputSizeBox, wanted: list[int], qtbot: QtBot) -> None:
    QTest.keyClick(spin_of(box), Qt.Key.Key_Up)
    QTest.keyClick(spin_of(box), Qt.Key.Key_Down)
    qtbot.wait(350)
    assert wanted == []


@pytest.mark.parametrize("text", ["7", "31"])
def test_too_small_becomes_a_size_that_can_be(box: InputSizeBox, wanted: list[int], qtbot: QtBot, text: str) -> None:
    type_in(box, qtbot, text)
    QTest.keyClick(spin_of(box), Qt.Key.Key_Return)
    assert box.value() >= VGG16.sizes()[0]
    assert memory_of(box) == bytes_text(VGG16.at(box.value()).maps_bytes())
    assert wanted in ([], [box.value()])


def test_the_range_is_the_network_s(box: InputSizeBox) -> None:
    box.set_value(1)
    assert box.value() == VGG16.sizes()[0]
    box.set_value(99999)
    assert box.value() == VGG16.sizes()[1]
    assert memory_of(box).startswith(bytes_text(VGG16.at(VGG16.sizes()[1]).maps_bytes()))


def test_being_told_a_size_is_not_a_wish(box: InputSizeBox, wanted: list[int], qtbot: QtBot) -> None:
    QTest.keyClick(spin_of(box), Qt.Key.Key_Up)
    box.set_value(128)
    qtbot.wait(350)
    assert wanted == []
    assert box.value() == 128
    assert memory_of(box) == bytes_text(VGG16.at(128).maps_bytes())


def test_presets(box: InputSizeBox, wanted: list[int]) -> None:
    menu = box.findChild(QMenu)
    assert menu is not None
    assert [action.data() for action in menu.actions()] == list(PRESETS)
    assert bytes_text(VGG16.at(64).maps_bytes()) in menu.actions()[0].text()
    menu.actions()[0].trigger()
    assert wanted == [64]
    menu.actions()[0].trigger()
    assert wanted == [64]


def test_presets_with_the_keyboard(box: InputSizeBox, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QPoint] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: opened.append(place))  # offscreen cannot grab the keyboard
    button = box.findChild(QToolButton)
    assert button is not None
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert opened == [box.mapToGlobal(box.rect().bottomLeft())]


def test_each_part_has_a_name(box: InputSizeBox) -> None:
    assert spin_of(box).accessibleName() == "Input size"
    assert "32 to 2048" in spin_of(box).accessibleDescription()
    button = box.findChild(QToolButton)
    assert button is not None
    assert button.accessibleName() == "Usual input sizes"
