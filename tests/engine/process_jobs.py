"""What the tests have done in a process: jobs that work, and jobs that end it in every way."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from engine.process.child import Child
from engine.process.jobs import Handler, Newest
from engine.process.requests import OpenEngine
from engine.records import EngineError, Progress


@dataclass(frozen=True)
class Count:
    """Yields the numbers below `upto`."""

    doing: ClassVar[str] = "counting"
    upto: int


@dataclass(frozen=True)
class Load:
    """Makes a state; answered by `Loaded`. `die` is how often the process ends while it is made: counted in `file`."""

    doing: ClassVar[str] = "loading"
    name: str
    die: int = 0
    file: str = ""


@dataclass(frozen=True)
class Loaded:
    name: str


@dataclass(frozen=True)
class Ask:
    """Answered by the name that was loaded; fails when there is none."""


@dataclass(frozen=True)
class Die:
    """Ends the process in that way, after it has said that it is there."""

    doing: ClassVar[str] = "dying"
    way: str


@dataclass(frozen=True)
class Hang:
    """Never yields again: asleep, in a loop of Python's, in numpy, or in C that keeps Python to itself."""

    doing: ClassVar[str] = "hanging"
    way: Literal["sleep", "loop", "numpy", "held"] = "sleep"


@dataclass(frozen=True, eq=False)
class Double:
    """Answered by twice the array, and by the array itself."""

    array: npt.NDArray[Any]


@dataclass(frozen=True)
class Make:
    """Answered by an array of so many bytes, of that value; `times` over."""

    count: int
    value: int = 1
    times: int = 1


@dataclass(frozen=True)
class Wait:
    """Yields progress until the file is there, then its number."""

    file: str


@dataclass(frozen=True)
class Write:
    """Makes a file, and removes it when it is closed before the end."""

    file: str


@dataclass(frozen=True)
class Fill:
    """Takes memory."""

    doing: ClassVar[str] = "filling memory"
    count: int


def handlers(_word: str = "") -> Mapping[type, Handler]:
    state = _State()
    return {
        Count: _count,
        Load: state.load,
        Ask: state.ask,
        Die: _die,
        Hang: _hang,
        Double: _double,
        Make: _make,
        Wait: _wait,
        Write: _write,
        Fill: _fill,
        Newest: _newest,
        list: _odd,
    }


def broken() -> Mapping[type, Handler]:
    raise SystemExit(3)


WORK = Child("engine", handlers, ("word",), {Load: Loaded})
BROKEN = Child("engine", broken)


def stuck_engine() -> Mapping[type, Handler]:
    """An engine whose network never comes."""
    return {OpenEngine: _hang_for_ever}


class _State:
    def __init__(self) -> None:
        self._name = ""

    def load(self, request: Load, _cancelled: threading.Event) -> Iterator[object]:
        if request.die:
            file = Path(request.file)
            done = int(file.read_text() or 0) if file.exists() else 0
            if done < request.die:
                file.write_text(str(done + 1))
                os.kill(os.getpid(), signal.SIGKILL)
        yield Progress(0, 0, "Loading")
        self._name = request.name
        yield Loaded(request.name)

    def ask(self, _request: Ask, _cancelled: threading.Event) -> Iterator[object]:
        if not self._name:
            raise EngineError("Nothing is loaded.")
        yield self._name, os.getpid()


def _count(request: Count, _cancelled: threading.Event) -> Iterator[object]:
    yield from range(request.upto)


def _die(request: Die, _cancelled: threading.Event) -> Iterator[object]:
    yield os.getpid()
    time.sleep(0.3)  # so that what has been said is written
    if request.way == "exit":
        os._exit(7)
    os.kill(os.getpid(), getattr(signal, request.way))
    while True:
        time.sleep(1)


def _hang(request: Hang, _cancelled: threading.Event) -> Iterator[object]:
    yield os.getpid()
    time.sleep(0.3)  # so that what has been said is written
    if request.way == "held":
        re.match(r"(a+)+$", "a" * 64 + "b")  # takes longer than the sun has
    matrix = np.ones((2000, 2000))
    while True:
        if request.way == "sleep":
            time.sleep(0.05)
        elif request.way == "numpy":
            matrix @ matrix


def _hang_for_ever(_request: OpenEngine, _cancelled: threading.Event) -> Iterator[object]:
    threading.Event().wait()
    yield None


def _double(request: Double, _cancelled: threading.Event) -> Iterator[object]:
    assert not request.array.flags.writeable
    yield request.array * 2
    yield request.array


def _make(request: Make, _cancelled: threading.Event) -> Iterator[object]:
    for number in range(request.times):
        yield np.full(request.count, request.value + number, np.uint8)


def _wait(request: Wait, _cancelled: threading.Event) -> Iterator[object]:
    while not Path(request.file).exists():
        time.sleep(0.01)
        yield Progress(0, 0, request.file)
    yield os.getpid()


def _write(request: Write, _cancelled: threading.Event) -> Iterator[object]:
    file = Path(request.file)
    file.write_text("half")
    ended = False
    try:
        while True:
            time.sleep(0.01)
            yield Progress(0, 0, "Writing")
    finally:
        if not ended:
            file.unlink()


def _fill(request: Fill, _cancelled: threading.Event) -> Iterator[object]:
    taken = np.ones(request.count, np.uint8)
    yield "filled"
    while True:
        time.sleep(0.05)
        yield Progress(0, 0, f"{taken.nbytes}")


def _newest(request: Newest, _cancelled: threading.Event) -> Iterator[object]:
    for number in range(500):
        time.sleep(0.001)
        yield Newest(number)
    yield request.value


def _odd(_request: list[object], _cancelled: threading.Event) -> Iterator[object]:
    yield lambda: None
