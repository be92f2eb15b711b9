"""Arrays in shared memory: a pool of blocks, and views into another process's blocks.

Fresh memory costs five times as much to write as memory that was written before (115 MB: 151 and 29 ms), hence the
pool. A block is a file in a private folder (`shared_folders`) that its users map; on Windows, named shared
memory. The pages of a file are reserved when it is made: a full disk is then an error, and not the end of
the process when it writes there.
"""

from __future__ import annotations

import math
import mmap
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

AnyArray: TypeAlias = npt.NDArray[Any]

_PAGE = 1 << 16
_STEPS = 8
"""Sizes of blocks: so many to each power of two, so that the next picture's maps find blocks that fit."""

_LOOSEST = 2
"""A free block is used for what takes at least one part in so many of it."""

KEPT_BYTES = 256 << 20
"""Free blocks that a pool keeps, at most: all maps of a picture are 115 MB."""

_ZEROS = bytes(1 << 20)


class Block:
    """A block that this process has made."""

    def __init__(self, name: str, size: int) -> None:
        """Make it.

        Raises:
            OSError: There is no room for it.
        """
        self.name = name
        self.size = size
        self._memory = np.frombuffer(_create(name, size), np.uint8)

    def fill(self, array: AnyArray) -> None:
        """Copy an array to its beginning, in C order."""
        there = self._memory[: array.nbytes].view(array.dtype).reshape(array.shape)
        np.copyto(there, array)

    def remove(self) -> None:
        """Give its memory back once nobody has it mapped any more."""
        _unlink(self.name)


class Loan:
    """A block that somebody uses; it goes back to its pool when this goes."""

    def __init__(self, block: Block, back: deque[Block]) -> None:
        self.block = block
        self._back = back

    def __del__(self) -> None:
        self._back.append(self.block)  # takes no lock: this may run in any thread, in the middle of anything


class Pool:
    """The blocks of one process."""

    def __init__(self, places: Sequence[str], owner: str, kept_bytes: int = KEPT_BYTES) -> None:
        """Make an empty one.

        Args:
            places: How names of blocks may begin, the best place first; see `SharedFolders`.
            owner: Goes into the names, and is no other's.
            kept_bytes: How much may be kept free.
        """
        self._places = places
        self._owner = owner
        self._kept_bytes = kept_bytes
        self._made = 0
        self._lock = threading.Lock()
        self._back: deque[Block] = deque()
        self._free: list[Block] = []

    def lend(self, array: AnyArray) -> Loan | None:
        """Copy an array into a block.

        Returns:
            The block, for as long as it is kept; None when there is no room for one anywhere.
        """
        with self._lock:
            self._take_back(self._kept_bytes)
            block = self._find(array.nbytes) or self._make(array.nbytes)
        if block is None:
            return None
        loan = Loan(block, self._back)
        block.fill(array)
        return loan

    def trim(self, kept_bytes: int = 0) -> None:
        """Give back what is not used, but for so much."""
        with self._lock:
            self._take_back(kept_bytes)

    def _take_back(self, kept_bytes: int) -> None:
        while self._back:
            self._free.append(self._back.popleft())
        total = sum(block.size for block in self._free)
        while total > kept_bytes:
            total -= self._free[0].size
            self._drop(1)

    def _drop(self, count: int) -> None:
        for block in self._free[:count]:
            block.remove()
        del self._free[:count]

    def _find(self, count: int) -> Block | None:
        fits = [block for block in self._free if count <= block.size <= max(_LOOSEST * count, _PAGE)]
        best = min(fits, key=lambda block: block.size, default=None)
        if best is not None:
            self._free.remove(best)
        return best

    def _make(self, count: int) -> Block | None:
        size = rounded(count)
        for _ in range(2):
            for place in self._places:
                self._made += 1
                with suppress(OSError, ValueError):
                    return Block(f"{place}{self._owner}-{self._made}", size)
            if not self._free:
                break
            self._drop(len(self._free))  # what is free may be in the way
        return None


