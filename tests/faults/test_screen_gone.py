"""The X server dies under the window: the program ends, and what it was writing is whole or taken back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import whole_files
from virtual_screen import missing_programs

from engine.files import atomic, lock_files

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.x11

_PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = ["tests/gui"]
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from fake_engine import FakeEngine
import resources
from gui.state.map_export_options import ExportOptions
from gui.main_window import MainWindow
from gui.state.session import Session
from gui.state.settings import Settings
app = QApplication(["convscope"])
home = Path(sys.argv[1])
settings = Settings(home / "settings.ini")
settings.session = Session(size=64).to_text()
window = MainWindow(settings, engine_jobs=FakeEngine().handlers, cache=home / "cache")
window.show()
window.open_images([resources.path("samples", "chelsea.png")])
begun = False
def look():
    global begun
    shown = window.controller.pipeline.look
    if not begun and shown is not None and shown.seconds is not None:
        begun = True
        window.commands.export.start(ExportOptions(what="everything", folder=str(home / "out")))
timer = QTimer(interval=5)
timer.timeout.connect(look)
timer.start()
app.exec()
"""


@pytest.fixture
def x_server() -> tuple[subprocess.Popen[bytes], str]:
    """An X server and its display's name."""
    if missing_programs():
        if os.environ.get("CI"):
            pytest.fail("a virtual screen needs Xvfb, and CI must have it")
        pytest.skip("a virtual screen needs Xvfb")
    source, sink = os.pipe()
    command = ("Xvfb", "-displayfd", str(sink), "-screen", "0", "1400x900x24", "-nolisten", "tcp")
    server = subprocess.Popen(command, pass_fds=(sink,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(sink)
    with os.fdopen(source) as answer:
        return server, f":{answer.readline().strip()}"


def test_the_screen_dies_in_the_middle_of_an_export(
    x_server: tuple[subprocess.Popen[bytes], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, display = x_server
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
    command = (sys.executable, "-c", _PROGRAM, str(tmp_path))
    out = tmp_path / "out"
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as program:
        try:
            until = time.monotonic() + 60
            while len(list(out.glob(".convscope-*/new-*"))) < 20:
                assert program.poll() is None
                assert time.monotonic() < until
                time.sleep(0.01)
        finally:
            server.kill()
            server.wait()
        assert program.wait(timeout=30) != 0
    whole_files.check(tmp_path)
    monkeypatch.setattr(lock_files, "FRESH", 0.0)
    atomic.recover(out)
    assert not out.exists()
