"""The window and its two processes: what each has loaded, and what the window does when one of them ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from engine.process import shared_folders
from engine.process.jobs import JobEvent
from gui import app
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions
from gui.state.pattern_export_options import PatternExportOptions

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals"),
]

PATIENCE = 120_000


class Witness(QObject):
    """Keeps how jobs ended."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.failed: list[str] = []
        for thread in (window.controller.engine, window.controller.studio):
            thread.watchers.append(self.note)

    def note(self, event: JobEvent) -> None:
        if event.kind in ("failed", "crashed"):
            self.failed.append(str(event.value))


@pytest.fixture
def make_window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    made: list[MainWindow] = []

    def make(*arguments: str) -> MainWindow:
        _, window = app.create(["convscope", *arguments], tmp_path / "settings.ini")
        made.append(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()


def number_of(name: str) -> int:
    """The number of the process of that name; 0 while there is none."""
    return next((child.pid or 0 for child in multiprocessing.active_children() if child.name == name), 0)


def kill(name: str, sign: int = signal.SIGKILL) -> None:
    os.kill(number_of(name), sign)


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


def ready(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.controller.weights is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not window.controller.engine.busy(), timeout=PATIENCE)


VISIT = """
import multiprocessing, sys
from pathlib import Path

def until(done):
    from PySide6.QtCore import QEventLoop, QTimer

    loop, poll = QEventLoop(), QTimer(interval=5)
    poll.timeout.connect(lambda: loop.quit() if done() else None)
    poll.start()
    loop.exec()

if __name__ == "__main__":
    from gui import app
    folder = Path(sys.argv[1])
    application, window = app.create(["convscope"], folder / "settings.ini")
    window.show()
    window.action("sample").trigger()
    pipeline, flow = window.controller.pipeline, window.commands.patterns.flow
    until(lambda: pipeline.look is not None and len(pipeline.look.scaled_in(window.workspace.style)) == 31)
    window.workspace.layer = "block2_conv1"
    window.views.gallery.select_channels([17], current=17)
    window.action("run_patterns").trigger()
    until(lambda: 17 in flow.presenter.at_hand() and all(order.ended for order in flow.runner.queue.orders))
    window.action("book").trigger()
    until(lambda: not window.controller.studio.busy() and not window.controller.engine.busy())
    print(*sorted({name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras", "h5py", "jax", "torch"}))
    for child in sorted(multiprocessing.active_children(), key=lambda child: child.name):
        maps = Path(f"/proc/{child.pid}/maps").read_text()
        libraries = {name for name in ("Qt6", "pyside", "shiboken", "tensorflow") if name in maps}
        print(child.name, *sorted(libraries))
    if len(sys.argv) > 2:
        print("waiting", *(child.pid for child in multiprocessing.active_children()), flush=True)
        until(lambda: False)
    window.close()
"""


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    script = tmp_path / "visit.py"
    script.write_text(VISIT)
    return script


def environment() -> dict[str, str]:
    root = str(Path(app.__file__).parents[1])
    return {**os.environ, "PYTHONPATH": root, "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_window_has_no_tensorflow_and_the_processes_have_no_qt(visit: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, visit, tmp_path], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["", "engine tensorflow", "studio"]


SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from gui import app

application, window = app.create(["convscope"], Path(sys.argv[1]) / "settings.ini")
window.show()
loop, poll = QEventLoop(), QTimer(interval=5)
poll.timeout.connect(lambda: loop.quit() if window.controller.weights is not None else None)
poll.start()
loop.exec()
window.close()
print("ready")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, script, tmp_path], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "ready\n"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_nothing_outlives_a_killed_window(visit: Path, tmp_path: Path, qtbot: QtBot) -> None:
    command = [sys.executable, str(visit), str(tmp_path), "wait"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        line = next(line for line in window.stdout if line.startswith("waiting"))
        numbers = [int(word) for word in line.split()[1:]]
        assert len(numbers) == 2
        folders = [path for root in shared_folders.roots() for path in root.glob(f"convscope-shared-*-{window.pid}-*")]
        assert folders
        window.kill()
    qtbot.waitUntil(lambda: not any(Path(f"/proc/{number}/fd").exists() for number in numbers), timeout=PATIENCE)
    assert not any(folder.exists() for folder in folders)


def test_engine_killed_at_rest_says_so_and_comes_back(
    make_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path
) -> None:
    window = make_window(str(cat_path))
    wait_until_complete(window, qtbot)
    ready(window, qtbot)
    look = window.controller.pipeline.look
    assert look is not None
    before = look.maps["block5_conv3"].copy()
    number = number_of("engine")
    kill("engine")
    qtbot.waitUntil(lambda: number_of("engine") not in (0, number), timeout=PATIENCE)
    window.controller.choose_input("pad", 96)
    wait_until_complete(window, qtbot)
    window.controller.choose_input("crop", 224)  # what a process has made that is gone
    wait_until_complete(window, qtbot)
    assert window.controller.pipeline.look is look
    np.testing.assert_array_equal(look.maps["block5_conv3"], before)
    assert said(window) == [
        "While it was idle, the engine was killed by the system, probably for memory; "
        "it has been started again, and nothing was lost."
    ]


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_engine_that_ends_in_a_pass_says_so_and_the_pass_is_done_again(
    make_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path, sign: int
) -> None:
    window = make_window()
    ready(window, qtbot)
    witness = Witness(window)
    engine = number_of("engine")
    window.open_images([cat_path])
    qtbot.waitUntil(lambda: bool(window.controller.pipeline.look and window.controller.pipeline.look.maps))
    os.kill(engine, sign)
    wait_until_complete(window, qtbot)
    assert all(text.startswith("While it was computing maps, the engine ") for text in witness.failed)
    assert len(witness.failed) <= 1  # it may have been done
    qtbot.waitUntil(lambda: number_of("engine") not in (0, engine), timeout=PATIENCE)


@pytest.mark.parametrize("moment", ["start", "import", "open"])
def test_engine_killed_while_it_starts(
    make_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path, moment: str
) -> None:
    window = make_window(str(cat_path))
    qtbot.waitUntil(lambda: number_of("engine") > 0, timeout=PATIENCE)
    qtbot.wait({"start": 0, "import": 1000, "open": 2500}[moment])
    kill("engine")
    wait_until_complete(window, qtbot)
    assert window.controller.weights is not None


def test_pattern_that_the_engine_was_killed_in_is_formed_again(
    make_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = make_window()
    window.action("sample").trigger()
    wait_until_complete(window, qtbot)
    ready(window, qtbot)
    window.workspace.layer = "block4_conv1"
    flow = window.commands.patterns.flow
    window.views.gallery.select_channels([5, 6], current=5)
    window.action("run_patterns").trigger()
    qtbot.waitUntil(lambda: flow.runner.live is not None, timeout=PATIENCE)
    kill("engine")
    qtbot.waitUntil(lambda: all(order.ended for order in flow.runner.queue.orders), timeout=PATIENCE)
    assert [(order.formed, order.failed) for order in flow.runner.queue.orders] == [(2, 0)]
    assert any(text.startswith("While it was forming a pattern, the engine was killed") for text in said(window))


@pytest.mark.parametrize(
    ("name", "words"),
    [("studio", "exporting maps, the process for pictures and files"), ("engine", "exporting patterns, the engine")],
)
def test_export_that_a_process_was_killed_in_is_taken_back(
    make_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path, tmp_path: Path, name: str, words: str
) -> None:
    window = make_window(str(cat_path))
    wait_until_complete(window, qtbot)
    ready(window, qtbot)
    out, export = tmp_path / "out", window.commands.export
    if name == "studio":
        export.start(ExportOptions(what="everything", folder=str(out), enlarge=8))
    else:
        window.workspace.layer = "block1_conv1"
        export.patterns.start(PatternExportOptions(what="everything", format="webp", folder=str(out)))
    qtbot.waitUntil(lambda: len(list(out.glob(".convscope-*/*"))) > 1, timeout=PATIENCE)
    kill(name)
    qtbot.waitUntil(lambda: not export.busy, timeout=PATIENCE)
    (text,) = said(window)
    assert text == f"While it was {words} was killed by the system, probably for memory; it has been started again."
    qtbot.waitUntil(lambda: not out.exists(), timeout=PATIENCE)


def test_studio_that_is_killed_comes_back(make_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path) -> None:
    window = make_window(str(cat_path))
    wait_until_complete(window, qtbot)
    number = number_of("studio")
    kill("studio")
    qtbot.waitUntil(lambda: number_of("studio") not in (0, number), timeout=PATIENCE)
    window.controller.choose_input("stretch", 96)
    wait_until_complete(window, qtbot)


def test_network_that_ends_twice_is_loaded_again_only_when_asked(
    make_window: Callable[..., MainWindow], qtbot: QtBot, cat_path: Path
) -> None:
    window = make_window(str(cat_path))
    wait_until_complete(window, qtbot)
    ready(window, qtbot)
    numbers = 0, number_of("engine")
    kill("engine")
    qtbot.waitUntil(lambda: number_of("engine") not in numbers, timeout=PATIENCE)
    kill("engine")  # and there is none from now on until there is something to do
    qtbot.waitUntil(lambda: window.views.engine_state.text() == "No network", timeout=PATIENCE)
    assert any("not tried again unasked" in text for text in said(window))
    look = window.controller.pipeline.look
    assert look is not None
    assert len(look.maps) == 31  # what was on the screen is there still
    buttons = window.views.messages.findChildren(QPushButton)
    next(button for button in buttons if button.text() == "Load it again").click()
    ready(window, qtbot)
    window.controller.choose_input("pad", 96)
    wait_until_complete(window, qtbot)
