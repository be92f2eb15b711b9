"""The channel between two processes: records pickled through a pipe, their arrays in shared memory.

An array that lies in a shared block already, because another process has sent it, is sent on as a place in that block.
What is sent is lent: the sender keeps the block until the receiver's last array in it is gone and says so. The receiver
cannot write to what it gets.
"""

from __future__ import annotations

import io
import itertools
import pickle
import queue
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from engine.process.blocks import AnyArray, Loan, Pool, Span, contiguous_strides, mapping_of, span_of

SHARED_BYTES = 1 << 15
"""Arrays from this size on go into shared memory; smaller ones are sooner through the pipe."""

_PLAIN = "biufc"
"""Kinds of numpy's numbers that are nothing but their bytes."""

_RETURNED = "returned"


@dataclass(frozen=True)
class Message:
    """A message from one process to another.

    Attributes:
        kind: What it is about.
        number: Of the job.
        value: Its content.
    """

    kind: str
    number: int = 0
    value: object = None


class UnreadableError(Exception):
    """A message came of which only kind and number could be read; its text is the traceback."""

    def __init__(self, kind: str, number: int, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.number = number


class Channel:
    """One end of a pipe; a thread of its own writes, so that nobody who sends has to wait."""

    def __init__(
        self,
        connection: Connection,
        pool: Pool,
        unsendable: Callable[[Message, str], None],
        more: Callable[[], float | None] = lambda: None,
    ) -> None:
        """Begin.

        Args:
            connection: The pipe.
            pool: Where arrays are put that are sent.
            unsendable: Told, in the thread that writes, of a message that cannot be pickled, with the traceback.
            more: Called in the thread that writes whenever it has written everything: writes, with `write`, what else
                there is, and returns after how many seconds to call it again, None for when something has been sent.
        """
        self._connection = connection
        self._pool = pool
        self._unsendable = unsendable
        self._more = more
        self._outbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._lent: dict[int, Loan | Span] = {}
        self._numbers = itertools.count(1)
        self._writer = threading.Thread(target=self._run, name="pipe", daemon=True)
        self._writer.start()

    def send(self, kind: str, number: int = 0, value: object = None) -> None:
        """Tell the other process something, from any thread; nothing happens when it is gone."""
        self._outbox.put(Message(kind, number, value))

    def receive(self) -> Message:
        """The next message; waits for one. One thread at a time.

        Raises:
            EOFError: The other end is gone.
            UnreadableError: A message came that makes no sense here.
        """
        while True:
            try:
                data = self._connection.recv_bytes()
            except OSError as error:
                raise EOFError from error
            head, _, body = data.partition(b"\n")
            kind, number = head.decode().split(" ")
            if kind != _RETURNED:
                return self._read(kind, int(number), body)
            self._lent.pop(int(number), None)

    def wake(self) -> None:
        """Have `more` called soon."""
        self._outbox.put(Message("", 0))

    def finish(self) -> None:
        """Write what has been sent, and end the thread that writes."""
        self._outbox.put(None)
        self._writer.join()

    def close(self) -> None:
        """The other process is gone: everything that it was lent is free."""
        self.finish()
        self._lent.clear()
        self._pool.trim()
        self._connection.close()

    def write(self, kind: str, number: int = 0, value: object = None) -> None:
        """Write now; only in the thread that writes. Raises `OSError` when the other end is gone."""
        body = io.BytesIO()
        body.write(f"{kind} {number}\n".encode())
        pickler = _Pickler(body, self._refer)
        try:
            pickler.dump(value)
        except Exception:  # noqa: BLE001 - an object may do anything when it is pickled
            self._forget(pickler.lent)
            self._unsendable(Message(kind, number), traceback.format_exc())
            return
        self._connection.send_bytes(body.getbuffer())

    def _run(self) -> None:
        timeout = None
        try:
            while True:
                try:
                    message = self._outbox.get(timeout=timeout)
                except queue.Empty:
                    message = Message("")
                if message is None:
                    self._more()
                    return
                if message.kind:
                    self.write(message.kind, message.number, message.value)
                del message
                timeout = self._more()
        except OSError:  # the other process is gone, which `receive` tells
            return

    def _read(self, kind: str, number: int, body: bytes) -> Message:
        try:
            return Message(kind, number, _Unpickler(io.BytesIO(body), self._resolve).load())
        except Exception as error:  # nobody knows what it may be made of
            raise UnreadableError(kind, number, traceback.format_exc()) from error

    def _refer(self, array: AnyArray, lent: list[int]) -> tuple[Any, ...]:
        """The reference that is written in the place of an array."""
        known = span_of(array)
        holder: Loan | Span | None
        if known is not None and array.nbytes >= SHARED_BYTES:
            holder, start = known
            block: Any = holder.block
            strides = array.strides
        else:
            holder = self._pool.lend(array) if array.nbytes >= SHARED_BYTES else None
            if holder is None:
                return "in", array.tobytes(), array.shape, array.dtype.str
            block, start, strides = holder.block, 0, contiguous_strides(array)
        number = next(self._numbers)
        self._lent[number] = holder
        lent.append(number)
        return "at", number, block.name, block.size, start, array.shape, strides, array.dtype.str

    def _resolve(self, reference: tuple[Any, ...]) -> AnyArray:
        """The array that a reference stands for."""
        if reference[0] == "in":
            _, data, shape, typestr = reference
            return np.ndarray(shape, np.dtype(typestr), data)
        _, number, name, size, start, shape, strides, typestr = reference
        outbox = self._outbox  # not this object: an array must not keep a channel
        block = mapping_of(name, size)
        return np.asarray(Span(block, start, shape, strides, typestr, lambda: outbox.put(Message(_RETURNED, number))))

    def _forget(self, lent: list[int]) -> None:
        for number in lent:
            self._lent.pop(number, None)


class _Pickler(pickle.Pickler):
    """Leaves arrays out, and writes where they are."""

    def __init__(self, file: io.BytesIO, refer: Callable[[AnyArray, list[int]], tuple[Any, ...]]) -> None:
        super().__init__(file, protocol=5)
        self._refer = refer
        self._known: dict[int, tuple[AnyArray, tuple[Any, ...]]] = {}  # with the array, lest another have its number
        self.lent: list[int] = []

    def persistent_id(self, obj: Any) -> tuple[Any, ...] | None:
        if type(obj) is not np.ndarray or obj.dtype.kind not in _PLAIN:
            return None
        if id(obj) not in self._known:
            self._known[id(obj)] = obj, self._refer(obj, self.lent)
        return self._known[id(obj)][1]


class _Unpickler(pickle.Unpickler):
    """Puts arrays in where they were left out; one that came twice is one again."""

    def __init__(self, file: io.BytesIO, resolve: Callable[[tuple[Any, ...]], AnyArray]) -> None:
        super().__init__(file)
        self._resolve = resolve
        self._known: dict[int, AnyArray] = {}

    def persistent_load(self, pid: Any) -> AnyArray:
        if pid[0] == "in":
            return self._resolve(pid)
        if pid[1] not in self._known:
            self._known[pid[1]] = self._resolve(pid)
        return self._known[pid[1]]
