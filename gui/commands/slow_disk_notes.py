"""What is said while the disk of a file that is to be opened does not answer."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from engine.process.jobs import JobEvent
from engine.process.manifest_job import ReadManifest
from engine.process.requests import OpenPictures
from engine.records import Unanswered
from gui.context import Context
from gui.widgets.message_bar import Message

_STOP = "stop_opening"


class UnansweredNote(QObject):
    """Says which file is waited for, for as long as it is, and offers to stop waiting."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._messages = context.views.messages
        self._studio = context.controller.studio
        self._notes: dict[int, Message] = {}
        self._studio.happened.connect(self._on_studio)
        self._messages.action_wanted.connect(self._on_action)

    @Slot(object)
    def _on_studio(self, event: JobEvent) -> None:
        if not isinstance(event.request, OpenPictures | ReadManifest) or event.kind == "started":
            return
        if not isinstance(event.value, Unanswered):
            if (note := self._notes.pop(event.job, None)) is not None:
                self._messages.close_message(note)
        elif event.job not in self._notes:
            text = f"{event.value.text}; it is opened as soon as that happens."
            self._notes[event.job] = self._messages.show_message(text, "warning", [("Stop waiting", _STOP)])

    @Slot(str)
    def _on_action(self, name: str) -> None:
        if name == _STOP:
            for job in tuple(self._notes):
                self._studio.cancel(job)
