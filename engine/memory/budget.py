"""The limit of memory: what will not fit is refused before it is computed.

A need is that of the whole process: what it always has, and what comes on top at the worst moment.
"""

from __future__ import annotations

import os
import re

from engine.memory import machine
from engine.records import EngineError
from engine.units import bytes_text

PROGRAM_BYTES = 900 * 10**6
"""The window, TensorFlow with its traces, and the weights, before there is a picture: 841 MB were measured, and 876
while the weights were read."""

SMALLEST_LIMIT = 1_500 * 10**6
"""Below this not even a picture and patterns of the usual sizes fit."""

VARIABLE = "CONVSCOPE_MEMORY"
"""The environment variable that sets the limit, such as ``4GB``."""

_KEPT_SHARE = 16
"""One part in so many of the limit is for maps of pictures other than the shown one."""

_UNITS = {"": 10**9, "GB": 10**9, "MB": 10**6, "GIB": 2**30, "MIB": 2**20}


class Budget:
    """How much memory the program may take, for the whole process.

    Attributes:
        limit: In bytes.
        where: Where a person changes it, for sentences.
        fixed: Whether it was set from outside, for this run, and not by the person's settings.
    """

    def __init__(self, limit: int, where: str = f"the environment variable {VARIABLE}", *, fixed: bool = False) -> None:
        self.limit = limit
        self.where = where
        self.fixed = fixed

    def check(self, extra: float, what: str, instead: str) -> None:
        """Raise an `EngineError` when something does not fit.

        Args:
            extra: What it takes on top of `PROGRAM_BYTES`.
            what: What it is, to begin a sentence with "need".
            instead: What a person may do rather than raise the limit.
        """
        needed = PROGRAM_BYTES + extra
        if needed > self.limit:
            raise EngineError(
                f"{what} need {bytes_text(needed)} of memory, and the limit is {bytes_text(self.limit)}; "
                f"{instead}, or raise the limit ({self.where})."
            )

    def kept_bytes(self, shown: int) -> int:
        """How many bytes of maps may be kept beside the shown ones, for those who flip between pictures.

        Args:
            shown: What the shown ones take.
        """
        return max(0, min(self.limit // _KEPT_SHARE, self.limit - PROGRAM_BYTES - shown))


def is_exhausted(error: BaseException) -> bool:
    """Whether an error says that there is no memory left: Python's own, or the one that TensorFlow has for it."""
    return not {"MemoryError", "ResourceExhaustedError"}.isdisjoint(kind.__name__ for kind in type(error).mro())


def default_limit() -> int:
    """Half of the machine's memory, but never less than the program needs to be of use."""
    return max(machine.machine_bytes() // 2, SMALLEST_LIMIT)


def limit_from(text: str) -> int:
    """Bytes from what a person writes: ``4``, ``4GB`` or ``1500 MB``.

    Raises:
        ValueError: It is not an amount, or less than `SMALLEST_LIMIT`.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if found is None or found[2].upper() not in _UNITS:
        raise ValueError(f"must be an amount such as 4GB or 1500MB. Received: {text!r}")
    limit = round(float(found[1]) * _UNITS[found[2].upper()])
    if limit < SMALLEST_LIMIT:
        raise ValueError(f"must be at least {bytes_text(SMALLEST_LIMIT)}. Received: {text!r}")
    return limit


def _first_budget() -> Budget:
    try:
        return Budget(limit_from(os.environ[VARIABLE]), fixed=True)
    except (KeyError, ValueError):
        return Budget(default_limit())


current = _first_budget()
"""The budget of this process."""
