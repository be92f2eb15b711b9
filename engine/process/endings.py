"""How a process ended, and at what, as a sentence for a person."""

from __future__ import annotations

import signal

_KILLED = "was killed by the system, probably for memory"

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


def sentence(name: str, end: str, request: object, after: str) -> str:
    """The whole sentence.

    Args:
        name: Who ended, such as "engine".
        end: How, after the words "the engine".
        request: What it was doing.
        after: What comes of it, to end the sentence with.
    """
    return f"While it was {doing(request)}, the {name} {end}; {after}."
