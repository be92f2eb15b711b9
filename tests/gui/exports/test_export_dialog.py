"""The export dialog: what it offers, what it says it will write, and what it will not let pass."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from engine.records import LayerSelection
from gui.exports.dialog import ExportDialog
from gui.exports.target_folder import clash_problem, folder_problem, names_in
from gui.state.map_export_options import ExportOptions, selections

SELECTION = LayerSelection(VGG16.layer("block3_conv1"), (17, 3, 200))
NONE = LayerSelection(VGG16.layer("block3_conv1"))


def make(
    qtbot: QtBot, options: ExportOptions, selection: LayerSelection = SELECTION, colormap: str = "viridis"
) -> ExportDialog:
    dialog = ExportDialog(selection, VGG16.layers, options, colormap)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    return make(qtbot, ExportOptions(folder=str(tmp_path)))


def radio(dialog: ExportDialog, start: str) -> QRadioButton:
    return next(one for one in dialog.findChildren(QRadioButton) if one.text().replace("&", "").startswith(start))


def check(dialog: ExportDialog, start: str) -> QCheckBox:
    return next(one for one in dialog.findChildren(QCheckBox) if one.text().replace("&", "").startswith(start))


def label(dialog: ExportDialog, name: str) -> str:
    return next(one.text() for one in dialog.findChildren(QLabel) if one.accessibleName() == name)


def preview(dialog: ExportDialog) -> str:
    return label(dialog, "What will be written")


def problem(dialog: ExportDialog) -> str:
    return label(dialog, "What stands in the way")


def export_button(dialog: ExportDialog) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == "E&xport")


def folder_of(dialog: ExportDialog) -> QLineEdit:
    return next(one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Folder")


@pytest.mark.parametrize(
    "options",
    [
        ExportOptions("selection", "png", "gray", 4, "/tmp"),
        ExportOptions("layer", "sheet", "viridis", 1, "/tmp/new", include_linear=False),
        ExportOptions("everything", "npy", "viridis", 8, "", overwrite=True),
    ],
)
def test_it_begins_with_the_answers_of_the_last_time(qtbot: QtBot, options: ExportOptions) -> None:
    assert make(qtbot, options).options() == options


def test_the_colour_map_is_that_of_the_screen(qtbot: QtBot) -> None:
    assert make(qtbot, ExportOptions(colormap="viridis"), colormap="magma").options().colormap == "magma"
    grey = make(qtbot, ExportOptions(colormap="viridis"), colormap="gray")
    assert grey.options().colormap == "gray"
    assert not radio(grey, "Colours").isEnabled()


def test_what_is_offered(dialog: ExportDialog, qtbot: QtBot) -> None:
    assert radio(dialog, "Selected").text() == "&Selected channels (3)"
    assert radio(dialog, "This").text() == "This &layer (block3_conv1, 256 channels)"
    assert radio(dialog, "Every").text() == "Ever&y layer (31 views, 9,920 channels)"
    assert not check(dialog, "with the maps").isEnabled()
    radio(dialog, "Every").click()
    check(dialog, "with the maps").click()
    assert radio(dialog, "Every").text() == "Ever&y layer (18 views, 5,696 channels)"
    assert not dialog.options().include_linear


def test_without_a_selection_it_is_the_layer(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make(qtbot, ExportOptions("selection", folder=str(tmp_path)), NONE)
    assert not radio(dialog, "Selected").isEnabled()
    assert dialog.options().what == "layer"


def test_it_says_what_it_writes(dialog: ExportDialog, tmp_path: Path) -> None:
    assert preview(dialog).startswith("Writes 3 files (block3_conv1_017.png, …) and manifest.json to ")
    radio(dialog, "NPY").click()
    assert preview(dialog).startswith("Writes 1 file (block3_conv1.npy) and manifest.json")
    assert "; 38 kB." in preview(dialog)  # 56 × 56 × 3 float32, exactly
    radio(dialog, "Contact").click()
    radio(dialog, "Every").click()
    assert preview(dialog).startswith("Writes 31 files (block1_conv1_linear.png, …)")
    radio(dialog, "PNG").click()
    assert preview(dialog).startswith("Writes 9,920 files (block1_conv1_linear_000.png, …)")


def test_what_has_no_meaning_cannot_be_chosen(dialog: ExportDialog) -> None:
    enlarge = dialog.findChild(QComboBox)
    assert enlarge is not None
    states = {}
    for name in ("PNG", "Contact", "NPY"):
        radio(dialog, name).click()
        states[name] = (enlarge.isEnabled(), radio(dialog, "Grey").isEnabled())
    assert states == {"PNG": (True, True), "Contact": (False, True), "NPY": (False, False)}


def test_files_in_the_way(dialog: ExportDialog, tmp_path: Path) -> None:
    folder = folder_of(dialog)
    (tmp_path / "block3_conv1_003.png").touch()
    folder.setText("")
    folder.setText(str(tmp_path))
    assert problem(dialog) == (
        "There is a file block3_conv1_003.png in this folder; replace it, or choose another folder."
    )
    assert not export_button(dialog).isEnabled()
    check(dialog, "Replace").click()
    assert problem(dialog) == ""
    assert export_button(dialog).isEnabled()
    assert dialog.options().overwrite


@pytest.mark.parametrize("text", ["", "   ", "relative/folder"])
def test_a_folder_that_is_none(dialog: ExportDialog, text: str) -> None:
    folder = folder_of(dialog)
    folder.setText(text)
    assert problem(dialog)
    assert not export_button(dialog).isEnabled()


def test_a_tilde_is_the_home_folder(dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folder_of(dialog).setText("~/maps")
    assert problem(dialog) == ""
    assert dialog.options().folder == str(tmp_path / "maps")
    folder_of(dialog).setText("~nobody-of-that-name/maps")
    assert problem(dialog).startswith("Write the folder's whole path.")


def test_a_file_in_the_place_of_the_folder(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for text in (tmp_path / "file", tmp_path / "file" / "below"):
        assert "is a file, not a folder" in folder_problem(str(text))


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert folder_problem(str(tmp_path / "new")) == f"{tmp_path} is not writable; choose another folder."


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert folder_problem(str(tmp_path / "new" / "newer")) == ""
    assert names_in(str(tmp_path / "new")) == frozenset()


def test_a_path_that_no_system_takes() -> None:
    assert "cannot be reached" in folder_problem("/" + 5000 * "x")


def test_many_files_in_the_way() -> None:
    assert clash_problem(["a", "b", "c"], {"a", "c", "d"}).startswith("2 of these files")


def test_browse(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [str(tmp_path / "chosen"), ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: answers.pop(0))
    browse = next(one for one in dialog.findChildren(QPushButton) if one.text() == "Bro&wse…")
    for _ in range(2):
        QTest.mouseClick(browse, Qt.MouseButton.LeftButton)
        assert dialog.options().folder == str(tmp_path / "chosen")


def test_enter_exports_and_escape_does_not(qtbot: QtBot, tmp_path: Path) -> None:
    for key, code in (
        (Qt.Key.Key_Return, QDialog.DialogCode.Accepted),
        (Qt.Key.Key_Escape, QDialog.DialogCode.Rejected),
    ):
        dialog = make(qtbot, ExportOptions(folder=str(tmp_path)))
        with qtbot.waitSignal(dialog.finished) as caught:
            QTest.keyClick(dialog, key)
        assert caught.args == [code.value]
    assert list(tmp_path.iterdir()) == []


def test_mnemonics_are_unique(dialog: ExportDialog) -> None:
    texts = [one.text() for one in dialog.findChildren(QAbstractButton)]
    texts += [one.text() for one in dialog.findChildren(QLabel)]
    keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(keys) == len(set(keys)) >= 13


def test_the_buttons_do_not_move_when_the_sentences_change(dialog: ExportDialog, qtbot: QtBot) -> None:
    folder = folder_of(dialog)
    before = export_button(dialog).geometry()
    folder.setText("")
    qtbot.wait(1)
    assert export_button(dialog).geometry() == before


def test_nothing_is_cut_off(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make(qtbot, ExportOptions(folder=str(tmp_path)))
    font = dialog.font()
    font.setPointSizeF(2 * font.pointSizeF())
    dialog.setFont(font)
    parts: list[QWidget] = [one for one in dialog.findChildren(QLabel) if not one.wordWrap()]
    parts += dialog.findChildren(QAbstractButton)
    # A layout within a layout takes a second turn of the event loop.
    qtbot.waitUntil(lambda: all(part.width() >= part.sizeHint().width() for part in parts if part.isVisible()))


def test_options_as_text() -> None:
    options = ExportOptions("layer", "npy", "magma", 2, "/tmp/ä b", include_linear=False)
    assert ExportOptions.from_text(options.to_text()) == options
    assert not ExportOptions.from_text(ExportOptions(overwrite=True).to_text()).overwrite
    strange = '{"what": "all", "format": 3, "enlarge": true, "folder": null, "unknown": 1, "colormap": "magma"}'
    assert ExportOptions.from_text(strange) == ExportOptions(colormap="magma")


def test_what_is_exported() -> None:
    assert selections(ExportOptions("selection"), SELECTION, VGG16.layers) == (SELECTION,)
    (whole,) = selections(ExportOptions("layer"), SELECTION, VGG16.layers)
    assert (whole.layer, whole.channels) == (SELECTION.layer, tuple(range(256)))
    everything = selections(ExportOptions("everything", include_linear=False), SELECTION, VGG16.layers)
    assert {part.layer.kind for part in everything} == {"convolution", "pooling"}
