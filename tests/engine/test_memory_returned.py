"""Memory that is not used any more goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path

import pytest

from engine.records import ImageArray
from engine.session import Session

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells how much a process has"),
]

MB = 10**6


def resident() -> int:
    """Bytes of this process that are in memory, after everything that can be given back has been."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def test_maps_that_are_dropped_are_given_back(session: Session, cat: ImageArray) -> None:
    """The maps that people hold are TensorFlow's own memory, and its allocator for oneDNN would keep that for ever."""
    session.activations(cat)
    before = resident()
    held = [session.activations(cat) for _ in range(5)]
    taken = resident() - before
    assert taken > 500 * MB  # or else the rest says nothing
    held.clear()
    assert resident() - before < taken / 4
