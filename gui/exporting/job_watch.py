"""One export at a time, on whichever thread: its progress, its end, and what is said about that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from engine.files import atomic, lock_files
from engine.process.endings import Death
from engine.process.jobs import JobEvent
from engine.records import Progress
from gui.context import Context
from gui.jobs.job_thread import JobHandle, JobThread
from gui.jobs.priorities import LAST
from gui.widgets.message_bar import MessageKind

_OPEN_FOLDER = "open_folder"


class ExportWatch(QObject):
    """Runs an export as a job and tells the person about it.

    Signals:
        busy_changed: An export begins, or has ended.
    """

    busy_changed = Signal(bool)

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._views = context.views
        self._controller = context.controller
        self._settings = context.settings
        self._job: JobHandle | None = None
        self._thread: JobThread | None = None
        self._folder = Path()
        self._controller.engine_lost.connect(self._engine_lost)
        self._views.messages.action_wanted.connect(self._on_message_action)

    @property
    def busy(self) -> bool:
        """Whether an export is being written."""
        return self._job is not None

    def refuses(self) -> bool:
        """Whether an export is being written already; says so."""
        if not self.busy:
            return False
        self.say("An export is being written already; wait for it or stop it first.", "warning")
        return True

    def begin(self, thread: JobThread, request: object, folder: Path) -> None:
        """Export in the background.

        Args:
            thread: Where the export is done.
            request: What that thread is asked for.
            folder: Where the files go, to be shown afterwards.
        """
        self._folder, self._thread = folder, thread
        # Killed while it writes, the program has to know the next time where to tidy up.
        self._job = thread.submit(request, LAST, self._on_event, paused=True)
        self._settings.when_saved(partial(self._job.pause, False))
        self.busy_changed.emit(True)

    @Slot()
    def cancel(self) -> None:
        """Stop the export; what it has written is taken back."""
        if self._job is not None:
            self._job.cancel()

    def say(self, text: str, kind: MessageKind, actions: Sequence[tuple[str, str]] = ()) -> None:
        """Tell the person something about an export."""
        self._views.messages.show_message(text, kind, actions)

    def _on_event(self, _job: JobHandle, event: JobEvent) -> None:
        if isinstance(event.value, Progress):
            self._views.job.show_progress(event.value)
            return
        if event.kind == "started":
            return
        self._job = None
        self._views.job.finish()
        self.busy_changed.emit(False)
        if event.kind == "finished":
            self.say(f"Exported to {self._folder}.", "info", [("Show folder", _OPEN_FOLDER)])
        elif event.kind == "cancelled":
            self.say("The export was stopped; nothing was written.", "info")
        elif isinstance(event.value, Death):
            self._tidy_up_soon()
        else:
            self._controller.report(event)

    def _tidy_up_soon(self) -> None:
        """Have taken back, or completed, what a dead process began; when it is old enough to be nobody's."""
        for seconds in (lock_files.FRESH, atomic.EMPTY_SECONDS):
            timer = QTimer(self, singleShot=True)
            timer.timeout.connect(partial(self._controller.tidy_up, [str(self._folder)]))
            timer.timeout.connect(timer.deleteLater)
            timer.start(round(1000 * seconds) + 500)

    @Slot()
    def _engine_lost(self) -> None:
        """Other weights are being loaded: patterns that are formed for an export belong to the old ones."""
        if self._thread is self._controller.engine:
            self.cancel()

    @Slot(str)
    def _on_message_action(self, name: str) -> None:
        if name == _OPEN_FOLDER:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
