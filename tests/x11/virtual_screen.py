"""A virtual X screen with a window manager on it, for the tests of the real window and for the pictures of README."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from Xlib import X
from Xlib.display import Display

PROGRAMS = ("Xvfb", "openbox")


def missing_programs(*more: str) -> list[str]:
    """What has to be installed before there can be a virtual screen, or these programs on it."""
    return [name for name in (*PROGRAMS, *more) if shutil.which(name) is None]


@contextmanager
def virtual_screen(width: int, height: int) -> Iterator[str]:
    """Start an X server that draws into memory, and a window manager, without which no window is ever active.

    Args:
        width: Of the screen, in pixels.
        height: Of the screen, in pixels.

    Yields:
        The display's name, such as ":7". The server chooses a free one itself.
    """
    source, sink = os.pipe()
    geometry = f"{width}x{height}x24"
    command = ("Xvfb", "-displayfd", str(sink), "-screen", "0", geometry, "-nolisten", "tcp", "-noreset")
    with _running(command, dict(os.environ), pass_fds=(sink,)):
        os.close(sink)
        with os.fdopen(source) as answer:  # at its end if the server could not start
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start; run it by hand to see why.")
        display = f":{number}"
        with _running(("openbox", "--sm-disable"), {**os.environ, "DISPLAY": display}):
            wait_until(lambda: _is_managed(display), "a window manager")
            yield display


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for something that other processes do.

    Raises:
        TimeoutError: It did not happen in that time, which is made so long that only a fault can be the reason.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.02)


def _is_managed(name: str) -> bool:
    display = Display(name)
    try:
        atom = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        return display.screen().root.get_full_property(atom, X.AnyPropertyType) is not None
    finally:
        display.close()


@contextmanager
def _running(
    command: tuple[str, ...], environment: dict[str, str], pass_fds: tuple[int, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command, env=environment, pass_fds=pass_fds, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
