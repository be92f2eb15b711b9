"""The robot user for some seconds, with an engine that makes its maps up; `robot.py` is the long run with VGG16."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "gui"))

import robot as robots
from fake_engine import FakeEngine
from robot_record import watched

from gui.main_window import MainWindow
from gui.state.settings import Settings
from gui.style import theme

ACTIONS = 200


def test_nothing_unforeseen_happens(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    theme.apply(qapp, "light")

    def make() -> MainWindow:
        engine = FakeEngine()
        return MainWindow(Settings(tmp_path / "s.ini"), engine_jobs=engine.handlers, cache=tmp_path / "cache")

    robot = robots.Robot(make, tmp_path, seed=1)
    with watched(robot.note, tmp_path / "log.txt"):
        robot.run(ACTIONS)
    # How long gaps are, and how much memory is left, is for the script to judge: no test asserts a time.
    assert [problem for problem in robot.record.problems if not problem.startswith("stall")] == []
    assert robot.record.actions == ACTIONS
    assert len(robot.record.memory) > 2
