"""The turns of the event loop: what the window does between two moments at which it could take an event."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from engine import thread_priority

_watched: set[int] = set()
"""The windows that tell when they have nothing to do, by `id` of their `Turns`."""


def begin() -> None:
    """The window has something to do: other threads leave Python to it until it has nothing to do any more.

    Qt tells nobody when what a timer or a person has set off begins. It tells whenever its loop wakes, but that is
    often for nothing much, and a trace that waits for each of these moments takes four times as long.
    """
    if _watched:
        thread_priority.hurry()


class Turns(QObject):
    """Keeps the turns of a window short.

    While there is something to do, the other threads leave Python to the window. And the window is painted in a turn of
    its own: Qt would paint right after whatever has changed it, and what a click leads to is often as long as painting.
    """

    def __init__(self, window: QWidget, settle: Callable[[], None] = lambda: None) -> None:
        """Watch a window.

        Args:
            window: It is in one turn after the other until `stop`.
            settle: Called when a turn ends, and before a key that may be a shortcut: what follows from the state of
                the window follows there, however often and by whatever that was changed in the turn.
        """
        super().__init__(window)
        self._settle = settle
        self._window = window
        self._handle: QObject | None = None
        self._paint = QTimer(self, interval=0, singleShot=True)
        self._paint.timeout.connect(self._paint_now)
        self._dispatcher = QAbstractEventDispatcher.instance()
        self._dispatcher.aboutToBlock.connect(self._end)
        window.installEventFilter(self)
        self._watch_handle()
        _watched.add(id(self))

    def stop(self) -> None:
        """The window is closed and waits for the other threads."""
        _watched.discard(id(self))
        self._dispatcher.aboutToBlock.disconnect(self._end)
        self._window.removeEventFilter(self)
        if self._handle is not None:
            self._handle.removeEventFilter(self)
        self._paint.stop()
        thread_priority.rest()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the window from being painted until the timers have had their turn."""
        if watched is self._handle:
            begin()  # with what the person does, which comes here first
        elif event.type() == QEvent.Type.ShortcutOverride:
            self._settle()  # keys that were typed while the window was busy come in one turn
        elif event.type() == QEvent.Type.Show:
            self._watch_handle()
        elif event.type() == QEvent.Type.UpdateRequest:
            self._paint.start()
            return True
        return False

    def _watch_handle(self) -> None:
        self._handle = self._window.windowHandle()
        if self._handle is not None:
            self._handle.installEventFilter(self)

    @Slot()
    def _end(self) -> None:
        self._settle()
        thread_priority.rest()

    @Slot()
    def _paint_now(self) -> None:
        begin()
        self._window.event(QEvent(QEvent.Type.UpdateRequest))  # straight to it, and not through our filter again
