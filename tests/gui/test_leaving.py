"""The end of the program: a step that does not come back is not waited for, and nothing is lost by that."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QClipboard
from pytestqt.qtbot import QtBot

from engine.exports import file_set
from engine.exports.file_set import FileExport
from engine.files import disk_thread
from engine.patterns.store import PatternStore
from engine.process import shared_folders
from engine.process.jobs import Handler
from engine.process.requests import OpenEngine
from gui.jobs.job_thread import JobThread
from gui.main_window import MainWindow
from gui.state.session import Session
from gui.state.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


class Stuck:
    """An engine whose first step comes back only when it is told to.

    Attributes:
        begun: Set when it is in that step.
        free: Lets it go on.
        export: An export that the step is in the middle of, if it is in one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.begun, self.free = threading.Event(), threading.Event()
        self.export = None if folder is None else FileExport(folder, ["pattern.png"], overwrite=False)

    def handlers(self, _patterns: PatternStore) -> Mapping[type, Handler]:
        return {OpenEngine: self._open}

    def _open(self, _request: OpenEngine, _cancelled: threading.Event) -> Iterator[object]:
        if self.export is None:
            self._wait()
        else:
            with self.export as files:
                yield from files.prepare()
                yield from files.add("pattern.png", b"half of it")
                self._wait()
                yield from files.add("more.png", b"never")
        yield from ()

    def _wait(self) -> None:
        self.begun.set()
        assert self.free.wait(60)


def stuck_window(qtbot: QtBot, engine: Stuck, settings_file: Path) -> MainWindow:
    window = MainWindow(Settings(settings_file), engine_jobs=engine.handlers, cache=settings_file.parent / "cache")
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(engine.begun.is_set)
    return window


def let_go(window: MainWindow, engine: Stuck) -> None:
    """What the end of the process does: end the thread, and give the collector back."""
    engine.free.set()
    window.controller.engine._thread.wait()
    window._garbage.stop()
    window.deleteLater()


def test_closing_does_not_wait_for_a_step_that_does_not_come_back(qtbot: QtBot, settings_file: Path) -> None:
    engine = Stuck()
    window = stuck_window(qtbot, engine, settings_file)
    window.leaving.ends_process = True
    window.commands.look.set_colormap("magma")
    assert window.close()
    assert not engine.free.is_set()  # it is in that step still
    assert window.leaving.hurried
    assert Session.from_text(Settings(settings_file).session).colormap == "magma"
    let_go(window, engine)


def test_what_lives_on_waits_for_its_threads(qtbot: QtBot, settings_file: Path) -> None:
    engine = Stuck()
    window = stuck_window(qtbot, engine, settings_file)
    threading.Timer(0.5, engine.free.set).start()
    assert window.close()
    assert engine.free.is_set()
    assert not window.leaving.hurried
    assert window.leaving.end_process(0) == 0  # ends as others do
    window.deleteLater()


def test_what_was_copied_is_handed_over_before_the_end(
    qtbot: QtBot, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt does that when it is taken down, for which no thread may be at work."""
    engine = Stuck()
    window = stuck_window(qtbot, engine, settings_file)
    window.leaving.ends_process = True
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _clipboard: True)
    threading.Timer(0.5, engine.free.set).start()
    assert window.close()
    assert engine.free.is_set()
    assert not window.leaving.hurried
    window.deleteLater()


def test_an_export_of_a_thread_that_does_not_come_back_is_taken_back(
    qtbot: QtBot, settings_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "export"
    engine = Stuck(folder)
    window = stuck_window(qtbot, engine, settings_file)
    assert any(path.name.startswith(".convscope-") for path in folder.iterdir())
    window.leaving.ends_process = True
    assert window.close()
    assert window.leaving.hurried
    assert not (tmp_path / "new").exists()
    assert FileExport.all_under_way() == ()
    let_go(window, engine)


def test_an_export_is_taken_back_once(tmp_path: Path) -> None:
    """By whoever comes first; and one that is complete stays."""
    files = FileExport(tmp_path / "out", ["one.png"], overwrite=False)
    with files:
        list(files.prepare())
        list(files.add("one.png", b"1"))
        files.__exit__(None, None, None)
        assert not (tmp_path / "out").exists()
    assert FileExport.all_under_way() == ()


def test_a_disk_that_does_not_answer_does_not_hold_the_end_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_thread, "_LAST_PATIENCE", 0.05)
    answer = threading.Event()
    files = FileExport(tmp_path / "out", ["one.png"], overwrite=False)
    files.__enter__()
    list(files.prepare())
    next(files._disk.do(lambda: answer.wait(60)))
    file_set.take_back()
    assert not answer.is_set()
    assert (tmp_path / "out").exists()
    answer.set()
    assert files._disk._thread is not None
    files._disk._thread.join()
    assert not (tmp_path / "out").exists()


def test_a_thread_that_is_not_waited_for_says_so(qtbot: QtBot) -> None:
    gate, begun = threading.Event(), threading.Event()

    def wait(_request: int, _cancelled: object) -> Iterator[object]:
        begun.set()
        gate.wait(60)
        yield 1

    thread = JobThread("test", lambda: {int: wait})
    thread.submit(1)
    qtbot.waitUntil(begun.is_set)
    assert not thread.shut_down(0.01)
    gate.set()
    assert thread._thread.wait()


def test_shared_folders_go_also_when_the_threads_that_see_to_them_are_cut_off() -> None:
    folders = shared_folders.SharedFolders()
    places = [Path(place) for place in folders.places]
    assert all(place.is_dir() for place in places)
    shared_folders.remove_held()
    assert not any(place.exists() for place in places)
    folders.remove()  # the thread comes to it all the same
    shared_folders.remove_held()


PATH = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "engine")))

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from engine.process.child import Child
from gui import app
from gui.jobs import workers
from process_jobs import stuck_engine

create = app.create

def create_closed(*arguments, **options):
    application, window = create(*arguments, **options)
    window.controller.engine.watchers.append(lambda event: QTimer.singleShot(0, window.close))  # a job has begun
    window.commands.look.set_colormap("cividis")
    print("shown")
    return application, window

workers.engine_process = lambda _folder: Child("engine", stuck_engine)
app.create = create_closed
import main
sys.exit(main.main([]))
"""


def test_the_program_ends_well_while_the_engine_is_at_work(tmp_path: Path) -> None:
    """The whole program, with an engine that never comes back: all of it ends, with status 0 and without a word."""
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": PATH, "QT_QPA_PLATFORM": "offscreen"}
    environment |= {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "CACHE", "DATA")}
    command = [sys.executable, "-X", "dev", "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "shown\n")
    assert [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line] == []
    (settings,) = [path for path in (tmp_path / "CONFIG").rglob("*") if path.is_file()]
    assert "cividis" in settings.read_text(encoding="utf-8")
