"""One child process and the pipe to it, from its start until it is gone."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import spawn
from multiprocessing.connection import Connection
from typing import Any

from engine.memory import budget
from engine.process import child
from engine.process.blocks import Pool
from engine.process.channel import Channel, Message
from engine.process.child import Child, Order, Surroundings
from engine.process.jobs import Job

_KEPT_BYTES = 16 << 20
"""Free shared memory of this end, which sends little: what it sends on lies in the other one's."""

_LAST_SECONDS = 6.0
"""How long a process is waited for that has let go of the pipe."""

_MOMENT = 0.001

_starting = threading.Lock()


@contextmanager
def _without_main() -> Iterator[None]:
    """Start processes that do not import the program's own script: it has Qt, and no guard against being run again."""
    with _starting:
        prepare = spawn.get_preparation_data
        spawn.get_preparation_data = lambda name: {
            key: value for key, value in prepare(name).items() if not key.startswith("init_main")
        }
        try:
            yield
        finally:
            spawn.get_preparation_data = prepare


class Link:
    """One process and the channel to it.

    Attributes:
        process: The process.
        owner: What its shared blocks are called.
        channel: What leads to it.
        at_work: The number of the job of which it does a step, negative while it closes it, or 0.
        heard: Whether it has said anything.
        overdue: Whether it was ended because a job would not stop.
        reason: Why else it was ended by us, or "".
    """

    def __init__(self, work: Child, surroundings: Surroundings, unsendable: Callable[[Message, str], None]) -> None:
        context = multiprocessing.get_context("spawn")  # TensorFlow and Qt both have threads, which no fork survives
        self.owner = surroundings.owner
        self.at_work: Any = context.RawValue("q", 0)
        self.heard = self.overdue = False
        self.reason = ""
        ours: Connection
        ours, theirs = context.Pipe()
        arguments = theirs, work, surroundings, self.at_work
        self.process = context.Process(target=child.run, args=arguments, name=work.name, daemon=True)
        with _without_main():
            self.process.start()
        theirs.close()  # else nothing would tell us that it has ended
        pool = Pool(surroundings.places, f"to-{self.owner}", _KEPT_BYTES)
        self.channel = Channel(ours, pool, unsendable)

    def put(self, job: Job) -> None:
        """Hand a job over."""
        limits = budget.current
        order = Order(job.request, job.priority, job.paused, limits.limit, limits.where)
        self.channel.send("put", job.number, order)
        if job.cancelled.is_set():
            self.channel.send("cancel", job.number)

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()

    def close(self) -> int | None:
        """See that the process is gone; returns its exit status."""
        self.process.join(_LAST_SECONDS)  # it may have closed the pipe, and yet live
        self.process.kill()
        # Another thread that starts a process may just be asking the system how this one ended, and is told it alone.
        while (status := self.process.exitcode) is None:
            self.process.join(_MOMENT)
            time.sleep(_MOMENT)
        self.process.close()
        self.channel.close()
        return status
