"""The list of a combo box can be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from gui import theme
from gui.choice_box import ChoiceBox


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_list_has_the_ground_of_lists(qapp: QApplication, qtbot: QtBot, scheme: theme.Scheme) -> None:
    theme.apply(qapp, scheme)
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItems(["crisp", "chollet"])
    ground = box.palette().color(QPalette.ColorRole.Base)
    image = QImage(160, theme.ROW, QImage.Format.Format_RGB32)
    image.fill(ground)
    option = QStyleOptionViewItem()
    option.initFrom(box.view())
    option.rect = QRect(0, 0, 160, theme.ROW)
    entry = box.model().index(1, 0)
    with QPainter(image) as painter:
        box.itemDelegate().paint(painter, option, entry)
    assert image.pixelColor(150, 4) == ground
    assert box.itemDelegate().sizeHint(option, entry).height() >= theme.ROW
