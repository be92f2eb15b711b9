"""Collects Python's cyclic garbage in the window's thread only.

Python runs its collector in whichever thread happens to allocate. When that is the engine's or the studio's, a cycle
with a Qt object in it is destroyed there, and Qt crashes: objects must be deleted in the thread that they live in.

What has been imported before the window is made, 90,000 objects, stays as long as that, and the collector is spared it:
to go through all of it took 60 to 80 ms, the longest gaps of the event loop.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from engine.memory import machine

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
        gc.freeze()
        self._timer = QTimer(self, interval=_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def collect(self) -> None:
        """Collect if as much has been made as Python's own collector waits for, and give the memory back (1 ms)."""
        if gc.get_count()[0] <= self._threshold:
            return
        self._collections += 1
        gc.collect(2 if self._collections % _FULL_EVERY == 0 else 1)
        machine.give_back()
