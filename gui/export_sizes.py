"""How large an export of maps becomes, measured on the studio thread while the dialog is open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from engine.export import ExportRequest
from engine.export_size import exported_bytes
from gui.export_options import ExportOptions
from gui.job_runner import JobEvent
from gui.job_thread import JobThread
from gui.pipeline import SOON


@dataclass(frozen=True, eq=False)
class MeasureExport:
    """Find out how large the files become; answered by `ExportMeasured`."""

    export: ExportRequest


@dataclass(frozen=True)
class ExportMeasured:
    """All files but the manifest have so many bytes."""

    size: int


def measure(request: MeasureExport, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `MeasureExport` on the studio thread."""
    size = yield from exported_bytes(request.export)
    yield ExportMeasured(size)


class ExportSizes(QObject):
    """Remembers the sizes of what is shown as long as one dialog is open.

    Signals:
        known: Another size is known.
    """

    known = Signal()

    def __init__(
        self, studio: JobThread, request_of: Callable[[ExportOptions], ExportRequest | None], parent: QObject
    ) -> None:
        """Know nothing yet.

        Args:
            studio: Where exports are measured.
            request_of: What an export with these options would be; None if it cannot be done now.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self._studio = studio
        self._request_of = request_of
        self._sizes: dict[ExportOptions, int] = {}
        self._options: ExportOptions | None = None
        self._job: int | None = None
        studio.happened.connect(self._on_studio)

    def of(self, options: ExportOptions) -> int | None:
        """Bytes of all files but the manifest; None while that is not known, and `known` will tell."""
        options = replace(options, folder="", overwrite=False)
        size = self._sizes.get(options)
        if size is None and options != self._options:
            self.stop()
            request = self._request_of(options)
            if request is not None:
                self._options = options
                self._job = self._studio.submit(MeasureExport(request), SOON)
        return size

    def stop(self) -> None:
        """Measure no further."""
        if self._job is not None:
            self._studio.cancel(self._job)
        self._job = self._options = None

    def forget(self) -> None:
        """The dialog is closed; the next one may be about other maps."""
        self.stop()
        self._sizes.clear()

    @Slot(object)
    def _on_studio(self, event: JobEvent) -> None:
        if event.job == self._job and self._options is not None and isinstance(event.value, ExportMeasured):
            self._sizes[self._options] = event.value.size
            self.known.emit()
