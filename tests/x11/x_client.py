"""Small programs that talk to the X server as other people's programs do: a window, and a selection that they own."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage, SelectionNotify


class XClient:
    """A connection to the server with a window of its own. One thread at a time may use it.

    Attributes:
        display: The connection.
        root: The window that covers the screen.
        window: The own window, not shown yet.
    """

    def __init__(self, display: str) -> None:
        self.display = Display(display)
        self.root = self.display.screen().root
        self.window = self.root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, override_redirect=True, event_mask=X.PropertyChangeMask
        )
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.display.close()

    def atom(self, name: str) -> int:
        """The server's number for a name."""
        return int(self.display.intern_atom(name))

    def handle(self, event: Any) -> None:
        """Answer an event; every kind of client does it in its own way."""

    def pump(self, until: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Answer events until a condition holds.

        Raises:
            TimeoutError: It never did.
        """
        end = time.monotonic() + seconds
        self.display.flush()
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
            if not self.display.pending_events():
                select.select([self.display.fileno()], [], [], 0.02)
            while self.display.pending_events():
                self.handle(self.display.next_event())
            self.display.flush()

    @contextmanager
    def serving(self) -> Iterator[Self]:
        """Answer events on another thread meanwhile."""
        stop = threading.Event()
        thread = threading.Thread(target=self.pump, args=(stop.is_set, "the end of the test", 600), name="x client")
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def send(self, window: Any, name: str, data: tuple[int, int, int, int, int]) -> None:
        """Send a client message of that name, five numbers long, to a window."""
        message = ClientMessage(window=window, client_type=self.atom(name), data=(32, data))
        window.send_event(message, event_mask=X.NoEventMask)


class SelectionOwner(XClient):
    """Owns a selection, such as the clipboard, and gives what it holds to whoever asks.

    Attributes:
        offers: Bytes by the name of their type.
        given: Names of the types that have been asked for.
    """

    def __init__(self, display: str, selection: str, offers: Mapping[str, bytes]) -> None:
        super().__init__(display)
        self.offers = dict(offers)
        self.given: list[str] = []
        self._selection = self.atom(selection)
        self.window.set_selection_owner(self._selection, X.CurrentTime)
        self.display.sync()

    def handle(self, event: Any) -> None:
        """Hand over what is asked for, by way of a property of the window that asks."""
        if event.type != X.SelectionRequest:
            return
        name = self.display.get_atom_name(event.target)
        place = event.property
        if name == "TARGETS":
            atoms = [self.atom(offer) for offer in ("TARGETS", *self.offers)]
            event.requestor.change_property(place, Xatom.ATOM, 32, atoms)
        elif name in self.offers:
            event.requestor.change_property(place, event.target, 8, self.offers[name])
            self.given.append(name)
        else:
            place = X.NONE
        answer = SelectionNotify(
            time=event.time,
            requestor=event.requestor,
            selection=event.selection,
            target=event.target,
            property=place,
        )
        event.requestor.send_event(answer, event_mask=X.NoEventMask)
