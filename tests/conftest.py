"""What all tests share: a tiny network, the cat, and the rule that no test leaves a thread behind."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest

import resources
from engine import architecture, images
from engine.network import Kernels
from engine.records import ImageArray, LayerInfo
from engine.session import Session

TINY_BLOCKS = ((1, 4), (2, 6))


JOB_THREADS = frozenset({"engine", "studio", "test", "other"})
"""What the tests and the window call their `JobThread`s; Linux knows a thread by its name."""


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread alive, be it Python's or Qt's."""
    before = set(threading.enumerate())
    yield
    left = [
        thread.name
        for thread in threading.enumerate()
        # Python makes a dummy for a thread of Qt's and never learns of its end.
        if thread not in before and thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]
    assert not left, f"threads left alive: {left}"
    until = time.monotonic() + 2
    while job_threads() and time.monotonic() < until:  # QThread.wait returns a moment before the thread is gone
        time.sleep(0.005)
    assert not job_threads(), f"Qt threads left alive: {job_threads()}"


def job_threads() -> list[str]:
    """Names of the job threads that the operating system knows of."""
    names = []
    for task in Path("/proc/self/task").glob("*/comm"):
        with suppress(OSError):  # a thread that ends while we look
            names.append(task.read_text(encoding="utf-8").strip())
    return [name for name in names if name in JOB_THREADS]


@pytest.fixture(scope="session")
def cat_path() -> Path:
    return resources.path("samples", "chelsea.png")


@pytest.fixture(scope="session")
def cat(cat_path: Path) -> ImageArray:
    return images.open_image(cat_path)


@pytest.fixture(scope="session")
def tiny_layers() -> tuple[LayerInfo, ...]:
    """Two blocks: one convolution of 4 channels, then two of 6."""
    return architecture.layers(32, TINY_BLOCKS)


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
