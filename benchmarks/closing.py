"""From closing the window to the end of the process, at the moments at which other threads have something to do.

python benchmarks/closing.py

Each run is the whole program in a process of its own, with settings and a cache of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from report import Figure, run_part  # noqa: E402

if TYPE_CHECKING:
    from gui.main_window import MainWindow

RUNS = 10
_BAR = 1.0
_LIMIT = 180

MOMENTS = {
    "import": "while TensorFlow is imported",
    "network": "as soon as the network is there",
    "maps": "while maps are computed",
    "trace": "while a pattern is traced",
    "pattern": "while a pattern forms",
    "export": "while every map is exported",
    "film": "while patterns are formed for an export",
    "idle": "with nothing to do",
}


def measure() -> list[Figure]:
    """Figures for each moment."""
    return [_figure(moment) for moment in MOMENTS]


def _figure(moment: str) -> Figure:
    found = [close_at(moment, run / RUNS) for run in range(RUNS)]
    wrong = [f"status {status}, {said[-200:]!r}" for _, status, said in found if status or said]
    seconds = tuple(seconds for seconds, _, _ in found)
    return Figure(f"closed {MOMENTS[moment]}", seconds, "s", _BAR, "worst", "; ".join(wrong))


def close_at(moment: str, later: float) -> tuple[float, int, str]:
    """Run the program, and close its window at a moment.

    Args:
        moment: One of `MOMENTS`.
        later: So many seconds after it has come; of the import, which takes longest, four times as many.

    Returns:
        Seconds from closing to the end of the process, its exit status, and what it has said on its error stream.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
        environment |= {f"XDG_{name}_HOME": f"{folder}/{name.lower()}" for name in ("CONFIG", "CACHE", "DATA")}
        command = [sys.executable, __file__, "--child", moment, str(later), f"{folder}/export"]
        done = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            said, complaints = done.communicate(timeout=_LIMIT)
        except subprocess.TimeoutExpired:
            done.kill()
            done.communicate()
            return float(_LIMIT), -1, "did not end"
        end = time.monotonic()
        left = [path.name for path in Path(folder).glob("export/.*")]
        complaints += f"left behind: {left}" if left else ""
        return end - float(said.split()[-1]), done.returncode, complaints


class _Driver:
    """Waits for a moment, and closes the window then."""

    def __init__(self, window: MainWindow, moment: str, later: float, folder: str) -> None:
        from PySide6.QtCore import QTimer

        self._window, self._moment, self._later, self._folder = window, moment, later, folder
        self._since = 0.0
        self._asked = False
        self._timer = QTimer(window, interval=5)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if not self._since and self._come():
            self._since = time.monotonic()
        delay = self._later * (4 if self._moment == "import" else 1)
        if self._since and time.monotonic() >= self._since + delay:
            self._timer.stop()
            print(time.monotonic(), flush=True)
            self._window.close()

    def _come(self) -> bool:
        controller = self._window.controller
        if self._moment == "import":
            return self._window.isVisible()
        look = controller.pipeline.look
        if self._moment == "maps":
            return look is not None and bool(look.maps)
        if self._moment == "network":
            return controller.weights is not None
        ready = look is not None and look.seconds is not None
        if self._moment == "idle":
            return ready and not controller.studio.busy() and not controller.engine.busy()
        if ready and not self._asked:
            self._asked = True
            self._ask()
            return self._moment == "trace"
        if self._moment == "pattern":
            return self._window.commands.patterns.flow.runner.live is not None
        return self._moment in ("export", "film") and self._asked and self._window.views.job.busy

    def _ask(self) -> None:
        if self._moment == "export":
            from gui.state.map_export_options import ExportOptions

            options = ExportOptions(what="everything", format="npy", folder=self._folder, include_linear=True)
            self._window.commands.export.start(options)
            return
        self._window.workspace.layer = "block5_conv1"
        if self._moment == "film":
            from gui.state.pattern_export_options import PatternExportOptions

            self._window.views.gallery.select_channels([3, 4, 5, 6])
            film = PatternExportOptions(what="selection", format="gif", folder=self._folder)
            self._window.commands.export.patterns.start(film)
        else:
            self._window.commands.patterns.flow.form_channels([3, 4, 5, 6])


def run_program(moment: str, later: float, folder: str) -> None:
    """Do what main.py does, with something that closes the window."""
    import main
    from gui import app

    create = app.create
    drivers = []

    def create_driven(*arguments: object, **options: object) -> object:
        application, window = create(*arguments, **options)  # type: ignore[arg-type]
        drivers.append(_Driver(window, moment, later, folder))
        return application, window

    app.create = create_driven  # type: ignore[assignment]
    picture = [] if moment in ("import", "network") else [str(ROOT / "resources" / "samples" / "chelsea.png")]
    sys.exit(main.main(picture))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_program(sys.argv[2], float(sys.argv[3]), sys.argv[4])
    else:
        run_part(measure, __doc__)