def rounded(count: int) -> int:
    """The size of a block for so many bytes."""
    step = max(_PAGE, (1 << max(count - 1, 1).bit_length()) // (2 * _STEPS))
    return -(-count // step) * step


_mapped: weakref.WeakValueDictionary[str, Mapping] = weakref.WeakValueDictionary()
"""The blocks of other processes that something here lies in, by name."""

_mapping = threading.RLock()


class Mapping:
    """A block that another process has made, mapped for reading; see `mapping_of`."""

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self.orphaned = False
        memory: AnyArray = np.frombuffer(_open(name, size), np.uint8)
        self.address: int = memory.__array_interface__["data"][0]
        self._memory = memory

    def __del__(self) -> None:
        if getattr(self, "orphaned", False):
            _unlink(self.name)


def mapping_of(name: str, size: int) -> Mapping:
    """The block of that name, mapped once however often it is asked for. Raises `OSError` when there is none."""
    with _mapping:
        found = _mapped.get(name)
        if found is None:
            found = _mapped[name] = Mapping(name, size)
        return found


def bury(places: Sequence[str], owner: str) -> None:
    """Remove the blocks of a process that has ended; those that are mapped here go when nothing of them is used."""
    if sys.platform == "win32":
        return
    for place in places:
        with suppress(OSError):
            for entry in list(os.scandir(place)):
                if entry.name.startswith(f"{owner}-"):
                    with _mapping:
                        used = _mapped.get(entry.path)
                        if used is not None:
                            used.orphaned = True
                        else:
                            _unlink(entry.path)


class Span:
    """What an array in another process's block is made of; lives as long as the array and all views of it."""

    def __init__(
        self,
        block: Mapping,
        start: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        typestr: str,
        gone: Callable[[], None],
    ) -> None:
        self.block = block
        self._gone = gone
        self.__array_interface__ = {
            "version": 3,
            "data": (block.address + start, True),  # read-only
            "shape": shape,
            "strides": strides,
            "typestr": typestr,
        }

    def __del__(self) -> None:
        self._gone()


def span_of(array: AnyArray) -> tuple[Span, int] | None:
    """The span that an array is a view of, and where in its block the array begins, in bytes; None when it is none."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    if not isinstance(base, Span):
        return None
    return base, array.__array_interface__["data"][0] - base.block.address


def contiguous_strides(array: AnyArray) -> tuple[int, ...]:
    """The strides that an array has when it is in C order, in bytes."""
    return tuple(array.itemsize * math.prod(array.shape[axis + 1 :]) for axis in range(array.ndim))


def _unlink(name: str) -> None:
    if sys.platform != "win32":
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - called thousands of times, also while the interpreter ends


if sys.platform == "win32":
    _MARK = 64
    """Bytes before the data in which a block's name stands: who asks for one that is gone gets a new one of zeros."""

    def _create(name: str, size: int) -> memoryview:
        memory = mmap.mmap(-1, size + _MARK, tagname=name)
        memory[:_MARK] = _mark(name)
        return memoryview(memory)[_MARK:]

    def _open(name: str, size: int) -> memoryview:
        memory = mmap.mmap(-1, size + _MARK, tagname=name)
        if memory[:_MARK] != _mark(name):
            raise FileNotFoundError(name)
        return memoryview(memory)[_MARK:].toreadonly()

    def _mark(name: str) -> bytes:
        return name.encode()[-_MARK:].ljust(_MARK, b"\0")

else:

    def _create(name: str, size: int) -> mmap.mmap:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            reserve(descriptor, size)
            return mmap.mmap(descriptor, size)
        except BaseException:
            _unlink(name)
            raise
        finally:
            os.close(descriptor)

    def _open(name: str, size: int) -> mmap.mmap:
        descriptor = os.open(name, os.O_RDONLY)
        try:
            return mmap.mmap(descriptor, size, prot=mmap.PROT_READ)
        finally:
            os.close(descriptor)


def reserve(descriptor: int, size: int) -> None:
    """Take the room for a file now. Raises `OSError` when there is not enough."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    for start in range(0, size, len(_ZEROS)):  # macOS
        os.write(descriptor, _ZEROS[: size - start])
