"""The memory of this process."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def resident_megabytes() -> float:
    """What is in memory now, in 10^6 bytes; where the system does not say, the largest it has been."""
    return _from_status("VmRSS") if _STATUS.exists() else _largest_used()


def peak_megabytes() -> float:
    """The most that was in memory at any moment, in 10^6 bytes."""
    return _from_status("VmHWM") if _STATUS.exists() else _largest_used()


def _from_status(field: str) -> float:
    line = next(line for line in _STATUS.read_text("ascii").splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024 / 1e6


def _largest_used() -> float:
    if sys.platform == "win32":
        return float("nan")
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
