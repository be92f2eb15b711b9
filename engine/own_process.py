"""Whether this process is the program's own, or that of somebody who uses the engine as a library."""

from __future__ import annotations

import threading

_claimed = threading.Event()


def claim() -> None:
    """Say that this process is the program's own, with nobody else's work in it: the window, or a subcommand.

    Only there is set what the whole process feels: how TensorFlow logs, takes memory and shares the processors out. In
    a notebook or a script all of that is left as it is.
    """
    _claimed.set()


def is_claimed() -> bool:
    """Whether `claim` has been called."""
    return _claimed.is_set()
