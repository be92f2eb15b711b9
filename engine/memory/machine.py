"""Memory of this machine and of this process, as the system reports it."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

_CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_WHEN_UNKNOWN = 8 * 10**9
_NICENESS = 10
_QUERY, _BELOW_NORMAL = 0x1000, 0x4000
"""PROCESS_QUERY_LIMITED_INFORMATION and BELOW_NORMAL_PRIORITY_CLASS of the Windows API."""

_TASK_INFO, _TASK_INFO_BYTES = 4, 96
"""PROC_PIDTASKINFO of macOS, and the size of what it gives: virtual and resident bytes come first."""


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


def process_bytes(number: int) -> int:
    """The memory that another process of this person has now; 0 when that cannot be known.

    Args:
        number: The process's number.
    """
    with suppress(OSError, ValueError, IndexError, AttributeError):
        return _process_bytes(number)
    return 0


def program_bytes() -> int:
    """The memory that this process and those that it has started have now; what they share is counted once (Linux)."""
    numbers = [child.pid or 0 for child in multiprocessing.active_children()]
    return used_bytes() + sum(max(0, process_bytes(number) - _shared_bytes(number)) for number in numbers)


def _shared_bytes(number: int) -> int:
    """How much of the memory of another process is shared with others and no file."""
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{number}/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("RssShmem:")[2].split()[0]) * 1024
    return 0


def be_modest() -> None:
    """Have this process give way to those of normal priority, as far as the system lets it."""
    with suppress(OSError, AttributeError):
        _be_modest()


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
        return _working_set(kernel.GetCurrentProcess())

    def _working_set(process: wintypes.HANDLE) -> int:
        counters = _ProcessCounters(length=ctypes.sizeof(_ProcessCounters))
        ctypes.windll.kernel32.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.length)
        return int(counters.working_set)

    def _process_bytes(number: int) -> int:
        kernel = ctypes.windll.kernel32
        kernel.OpenProcess.restype = wintypes.HANDLE
        process = wintypes.HANDLE(kernel.OpenProcess(_QUERY, False, number))
        if not process:
            return 0
        try:
            return _working_set(process)
        finally:
            kernel.CloseHandle(process)

    def _be_modest() -> None:
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.SetPriorityClass(wintypes.HANDLE(kernel.GetCurrentProcess()), _BELOW_NORMAL)

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

    def _process_bytes(number: int) -> int:
        if sys.platform == "darwin":
            found = ctypes.create_string_buffer(_TASK_INFO_BYTES)
            ctypes.CDLL("/usr/lib/libproc.dylib").proc_pidinfo(
                number, _TASK_INFO, ctypes.c_uint64(0), found, _TASK_INFO_BYTES
            )
            return int(struct.unpack_from("QQ", found.raw)[1])
        pages = int(Path(f"/proc/{number}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _be_modest() -> None:
        os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
