"""The time left of a job, from its recent speed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

MEMORY = 8.0
"""How far back the speed is remembered, in seconds: after that long, older steps weigh 1/e."""

FIRST_WORD = 1.0
"""How long a job must have run before its speed means anything, in seconds."""

_STEP = 5  # seconds


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
    return "" if seconds is None else f"{rough_text(seconds)} left"


def rough_text(seconds: float) -> str:
    """A time that is guessed, rounded as people round: "30 s", "4 min", "1 h 15 min", "3 h 30 min", "14 h".

    Steps are of 5 seconds, of a minute, from an hour on of a quarter, from three of a half, and from ten of an hour.
    """
    if seconds < _STEP:
        return "a few seconds"
    if seconds < 60 - _STEP / 2:
        return f"{_STEP * round(seconds / _STEP)} s"
    minutes = max(1, round(seconds / 60))
    for most, step in ((60, 1), (180, 15), (600, 30)):
        if minutes < most:
            minutes = step * round(minutes / step)
            break
    else:
        minutes = 60 * round(minutes / 60)
    hours, rest = divmod(minutes, 60)
    return " ".join(text for number, text in ((hours, f"{hours:,} h"), (rest, f"{rest} min")) if number)


def about_text(seconds: float) -> str:
    """How long something takes, in a sentence: "a few seconds", "about 4 min"."""
    text = rough_text(seconds)
    return text if seconds < _STEP else f"about {text}"
