"""Two programs with the same files, and what one that was killed has left to the next."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from every_step import contents, request
from fake_engine import FakeEngine
from pattern_samples import make_frame
from pytestqt.qtbot import QtBot

from engine.exports.maps import export_maps
from engine.files import atomic, lock_files
from engine.patterns.records import Frame
from engine.patterns.store import PatternStore
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions
from gui.state.settings import Settings

KEY = "k" * 64


def some_frame(seed: int) -> Frame:
    return make_frame(done=True, outcome="rendered", seed=seed)


def test_two_exports_into_one_folder_leave_both_whole(tmp_path: Path) -> None:
    first, second = request(tmp_path), request(tmp_path)
    jobs = [export_maps(first), export_maps(replace(second, selections=second.selections[:1]))]
    for job in jobs:
        next(job)
    assert len(list(tmp_path.glob(".convscope-*"))) == 2
    for job in reversed(jobs):
        list(job)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["manifest.json", *(f"block1_pool_{channel:03d}.png" for channel in (3, 0, 17)), "block2_conv1_linear_005.png"]
    )


def test_a_living_program_is_not_tidied_up_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_files, "FRESH", 0.0)
    job = export_maps(request(tmp_path))
    next(job)
    atomic.recover(tmp_path)
    list(job)
    assert "manifest.json" in contents(tmp_path)


def test_two_stores_and_two_settings_share_their_files(tmp_path: Path) -> None:
    one, two = PatternStore(tmp_path / "p"), PatternStore(tmp_path / "p")
    one.put(KEY, some_frame(1))
    two.put(KEY, some_frame(2))
    assert one.get(KEY) is not None
    first, second = Settings(tmp_path / "s.ini"), Settings(tmp_path / "s.ini")
    first.guide_zoom = 70
    second.weights = "0.25"
    first.save()
    second.save()
    del first, second
    both = Settings(tmp_path / "s.ini")
    assert (both.guide_zoom, both.weights) == (70, "0.25")


def test_a_killed_export_is_tidied_up_when_the_window_starts(
    make_window: Callable[[], MainWindow], settings_file: Path, tmp_path: Path, qtbot: QtBot, fake_engine: FakeEngine
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    stage = folder / f".convscope-{lock_files.HERE}-left"
    stage.mkdir()
    for name, data in {"owner": b"[]", "new-a.png": b"half"}.items():
        (stage / name).write_bytes(data)
        os.utime(stage / name, (0, 0))
    settings = Settings(settings_file)
    settings.export = ExportOptions(folder=str(folder))
    settings.save()
    make_window()
    qtbot.waitUntil(lambda: not stage.exists())
    assert list(folder.iterdir()) == []


def test_what_a_stranger_left_writes_nothing_elsewhere(tmp_path: Path) -> None:
    folder, victim = tmp_path / "out", tmp_path / "victim"
    stage = folder / f".convscope-{lock_files.HERE}-evil"
    (stage / "new-..").mkdir(parents=True)
    victim.write_bytes(b"mine")
    for name, data in {"owner": b'["/etc"]', "commit": b'["../victim", "x/y", ".."]', "victim": b"theirs"}.items():
        (stage / name).write_bytes(data)
        os.utime(stage / name, (0, 0))
    atomic.recover(folder)
    assert victim.read_bytes() == b"mine"
    assert list(folder.iterdir()) == []
    shutil.rmtree(folder)
