"""How long a job will still take, from how fast it went lately."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

MEMORY = 8.0
"""How far back the speed is remembered, in seconds: after that long, older steps weigh 1/e."""

FIRST_WORD = 1.0
"""How long a job must have run before its speed means anything, in seconds."""


class TimeLeft:
    """Estimates the seconds to the end of one job.

    The speed is a mean of the latest steps whose weights fade with time, each stretch weighing as much as it lasted;
    so one slow or quick step does not make the answer jump.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Forget the job; the next `update` begins another."""
        self._begun: float | None = None
        self._last = 0.0
        self._done = 0
        self._total = 0
        self._steps = 0.0
        self._seconds = 0.0

    def update(self, done: int, total: int) -> float | None:
        """Take note of how far the job is.

        Args:
            done: Steps finished; fewer than last time means another job.
            total: Steps in all, or 0 while unknown.

        Returns:
            Seconds to the end, or None while nobody can know.
        """
        now = self._clock()
        if self._begun is None or done < self._done or total != self._total:
            self.restart()
            self._begun = now
        elif done > self._done:
            self._learn(done - self._done, now - self._last)
        else:
            return self._answer(now)
        self._last, self._done, self._total = now, done, total
        return self._answer(now)

    def _learn(self, steps: int, seconds: float) -> None:
        fade = math.exp(-seconds / MEMORY)
        self._steps = self._steps * fade + steps
        self._seconds = self._seconds * fade + seconds

    def _answer(self, now: float) -> float | None:
        if self._begun is None or self._total == 0 or self._steps == 0 or now - self._begun < FIRST_WORD:
            return None
        whole = (self._total - self._done) * self._seconds / self._steps
        return max(0.0, whole - (now - self._last))


def time_left_text(seconds: float | None) -> str:
    """The estimate as a person says it, no more precise than it is: "4 min left"; "" for None.

    Args:
        seconds: As `TimeLeft.update` returns it.
    """
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 57.5:
        return f"{5 * round(seconds / 5)} s left"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min left"
    hours, rest = divmod(minutes, 60)
    if hours < 10:
        return f"{hours} h {rest} min left"
    return f"{round(minutes / 60)} h left"
