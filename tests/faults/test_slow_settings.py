"""Settings are written in the background: a disk that does not answer holds nothing up, and loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile
from pytestqt.qtbot import QtBot
from window_words import said

from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions
from gui.state.settings import Settings

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def disk(settings_file: Path) -> QLockFile:
    """While it is locked, nothing can be written to the settings file."""
    return QLockFile(f"{settings_file}.lock")


def test_setting_does_not_wait_for_the_disk(settings_file: Path, disk: QLockFile) -> None:
    settings = Settings(settings_file)
    written = threading.Event()
    assert disk.lock()
    settings.guide_zoom = 77
    settings.when_saved(written.set)
    settings.weights = "0.25"
    assert (settings.guide_zoom, settings.weights) == (77, "0.25")
    assert not written.wait(0.05)
    assert not settings_file.exists()
    disk.unlock()
    settings.save()
    assert written.is_set()
    again = Settings(settings_file)
    assert (again.guide_zoom, again.weights) == (77, "0.25")


def test_what_another_window_has_written_is_taken_over_and_what_waits_is_kept(
    settings_file: Path, disk: QLockFile
) -> None:
    one, other = Settings(settings_file), Settings(settings_file)
    assert disk.lock()
    one.guide_zoom = 77
    other.weights = "0.25"
    one.pattern_megabytes = "256"
    assert one.weights != "0.25"
    disk.unlock()
    other.save()
    one.save()
    one.scheme = "dark"
    one.save()
    assert (one.guide_zoom, one.weights, one.pattern_megabytes, one.scheme) == (77, "0.25", "256", "dark")


def test_what_could_not_be_written_is_written_the_next_time(tmp_path: Path) -> None:
    in_the_way = tmp_path / "folder"
    in_the_way.touch()
    settings = Settings(in_the_way / "settings.ini")
    settings.guide_zoom = 77
    settings.save()
    in_the_way.unlink()
    settings.weights = "0.25"
    settings.save()
    again = Settings(in_the_way / "settings.ini")
    assert (again.guide_zoom, again.weights) == (77, "0.25")


def test_a_problem_is_told_once(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    told: list[str] = []
    settings.on_problem = told.append
    (tmp_path / "settings.ini").mkdir()
    for size in (77, 78, 79):
        settings.guide_zoom = size
        settings.save()
    assert told == [settings.problem]
    assert "make the file writable" in settings.problem


def test_the_window_says_that_settings_cannot_be_kept_any_more(
    make_window: Callable[[], MainWindow], settings_file: Path, qtbot: QtBot
) -> None:
    window = make_window()
    assert not any("settings cannot be saved" in text for text in said(window))
    window.settings.save()
    settings_file.unlink()
    settings_file.mkdir()
    window.settings.guide_zoom = 77
    qtbot.waitUntil(lambda: any("The settings cannot be saved" in text for text in said(window)))


def export_while_locked(window: MainWindow, disk: QLockFile, folder: Path) -> None:
    window.settings.save()
    assert disk.lock()
    window.commands.export.start(ExportOptions(what="layer", folder=str(folder)))


def test_an_export_begins_when_it_is_written_where_to_tidy_up_after_it(
    cat_window: MainWindow, settings_file: Path, disk: QLockFile, tmp_path: Path, qtbot: QtBot
) -> None:
    export_while_locked(cat_window, disk, tmp_path / "out")
    assert cat_window.commands.export.busy
    qtbot.wait(50)
    assert not (tmp_path / "out").exists()
    disk.unlock()
    qtbot.waitUntil(lambda: not cat_window.commands.export.busy)
    assert (tmp_path / "out" / "manifest.json").exists()
    assert str(tmp_path / "out") in settings_file.read_text(encoding="utf-8")


def test_an_export_that_waits_for_that_can_be_cancelled(
    cat_window: MainWindow, disk: QLockFile, tmp_path: Path, qtbot: QtBot
) -> None:
    export_while_locked(cat_window, disk, tmp_path / "out")
    cat_window.commands.export.cancel()
    qtbot.waitUntil(lambda: not cat_window.commands.export.busy)
    disk.unlock()
    cat_window.settings.save()
    qtbot.wait(50)
    assert not (tmp_path / "out").exists()
