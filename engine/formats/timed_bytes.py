"""A file's bytes with a time limit for decoding them."""

from __future__ import annotations

import io
import time


class TooSlowError(Exception):
    """Decoding has used up its time."""


class TimedBytes(io.BytesIO):
    """The bytes of a file, which can no longer be read once this thread has spent so much processor time.

    Most decoders and every parser of chunks, frames and tags come back for more bytes, so this stops them wherever they
    are; what does not read asks with `check_time`. Processor time, because a busy machine is no reason to refuse a
    picture.

    Attributes:
        stopped: Whether somebody asked after the time was over.
    """

    def __init__(self, data: bytes, seconds: float) -> None:
        super().__init__(data)
        self.stopped = False
        self._first: TimedBytes | None = None
        self._end = time.thread_time() + seconds

    def read(self, size: int | None = -1, /) -> bytes:
        """Bytes from here on, as any file; raises `TooSlowError` once the time is over."""
        self.check_time()
        return super().read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """A line from here on, as any file; raises `TooSlowError` once the time is over."""
        self.check_time()
        return super().readline(size)

    def again(self, data: bytes) -> TimedBytes:
        """Other bytes, with the time that is left."""
        other = TimedBytes(data, 0)
        other._end, other._first = self._end, self
        return other

    def check_time(self) -> None:
        """Raise `TooSlowError` once the time is over."""
        if time.thread_time() > self._end:
            self.stopped = True
            if self._first is not None:
                self._first.stopped = True
            raise TooSlowError
