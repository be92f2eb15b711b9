"""The window goes to a screen with twice as many pixels to the inch and back: everything is painted anew, and sharp."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SIDE, _DPI = 2400, {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
_SCREENS = [
    {"name": name, "x": x, "y": 0, "width": _SIDE, "height": _SIDE, **_DPI} for name, x in (("a", 0), ("b", _SIDE))
]
_PROGRAM = """
import math, sys
from pathlib import Path
sys.path[:0] = ["tests/gui"]
import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from fake_engine import FakeEngine
import resources
from gui.canvas import pixmap_budget as pixmap_shop
from gui.style import theme
from gui.main_window import MainWindow
from gui.state.session import Session
from gui.state.settings import Settings

def make(name, x):
    settings = Settings(home / name)
    settings.session = Session(size=64).to_text()
    window = MainWindow(settings, engine_jobs=FakeEngine().handlers, cache=home / "cache")
    window.resize(1150, 800)
    window.move(x, 50)
    window.show()
    window.open_images([resources.path("samples", "chelsea.png")])
    while not (shown := window.controller.pipeline.look) or shown.seconds is None or window.controller.studio.busy():
        QTest.qWait(20)
    return window

def grab(window):
    window.activateWindow()  # a mark of the focus is only in the active one
    QTest.qWait(100)
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4).copy()

def go(window, x):
    window.move(x, 50)
    QTest.qWait(100)

pixmap_shop.PATIENCE_SECONDS = math.inf
app = QApplication(["convscope"])
theme.apply(app, "light")
pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
home = Path(sys.argv[1])
coarse, fine = make("coarse", 50), make("fine", 2450)
once, twice = grab(coarse), grab(fine)
assert (coarse.devicePixelRatio(), fine.devicePixelRatio()) == (1, 2)
go(coarse, 2450)
assert np.array_equal(grab(coarse), twice), "what came to the fine screen is not what was made there"
assert not np.array_equal(np.repeat(np.repeat(once, 2, 0), 2, 1), twice)
go(coarse, 50)
assert np.array_equal(grab(coarse), once), "what came back to the coarse screen is not what it was"
go(fine, 50)
assert np.array_equal(grab(fine), once), "what came to the coarse screen is not what was made there"
coarse.close()
fine.close()
print("the same")
"""


def test_a_window_is_painted_anew_for_another_screen(tmp_path: Path) -> None:
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps({"windowFrameMargins": True, "screens": _SCREENS}), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={screens}",
        "QT_SCREEN_SCALE_FACTORS": "a=1;b=2",
    }
    command = (sys.executable, "-c", _PROGRAM, str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout == "the same\n", done.stderr
