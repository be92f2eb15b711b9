"""Threads that calculate in Python give way to one that must not be late.

Only one thread at a time has Python, and whoever wants it from another waits for half a millisecond or more, each
time. A window wants it hundreds of times for one repaint. So whoever has to be quick says so with `hurry`, and code
that calculates for long asks with `give_way` now and then: between two operations of a trace, between two channels.
What TensorFlow computes outside Python goes on meanwhile.
"""

from __future__ import annotations

import threading
import time

_PATIENCE_SECONDS = 0.05
"""After that long one goes on a little: whoever hurries may be waiting for just that."""

_LITTLE_SECONDS = 0.01
"""How long that is. Where somebody hurries all the time, as a window on a slow machine may, a trace of thousands of
operations would take minutes if each of them waited."""

_own = threading.local()

_nobody_hurries = threading.Event()
_nobody_hurries.set()
_hurrying = 0
"""The thread that hurries, which never waits for itself."""


def hurry() -> None:
    """Ask the other threads to give way, until `rest`."""
    global _hurrying
    _hurrying = threading.get_ident()
    _nobody_hurries.clear()


def rest() -> None:
    """The other threads may go on."""
    _nobody_hurries.set()


def give_way() -> None:
    """Wait while another thread hurries, but not for long."""
    if _nobody_hurries.is_set() or threading.get_ident() == _hurrying:
        return
    if time.perf_counter() >= getattr(_own, "until", 0.0) and not _nobody_hurries.wait(_PATIENCE_SECONDS):
        _own.until = time.perf_counter() + _LITTLE_SECONDS
