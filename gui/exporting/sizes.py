"""How large an export becomes, measured on the studio thread while the dialog is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from engine.process.export_size_job import ExportMeasured
from engine.process.jobs import JobEvent
from gui.jobs.job_thread import JobHandle, JobThread
from gui.jobs.priorities import SOON
from gui.state.map_export_options import ExportOptions
from gui.state.pattern_export_options import PatternExportOptions

_Options: TypeAlias = ExportOptions | PatternExportOptions


class ExportSizes(QObject):
    """Remembers the sizes of what is shown as long as one dialog is open.

    Signals:
        known: Another size is known.
    """

    known = Signal()

    def __init__(self, studio: JobThread, request_of: Callable[[Any], object | None], parent: QObject) -> None:
        """Know nothing yet.

        Args:
            studio: Where exports are measured.
            request_of: What the studio is asked, to measure an export with such options; answered by `ExportMeasured`.
                None if that cannot be found out now.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self._studio = studio
        self._request_of = request_of
        self._sizes: dict[_Options, int] = {}
        self._options: _Options | None = None
        self._job: JobHandle | None = None

    def of(self, options: _Options) -> int | None:
        """Bytes of all files but the manifest; None while that is not known, and `known` will tell."""
        options = replace(options, folder="", overwrite=False)
        size = self._sizes.get(options)
        if size is None and options != self._options:
            self.stop()
            request = self._request_of(options)
            if request is not None:
                self._options = options
                self._job = self._studio.submit(request, SOON, self._on_event)
        return size

    def stop(self) -> None:
        """Measure no further."""
        if self._job is not None:
            self._job.drop()
        self._job = self._options = None

    def forget(self) -> None:
        """What is exported may be something else from now on."""
        self.stop()
        self._sizes.clear()

    def _on_event(self, _job: JobHandle, event: JobEvent) -> None:
        if self._options is not None and isinstance(event.value, ExportMeasured):
            self._sizes[self._options] = event.value.size
            self.known.emit()
