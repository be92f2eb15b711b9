"""Gives memory that is not used any more back to the system, once the threads have come to rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

from engine import machine
from gui.job_runner import JobEvent
from gui.job_thread import JobThread
from gui.pipeline import LAST

_REST_MILLISECONDS = 1000


@dataclass(frozen=True)
class GiveBack:
    """Give memory back; answered by nothing."""


def give_back(_request: GiveBack, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `GiveBack` on the studio thread."""
    machine.give_back()
    yield from ()


class GivingBack(QObject):
    """Watches two threads, and has memory given back when neither has told anything for a second.

    What the program frees, the C library keeps for it: 1.0 GB after the robot user's 10,000 actions.
    """

    def __init__(self, engine: JobThread, studio: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._timer = QTimer(self, interval=_REST_MILLISECONDS, singleShot=True)
        self._timer.timeout.connect(self._give_back)
        for thread in (engine, studio):
            thread.happened.connect(self._on_event)

    def stop(self) -> None:
        """The threads end."""
        self._timer.stop()

    @Slot(object)
    def _on_event(self, event: JobEvent) -> None:
        if not isinstance(event.request, GiveBack):
            self._timer.start()

    @Slot()
    def _give_back(self) -> None:
        self._studio.submit(GiveBack(), LAST)
