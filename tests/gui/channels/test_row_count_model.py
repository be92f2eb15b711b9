from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from engine.records import Picture
from gui.channels.model import ChannelModel
from gui.channels.row_count_model import CountedRows
from gui.pictures.model import SHOWN_ROLE, PictureModel


def test_rows_are_those_that_it_was_given(qtbot: QtBot) -> None:
    model = CountedRows()
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(model.rowCount()))
    model.reset_rows(512)
    assert (model.rowCount(), model.rowCount(model.index(0))) == (512, 0)
    model.reset_rows(0)
    assert resets == [512, 0]
    assert not model.index(0).isValid()


def test_rows_cannot_be_edited(qtbot: QtBot) -> None:
    model = CountedRows(2)
    assert not model.setData(model.index(0), "other")
    assert model.index(0).data() == ""


def test_channels_keep_the_rules_of_qt_and_are_neither_edited_nor_dropped_on(qtbot: QtBot) -> None:
    model = ChannelModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_content(VGG16.layer("block1_conv1"), None, None)
    model.set_content(VGG16.layer("block5_conv3"), None, None)
    model.set_order("channel", descending=True)
    assert [model.index(row).data() for row in (0, 511)] == ["511", "0"]
    unwanted = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDropEnabled
    assert not model.flags(model.index(0)) & unwanted
    assert model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert model.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags


def _picture(name: str) -> Picture:
    pixels = np.zeros((4, 6, 3), np.uint8)
    return Picture(pixels=pixels, name=name, sha256=name, path=None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "abc"),
        ("abc", "abcd"),
        ("abc", "ac"),
        ("abc", "bc"),
        ("abc", "xbc"),
        ("abc", "axyc"),
        ("abab", "ab"),
        ("abc", ""),
    ],
)
def test_rows_follow_the_pictures_whatever_comes_and_goes(qtbot: QtBot, before: str, after: str) -> None:
    pictures = {name: _picture(name) for name in "abcdxy"}
    model = PictureModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_shown(0)
    for names in (before, after):
        model.set_pictures([pictures[name] for name in names])
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == [*names, "Open…"]
        shown = [bool(model.index(row, 0).data(SHOWN_ROLE)) for row in range(model.rowCount())]
        assert shown == [row == 0 for row in range(model.rowCount())]


def test_a_closed_picture_is_let_go(qtbot: QtBot) -> None:
    model = PictureModel()
    picture = _picture("a")
    gone = weakref.ref(picture)
    model.set_pictures([picture, _picture("b")])
    del picture
    model.set_pictures(model.pictures[1:])
    gc.collect()
    assert gone() is None


def test_pictures_are_neither_edited_nor_dropped_on(qtbot: QtBot) -> None:
    model = PictureModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_pictures(())
    flags = model.index(0, 0).flags()
    assert flags & Qt.ItemFlag.ItemIsSelectable
    assert not flags & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDropEnabled)
