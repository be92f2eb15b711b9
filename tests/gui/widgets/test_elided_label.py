"""A line that is shortened instead of widening its panel, or being cut."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.widgets.elided_label import ElidedLabel

LEAD, TEXT = "block3_conv1", "convolution + ReLU · 256 channels · 56×56 · sees 24 px"


@pytest.fixture
def label(qtbot: QtBot) -> ElidedLabel:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.show()  # one that is hidden learns of its size later
    return label


def picture(label: ElidedLabel) -> QImage:
    return label.grab().toImage()


def test_all_of_it_is_there_where_there_is_room(label: ElidedLabel) -> None:
    label.setText(TEXT, LEAD)
    label.resize(label.sizeHint())
    assert label.text() == f"{LEAD}  {TEXT}"
    assert label.toolTip() == ""


def test_a_narrow_one_says_the_rest_in_its_tooltip(label: ElidedLabel) -> None:
    label.setText(TEXT, LEAD)
    label.resize(label.sizeHint())
    whole = picture(label)
    label.resize(label.width() - 10, label.height())
    assert label.toolTip() == f"{LEAD}  {TEXT}"
    narrow = picture(label)
    assert narrow != whole.copy(narrow.rect())  # it ends in an ellipsis, not in half a letter
    label.resize(whole.size())
    assert label.toolTip() == ""
    assert picture(label) == whole


def test_the_beginning_is_bold_and_goes_with_its_text(label: ElidedLabel) -> None:
    label.setText(TEXT, LEAD)
    label.resize(label.sizeHint())
    bold = picture(label)
    label.setText(f"{LEAD}  {TEXT}")
    assert picture(label) != bold
    label.setText("")
    empty = picture(label)
    label.setText(" ")
    assert picture(label) == empty


@pytest.mark.parametrize("points", [6.0, 7.65, 8.0, 9.0, 10.5, 13.0, 14.2])
def test_underscores_are_there(label: ElidedLabel, points: float) -> None:
    font = label.font()
    font.setPointSizeF(points)
    label.setFont(font)
    label.setText("____")
    label.resize(label.sizeHint())
    shown = picture(label)
    label.setText("")
    assert picture(label) != shown
