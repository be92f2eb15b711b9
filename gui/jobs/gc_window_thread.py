"""Collects Python's cyclic garbage in the window's thread only.

Python runs its collector in whichever thread happens to allocate. When that is the engine's or the studio's, a cycle
with a Qt object in it is destroyed there, and Qt crashes: objects must be deleted in the thread that they live in.

The window and what it shows are some 20,000 to 100,000 objects: to go through these takes 5 to 30 ms. Those of
TensorFlow, 280,000, are in another process.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_MILLISECONDS = 1000

_FULL_EVERY = 10
"""One collection in so many is of all generations: arrays that hang in old cycles must not pile up."""


class GarbageCollector(QObject):
    """Takes the place of Python's automatic collector for as long as it lives; make one, in the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threshold = gc.get_threshold()[0]
        self._collections = 0
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
        """Collect if as much has been made as Python's own collector waits for."""
        if gc.get_count()[0] <= self._threshold:
            return
        self._collections += 1
        gc.collect(2 if self._collections % _FULL_EVERY == 0 else 1)
