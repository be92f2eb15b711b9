"""Pictures that were closed, to be had back: the last one first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Slot

from engine.process.requests import ImageSource
from engine.records import Picture
from gui.control.controller import Controller
from gui.control.opened import Opened

MOST = 20
"""How many pictures can be had back."""

MOST_BYTES = 256 * 10**6
"""What they may take of memory. Beyond that a file is read again, and what has no file is gone."""

_NO_PIXELS = np.empty((0, 0, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class _Closed:
    """A picture, without its pixels where there was no room for them, and its place in the strip."""

    picture: Picture
    place: int


class ClosedPictures(QObject):
    """Remembers what is closed, and brings it back with its frame and to its place in the strip."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self._closed: list[_Closed] = []
        controller.closed.connect(self._remember)
        controller.opener.opened.connect(self._forget)

    def __len__(self) -> int:
        return len(self._closed)

    @Slot()
    def bring_back(self) -> None:
        """Show the picture again that was closed last."""
        if not self._closed:
            return
        last = self._closed.pop()
        picture = last.picture
        if picture.pixels.size:
            self._controller.bring_back(picture, last.place)
        else:
            source = ImageSource(picture.name, path=picture.path)
            self._controller.opener.open_sources([source], picture.frame, Opened(place=lambda: last.place))

    @Slot(object, int)
    def _remember(self, picture: Picture, place: int) -> None:
        self._closed = [*self._closed, _Closed(picture, place)][-MOST:]
        self._make_room()

    def _make_room(self) -> None:
        """Keep the pixels of those closed last; of a file the others keep where it is."""
        kept, room = list[_Closed](), MOST_BYTES
        for closed in reversed(self._closed):
            room -= closed.picture.pixels.nbytes
            if room >= 0:
                kept.append(closed)
            elif closed.picture.path is not None:
                kept.append(_Closed(replace(closed.picture, pixels=_NO_PIXELS), closed.place))
        self._closed = kept[::-1]

    @Slot(object)
    def _forget(self, picture: Picture) -> None:
        """It is open again, however that came."""
        self._closed = [closed for closed in self._closed if not _same(closed.picture, picture)]


def _same(one: Picture, other: Picture) -> bool:
    return (one.sha256, one.frame) == (other.sha256, other.frame)
