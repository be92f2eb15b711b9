"""How a process ended and what it was doing, as a sentence."""

from __future__ import annotations

import signal
from typing import ClassVar

_KILLED = "was killed by the system, probably for memory"

_AGAIN = "it has been started again"
_NOTHING_LOST = f"{_AGAIN}, and nothing was lost"
_GIVEN_UP = "that was the second time in a row, and it is not tried again unasked"

_SIGNALS = 4096
"""There are fewer signals than that; what is further from 0 is no signal."""


def how(status: int | None) -> str:
    """How a process ended by itself: "was killed by the system, probably for memory", "crashed (SIGSEGV)".

    Args:
        status: Its exit status as `multiprocessing` has it: less than 0 for a signal, None when it is not known.
    """
    if status is None:
        return "ended"
    if status & 0xC0000000 == 0xC0000000 and not -_SIGNALS < status < 0:  # an exception of Windows, as 0xC0000005
        return f"crashed (0x{status & 0xFFFFFFFF:08X})"
    if status >= 0:
        return f"ended by itself (status {status})"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return {"SIGKILL": _KILLED, "SIGTERM": "was ended from outside"}.get(name, f"crashed ({name})")


def doing(request: object) -> str:
    """What a request has a process do, as the class attribute ``doing`` says it: "computing maps"."""
    words: str = getattr(type(request), "doing", "at work")
    return words


class Idle:
    """What a process does between two jobs."""

    doing: ClassVar[str] = "idle"


class Starting:
    """What a process does until it first says something."""

    doing: ClassVar[str] = "starting"


class Death(str):
    """The sentence about a process that has ended, as the value of the failure of what it was doing.

    Attributes:
        given_up: Whether what was set up there is gone, because this was not the first time.
        at_work: Whether it was at a job.
    """

    def __new__(cls, name: str, end: str, request: object, *, given_up: bool, failed: bool = True) -> Death:
        """Write the sentence.

        Args:
            name: Who ended, such as "engine".
            end: How, after the words "the engine".
            request: What it was doing, or `Idle()` or `Starting()`.
            given_up: See there.
            failed: Whether a job failed with it.
        """
        after = _GIVEN_UP if given_up else _AGAIN if failed else _NOTHING_LOST
        made = super().__new__(cls, f"While it was {doing(request)}, the {name} {end}; {after}.")
        made.given_up = given_up
        made.at_work = not isinstance(request, Idle | Starting)
        return made

    given_up: bool
    at_work: bool
