"""From the start of the process to the first paint of the window, in fresh processes.

python benchmarks/start.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from report import Figure, run_part  # noqa: E402

RUNS = 9
COLD_RUNS = 3
_BAR = 1.0
_LIBRARIES = ("PySide6", "shiboken6", "numpy", "numpy.libs", "pyqtgraph", "PIL", "pillow.libs")


def measure() -> list[Figure]:
    """Figures for every platform that there is; a screen is used only when DISPLAY names one."""
    figures = []
    for platform in ("xcb", "offscreen") if os.environ.get("DISPLAY") else ("offscreen",):
        start_to_paint(platform)
        cold = []
        if hasattr(os, "posix_fadvise"):
            for _ in range(COLD_RUNS):
                forget_files()
                cold.append(start_to_paint(platform))
        warm = tuple(start_to_paint(platform) for _ in range(RUNS))
        figures.append(Figure(f"start to first paint, {platform}", warm, "s", _BAR))
        if cold:
            note = "files dropped from the disk cache, as far as no other process maps them"
            figures.append(Figure(f"start to first paint, {platform}, cold", tuple(cold), "s", note=note))
    return figures


def start_to_paint(platform: str) -> float:
    """Seconds from starting Python to the end of the first paint; both processes read the same monotonic clock."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QT_QPA_PLATFORM": platform}
        start = time.monotonic()
        command = [sys.executable, __file__, "--child", str(Path(folder) / "settings.ini")]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return float(done.stdout) - start


def forget_files() -> None:
    """Ask the system to forget the program's files, so that the next start reads them from the disk again."""
    for file in _files():
        descriptor = os.open(file, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def _files() -> Iterator[Path]:
    libraries, standard = Path(sysconfig.get_path("platlib")), Path(sysconfig.get_path("stdlib"))
    folders = [libraries / name for name in _LIBRARIES] + [ROOT / "engine", ROOT / "gui", ROOT / "resources", standard]
    for folder in folders:
        yield from (file for file in folder.rglob("*") if file.is_file() and os.access(file, os.R_OK))


def paint_once(settings_file: Path) -> None:
    """Do what main.py does, print the time of the first paint, and leave before TensorFlow is imported."""
    from engine.cli import commands as cli

    cli.parse([])
    from PySide6.QtCore import QEvent, QObject, QTimer

    from gui import app

    class FirstPaint(QObject):
        """Waits for the window's first paint event."""

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            """The window and its children are painted in one go; what is posted now runs when they have been."""
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, _print_time_and_leave)
            return False

    application, window = app.create(["convscope"], settings_file)
    watcher = FirstPaint()
    window.installEventFilter(watcher)
    window.show()
    application.exec()


def _print_time_and_leave() -> None:
    print(time.monotonic(), flush=True)
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        paint_once(Path(sys.argv[2]))
    else:
        run_part(measure, __doc__)
