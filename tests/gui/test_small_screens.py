"""On screens with little room for it, the program fits, in both directions, with every dialog.

The pictures that are taken meanwhile are in `build/screens`, one folder a screen and scheme: look at them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import engine
from gui.screens import fit_to_screen, restore_on_screen

ROOT = Path(engine.__file__).parents[1]
SCREENS = [(1024, 600, 1.0), (1366, 768, 1.5), (1920, 1080, 2.0)]
WINDOWS = {
    *("welcome", "cat", "tool bar", "patterns", "queue and message", "comparison"),
    *("export", "about", "shortcuts", "messages", "guide", "licences", "error"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height", "factor"), SCREENS)
def test_everything_fits_a_small_screen(tmp_path: Path, width: int, height: int, factor: float, scheme: str) -> None:
    screen = {"name": "small", "x": 0, "y": 0, "width": width, "height": height}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    (tmp_path / "screen.json").write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={os.path.relpath(tmp_path / 'screen.json', ROOT)}",
        "QT_SCALE_FACTOR": str(factor),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "gui"))),
    }
    pictures = ROOT / "build" / "screens" / f"{width}x{height} at {round(100 * factor)} percent, {scheme}"
    pictures.mkdir(parents=True, exist_ok=True)
    program = ROOT / "tests" / "gui" / "small_screen.py"
    command = (sys.executable, str(program), str(tmp_path), str(pictures), scheme)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    available = QRect(*told["available"])
    assert (available.width(), available.height()) == (round(width / factor), round(height / factor))
    assert told["windows"].keys() == WINDOWS
    for name, found in told["windows"].items():
        assert QRect(*found["frame"]).width() <= available.width(), name
        assert QRect(*found["frame"]).height() <= available.height(), name
        assert not found["out of sight"], "\n".join([name, *found["out of sight"]])
        assert (pictures / f"{name}.png").exists()


@pytest.fixture
def plain(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_a_window_gets_what_there_is_room_for(plain: QWidget) -> None:
    area = QGuiApplication.primaryScreen().availableGeometry()
    fit_to_screen(plain, area.size() / 2)
    assert plain.size() == area.size() / 2
    fit_to_screen(plain, area.size() * 2)
    assert area.width() * 0.9 < plain.width() < area.width()
    assert area.height() * 0.9 < plain.height() < area.height()


@pytest.mark.parametrize("maximised", [False, True])
@pytest.mark.parametrize("geometry", [QRect(0, 0, 3800, 2000), QRect(2500, 1300, 800, 600), QRect(-900, 10, 3000, 500)])
def test_a_remembered_place_is_brought_onto_todays_screen(
    plain: QWidget, qtbot: QtBot, geometry: QRect, maximised: bool
) -> None:
    area = QGuiApplication.primaryScreen().availableGeometry()
    plain.setGeometry(geometry)
    if maximised:
        plain.setWindowState(plain.windowState() | plain.windowState().WindowMaximized)
    again = QWidget()
    qtbot.addWidget(again)
    restore_on_screen(again, plain.saveGeometry())
    assert again.isMaximized() == maximised
    again.setWindowState(again.windowState() & ~again.windowState().WindowMaximized)
    assert area.contains(again.geometry())


def test_without_a_remembered_place_the_size_stays(plain: QWidget) -> None:
    from PySide6.QtCore import QByteArray

    plain.resize(333, 222)
    restore_on_screen(plain, QByteArray())
    assert plain.size().toTuple() == (333, 222)
