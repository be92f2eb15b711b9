"""Choosing the levels of a deep picture: decoded anew in the studio, then shown in the picture's place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from engine.exports.manifest import LevelsRecord
from engine.process.jobs import JobEvent
from engine.process.requests import DecodeAgain, PictureId, Window, picture_id
from engine.records import Levels, Picture
from gui.context import Context
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import NOW
from gui.state.remembered_levels import RememberedLevels
from gui.widgets.message_bar import Message

DEBOUNCE_MILLISECONDS = 200
"""Steps that follow one another as quickly as this become one decoding."""

_MOST_UNDONE = 50


class LevelsFlow(QObject):
    """From a wish for levels to the picture with them; the latest wish for a picture is the one that counts."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._controller = context.controller
        self._messages = context.views.messages
        self._box = context.views.levels
        self._remembered = RememberedLevels(context.settings)
        self._controller.opener.levels = self._remembered.levels
        self._waiting: tuple[Picture, Window | None] | None = None
        self._jobs: dict[PictureId, JobHandle] = {}
        self._wishes: dict[PictureId, Window | None] = {}
        self._before: dict[PictureId, list[Window | None]] = {}
        self._at_last: dict[PictureId, Window] = {}
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MILLISECONDS)
        self._debounce.timeout.connect(self._decode_waiting)
        self._box.levels_wanted.connect(self._wanted)
        self._box.undo_wanted.connect(self.undo)
        self._controller.looked.connect(self._show)

    def choose(self, picture: Picture, levels: Window | None) -> None:
        """Show an open picture with these levels.

        Args:
            picture: One of the controller's.
            levels: The values to be black and white, in the file's units; None for those that suit the picture.
        """
        picture, key = self._latest(picture), picture_id(picture)
        now = self._wishes.get(key, _chosen(picture.levels))
        if levels != now:
            before = self._before.setdefault(key, [])
            before.append(now)
            del before[:-_MOST_UNDONE]
            self._decode(picture, levels)

    def bring_back(self, picture: Picture, record: LevelsRecord | None) -> None:
        """Show an open picture with the levels that a manifest names, if they are other ones.

        Where nobody chose them, they are the automatic ones again, unless those have become others by now.
        """
        if record is None or picture.levels is None or record.of(picture.levels):
            return
        wanted = (record.low, record.high)
        if record.low >= record.high:
            return
        if record.chosen or not picture.levels.chosen:
            self.choose(picture, wanted)
        else:
            self._at_last[picture_id(picture)] = wanted
            self.choose(picture, None)

    @Slot()
    def undo(self) -> None:
        """Show the current picture with the levels before."""
        picture = self._current()
        if picture is None:
            return
        self._decode_waiting()
        if before := self._before.get(picture_id(picture)):
            self._decode(picture, before.pop())

    def _current(self) -> Picture | None:
        index = self._controller.workspace.current
        return self._controller.workspace.pictures[index] if index >= 0 else None

    def _latest(self, picture: Picture) -> Picture:
        """The picture as it is open now: it may have been decoded anew since."""
        return next(
            (other for other in self._controller.workspace.pictures if picture_id(other) == picture_id(picture)),
            picture,
        )

    @Slot(object)
    def _wanted(self, levels: Window | None) -> None:
        picture = self._current()
        if picture is None:
            return
        if self._waiting is not None and picture_id(self._waiting[0]) != picture_id(picture):
            self._decode_waiting()
        self._waiting = picture, levels
        self._debounce.start()
        self._show()

    @Slot()
    def _decode_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        self._debounce.stop()
        if waiting is not None:
            self.choose(*waiting)

    def _decode(self, picture: Picture, levels: Window | None) -> None:
        key = picture_id(picture)
        if (earlier := self._jobs.pop(key, None)) is not None:
            earlier.drop()
        self._wishes[key] = levels
        request = DecodeAgain(picture, self._controller.opener.data.get(picture), levels)
        self._jobs[key] = self._controller.studio.submit(request, NOW, partial(self._take, key))
        self._show()

    @Slot()
    def _show(self) -> None:
        """Show in the box what is wanted for the current picture, or what it has."""
        picture = self._current()
        levels = picture.levels if picture is not None else None
        if picture is None or levels is None:
            self._box.show_levels(None)
            return
        key = picture_id(picture)
        if self._waiting is not None and picture_id(self._waiting[0]) == key:
            levels = _with(levels, self._waiting[1])
        elif key in self._wishes:
            levels = _with(levels, self._wishes[key])
        self._box.show_levels(levels, undoable=bool(self._before.get(key)))

    def _take(self, key: PictureId, job: JobHandle, event: JobEvent) -> None:
        if event.kind in ("started", "progress"):
            return
        before = event.request.picture if isinstance(event.request, DecodeAgain) else None
        job.drop()
        del self._jobs[key], self._wishes[key]
        at_last = self._at_last.pop(key, None)
        if isinstance(event.value, Picture) and before is not None:
            self._replace(before, event.value)
            if at_last is not None and (levels := event.value.levels) and (levels.low, levels.high) != at_last:
                self._decode(event.value, at_last)
        self._controller.report(event)
        self._show()

    def _replace(self, picture: Picture, decoded: Picture) -> None:
        if (data := self._controller.opener.data.get(picture)) is not None:
            self._controller.opener.data[decoded] = data
        self._remembered.remember(picture_id(decoded), _chosen(decoded.levels))
        self._controller.opener.levels = self._remembered.levels
        if self._messages.current() == Message(_note(self._latest(picture))):
            self._messages.show_message(_note(decoded))  # the one on the screen names the levels of before
        self._controller.replace(decoded)


def _note(picture: Picture) -> str:
    """What the controller says of a picture that was opened."""
    return f"{picture.name}: {picture.note}"


def _chosen(levels: Levels | None) -> Window | None:
    return (levels.low, levels.high) if levels is not None and levels.chosen else None


def _with(levels: Levels, wish: Window | None) -> Levels:
    """How the box shows a wish that is not fulfilled yet."""
    return replace(levels, chosen=False) if wish is None else replace(levels, low=wish[0], high=wish[1], chosen=True)
