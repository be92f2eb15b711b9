"""What is killed: the real program, forked from a process that has imported everything and started no thread of it.

TensorFlow makes its threads when it first computes and Qt when there is an application, and both happen in the child.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import main
import resources
from engine.session import Session
from gui.main_window import MainWindow
from gui.pattern_settings import PatternSettings

LAYER = "block1_conv1"
CHANNELS = 16
_POLL_MILLISECONDS = 5
_WRITES = frozenset({"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.utime"})


def import_everything() -> None:
    """Spend the seconds that imports take once; nothing here starts a thread that a child would miss."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    import importlib

    for name in ("tensorflow", "keras", "h5py", "engine.patterns.ascent", "engine.weights", "gui.app"):
        importlib.import_module(name)


@dataclass
class Teller:
    """The child's end of the pipe; also dies by its own hand before a given access to the disk.

    Attributes:
        pipe: Where to write.
        root: Which accesses count: those to paths below it.
        fatal: Before which one to die; 0 for none.
        seen: How many there have been.
    """

    pipe: int
    root: str
    fatal: int = 0
    seen: int = 0

    def say(self, words: str) -> None:
        os.write(self.pipe, f"{words}\n".encode())

    def watch(self) -> None:
        """Count from now on."""
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in _WRITES or not any(str(argument).startswith(self.root) for argument in arguments[:2]):
            return
        self.seen += 1
        if self.seen == 1:
            self.say("work")
        if self.seen == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def spawn(work: Callable[[Teller], None], root: Path, fatal: int = 0) -> tuple[int, int]:
    """Run something in a child.

    Returns:
        Its number, and the pipe in which it says how far it is.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)
        with open(root.parent / "child.log", "ab") as log:  # noqa: PTH123
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        teller = Teller(writing, str(root), fatal)
        work(teller)
        teller.say(f"steps {teller.seen}")
        status = 0
    except SystemExit as error:
        status = int(error.code or 0)
    except BaseException:  # noqa: BLE001 - a fork must never return into its parent's code
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def command(*arguments: str) -> Callable[[Teller], None]:
    """A command line of the program."""

    def work(teller: Teller) -> None:
        teller.watch()
        if main.main(list(arguments)):
            raise RuntimeError(f"this ended with an error: {' '.join(arguments)}")

    return work


def export_in_window(home: Path, folder: Path, enlarge: int) -> Callable[[Teller], None]:
    """The window exports the maps of the cat's first layer."""

    def work(teller: Teller) -> None:
        from gui.export_options import ExportOptions

        window, run = _window(home)
        watch = window.commands.export._watch
        begun = False

        def step() -> bool:
            nonlocal begun
            look = window.controller.pipeline.look
            if begun:
                return not watch.busy
            if look is not None and window.controller.weights is not None and LAYER in look.maps:
                begun = True
                teller.watch()
                options = ExportOptions("layer", "png", "viridis", enlarge, str(folder), overwrite=True)
                window.commands.export.start(options)
            return False

        run(step, [resources.path("samples", "chelsea.png")])

    return work


def form_in_window(home: Path, seed: int) -> Callable[[Teller], None]:
    """The window goes on with its queue; when that is empty, it gets a new order."""

    def work(teller: Teller) -> None:
        from gui.pattern_queue import goals_of

        window, run = _window(home)
        flow = window.commands.patterns.flow
        teller.watch()
        ordered = False

        def step() -> bool:
            nonlocal ordered
            if window.controller.weights is None or any(not order.ended for order in flow.queue.orders):
                return False
            if not ordered:
                ordered = True
                flow.form_goals("an order", goals_of(LAYER, range(CHANNELS), pattern_settings(seed)))
                teller.say(f"ordered {seed}")
                return False
            return True

        run(step, [])

    return work


def pattern_settings(seed: int) -> PatternSettings:
    """Small and quick."""
    return PatternSettings(size=32, steps=3, seed=seed).with_parameter("rescue", value=False)


Run = Callable[[Callable[[], bool], list[Path]], None]
"""Shows the window with these pictures open, and asks every few milliseconds whether all is done."""


def _window(home: Path) -> tuple[MainWindow, Run]:
    from PySide6.QtCore import QTimer

    from gui import app
    from gui.settings import Settings

    file = home / "settings.ini"
    if not file.exists():
        settings = Settings(file)
        settings.input_size = 64
        settings.save()
    Session.warm_up = lambda _self, size=0: None  # type: ignore[method-assign]  # seconds in which nothing is written
    application, window = app.create(["convscope"], file)

    def run(step: Callable[[], bool], pictures: list[Path]) -> None:
        until = time.monotonic() + 120

        def look() -> None:
            if time.monotonic() > until:
                raise SystemExit(3)
            if step():
                window.close()
                application.quit()

        timer = QTimer(interval=_POLL_MILLISECONDS)
        timer.timeout.connect(look)
        timer.start()
        window.show()
        if pictures:
            window.open_images(pictures)
        application.exec()

    return window, run
