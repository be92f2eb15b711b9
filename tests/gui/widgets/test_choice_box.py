"""The list of a combo box can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from gui.state.choices import Scheme
from gui.style import theme
from gui.widgets.choice_box import ChoiceBox, plain_lists_in_next_dialog


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_list_has_the_ground_of_lists(qapp: QApplication, qtbot: QtBot, scheme: Scheme) -> None:
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


def test_the_lists_of_the_file_dialog_are_plain_too(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = QFileDialog(None, "Open", str(tmp_path), "Pictures (*.png)")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    before = {combo: combo.itemDelegate() for combo in dialog.findChildren(QComboBox)}
    dialog.setModal(True)
    plain_lists_in_next_dialog()
    dialog.show()
    qtbot.waitUntil(lambda: all(combo.itemDelegate() is not old for combo, old in before.items()))
    assert before
