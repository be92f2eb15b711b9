"""Pictures of the strip and rows of the queue, made up."""

from __future__ import annotations

import hashlib

import numpy as np

from engine.records import Picture
from gui.state.queue_rows import QueueRow, State


def make(name: str, colour: tuple[int, int, int], frame: int = 0, frames: int = 1, note: str = "") -> Picture:
    pixels = np.full((200, 200, 3), colour, np.uint8)
    return Picture(name, pixels, hashlib.sha256(name.encode()).hexdigest(), frame=frame, frames=frames, note=note)


def job(number: int, state: State = "waiting", done: int = 0, total: int = 10, left: float | None = 60.0) -> QueueRow:
    return QueueRow(number, f"job {number}", state, done, total, left)
