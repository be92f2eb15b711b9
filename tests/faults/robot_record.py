"""What a robot user has seen, and what listens for whatever goes wrong meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from heartbeat import Stall

from gui.log import install_hooks, stop_log

STALL_SECONDS = 0.050
MEMORY_SHARE = 0.10

Note = Callable[[str], None]
"""Remembers something that must not happen."""


@dataclass
class Record:
    """What came of a run.

    Attributes:
        problems: What must not happen, as sentences or tracebacks.
        actions: How many were done.
        windows: How many windows were opened.
        stalls: The longest gaps of the event loop, but for those that nobody sees.
        hidden: The longest of those.
        busiest: Of the former those in which the window's process calculated longest.
        memory: Resident megabytes, with the number of actions done; the first and the last are of the same state.
        renewed: The same once more in a new window at the end.
    """

    problems: list[str] = field(default_factory=list)
    actions: int = 0
    windows: int = 0
    stalls: list[Stall] = field(default_factory=list)
    hidden: list[Stall] = field(default_factory=list)
    busiest: list[Stall] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)
    renewed: float = 0.0

    def check_memory(self) -> None:
        """Note when memory is not back to where it was."""
        first, last = self.memory[0][1], self.memory[-1][1]
        if last > first * (1 + MEMORY_SHARE):
            self.problems.append(f"memory went from {first:.0f} MB to {last:.0f} MB")

    def check_stalls(self) -> None:
        """Note gaps in which the window itself worked for too long."""
        for stall in self.busiest:
            if stall.own > STALL_SECONDS:
                self.problems.append(f"stall: {_described(stall)}")

    def report(self, seconds: float) -> None:
        """Print what came of it.

        Args:
            seconds: How long it took.
        """
        print(f"{self.actions} actions on {self.windows} windows in {seconds:.0f} s")
        print("memory, MB:", " ".join(f"{megabytes:.0f}" for _, megabytes in self.memory))
        print(f"in a new window at the end: {self.renewed:.0f} MB")
        print("longest stalls:", *(_described(stall) for stall in self.stalls[:8]), sep="\n  ")
        print("most work of the window's process:", *(_described(stall) for stall in self.busiest[:8]), sep="\n  ")
        print("of those that nobody sees:", *(_described(stall) for stall in self.hidden[:3]), sep="\n  ")
        print(f"{len(self.problems)} problems", *self.problems, sep="\n")

    def plain(self) -> dict[str, object]:
        """The same for a JSON file."""
        return {
            "actions": self.actions,
            "windows": self.windows,
            "memory": self.memory,
            "renewed": self.renewed,
            "stalls": [_described(stall) for stall in self.stalls],
            "busiest": [_described(stall) for stall in self.busiest],
            "hidden": [_described(stall) for stall in self.hidden],
            "problems": self.problems,
        }


class _Complaints(logging.Handler):
    """Qt's messages, which the program's hooks send to its log."""

    def __init__(self, note: Note) -> None:
        super().__init__(logging.INFO)
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        """Take a message; those of the offscreen platform are its own affair."""
        text = record.getMessage()
        if not text.startswith("This plugin does not support"):
            self._note(f"log: {text}")


@contextmanager
def watched(note: Note, log: Path) -> Iterator[None]:
    """Let nothing that the program complains about, or leaves behind, go unnoticed."""
    before = set(threading.enumerate())
    hooks = install_hooks(log)
    hooks.crashed.connect(note)
    complaints = _Complaints(note)
    logger = logging.getLogger("convscope")
    logger.addHandler(complaints)
    try:
        yield
    finally:
        logger.removeHandler(complaints)
        hooks.remove()
        stop_log()
    for thread in threading.enumerate():
        if thread not in before and not isinstance(thread, threading._DummyThread):
            note(f"the thread {thread.name} is left")


def _described(stall: Stall) -> str:
    work = f"own work {1000 * stall.own:.0f} ms, of the process {1000 * stall.process:.0f} ms"
    return f"{1000 * stall.seconds:.0f} ms, {work}, in {stall.action} {stall.where}".strip()
