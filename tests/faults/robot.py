"""A robot user: thousands of random but seeded actions on the real window, with everything recorded that goes wrong.

    python tests/faults/robot.py [--actions 2000] [--seed 1] [--json FILE]

Fails (exit status 1) on an exception in any thread, a message of Qt's, an error dialog, a thread or a closed window
that is left, memory that is not back within 10 % at the end, and on a stall of more than 50 ms of the window's own
work. The picture of a window that hangs for two minutes is its threads' stacks on stderr. Its own folders take the
place of the person's.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import json
import os
import random
import sys
import tempfile
import time
import traceback
import weakref
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from heartbeat import Heartbeat, spin, spin_until
from memory import resident_megabytes
from PySide6.QtCore import QEvent, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication
from robot_actions import ACTIONS
from robot_dialogs import Dialogs
from robot_files import write_files
from robot_hands import Hands
from robot_record import Record, watched

from engine.memory import machine
from engine.patterns.settings import PatternSettings
from gui.main_window import MainWindow

_RESTARTS = 0.002
"""How often the robot closes the window in the middle of something and starts again, as a share of all actions."""

_HANG_SECONDS = 120
_IDLE_SECONDS = 60.0
_TICK = 0.003
"""After each action the heartbeat has to tick, so that a gap is put down to the action that made it."""

_WARM_LAYER = "block5_conv3"
_WARM_ACTIONS = 200
_UNAVOIDABLE = ("start", "close", "measuring")
"""Actions whose stalls nobody sees: TensorFlow's import, waiting for the threads while the window is hidden, and the
full collection of garbage with which the robot measures memory."""

WindowMaker = Callable[[], MainWindow]


class Robot(QObject):
    """Uses windows that it is given.

    Attributes:
        record: What it has seen.
    """

    def __init__(
        self, make_window: WindowMaker, folder: Path, seed: int, journal: Path | None = None, where: bool = False
    ) -> None:
        """Get ready.

        Args:
            make_window: Makes a window, not shown yet, always with the same settings and cache.
            folder: For what is opened and exported.
            seed: Of all chance.
            where: Whether to find out where long stalls were; see `Heartbeat`.
            journal: A file that names each action before it is done, to be read after a crash of the whole process.
        """
        super().__init__()
        self.record = Record()
        self._make = make_window
        self._chance = random.Random(seed)
        (folder / "files").mkdir()
        (folder / "exports").mkdir()
        files = write_files(folder / "files", self._chance)
        self._dialogs = Dialogs(self._chance, files, folder / "exports", self.note)
        self._beat = Heartbeat(shortest=0.025, watched=where)
        self._journal = None if journal is None else journal.open("w", buffering=1, encoding="utf-8")
        self._closed: list[weakref.ref[QObject]] = []
        self._hands = Hands(self._chance, self._open(), files, folder / "exports")

    @Slot(str)
    def note(self, problem: str) -> None:
        """Remember something that must not happen, and in which action it did."""
        self.record.problems.append(f"[{self.record.actions}: {self._beat.action}] {problem}")

    def run(self, actions: int) -> None:
        """Do so many things, and measure memory before and after; the window is closed at the end."""
        self._begin()
        self._warm_up()
        self._note_memory()
        self._use(actions)
        faulthandler.dump_traceback_later(2 * _HANG_SECONDS, exit=True)
        self._beat.action = "settling"
        self._settle()
        self._note_memory()
        self._restart()
        self._settle()
        self.record.renewed = self._measured()
        if left := sum(controller() is not None for controller in self._closed):
            self.note(f"{left} closed windows are still in memory")
        self._end()

    def only_use(self, actions: int) -> None:
        """Do so many things to a window whose threads need not come to rest; it is closed at the end."""
        self._begin()
        self._use(actions)
        self._end()

    def _begin(self) -> None:
        self._beat.start()
        self._dialogs.start()

    def _use(self, actions: int) -> None:
        for _ in range(actions):
            faulthandler.dump_traceback_later(_HANG_SECONDS, exit=True)
            self._act()
            self.record.actions += 1
            if self.record.actions % 100 == 0:
                self._beat.action = "measuring"
                self.record.memory.append((self.record.actions, resident_megabytes()))
                spin(_TICK)  # what it takes to read that is not the window's

    def _end(self) -> None:
        self._close()
        QGuiApplication.clipboard().clear()  # what Python has put there must not outlive it
        faulthandler.cancel_dump_traceback_later()
        self._dialogs.stop()
        self._beat.stop()
        everything = len(self._beat.stalls)
        seen = [stall for stall in self._beat.worst(count=everything) if not stall.action.startswith(_UNAVOIDABLE)]
        self.record.stalls = seen[:20]
        busiest = self._beat.busiest(count=everything)
        self.record.busiest = [stall for stall in busiest if not stall.action.startswith(_UNAVOIDABLE)][:20]
        self.record.hidden = [stall for stall in self._beat.worst() if stall.action.startswith(_UNAVOIDABLE)]
        self.record.check_stalls()

    def _act(self) -> None:
        if not self._hands.window.isVisible() or self._chance.random() < _RESTARTS:
            self._restart()
            return
        act = self._chance.choices([act for act, _ in ACTIONS], [often for _, often in ACTIONS])[0]
        self._do(act.__name__, lambda: act(self._hands))
        spin(self._chance.choice((_TICK, _TICK, 0.005, 0.02, 0.05)) if self._chance.random() > 0.01 else 1.0)

    def _do(self, name: str, act: Callable[[], object]) -> None:
        self._beat.action = name
        if self._journal is not None:
            self._journal.write(f"{self.record.actions} {name}\n")
        self._dialogs.acting = True
        try:
            act()
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            self.note(traceback.format_exc())
        finally:
            self._dialogs.acting = False
        if not self._hands.window.isVisible():
            self._beat.action = "close"  # by a key or a command; from here on nobody sees it wait for its threads

    def _restart(self) -> None:
        self._close()
        self._hands.window = self._open()
        if self._chance.random() < 0.5:
            spin_until(lambda: self._hands.window.controller.weights is not None)

    def _open(self) -> MainWindow:
        self._beat.action = "start"
        window = self._make()
        # Nothing is fetched: an address of this machine at which nobody answers.
        window.commands.weights.url = "http://127.0.0.1:9/"
        window.controller.unexpected.connect(self.note)
        window.show()
        spin(_TICK)
        self.record.windows += 1
        return window

    def _close(self) -> None:
        window = self._hands.window
        self._do("close", window.close)
        self._closed.append(weakref.ref(window.controller))
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        # The program ends with its window. Here the next one would pay for what the last one has left.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        spin(0.05)

    def _warm_up(self) -> None:
        """The state that memory is compared in: one picture with all maps, and a pattern formed."""
        window = self._hands.window
        spin_until(lambda: window.controller.weights is not None and not window.controller.engine.busy())
        self._beat.action = "warm-up"
        for _ in range(_WARM_ACTIONS):  # dialogs, fonts and modules that are there once they have been used
            self._act()
        self._beat.action = "warm-up"
        self._settle()

    def _settle(self) -> None:
        """Close every picture, open the sample, and form one pattern."""
        if not self._hands.window.isVisible():
            self._restart()
        window = self._hands.window
        window.showNormal()
        window.resize(1280, 800)
        window.action("stop_patterns").trigger()
        window.action("cancel").trigger()
        if window.action("pause_patterns").isChecked():
            window.action("pause_patterns").trigger()
        self._use_bundled_weights()
        self._wait_until_idle()
        while window.workspace.pictures:
            window.controller.close_picture(0)
            spin(_TICK)  # nobody closes several at once
        window.commands.look.set_input("crop", 224)
        window.action("tiles").trigger()
        window.action("content_maps").trigger()
        window.workspace.layer = _WARM_LAYER
        window.controller.open_sample()
        spin_until(lambda: window.controller.pipeline.look is not None and not window.controller.pipeline.missing())
        window.commands.patterns.set_settings(PatternSettings(steps=4, seed=1 + self.record.actions))
        window.commands.patterns.flow.form_channels([3])
        self._wait_until_idle()
        window.commands.patterns.set_settings(PatternSettings())

    def _use_bundled_weights(self) -> None:
        controller = self._hands.window.controller
        if controller.weights is None or controller.weights_named is not None:
            self._hands.window.commands.weights.use(None)
        spin_until(lambda: controller.weights is not None)

    def _wait_until_idle(self) -> None:
        controller = self._hands.window.controller
        until = time.monotonic() + _IDLE_SECONDS
        quiet = 0
        while quiet < 5:
            spin(0.05)
            quiet = 0 if controller.engine.busy() or controller.studio.busy() else quiet + 1
            if time.monotonic() > until:
                self.note("the threads did not come to rest within a minute")
                return

    def _note_memory(self) -> None:
        self.record.memory.append((self.record.actions, self._measured()))
        spin(_TICK)

    def _measured(self) -> float:
        """Resident megabytes, without what is garbage already and what closed pictures take."""
        self._beat.action = "measuring"
        gc.unfreeze()
        spin(0.5)
        gc.collect()
        gc.freeze()  # as it was; see `gui.jobs.gc_window_thread`
        machine.give_back()
        closed = self._hands.window.commands.closed._closed  # which can be had back, and are no leak
        return resident_megabytes() - sum(one.picture.pixels.nbytes for one in closed) / 1e6


def main() -> int:
    """Run with the real network."""
    parser = argparse.ArgumentParser(description="A robot user.")
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--where", action="store_true", help="find out where stalls were")
    options = parser.parse_args()
    journal = options.journal.resolve() if options.journal else None
    result = options.json.resolve() if options.json else None
    faulthandler.enable()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        at_home_in(folder)
        from gui import app

        begun = time.monotonic()
        application, first = app.create(["robot"], folder / "settings.ini")
        first.deleteLater()
        first.close()
        QDesktopServices.setUrlHandler("https", _Nowhere.instance(), "open")  # type: ignore[arg-type]  # the stub is wrong
        QDesktopServices.setUrlHandler("file", _Nowhere.instance(), "open")  # type: ignore[arg-type]  # the stub is wrong
        robot = Robot(
            lambda: app.create(["robot"], folder / "settings.ini")[1], folder, options.seed, journal, options.where
        )
        with watched(robot.note, folder / "log.txt"):
            robot.run(options.actions)
        application.processEvents()
    robot.record.check_memory()
    robot.record.report(time.monotonic() - begun)
    if result is not None:
        result.write_text(json.dumps({"seed": options.seed, **robot.record.plain()}, indent=1))
    return 1 if robot.record.problems else 0


class _Nowhere(QObject):
    """Takes what would be opened in another program."""

    _only: _Nowhere | None = None

    @classmethod
    def instance(cls) -> _Nowhere:
        cls._only = cls._only or cls()
        return cls._only

    @Slot(QUrl)
    def open(self, _url: QUrl) -> None:
        """Leave it."""


def at_home_in(folder: Path) -> None:
    """Have everything that is the person's in a folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    (folder / "home").mkdir()
    os.environ["HOME"] = str(folder / "home")
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(folder / "home" / name.lower())
    os.chdir(folder / "home")


if __name__ == "__main__":
    sys.exit(main())
