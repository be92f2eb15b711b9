"""Fuzzing of everything that reads what a stranger may have made.

    python tests/faults/fuzz.py [--seconds 600] [--target NAME]

Each target runs in a process of its own, with 1 GB of memory beyond what the program's modules take, for an equal part
of the time. An input fails that leads to anything but a result or the documented error, takes more than 5 s of
processor time, writes outside its folder, starts a program, opens a connection, or unpickles anything. What failed is
shown as small as it could be made; after a crash of the process the input is in the file that is named.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import hypothesis
from fuzz_targets import TARGETS, Target
from hypothesis import HealthCheck

MAX_SECONDS = 5.0
MAX_BYTES = 2**30
_HANG_SECONDS = 120
_BATCH = 200
_FORBIDDEN = (
    *("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "subprocess.Popen"),
    *("pickle.find_class", "socket.connect", "socket.getaddrinfo", "webbrowser.open"),
)
_WRITING = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod")


class TrespassError(AssertionError):
    """Something was done that reading a file must not do."""


class _Guard:
    """Listens to Python's audit events. There can be but one: a hook cannot be taken back."""

    folder: Path | None = None
    events: list[str] = []  # noqa: RUF012 - one for the process
    installed = False

    @classmethod
    def listen(cls, event: str, arguments: tuple[Any, ...]) -> None:
        if cls.folder is None:
            return
        if event in _FORBIDDEN:
            cls.events.append(f"{event}{arguments!r:.200}")
        elif event == "open":
            path, mode, flags = arguments
            writes = (mode and set(str(mode)) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and not cls.inside(path):
                cls.events.append(f"opened {path!r:.200} to write")
        elif event in _WRITING and not all(cls.inside(path) for path in arguments[: 1 + (event == "os.rename")]):
            cls.events.append(f"{event}{arguments!r:.200}")

    @classmethod
    def inside(cls, path: object) -> bool:
        assert cls.folder is not None
        if isinstance(path, int):
            return True
        place = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100 - links count as they are
        return place == os.devnull or place.startswith(str(cls.folder)) or "__pycache__" in place


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Raise a `TrespassError` when anything but ``folder`` was written to, or worse was done."""
    if not _Guard.installed:
        sys.addaudithook(_Guard.listen)
        _Guard.installed = True
    _Guard.events = []
    _Guard.folder = folder
    try:
        yield
    finally:
        _Guard.folder = None
    if _Guard.events:
        raise TrespassError("; ".join(_Guard.events))


def read_one(target: Target, content: Any, parent: Path) -> None:
    """Have one input read, in a fresh folder, within its limits."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        begun = time.process_time()
        with guarded(Path(name)):
            target.read(content, Path(name))
        seconds = time.process_time() - begun
        assert seconds < MAX_SECONDS, f"took {seconds:.1f} s"


def run(target: Target, seconds: float, parent: Path, last: Path) -> int:
    """Read inputs for so long.

    Returns:
        How many.
    """
    until, count, batch = time.monotonic() + seconds, 0, 0
    options = hypothesis.settings(
        max_examples=_BATCH, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
    )

    def read(content: Any) -> None:
        nonlocal count
        if time.monotonic() > until:
            return
        count += 1
        last.write_bytes(content if isinstance(content, bytes) else repr(content).encode("utf-8", "surrogatepass"))
        faulthandler.dump_traceback_later(_HANG_SECONDS, exit=True)
        read_one(target, content, parent)

    while time.monotonic() < until:
        hypothesis.seed(batch)(options(hypothesis.given(target.inputs())(read)))()
        batch += 1
    faulthandler.cancel_dump_traceback_later()
    return count


def _run_here(name: str, seconds: float) -> int:
    faulthandler.enable()
    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        last = Path(tempfile.gettempdir()) / f"fuzz-last-{name}"
        read = target.inputs().example  # imports and caches are made before memory is limited
        for _ in range(3):
            read_one(target, _quietly(read), Path(folder))
        size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (size + MAX_BYTES, size + MAX_BYTES))
        count = run(target, seconds, Path(folder), last)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {count:,} inputs, nothing found; peak {peak:.0f} MB", flush=True)
    last.unlink(missing_ok=True)
    return 0


def _quietly(make: Any) -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


def main() -> int:
    """Run one target here, or each in a process of its own."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    parser = argparse.ArgumentParser(description="Fuzz what reads files.")
    parser.add_argument("--seconds", type=float, default=600.0, help="in total (default: 600)")
    parser.add_argument("--target", choices=tuple(TARGETS))
    options = parser.parse_args()
    if options.target:
        return _run_here(options.target, options.seconds)
    failed = []
    for name in TARGETS:
        command = [sys.executable, __file__, "--target", name, "--seconds", str(options.seconds / len(TARGETS))]
        status = subprocess.run(command, check=False).returncode
        if status:
            failed.append(
                f"{name}: exit status {status}; the last input is in {tempfile.gettempdir()}/fuzz-last-{name}"
            )
    print(*failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
