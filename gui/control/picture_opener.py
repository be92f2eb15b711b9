"""Opens pictures: from files, from bytes, another frame in the place of one, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, Slot

from engine.process.jobs import JobEvent
from engine.process.requests import ImageSource, OpenPictures, PictureId, PictureRefused, Window
from engine.records import Picture
from gui.control.opened import Opened
from gui.control.slow_disk_notes import SlowDiskNotes
from gui.jobs.job_thread import JobHandle, JobThread
from gui.jobs.priorities import NOW, SOON
from gui.state.pattern_goals import picture_key
from gui.state.workspace import Workspace
from gui.widgets.message_bar import MessageBar


class PictureOpener(QObject):
    """Has the studio open pictures, and puts them into the workspace.

    Attributes:
        levels: The levels that the person chose, by picture.
        data: What deep pictures were read from that came without a file.

    Signals:
        opened: A `Picture` was opened.
        ended: The `JobEvent` of a job that ended, for its sentence if it failed.
    """

    opened = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        studio: JobThread,
        workspace: Workspace,
        messages: MessageBar,
        slow_disks: SlowDiskNotes,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.levels: Mapping[PictureId, Window] = {}
        self.data: WeakKeyDictionary[Picture, bytes] = WeakKeyDictionary()
        self._studio = studio
        self._workspace = workspace
        self._messages = messages
        self._slow_disks = slow_disks

    def open_sources(self, sources: Sequence[ImageSource], frame: int = 0, opened: Opened | None = None) -> None:
        """Open pictures; the first is shown as soon as it is there, unless `opened` says otherwise."""
        if sources:
            opened = opened or Opened()
            request = OpenPictures(tuple(sources), frame, self.levels)
            self._open(request, opened, NOW if opened.show else SOON)

    def open_paths(self, paths: Sequence[str | Path], frame: int = 0) -> None:
        """Open pictures from files."""
        self.open_sources([ImageSource(Path(path).name, path=str(path)) for path in paths], frame)

    @Slot(int, int)
    def choose_frame(self, index: int, frame: int) -> None:
        """Show another frame of an animation, or page of a document, in its place in the strip."""
        picture = self._workspace.pictures[index]
        if picture.path is None:
            self._messages.show_message("The other frames of a picture without a file are not kept; open its file.")
        elif 0 <= frame < picture.frames:
            request = OpenPictures((ImageSource(picture.name, path=picture.path),), frame, self.levels)
            self._open(request, Opened(instead_of=picture), NOW)

    def _open(self, request: OpenPictures, opened: Opened, priority: int) -> None:
        answered = partial(self._on_opening, opened, iter(request.sources))
        self._studio.submit(request, priority, self._slow_disks.hearing(answered))

    def _on_opening(self, opened: Opened, sources: Iterator[ImageSource], _job: JobHandle, event: JobEvent) -> None:
        if isinstance(event.value, Picture):
            source = next(sources, None)
            if event.value.levels is not None and source is not None and source.data is not None:
                self.data[event.value] = source.data
            self._add(event.value, opened)
        elif isinstance(event.value, PictureRefused):
            next(sources, None)
            if opened.refused is not None:
                opened.refused(event.value.sentence)
            else:
                self._messages.show_message(event.value.sentence, "error")
        elif event.ended:
            if opened.sentence:
                self._messages.show_message(opened.sentence)
            self.ended.emit(event)
            if opened.ended is not None:
                opened.ended()

    def _add(self, picture: Picture, opened: Opened) -> None:
        """Take a picture in: a frame comes in its sibling's place, and one that is open already is not doubled."""
        sibling, pictures = opened.instead_of, self._workspace.pictures
        keys, key = [picture_key(other) for other in pictures], picture_key(picture)
        show = opened.show and opened.count == 0
        if sibling in pictures:
            index = pictures.index(sibling)
            self._workspace.put(pictures=(*pictures[:index], picture, *pictures[index + 1 :]), current=index)
        else:
            opened.add(key, known=key in keys)
            if key not in keys:
                place = None if opened.place is None else opened.place()
                self._workspace.open(picture, place, show=show or self._workspace.picture is None)
            elif show:
                self._workspace.current = keys.index(key)
        self.opened.emit(picture)
        if picture.note:
            self._messages.show_message(f"{picture.name}: {picture.note}")
