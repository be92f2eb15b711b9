"""The size of an export of maps: the request and the studio's handler."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.exports.maps import ExportRequest
from engine.exports.size import exported_bytes


@dataclass(frozen=True, eq=False)
class MeasureExport:
    """Find out how large the files become; answered by `ExportMeasured`."""

    doing: ClassVar[str] = "measuring an export"
    export: ExportRequest


@dataclass(frozen=True)
class ExportMeasured:
    """All files but the manifest have so many bytes."""

    size: int


def measure(request: MeasureExport, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `MeasureExport` on the studio thread."""
    size = yield from exported_bytes(request.export)
    yield ExportMeasured(size)
