"""Memory that is not used any more goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path

import numpy as np
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


_FIELDS = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")


class _MallocInfo(ctypes.Structure):
    """What glibc's mallinfo2 tells, by the names of its manual."""

    _fields_ = [(name, ctypes.c_size_t) for name in _FIELDS]


def mapped() -> int:
    """Bytes of blocks that have pages of their own."""
    info = ctypes.CDLL("libc.so.6").mallinfo2
    info.restype = _MallocInfo
    return int(info().hblkhd)


def test_large_blocks_have_pages_of_their_own_however_large_those_before_them_were(session: Session) -> None:
    np.empty(24 * MB, np.uint8)  # freed at once: by itself, glibc would put the next ones into its pools
    before = mapped()
    blocks = [np.empty(8 * MB, np.uint8) for _ in range(60)]
    # Some of them may fit into what the pools have left.
    assert mapped() - before > sum(block.nbytes for block in blocks) / 2
