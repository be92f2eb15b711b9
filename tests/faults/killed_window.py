"""The real window, used while its processes are killed; see `process_kills.py`."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import whole_files
from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

import resources
from engine.files import atomic
from engine.patterns.settings import PatternSettings
from engine.process import shared_folders
from gui import app
from gui.state.map_export_options import ExportOptions
from gui.state.pattern_export_options import PatternExportOptions

_PATIENCE = 180.0
_SIGNALS = (signal.SIGKILL,) * 4 + (signal.SIGSEGV, signal.SIGABRT)
_LONGEST = {"idle": 0.2, "maps": 1.0, "layers": 1.0, "patterns": 3.0, "export maps": 0.5, "export patterns": 3.0}
"""What is done, and up to how many seconds after its beginning a process is killed."""

_STARTING_SECONDS = 5.0
_AGAIN = 1 / 4
"""Share of kills after which the next process is killed too, while it starts."""

_SIZES = (64, 96, 128)
_LAYERS = ("block1_conv1", "block2_conv2", "block3_conv3", "block4_conv1:linear", "block5_conv3", "block5_pool")
_LAYER = "block1_conv2"
_DEATH = re.compile(r"^While it was .+, the (engine|process for pictures and files) (was|crashed|ended)")


class KilledWindow:
    """Drives a window, kills, and looks.

    Attributes:
        killed: How many processes were killed, by name, what was done meanwhile, and signal.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        """Open the window with two pictures, and wait until it has all of their maps.

        Args:
            folder: For settings, patterns and exports.
            seed: Of all chance.
        """
        self.killed: Counter[tuple[str, str, str]] = Counter()
        self._chance = random.Random(seed)
        self._folder = folder
        self._crashes: list[str] = []
        self._known: dict[str, bytes] = {}
        self._channel = 0
        self._pressed = self._failed = 0
        settings = folder / "settings.ini"
        settings.write_text(f"[picture]\nsize=64\n[gallery]\nlayer={_LAYER}\n", encoding="utf-8")
        sample = resources.path("samples", "chelsea.png")
        other = folder / "other.png"
        with Image.open(sample) as picture:
            picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(other)
        _, self.window = app.create(["convscope", str(sample), str(other)], settings)
        self._controller = self.window.controller
        self._flow = self.window.commands.patterns.flow
        self._controller.unexpected.connect(self._crashes.append)
        self.window.show()
        self._settle()
        self.window.commands.patterns.set_settings(PatternSettings(steps=12, overrides=(("rescue", False),)))
        self._pictures = self.window.workspace.pictures
        assert len(self._pictures) == 2
        self._values: dict[tuple[str, int], dict[str, float]] = {}
        self._begin("patterns")
        for place in range(2):
            self.window.workspace.current = place
            for size in _SIZES:
                self.window.commands.look.set_input("crop", size)
                self._settle()
                self._values[self._looked_at()] = self._sums()

    def run(self, count: int) -> None:
        """Kill so many times."""
        begun = time.monotonic()
        while (total := self.killed.total()) < count:
            self._round()
            if self.killed.total() // 20 > total // 20:
                sys.stdout.write(f"{self.killed.total()} kills after {time.monotonic() - begun:.0f} s\n")
                sys.stdout.flush()

    def close(self) -> None:
        """Close the window, once it has tidied up, and see that nothing is left and every export whole."""
        _spin(atomic.EMPTY_SECONDS + 2)
        self._settle()
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert multiprocessing.active_children() == []
        assert self._shared() == [], self._shared()
        left = [name for name in whole_files.leftovers(self._folder) if not name.endswith(".lock")]
        assert left == [], left
        whole_files.check(self._folder)
        for folder in self._folder.glob("out *"):
            found = whole_files.visible(folder)
            assert not found or "manifest.json" in found, sorted(found)

    def summary(self) -> str:
        """How many were killed, and where."""
        parts: dict[str, Counter[str]] = {"": Counter(), "in": Counter(), "by": Counter()}
        for (name, doing, sign), count in self.killed.items():
            for part, word in zip(parts.values(), (name, doing, sign), strict=True):
                part[word] += count
        words = (", ".join(f"{word} {count}" for word, count in sorted(part.items())) for part in parts.values())
        return (
            f"{self.killed.total()} kills ({'; '.join(words)}; loaded again {self._pressed} times, {self._failed} "
            "patterns given up that two processes in a row had ended with): nothing lost"
        )

    def _round(self) -> None:
        """Begin something, kill a process meanwhile, and look whether all of it came to its end."""
        doing = self._chance.choice(list(_LONGEST))
        begun = threading.Event()
        name = self._chance.choice(["engine", "engine", "studio"])
        moments = [(name, doing, self._chance.choice(_SIGNALS), self._chance.uniform(0, _LONGEST[doing]))]
        while self._chance.random() < _AGAIN:
            moments.append((name, "start", self._chance.choice(_SIGNALS), self._chance.uniform(0, _STARTING_SECONDS)))
        killer = threading.Thread(target=self._kill, args=(begun, moments))
        killer.start()
        last, killed = self.window.views.messages.recent()[-1:], self.killed.total()
        self._begin(doing)
        begun.set()

        def done() -> bool:
            self._press()  # or the one that is to be killed next may not start
            return not killer.is_alive()

        _until(done, "the killer waits in vain")
        killer.join()
        self._settle()
        self._check(doing, may_fail=self.killed.total() - killed > 1)
        newest = reversed(self.window.views.messages.recent())
        said = list(itertools.takewhile(lambda message: not any(message is one for one in last), newest))
        deaths = sum(_DEATH.match(message.text) is not None for message in said)
        assert deaths >= self.killed.total() - killed, (moments, said)

    def _kill(self, begun: threading.Event, moments: list[tuple[str, str, signal.Signals, float]]) -> None:
        begun.wait()
        for name, doing, sign, delay in moments:
            if doing == "start":
                _sleep_until(lambda name=name: _number(name) != 0)  # type: ignore[misc]
            time.sleep(delay)
            number = _number(name)
            if number:
                os.kill(number, sign)
                self.killed[name, doing, sign.name] += 1
                _sleep_until(lambda name=name, number=number: _number(name) != number)  # type: ignore[misc]

    def _begin(self, doing: str) -> None:
        window, chance = self.window, self._chance
        out = self._folder / f"out {self.killed.total()}"
        if doing == "maps":
            window.workspace.current = chance.randrange(len(self._pictures))
            window.commands.look.set_input("crop", chance.choice(_SIZES))
        elif doing == "layers":
            window.commands.look.set_input("crop", chance.choice(_SIZES))
            for layer in chance.sample(_LAYERS, 3):
                window.workspace.layer = layer
                _spin(0.05)
        elif doing == "patterns":
            window.workspace.layer = _LAYER
            channels = tuple(range(self._channel, self._channel + 4))
            self._channel = (self._channel + 4) % 60
            if self._channel == 0:
                window.commands.patterns.set_settings(
                    PatternSettings(steps=12, seed=1 + self.killed.total(), overrides=(("rescue", False),))
                )
            self._flow.form_channels(channels)
        elif doing == "export maps":
            window.commands.export.start(ExportOptions(what="layer", format="npy", folder=str(out)))
        elif doing == "export patterns":
            window.workspace.layer = _LAYER
            options = PatternExportOptions(what="layer", folder=str(out))
            window.commands.patterns.set_content("patterns")
            window.commands.export.patterns.start(options)

    def _settle(self) -> None:
        """Wait for everything; where the network is not loaded any more, press the button."""

        def settled() -> bool:
            self._press()
            look, controller = self._controller.pipeline.look, self._controller
            return (
                controller.weights is not None
                and not controller.engine.busy()
                and not controller.studio.busy()
                and not self.window.commands.export.busy
                and look is not None
                and len(look.scaled_in(self.window.workspace.style)) == len(look.network.layers)
                and all(order.ended for order in self._flow.runner.queue.orders)
                and _number("engine") != 0
                and _number("studio") != 0
            )

        _until(settled, lambda: self._state())

    def _press(self) -> None:
        messages = self.window.views.messages
        if self.window.views.engine_state.text() != "No network":
            return
        if any(text == "Load it again" for message in messages.recent() for text, _ in message.actions):
            buttons = [button for button in messages.findChildren(QPushButton) if button.text() == "Load it again"]
            if buttons:
                buttons[0].click()
                self._pressed += 1
            elif messages.current() is not None:
                messages.close_message()

    def _check(self, doing: str, may_fail: bool) -> None:
        assert not self._crashes, self._crashes
        workspace, look = self.window.workspace, self._controller.pipeline.look
        assert workspace.pictures == self._pictures
        assert look is not None
        np.testing.assert_allclose(
            list(self._sums().values()), list(self._values[self._looked_at()].values()), rtol=1e-4, err_msg=doing
        )
        for order in self._flow.runner.queue.orders:
            assert order.failed <= may_fail, (doing, order.title, self._said())
            self._failed += order.failed
        self._flow.runner.clear_ended()
        whole_files.check_patterns(self._folder, self._known)
        self._known = whole_files.patterns(self._folder)
        children = sorted(child.name for child in multiprocessing.active_children())
        assert children == ["engine", "studio"], children
        owners = {path.name.rpartition("-")[0] for folder in self._shared() for path in folder.iterdir()} - {""}
        assert len(self._shared()) <= 2 * len(shared_folders.roots()), self._shared()
        assert len(owners) < 12, owners

    def _looked_at(self) -> tuple[str, int]:
        look = self._controller.pipeline.look
        assert look is not None
        return look.picture.name, look.key.size

    def _sums(self) -> dict[str, float]:
        look = self._controller.pipeline.look
        assert look is not None
        return {name: float(maps.sum()) for name, maps in look.maps.items()}

    def _said(self) -> list[str]:
        return [message.text for message in self.window.views.messages.recent()]

    def _state(self) -> str:
        controller, look = self._controller, self._controller.pipeline.look
        return (
            f"weights {controller.weights}, engine busy {controller.engine.busy()}, studio {controller.studio.busy()}, "
            f"export {self.window.commands.export.busy}, maps {look and len(look.maps)}, "
            f"orders {self._flow.runner.queue.orders}, "
            f"state {self.window.views.engine_state.text()}, said {self._said()[-5:]}"
        )

    @staticmethod
    def _shared() -> list[Path]:
        return [
            folder for root in shared_folders.roots() for folder in root.glob(f"convscope-shared-*-{os.getpid()}-*")
        ]


def _number(name: str) -> int:
    """The number of the living process of that name; 0 while there is none."""
    with suppress(ValueError):  # closed by its own thread just now
        for child in multiprocessing.active_children():
            if child.name == name and child.exitcode is None:
                return child.pid or 0
    return 0


def _spin(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def _until(done: Callable[[], bool], what: str | Callable[[], str]) -> None:
    """Let the window go on until something is so."""
    loop, poll, until = QEventLoop(), QTimer(interval=10), time.monotonic() + _PATIENCE
    poll.timeout.connect(lambda: loop.quit() if done() or time.monotonic() > until else None)
    poll.start()
    loop.exec()
    poll.stop()
    assert done(), what() if callable(what) else what


def _sleep_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done() and time.monotonic() < until:
        time.sleep(0.005)


if sys.platform == "win32":
    raise SystemExit("this system has no signals")
