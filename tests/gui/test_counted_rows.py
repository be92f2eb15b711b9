from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from engine.architecture import layer
from gui.channel_model import ChannelModel
from gui.counted_rows import CountedRows
from gui.picture_model import PictureModel


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
    model.set_content(layer("block1_conv1"), None, None)
    model.set_content(layer("block5_conv3"), None, None)
    model.set_order("channel", descending=True)
    assert [model.index(row).data() for row in (0, 511)] == ["511", "0"]
    unwanted = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDropEnabled
    assert not model.flags(model.index(0)) & unwanted
    assert model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert model.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags


def test_pictures_are_neither_edited_nor_dropped_on(qtbot: QtBot) -> None:
    model = PictureModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_pictures(())
    flags = model.index(0, 0).flags()
    assert flags & Qt.ItemFlag.ItemIsSelectable
    assert not flags & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDropEnabled)
