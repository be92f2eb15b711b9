"""What this machine and this process have of memory, from the system itself."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_WHEN_UNKNOWN = 8 * 10**9


def machine_bytes() -> int:
    """The memory of the machine, or of the container that the program runs in."""
    found = [_physical_bytes()]
    for path in _CONTAINER_LIMITS:
        with suppress(OSError, ValueError):  # not Linux, no container, or "max"
            found.append(int(path.read_text(encoding="ascii")))
    return min(found)


def used_bytes() -> int:
    """The memory that this process has now; on macOS the most that it has had."""
    return _used_bytes()


def give_back() -> None:
    """Give pages that hold nothing any more back to the system, where the C library would keep them (glibc)."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)


if sys.platform == "win32":
    from ctypes import wintypes

    class _MemoryStatus(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", wintypes.DWORD),
            ("load", wintypes.DWORD),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "page", "page_free", "virtual", "left", "more")),
        )

    class _ProcessCounters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of the Windows API."""

        _fields_ = (
            ("length", wintypes.DWORD),
            ("faults", wintypes.DWORD),
            ("peak", ctypes.c_size_t),
            ("working_set", ctypes.c_size_t),
            *((name, ctypes.c_size_t) for name in ("a", "b", "c", "d", "page_file", "page_file_peak")),
        )

    def _physical_bytes() -> int:
        status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
        if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            return _WHEN_UNKNOWN
        return int(status.total)

    def _used_bytes() -> int:
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.K32GetProcessMemoryInfo.argtypes = (wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD)
        counters = _ProcessCounters(length=ctypes.sizeof(_ProcessCounters))
        kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.length)
        return int(counters.working_set)

else:
    import resource

    def _physical_bytes() -> int:
        with suppress(OSError, ValueError):
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return _WHEN_UNKNOWN

    def _used_bytes() -> int:
        with suppress(OSError, ValueError, IndexError):
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
