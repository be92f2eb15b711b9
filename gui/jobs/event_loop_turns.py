"""Iterations of the event loop: what follows from the state at the end of each, and a paint in one of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget


class Turns(QObject):
    """Watches the turns of the event loop for a window.

    The window is painted in a turn of its own: Qt would paint right after whatever has changed it, and what a click
    leads to is often as long as painting.
    """

    def __init__(self, window: QWidget, settle: Callable[[], None]) -> None:
        """Watch a window until `stop`.

        Args:
            window: The window.
            settle: Called when a turn ends, and before a key that may be a shortcut: what follows from the state of
                the window follows there, however often and by whatever that was changed in the turn.
        """
        super().__init__(window)
        self._settle = settle
        self._window = window
        self._paint = QTimer(self, interval=0, singleShot=True)
        self._paint.timeout.connect(self._paint_now)
        self._dispatcher = QAbstractEventDispatcher.instance()
        self._dispatcher.aboutToBlock.connect(self._end)
        window.installEventFilter(self)

    def stop(self) -> None:
        """The window is closed."""
        self._dispatcher.aboutToBlock.disconnect(self._end)
        self._window.removeEventFilter(self)
        self._paint.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the window from being painted until the timers have had their turn."""
        del watched
        if event.type() == QEvent.Type.ShortcutOverride:
            self._settle()  # keys that were typed while the window was busy come in one turn
        elif event.type() == QEvent.Type.UpdateRequest:
            self._paint.start()
            return True
        return False

    @Slot()
    def _end(self) -> None:
        self._settle()

    @Slot()
    def _paint_now(self) -> None:
        self._window.event(QEvent(QEvent.Type.UpdateRequest))  # straight to it, and not through our filter again
