"""A few seconds of fuzzing, always with the same inputs; `fuzz.py` goes on for as long as one likes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "gui"))  # where the fixtures' stand-ins are

import fuzz
import hypothesis
import pytest
from fuzz_seeds import good_manifests
from fuzz_targets import TARGETS
from hypothesis import HealthCheck
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow

EXAMPLES = 25


@pytest.mark.parametrize("name", TARGETS)
def test_what_strangers_made_is_read_or_refused(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]

    @hypothesis.settings(
        max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(target.inputs())
    def read(content: object) -> None:
        fuzz.read_one(target, content, tmp_path)

    read()


PLACES = (
    "{}/secret.png",
    "../elsewhere/secret.png",
    "elsewhere/secret.png",
    "//host/share/a.png",
    "\\\\host\\share\\a.png",
    "https://a.org/a.png",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_picture_that_a_manifest_names_is_not_opened_unasked(
    window: MainWindow, qtbot: QtBot, cat_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    for folder in (elsewhere, here):
        folder.mkdir()
    (elsewhere / "secret.png").write_bytes(cat_path.read_bytes())
    asked: list[str] = []
    looked_at: list[str] = []
    opened: list[str] = []
    content = json.loads(good_manifests()[0])
    content["picture"]["path"] = place.format(elsewhere)
    (here / "manifest.json").write_text(json.dumps(content))

    def refuse(*words: str) -> QMessageBox.StandardButton:
        asked.append(words[-1])
        return QMessageBox.StandardButton.No

    def look(path: Path) -> bool:
        looked_at.append(str(path))
        return really(path)

    really = Path.is_file
    monkeypatch.setattr(QMessageBox, "question", refuse)
    monkeypatch.setattr(Path, "is_file", look)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(window.controller.opener, "open_paths", lambda paths, _frame=0: opened.extend(paths))
    monkeypatch.chdir(here)
    window.commands.manifests.open("manifest.json")
    qtbot.waitUntil(lambda: not window.commands.manifests.busy)
    assert opened == []
    assert not [path for path in looked_at if path.startswith(("//", "\\\\", "https:"))]
    assert len(asked) == ("secret" in place)
    message = window.views.messages.current()
    assert message is not None
    assert "choose it to bring the view back" in message.text


def test_damaged_manifests_in_the_window(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(window.controller.opener, "open_paths", lambda paths, _frame=0: opened.extend(paths))

    @hypothesis.settings(
        max_examples=2 * EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(TARGETS["manifests"].inputs())
    def show(text: str) -> None:
        path = tmp_path / "manifest.json"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        window.commands.manifests.open(str(path))
        while window.commands.manifests.busy:
            QApplication.processEvents()
        assert all(Path(file).parent == tmp_path for file in opened)
        QApplication.processEvents()

    show()
    window.commands.patterns.flow.runner.cancel_all()


def test_the_guard_sees_what_is_written_elsewhere(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    with fuzz.guarded(inside):
        (inside / "file").write_text("allowed")
    with pytest.raises(fuzz.TrespassError, match="outside"), fuzz.guarded(inside):
        outside.write_text("not allowed")
