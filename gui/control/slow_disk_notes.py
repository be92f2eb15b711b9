"""What is said while the disk of a file that is to be read or written does not answer."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from engine.process.jobs import JobEvent
from engine.records import Unanswered
from gui.jobs.job_thread import Hears, JobHandle
from gui.widgets.message_bar import Message, MessageBar

_STOP = "stop_opening"


class SlowDiskNotes(QObject):
    """Says which file is waited for, for as long as it is, and offers to stop waiting."""

    def __init__(self, messages: MessageBar) -> None:
        super().__init__(messages)
        self._messages = messages
        self._notes: dict[JobHandle, Message] = {}
        messages.action_wanted.connect(self._on_action)

    def hearing(self, hears: Hears) -> Hears:
        """What hears of a job that reads or writes a file, made to say as well that the disk does not answer."""

        def hear(job: JobHandle, event: JobEvent) -> None:
            self._hear(job, event)
            hears(job, event)

        return hear

    def _hear(self, job: JobHandle, event: JobEvent) -> None:
        if event.kind == "started":
            return
        if not isinstance(event.value, Unanswered):
            if (note := self._notes.pop(job, None)) is not None:
                self._messages.close_message(note)
        elif job not in self._notes:
            text = f"{event.value.text}; it is opened as soon as that happens."
            self._notes[job] = self._messages.show_message(text, "warning", [("Stop waiting", _STOP)])

    @Slot(str)
    def _on_action(self, name: str) -> None:
        if name == _STOP:
            for job in tuple(self._notes):
                job.cancel()
