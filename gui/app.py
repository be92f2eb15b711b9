"""The Qt application: options that hold for the whole process, then the window."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

import engine
from engine.cli import standard_input
from gui.log import install_hooks
from gui.main_window import MainWindow
from gui.state.settings import Settings
from gui.style import theme

_SWITCH_SECONDS = 0.0005
"""For how long another thread may keep Python when the window wants it: the usual 5 ms, for each call of a paint, add
up (`benchmarks/python_lock.py`). 50 µs gain little more there, and cost the robot user stalls of 0.4 s."""


def create(
    argv: Sequence[str], settings_file: Path | None = None, weights_file: str | None = None
) -> tuple[QApplication, MainWindow]:
    """The application and its window, not shown yet.

    Args:
        argv: The program's name, options for Qt, and pictures to open.
        settings_file: Where to remember things, instead of the person's own settings; patterns are then kept beside it.
        weights_file: Weights to use instead of the remembered or the bundled ones.

    Returns:
        The application, which may have existed before, and a new window. Once painted, it loads the network.
    """
    app = QApplication.instance()
    if isinstance(app, QApplication):
        pictures = list(argv[1:])
    else:
        app = QApplication(list(argv) or ["convscope"])
        pictures = app.arguments()[1:]
    app.setApplicationName("Convscope")
    app.setApplicationDisplayName("Convscope")
    app.setApplicationVersion(engine.__version__)
    app.setOrganizationName("Convscope")
    app.setDesktopFileName("convscope")
    app.setWindowIcon(theme.app_icon())
    pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
    sys.setswitchinterval(_SWITCH_SECONDS)
    settings = Settings(settings_file)
    theme.apply(app, settings.scheme)
    QLocale.setDefault(QLocale.c())  # Qt's own dialogs write numbers, sizes and dates as the rest of the window does
    cache = settings_file.parent / "cache" if settings_file is not None else None
    window = MainWindow(settings, weights_file, cache=cache)
    if pictures:
        window.open_images(pictures)
    return app, window


def run(images: Sequence[str], weights_file: str | None = None, piped: bytes | None = None) -> int:
    """Show the window until it is closed.

    Args:
        images: Pictures to open.
        weights_file: Weights to use instead of the remembered or the bundled ones.
        piped: One more picture, which came through standard input.

    Returns:
        The exit status.
    """
    app, window = create([*sys.argv[:1], *images], weights_file=weights_file)
    hooks = install_hooks()
    hooks.crashed.connect(window.commands.show_crash)
    if piped is not None:
        window.open_bytes(piped, standard_input.NAME)
    window.leaving.ends_process = True
    window.show()
    return window.leaving.end_process(app.exec())
