"""The levels that a person chose for pictures, remembered from one run to the next: for the latest of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from engine.process.requests import PictureId, Window
from gui.state.setting import Texts

MOST_REMEMBERED = 200
"""Of how many pictures the levels are remembered."""

_KEY = "picture/levels"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class RememberedLevels:
    """Chosen levels by picture, the latest choice last."""

    def __init__(self, settings: Texts) -> None:
        self._settings = settings
        self._levels = dict(filter(None, map(_entry, _listed(settings.text(_KEY)))))

    @property
    def levels(self) -> Mapping[PictureId, Window]:
        """All of them, as they are now."""
        return dict(self._levels)

    def remember(self, picture: PictureId, levels: Window | None) -> None:
        """Remember a choice; None forgets it."""
        before = dict(self._levels)
        self._levels.pop(picture, None)
        if levels is not None:
            self._levels[picture] = levels
        for oldest in list(self._levels)[:-MOST_REMEMBERED]:
            del self._levels[oldest]
        if self._levels != before:
            self._settings.set_text(_KEY, json.dumps([[*key, *ends] for key, ends in self._levels.items()]))


def _listed(text: str) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _entry(value: object) -> tuple[PictureId, Window] | None:
    """One remembered choice, or None where somebody has written something else into the file."""
    match value:
        case [str(sha256), int(frame), int() | float() as low, int() | float() as high]:
            ends = _window(low, high)
            return ((sha256, frame), ends) if ends and _SHA256.fullmatch(sha256) and frame >= 0 else None
    return None


def _window(low: float, high: float) -> Window | None:
    try:
        ends = float(low), float(high)
    except OverflowError:
        return None
    return ends if all(map(math.isfinite, ends)) and low < high else None
