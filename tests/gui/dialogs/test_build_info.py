"""What a packaged program says that it was built from and carries, and the dialog with the licences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListView, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

import resources
from gui.dialogs import build_info
from gui.dialogs.about import AboutDialog, about_rows
from gui.dialogs.build_info import Notice
from gui.dialogs.licences import LicencesDialog

RECORD = {"commit": 40 * "a", "date": "2026-11-24", "pyinstaller": "6.22.3"}


def text_of(dialog: LicencesDialog) -> str:
    field = dialog.findChild(QPlainTextEdit)
    assert field is not None
    return field.toPlainText()


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The resources of a bundle that carries two things."""
    texts = tmp_path / "licences"
    texts.mkdir()
    (tmp_path / "build-info.json").write_text(json.dumps(RECORD), encoding="utf-8")
    index = [
        {"name": "Convscope", "version": "1.0", "licence": "MIT", "file": "Convscope.txt"},
        {"name": "libssl3 (Debian)", "version": "3", "licence": "", "file": "libssl3.txt"},
    ]
    (texts / "index.json").write_text(json.dumps(index), encoding="utf-8")
    (texts / "Convscope.txt").write_text("Do what you like.", encoding="utf-8")
    (texts / "libssl3.txt").write_text("Copyright: several people.", encoding="utf-8")
    real = resources.path

    def path(*parts: str) -> Path:
        return tmp_path.joinpath(*parts) if parts[0] in ("build-info.json", "licences") else real(*parts)

    monkeypatch.setattr(resources, "path", path)
    return tmp_path


def test_a_checkout_was_not_built_and_carries_nothing() -> None:
    assert build_info.built_from() == ""
    assert build_info.notices() == ()
    assert "Built from" not in dict(about_rows(None, ""))


def test_a_bundle_says_what_it_was_built_from(bundle: Path) -> None:
    text = "commit aaaaaaaaaaaa of 2026-11-24, by PyInstaller 6.22.3"
    assert dict(about_rows(None, ""))["Built from"] == text


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (RECORD | {"commit": f"{40 * 'b'} with changes"}, "commit bbbbbbbbbbbb with changes of 2026-11-24, by "),
        (RECORD | {"commit": None, "date": None}, "an unknown commit, by PyInstaller"),
        ({"commit": 40 * "c"}, ""),
        ([], ""),
    ],
)
def test_odd_records(tmp_path: Path, record: object, text: str) -> None:
    file = tmp_path / "build-info.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    assert build_info.built_from(file).startswith(text)
    assert bool(build_info.built_from(file)) == bool(text)


def test_a_damaged_index_is_as_none(bundle: Path) -> None:
    (bundle / "licences" / "index.json").write_text("{", encoding="utf-8")
    assert build_info.notices() == ()


def test_about_leads_to_the_licences(bundle: Path, qtbot: QtBot) -> None:
    about = AboutDialog()
    qtbot.addWidget(about)
    about.show()
    assert any("aaaaaaaaaaaa" in label.text() for label in about.findChildren(QLabel))
    button = next(button for button in about.findChildren(QPushButton) if button.text() == "&Licences…")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = about.findChild(LicencesDialog)
    assert isinstance(dialog, LicencesDialog)
    assert dialog.isVisible()
    assert text_of(dialog) == "Convscope 1.0: MIT\n\nDo what you like."
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_without_texts_there_is_no_button(qtbot: QtBot) -> None:
    about = AboutDialog()
    qtbot.addWidget(about)
    assert "&Licences…" not in {button.text() for button in about.findChildren(QPushButton)}


def test_choosing_another_shows_its_text(bundle: Path, qtbot: QtBot) -> None:
    dialog = LicencesDialog(build_info.notices())
    qtbot.addWidget(dialog)
    names = dialog.findChild(QListView)
    assert isinstance(names, QListView)
    names.setCurrentIndex(names.model().index(1, 0))
    assert text_of(dialog) == "libssl3 (Debian) 3\n\nCopyright: several people."


def test_a_text_that_has_vanished(tmp_path: Path, qtbot: QtBot) -> None:
    dialog = LicencesDialog([Notice("Thing", "1", "MIT", tmp_path / "gone.txt")])
    qtbot.addWidget(dialog)
    assert "install Convscope again" in text_of(dialog)
