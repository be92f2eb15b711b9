"""A network share of this machine's own, whose server can be stopped in the middle of anything.

An SFTP server and `sshfs`, joined by a pair of sockets instead of a network. To the program it is a folder like that of
any share: what it does there waits for the server, for as long as that takes, and fails when the connection is lost.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

_SERVER = "/usr/lib/openssh/sftp-server"
_SECONDS = 20


def missing() -> str:
    """What is missing here for a share, or ""."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux can make a share of its own"
    if not Path("/dev/fuse").exists():
        return "this machine has no file systems in user space (/dev/fuse)"
    lacking = [name for name in ("sshfs", _SERVER) if shutil.which(name) is None]
    return f"a share needs {' and '.join(lacking)}" if lacking else ""


class NetworkShare:
    """A share that is there for as long as the context.

    Attributes:
        folder: Where it can be reached, as long as it answers.
        behind: The server's own folder, where a test can look without waiting.
    """

    def __init__(self, folder: Path, behind: Path) -> None:
        self.folder = folder
        self.behind = behind
        for path in (folder, behind):
            path.mkdir(exist_ok=True)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._server = subprocess.Popen(
                (_SERVER,), stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL
            )
            command = ("sshfs", f":{behind}", str(folder), "-f", "-o", "passive")
            self._client = subprocess.Popen(
                command, stdin=ours.fileno(), stdout=ours.fileno(), stderr=subprocess.DEVNULL
            )
        until = time.monotonic() + _SECONDS
        while not os.path.ismount(folder):
            if self._client.poll() is not None or time.monotonic() > until:
                self.end()
                raise OSError("sshfs could not make the share here")
            time.sleep(0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def stall(self) -> None:
        """Answer nothing more."""
        self._server.send_signal(signal.SIGSTOP)

    def answer(self) -> None:
        """Go on where it was."""
        self._server.send_signal(signal.SIGCONT)

    def lose(self) -> None:
        """End the server: whoever waits for it gets an error, and then the share is gone."""
        self._server.kill()
        self._server.wait()
        self._client.wait(_SECONDS)

    def end(self) -> None:
        """Leave nothing, and nobody waiting."""
        self._server.kill()
        self._server.wait()
        with suppress(subprocess.TimeoutExpired):
            self._client.wait(_SECONDS)
        self._client.kill()
        self._client.wait()
        subprocess.run(("umount", "-l", str(self.folder)), stderr=subprocess.DEVNULL, check=False)


@contextmanager
def share_or_skip(folder: Path) -> Iterator[NetworkShare]:
    """A share for a test, which is skipped where there can be none.

    Args:
        folder: An empty folder.
    """
    if lacking := missing():
        if os.environ.get("CI") and sys.platform == "linux" and "needs" in lacking:
            pytest.fail(f"{lacking}, and CI must have it")
        pytest.skip(lacking)
    try:
        made = NetworkShare(folder / "share", folder / "behind")
    except OSError as error:
        pytest.skip(str(error))
    yield made
    made.end()
    for thread in threading.enumerate():
        if thread.name == "disk":
            thread.join(30)
