"""What the view of the queue shows: a row for each order of patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["running", "waiting", "paused", "done", "failed"]


@dataclass(frozen=True)
class QueueRow:
    """One job of the queue.

    Attributes:
        number: What it is known by; unique in the queue.
        text: What it does: "block3_conv1: all 256 patterns".
        state: Where it stands.
        done: Patterns that are finished.
        total: Patterns in all.
        seconds_left: How much longer it needs, not counting what waits before it; None while nobody knows.
    """

    number: int
    text: str
    state: State
    done: int
    total: int
    seconds_left: float | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ("done", "failed")

    @property
    def movable(self) -> bool:
        """Whether its place in the queue can be changed: it has not begun."""
        return self.state in ("waiting", "paused")
