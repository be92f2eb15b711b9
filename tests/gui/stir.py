"""Whether widgets are at rest: what Qt sends them while nobody does anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

SIZES = frozenset({QEvent.Type.Resize, QEvent.Type.LayoutRequest})
"""What a loop of sizes is made of: a size that changes another one, which changes the first again."""

WORK = SIZES | {QEvent.Type.Paint, QEvent.Type.UpdateRequest, QEvent.Type.UpdateLater, QEvent.Type.Move}
"""What takes a processor's time, besides timers."""

_SELDOM = 1000
"""Milliseconds between the ticks of a timer that may go on while the window rests."""

_TURNS = 60


class Stir(QObject):
    """Counts what arrives anywhere in the program: (class of the receiver, its name, type of the event)."""

    def __init__(self, types: frozenset[QEvent.Type]) -> None:
        super().__init__()
        self.seen: Counter[tuple[str, str, str]] = Counter()
        self._types = types

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in self._types and not (isinstance(watched, QTimer) and watched.interval() >= _SELDOM):
            self.seen[type(watched).__name__, watched.objectName(), event.type().name] += 1
        return False


@contextmanager
def stirring(types: frozenset[QEvent.Type]) -> Iterator[Stir]:
    """Counts what arrives meanwhile."""
    application, stir = QApplication.instance(), Stir(types)
    assert application is not None
    application.installEventFilter(stir)
    try:
        yield stir
    finally:
        application.removeEventFilter(stir)


def turns_until_settled(types: frozenset[QEvent.Type] = SIZES) -> int:
    """Let the event loop turn until two turns bring nothing more, and say how many that took; no more than 60."""
    quiet = 0
    for turn in range(_TURNS):
        with stirring(types) as stir:
            QApplication.processEvents()
        quiet = 0 if stir.seen else quiet + 1
        if quiet == 2:
            return turn
    return _TURNS


def settles(types: frozenset[QEvent.Type] = SIZES) -> bool:
    """Whether it comes to rest within a few dozen turns of the event loop."""
    return turns_until_settled(types) < _TURNS


def running_timers(window: QWidget) -> dict[str, int]:
    """The timers that go on for ever and often: whose they are, and their milliseconds."""
    timers = [timer for timer in window.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot()]
    return {type(timer.parent()).__name__: timer.interval() for timer in timers if timer.interval() < _SELDOM}
