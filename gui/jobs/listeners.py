"""Tells several objects of the window about an event without leaving Python in between.

Each slot of a Qt signal has to wait for Python anew, behind whichever thread has it by then: eight slots on each of a
hundred events were the better part of the window's longest stalls.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Event = TypeVar("_Event")


class Listeners(Generic[_Event]):
    """Whoever wants to hear of events; all of it in one thread.

    As with a Qt signal, a listening object may go at any time, and the error of one listener, which goes to
    `sys.excepthook`, keeps nothing from the others.
    """

    def __init__(self) -> None:
        self._references: list[Callable[[], Callable[[_Event], Any] | None]] = []

    def connect(self, listener: Callable[[_Event], Any]) -> None:
        """Call this with every event from now on, after those that came before; a method for as long as its object is.

        Args:
            listener: A method, of which only a weak reference is kept, or a function.
        """
        method = hasattr(listener, "__self__") and hasattr(listener, "__func__")
        self._references.append(weakref.WeakMethod(listener) if method else lambda: listener)

    def emit(self, event: _Event) -> None:
        """Tell everyone, in the order in which they came."""
        for reference in tuple(self._references):
            listener = reference()
            if listener is None:
                if reference in self._references:  # a listener may run an event loop, in which the next event is told
                    self._references.remove(reference)
                continue
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - the others must hear of it
                sys.excepthook(*sys.exc_info())
