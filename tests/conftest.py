"""What all tests share: a tiny network, the cat, and the rule that no test leaves a thread behind."""

from __future__ import annotations

import functools
import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

# With a screen that has room for the usual window, named by a relative path, for those of Windows have colons.
os.environ.setdefault(
    "QT_QPA_PLATFORM", "offscreen:configfile=" + os.path.relpath(Path(__file__).with_name("screen.json"))
)

import hypothesis
import numpy as np
import pytest
from tiny_network import TINY

import resources
from engine import images, own_process
from engine.networks.activations import Kernels
from engine.records import ImageArray, LayerInfo
from engine.session import Session

if TYPE_CHECKING:  # Qt is loaded by the tests that need it
    from fake_engine import FakeEngine
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow

own_process.claim()  # TensorFlow as the program has it; `test_living_process.py` sees to other people's processes

# A busy machine is no fault of the code: no test fails for its time.
hypothesis.settings.register_profile(
    "convscope", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("convscope")


PATIENCE_MILLISECONDS = 60_000
"""For whatever a test waits: a busy machine is no fault of the code, and only a test that fails waits that long."""


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """pytest-qt's own, which gives up after 5 s, or 1 s, unless it is told otherwise; here it waits patiently."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
        patient = functools.partial(getattr(qtbot, name), timeout=PATIENCE_MILLISECONDS)
        monkeypatch.setattr(qtbot, name, patient)
    return qtbot


@pytest.fixture(autouse=True)
def patient_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a grabbed gallery show every tile, however slow the machine is; a test of its own sees to the hurry."""
    if (shop := sys.modules.get("gui.canvas.pixmap_budget")) is not None:
        monkeypatch.setattr(shop, "PATIENCE_SECONDS", math.inf)


JOB_THREADS = frozenset({"engine", "studio", "test", "other"})
"""What the tests and the window call their `JobThread`s; Linux knows a thread by its name."""


_SHARED = f"convscope-shared-*-{os.getpid()}-*"


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread alive, be it Python's or Qt's."""
    before = set(threading.enumerate())
    yield
    for thread in threading.enumerate():
        if thread.name == "settings":  # it ends by itself once the disk has everything
            thread.join(10)
    left = [
        thread.name
        for thread in threading.enumerate()
        # Python makes a dummy for a thread of Qt's and never learns of its end.
        if thread not in before and thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]
    assert not left, f"threads left alive: {left}"
    until = time.monotonic() + 60
    while job_threads() and time.monotonic() < until:  # QThread.wait returns a moment before the thread is gone
        time.sleep(0.005)
    assert not job_threads(), f"Qt threads left alive: {job_threads()}"


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    """Fail a test that leaves a process of ours alive, or shared memory."""
    before = set(multiprocessing.active_children())
    yield
    left = [process.name for process in multiprocessing.active_children() if process not in before]
    assert not left, f"processes left alive: {left}"
    folders = [*Path("/dev/shm").glob(_SHARED), *Path(tempfile.gettempdir()).glob(_SHARED)]
    assert not folders, f"shared memory left: {folders}"


def job_threads() -> list[str]:
    """Names of the job threads that the operating system knows of."""
    names = []
    for task in Path("/proc/self/task").glob("*/comm"):
        with suppress(OSError):  # a thread that ends while we look
            names.append(task.read_text(encoding="utf-8").strip())
    return [name for name in names if name in JOB_THREADS]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB of its own; a real one, which only root can make."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=False)
    if mounted.returncode:
        pytest.skip("this container may not mount a disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture(scope="session")
def cat_path() -> Path:
    return resources.path("samples", "chelsea.png")


@pytest.fixture(scope="session")
def cat(cat_path: Path) -> ImageArray:
    return images.open_image(cat_path)


@pytest.fixture(scope="session")
def tiny_layers() -> tuple[LayerInfo, ...]:
    """The views of `TINY` at 32 pixels."""
    return TINY.at(32).layers


@pytest.fixture(scope="session")
def tiny_kernels(tiny_layers: tuple[LayerInfo, ...]) -> Kernels:
    """Seeded weights for `tiny_layers`."""
    random = np.random.default_rng(5)
    kernels, inputs = {}, 3
    for info in tiny_layers:
        if info.kind == "convolution":
            kernel = random.normal(0, 0.2, (3, 3, inputs, info.channels)).astype(np.float32)
            kernels[info.name] = kernel, random.normal(0, 0.1, info.channels).astype(np.float32)
            inputs = info.channels
    return kernels


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    """The real VGG16, shared by the tests marked ``real``."""
    with Session() as opened:
        yield opened


@pytest.fixture
def fake_engine() -> FakeEngine:
    """The engine thread's stand-in; see there."""
    from fake_engine import FakeEngine

    return FakeEngine()


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


@pytest.fixture
def make_window(
    qtbot: QtBot, qapp: QApplication, fake_engine: FakeEngine, settings_file: Path
) -> Iterator[Callable[[], MainWindow]]:
    """Makes a shown window with its own settings; each is closed at the end."""
    import pyqtgraph as pg

    from gui.main_window import MainWindow
    from gui.state.session import Session
    from gui.state.settings import Settings
    from gui.style import theme

    pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
    theme.apply(qapp, "light")
    made: list[MainWindow] = []
    crashes: list[str] = []

    def make() -> MainWindow:
        settings = Settings(settings_file)
        if not settings_file.exists():
            settings.session = Session(size=64).to_text()
        window = MainWindow(settings, engine_jobs=fake_engine.handlers, cache=settings_file.parent / "cache")
        made.append(window)
        window.controller.unexpected.connect(crashes.append)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()
    qapp.clipboard().clear()  # a QMimeData made in Python must not outlive Python: Qt would crash in deleting it
    assert crashes == []


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


@pytest.fixture
def cat_window(window: MainWindow, qtbot: QtBot, cat_path: Path) -> MainWindow:
    """A window with the cat in it, every layer computed and made visible."""
    from fake_engine import wait_until_complete

    window.open_images([cat_path])
    wait_until_complete(window, qtbot)
    return window
