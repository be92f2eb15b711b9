"""Frames and pages by number."""

from __future__ import annotations

from engine.records import EngineError


def check_frame(frame: int, frames: int, name: str) -> None:
    """Raise an `EngineError` when a picture of so many frames has no such one, from 0."""
    if not 0 <= frame < frames:
        count = "one frame" if frames == 1 else f"{frames} frames"
        raise EngineError(f"{name} has {count}. Received: frame {frame}; choose from 0 to {frames - 1}.")
