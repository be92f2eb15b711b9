"""Collects Python's cyclic garbage in the window's thread only.

Python runs its collector in whichever thread happens to allocate. When that is the engine's or the studio's, a cycle
with a Qt object in it is destroyed there, and Qt crashes: objects must be deleted in the thread that they live in.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_MILLISECONDS = 1000


class GarbageCollector(QObject):
    """Takes the place of Python's automatic collector for as long as it lives; make one, in the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self, interval=_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def collect(self) -> None:
        """Collect as many generations as have grown beyond Python's own thresholds."""
        due = [
            generation
            for generation, (count, threshold) in enumerate(zip(gc.get_count(), self._thresholds, strict=True))
            if count > threshold
        ]
        if due:
            gc.collect(max(due))
