"""Both ends of a drag between programs: the XDND protocol, version 5.

The source owns the selection ``XdndSelection`` and tells the window under the pointer with messages that something
comes (`XdndEnter`), where it is (`XdndPosition`) and that it was let go (`XdndDrop`). The target answers each position
(`XdndStatus`), fetches the data from the selection after the drop, and says when it has it (`XdndFinished`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from x_client import SelectionOwner, XClient
from Xlib import X, Xatom

VERSION = 5
URI_LIST = "text/uri-list"
_ACCEPTED = 1


class DragSource(SelectionOwner):
    """Drags files, without a mouse: to the program on the other side that makes no difference.

    Attributes:
        accepts: What the target said to the last position: whether it would take the drop.
        finished: Whether the target has said that it is done with the drop.
    """

    def __init__(self, display: str, files: Sequence[Path]) -> None:
        """Offer these files."""
        lines = "".join(f"{file.absolute().as_uri()}\r\n" for file in files)
        super().__init__(display, "XdndSelection", {URI_LIST: lines.encode("ascii")})
        self.accepts: bool | None = None
        self.finished = False

    def drop(self, x: int, y: int) -> bool:
        """Drag to a point of the screen and let go.

        Returns:
            Whether something there took the files.
        """
        target = self._target(x, y)
        if target is None:
            return False
        own = self.window.id
        self.send(target, "XdndEnter", (own, VERSION << 24, self.atom(URI_LIST), 0, 0))
        for step in range(3):  # a hand is never quite still
            self.accepts = None
            place = (x + step) << 16 | y
            self.send(target, "XdndPosition", (own, 0, place, X.CurrentTime, self.atom("XdndActionCopy")))
            self.pump(lambda: self.accepts is not None, "an answer to the position")
        if not self.accepts:
            self.send(target, "XdndLeave", (own, 0, 0, 0, 0))
            self.display.sync()
            return False
        self.send(target, "XdndDrop", (own, 0, X.CurrentTime, 0, 0))
        self.pump(lambda: self.finished, "the end of the drop")
        return True

    def handle(self, event: Any) -> None:
        """Take the target's answers, and give it the data."""
        super().handle(event)
        if event.type == X.ClientMessage:
            kind = self.display.get_atom_name(event.client_type)
            if kind == "XdndStatus":
                self.accepts = bool(event.data[1][1] & _ACCEPTED)
            elif kind == "XdndFinished":
                self.finished = True

    def _target(self, x: int, y: int) -> Any:
        """The outermost window at a point that takes part in the protocol."""
        window, aware = self.root, self.atom("XdndAware")
        while window:
            window = window.translate_coords(self.root, x, y).child if window != self.root else self._top(x, y)
            if window and window.get_full_property(aware, X.AnyPropertyType) is not None:
                return window
        return None

    def _top(self, x: int, y: int) -> Any:
        return self.root.translate_coords(self.root, x, y).child


class DropTarget(XClient):
    """A window that takes files, and reads each at the moment it is dropped.

    Attributes:
        dropped: The files by name, with their contents.
    """

    def __init__(self, display: str, x: int, y: int, side: int) -> None:
        """Show a square window at a place of the screen, above all others."""
        super().__init__(display)
        self.dropped: dict[str, bytes] = {}
        self._source = 0
        self.window.configure(x=x, y=y, width=side, height=side, stack_mode=X.Above)
        self.window.change_property(self.atom("XdndAware"), Xatom.ATOM, 32, [VERSION])
        self.window.map()
        self.display.sync()

    def handle(self, event: Any) -> None:
        """Answer the source, and fetch what it drops."""
        if event.type == X.SelectionNotify:
            self._take(event)
        elif event.type == X.ClientMessage:
            kind = self.display.get_atom_name(event.client_type)
            self._source = event.data[1][0]
            if kind == "XdndPosition":
                self._answer("XdndStatus")
            elif kind == "XdndDrop":
                self.window.convert_selection(
                    self.atom("XdndSelection"), self.atom(URI_LIST), self.atom("CONVSCOPE_TEST"), event.data[1][2]
                )

    def _take(self, event: Any) -> None:
        found = self.window.get_full_property(event.property, X.AnyPropertyType) if event.property else None
        for line in bytes(found.value).decode("ascii").split() if found else []:
            path = Path(unquote(urlsplit(line).path))
            self.dropped[path.name] = path.read_bytes()
        self._answer("XdndFinished")

    def _answer(self, kind: str) -> None:
        source = self.display.create_resource_object("window", self._source)
        copy = self.atom("XdndActionCopy")
        last = (0, 0, copy) if kind == "XdndStatus" else (copy, 0, 0)
        self.send(source, kind, (self.window.id, _ACCEPTED, *last))
