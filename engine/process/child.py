"""The child's end: the main thread runs jobs, a second one receives orders, a third one sends answers."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from engine.memory import budget, machine
from engine.process import shared_folders
from engine.process.blocks import Pool
from engine.process.channel import Channel, Message, UnreadableError
from engine.process.jobs import Handler, Job
from engine.process.runner import Runner

FRAME_SECONDS = 1 / 30
"""Progress is told at 30 Hz however fast it comes."""

_KEPT_BYTES = 32 << 20
"""Free shared memory that is kept at rest: the first maps of the next picture do not wait for fresh pages."""

_LAST_SECONDS = 2.0
"""How long a process may tidy up whose window is gone."""

_DEAF_SECONDS = 120
"""A process in which no Python runs for so long has ended: nothing else would notice that its window is gone."""


@dataclass(frozen=True)
class Child:
    """The work of a child process. Has to be picklable, and to be found without Qt.

    Attributes:
        name: What it is called, in a word.
        handlers: Called there with `arguments`; gives for each type of request what answers it.
        arguments: What `handlers` is called with.
        setup: Requests that make a state, such as a network in memory, and the type of the result that says that it is
            there. A process that takes another one's place begins with those that have been asked for.
        kept: Those requests of `setup` that end no process, and are set up again however often it ends.
        title: What people are told that it is, after "the"; its name when "".
        modest: Whether it gives way to processes of normal priority.
    """

    name: str
    handlers: Callable[..., Mapping[type, Handler]]
    arguments: tuple[Any, ...] = ()
    setup: Mapping[type, type] = field(default_factory=dict)
    kept: tuple[type, ...] = ()
    title: str = ""
    modest: bool = True

    @property
    def called(self) -> str:
        """Its name for people, after "the"."""
        return self.title or self.name


@dataclass(frozen=True)
class Surroundings:
    """The resources of a child process.

    Attributes:
        places: Where its shared memory may be.
        owner: What its blocks are called; no other process's are.
    """

    places: tuple[str, ...]
    owner: str


@dataclass(frozen=True)
class Order:
    """A job, as it is put.

    Attributes:
        request: What is asked for.
        priority: Lower is sooner.
        paused: Whether it is to wait.
        limit: How much memory the program may take, in bytes.
        where: Where a person changes that.
    """

    request: object
    priority: int
    paused: bool
    limit: int
    where: str


def run(connection: Connection, child: Child, surroundings: Surroundings, at_work: Any) -> None:
    """Work until told to stop, or until the other end is gone; does not return.

    Args:
        connection: The other end.
        child: What to do.
        surroundings: Its resources.
        at_work: A shared number, in which stands what job a step is done of; see `Runner`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches every process, and the window decides
    # A windowed bundle has no standard streams, and Keras writes to them.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    faulthandler.disable()
    if child.modest:
        machine.be_modest()
    status = 1
    try:
        _End(connection, child, surroundings, at_work).run()
        status = 0
    except BaseException:  # noqa: BLE001 - nothing else says why it ended
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # what TensorFlow does at an orderly end takes time, and leads nowhere


class _End:
    """The three threads."""

    def __init__(self, connection: Connection, child: Child, surroundings: Surroundings, at_work: Any) -> None:
        self._places = surroundings.places
        self._pool = Pool(surroundings.places, surroundings.owner)
        self._ended = threading.Event()
        self._left = False
        self._next_frame = 0.0
        self._listened = -_DEAF_SECONDS * 1.0
        self._nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as the process
        handlers = partial(child.handlers, *child.arguments)
        self._runner = Runner(handlers, self._wake, partial(_note, at_work), self._wake, self._give_back)
        self._channel = Channel(connection, self._pool, self._unsendable, self._tell_more)
        self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)

    def run(self) -> None:
        self._listener.start()
        self._runner.run()
        if self._left:
            shared_folders.remove(self._places)
        self._ended.set()
        self._channel.finish()

    def _listen(self) -> None:
        while True:
            try:
                message = self._channel.receive()
            except UnreadableError as error:
                self._channel.send("crashed", error.number, str(error))
            except EOFError:
                self._leave()
            else:
                self._do(message)

    def _do(self, message: Message) -> None:
        if isinstance(message.value, Order):
            order = message.value
            budget.current.limit, budget.current.where = order.limit, order.where
            self._runner.put(Job(message.number, order.request, order.priority, paused=order.paused))
            self._channel.wake()
        elif message.kind == "cancel":
            self._runner.cancel(message.number)
        elif message.kind == "pause":
            self._runner.pause(message.number, bool(message.value))
        elif message.kind == "stop":
            self._runner.stop()

    def _leave(self) -> None:
        """The window is gone: take back what is half done, if that goes quickly, and end."""
        self._left = True
        self._runner.stop()
        self._ended.wait(_LAST_SECONDS)
        shared_folders.remove(self._places)
        os._exit(0)

    def _tell_more(self) -> float | None:
        """Write what has become of jobs; in the thread of the channel that writes."""
        now = time.monotonic()
        if now >= self._listened + _DEAF_SECONDS / 8:
            faulthandler.dump_traceback_later(_DEAF_SECONDS, exit=True, file=self._nowhere)
            self._listened = now
        events = self._runner.events
        while (event := events.take_event()) is not None:
            self._channel.write(event.kind, event.job, event.value)
        if now < self._next_frame:
            return self._next_frame - now
        for event in events.take_newest():
            self._channel.write(event.kind, event.job, event.value)
            self._next_frame = now + FRAME_SECONDS
        return _DEAF_SECONDS / 8

    def _give_back(self) -> None:
        self._pool.trim(_KEPT_BYTES)
        machine.give_back()

    def _wake(self) -> None:
        self._channel.wake()

    def _unsendable(self, message: Message, text: str) -> None:
        self._runner.cancel(message.number)
        self._channel.write("crashed", message.number, text)


def _note(at_work: Any, number: int) -> None:
    at_work.value = number
