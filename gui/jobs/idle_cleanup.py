"""Gives memory that is not used any more back to the system, once the threads have come to rest."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from engine.process.jobs import JobEvent
from engine.process.requests import ForgetTraces, GiveBack
from gui.jobs.job_thread import JobThread
from gui.jobs.priorities import LAST

REST_MILLISECONDS = 1000

FORGET_MILLISECONDS = 20_000
"""Long enough to look at a pattern and ask for the next one."""


class GivingBack(QObject):
    """Watches two threads, and has memory given back when neither has told anything for a second.

    What the program frees, the C library keeps for it: 1.0 GB after the robot user's 10,000 actions. After a longer
    rest of the engine the traces of patterns go too.
    """

    def __init__(self, engine: JobThread, studio: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._studio = engine, studio
        self._rest = QTimer(self, interval=REST_MILLISECONDS, singleShot=True)
        self._rest.timeout.connect(self._give_back)
        self._long_rest = QTimer(self, interval=FORGET_MILLISECONDS, singleShot=True)
        self._long_rest.timeout.connect(self._forget)
        for thread in (engine, studio):
            thread.watchers.append(self._on_event)

    def stop(self) -> None:
        """The threads end."""
        self._rest.stop()
        self._long_rest.stop()

    @Slot(object)
    def _on_event(self, event: JobEvent) -> None:
        if isinstance(event.request, GiveBack):
            return
        self._rest.start()
        if not isinstance(event.request, ForgetTraces):
            self._long_rest.start()
        elif event.kind == "finished":
            gc.collect()  # traces hang in cycles as old as they are, and nothing else may make garbage now

    @Slot()
    def _give_back(self) -> None:
        self._studio.submit(GiveBack(), LAST)

    @Slot()
    def _forget(self) -> None:
        self._engine.submit(ForgetTraces(), LAST)
