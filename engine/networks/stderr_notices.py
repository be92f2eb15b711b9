"""Keeps TensorFlow's start-up notices off the terminal, so that one line on stderr means one thing went wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
_NOTICES = (b"I0000 ", b"WARNING: All log messages before absl::InitializeLog()")
"""How lines begin that are no news. No environment variable turns them off: they come before TensorFlow reads one."""


@contextmanager
def without_notices() -> Iterator[None]:
    """Pass on what is written to the process's stderr while this lasts, from C++ as well, except those notices."""
    try:
        terminal = os.dup(_STDERR)
    except OSError:  # a windowed program has no stderr, and so nothing to keep clean
        yield
        return
    source, sink = os.pipe()
    os.dup2(sink, _STDERR)
    os.close(sink)
    reader = threading.Thread(target=_pass_on, args=(source, terminal), name="stderr")
    reader.start()
    try:
        yield
    finally:
        os.dup2(terminal, _STDERR)  # closes the pipe's last end for writing, which ends the reader
        reader.join()
        os.close(terminal)


def _pass_on(source: int, terminal: int) -> None:
    with os.fdopen(source, "rb") as lines:
        for line in lines:
            if not line.startswith(_NOTICES):
                os.write(terminal, line)
