"""Makes the pixmaps that a view paints, as many as there is time for; what is missing comes with the next paint."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtGui import QPixmap

from gui.canvas.qt_images import PixmapCache

PATIENCE_SECONDS = 0.008
"""For how long a paint makes pictures; what is missing then comes with the next paint, after what the person does."""


class PixmapShop:
    """Pixmaps by key, kept up to a limit of memory.

    Attributes:
        late: How many were asked for since `begin` and could not be made in time.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.late = 0
        self._cache = PixmapCache(limit_bytes)
        self._until = 0.0
        self._made = self._began_empty = False

    def begin(self) -> None:
        """A paint begins."""
        self.late, self._made, self._began_empty = 0, False, not len(self._cache)
        self._until = time.perf_counter() + PATIENCE_SECONDS

    @property
    def exhausted(self) -> bool:
        """Whether the time is up, and nothing is there that was not made since `begin`: as after another layer."""
        return self._began_empty and self.late > 0

    def get(self, key: Hashable, make: Callable[[], QPixmap]) -> QPixmap | None:
        """The pixmap of that key, or None when the time for making one is up; one is made each time, however late."""
        if key not in self._cache:
            if self._made and time.perf_counter() > self._until:
                self.late += 1
                return None
            self._made = True
        return self._cache.get(key, make)

    def at_once(self, key: Hashable, make: Callable[[], QPixmap]) -> QPixmap:
        """The pixmap of that key, however long it takes."""
        return self._cache.get(key, make)

    def clear(self) -> None:
        """Forget all of them."""
        self._cache.clear()
