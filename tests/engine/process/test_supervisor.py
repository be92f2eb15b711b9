from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import process_jobs
import pytest
from process_jobs import BROKEN, WORK, Ask, Count, Die, Double, Fill, Hang, Load, Loaded, Make, Wait, Write

from engine.memory import budget, machine
from engine.process import endings, shared_folders, supervisor
from engine.process.child import Child
from engine.process.jobs import Job, JobEvent, Newest
from engine.process.supervisor import Supervisor
from engine.records import Progress

ENDINGS = ("finished", "cancelled", "failed", "crashed")
PATIENCE = 120.0

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")


class Bench:
    """A supervisor on a thread, and what it told."""

    def __init__(self, work: Child = WORK) -> None:
        self.supervisor = Supervisor(work)
        self.events: list[JobEvent] = []
        self._numbers = 0
        self._thread = threading.Thread(target=self.supervisor.run)
        self._thread.start()

    def put(self, request: object, priority: int = 0, *, paused: bool = False) -> int:
        self._numbers += 1
        self.supervisor.put(Job(self._numbers, request, priority, paused=paused))
        return self._numbers

    def until(self, done: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE
        while not done():
            while (event := self.supervisor.events.take_event()) is not None:
                self.events.append(event)
            self.events += self.supervisor.events.take_newest()
            assert time.monotonic() < until, [(event.kind, event.request, event.value) for event in self.events]
            time.sleep(0.005)

    def ended(self, job: int) -> bool:
        return any(event.kind in ENDINGS for event in self.events if event.job == job)

    def end_of(self, job: int) -> tuple[str, Any]:
        self.until(lambda: self.ended(job))
        (found,) = [(event.kind, event.value) for event in self.events if event.job == job and event.kind in ENDINGS]
        return found

    def results(self, job: int) -> list[Any]:
        return [event.value for event in self.events if event.job == job and event.kind == "result"]

    def result(self, job: int) -> Any:
        self.until(lambda: self.results(job))
        return self.results(job)[0]

    def ask(self, request: object) -> list[Any]:
        job = self.put(request)
        assert self.end_of(job) == ("finished", None)
        return self.results(job)

    def number(self) -> int:
        """The process that answers now."""
        ((_, number),) = self.ask(Ask())
        return int(number)

    def stop(self) -> None:
        self.supervisor.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.stop()
    gc.collect()
    assert own_folders() == []


def own_folders() -> list[Path]:
    return [folder for root in shared_folders.roots() for folder in root.glob(f"convscope-shared-*-{os.getpid()}-*")]


def gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:  # no such folder on this system, or gone just now
        return Path("/proc/self/stat").exists()


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_results_come_in_order_and_then_the_end(bench: Bench) -> None:
    job = bench.put(Count(5))
    assert bench.end_of(job) == ("finished", None)
    assert [event.kind for event in bench.events] == ["started", *["result"] * 5, "finished"]
    assert bench.results(job) == list(range(5))
    assert all(event.request == Count(5) for event in bench.events)
    assert not bench.supervisor.busy()


def test_arrays_come_and_go(bench: Bench) -> None:
    array = np.arange(100_000, dtype=np.float32)
    doubled, same = bench.ask(Double(array))
    np.testing.assert_array_equal(doubled, array * 2)
    np.testing.assert_array_equal(same, array)
    twice, _ = bench.ask(Double(doubled))  # which lies in the process's own block
    np.testing.assert_array_equal(twice, array * 4)
    assert not doubled.flags.writeable


def test_blocks_are_used_again(bench: Bench) -> None:
    for value in range(20):
        (array,) = bench.ask(Make(1 << 20, value))
        assert array[-1] == value
        del array
        bench.events.clear()
    blocks = [path for folder in own_folders() for path in folder.glob("engine1-*")]
    assert 0 < len(blocks) < 10


def test_urgent_jobs_overtake_and_paused_ones_wait(bench: Bench, tmp_path: Path) -> None:
    slow = bench.put(Wait(str(tmp_path / "gate")), 5)
    bench.until(lambda: bench.events)
    waiting = bench.put(Count(1), 9, paused=True)
    assert bench.ask(Count(2)) == [0, 1]
    assert not bench.ended(slow)
    (tmp_path / "gate").touch()
    assert bench.end_of(slow)[0] == "finished"
    assert not bench.ended(waiting)
    bench.supervisor.pause(waiting, False)
    assert bench.end_of(waiting)[0] == "finished"


def test_newest_wins_and_the_result_always_arrives(bench: Bench) -> None:
    job = bench.put(Newest("the end"))
    assert bench.end_of(job)[0] == "finished"
    shown: list[Any] = [event.value for event in bench.events if event.kind == "newest"]
    assert shown == sorted(shown)
    assert 0 < len(shown) < 400
    assert bench.results(job) == ["the end"]


def test_failures_and_crashes_are_told(bench: Bench) -> None:
    assert bench.end_of(bench.put(Ask())) == ("failed", "Nothing is loaded.")
    kind, trace = bench.end_of(bench.put(3.5))  # nobody answers that
    assert (kind, "KeyError" in str(trace)) == ("crashed", True)
    kind, trace = bench.end_of(bench.put([]))  # its result cannot be pickled
    assert (kind, "lambda" in str(trace)) == ("crashed", True)
    kind, trace = bench.end_of(bench.put(lambda: None))  # it cannot be pickled itself
    assert (kind, "lambda" in str(trace)) == ("crashed", True)
    assert bench.ask(Count(1)) == [0]


def test_cancelled_job_ends_between_two_steps_and_the_process_stays(bench: Bench, tmp_path: Path) -> None:
    bench.ask(Load("net"))
    before = bench.number()
    file = tmp_path / "file"
    job = bench.put(Write(str(file)))
    bench.until(file.exists)
    bench.supervisor.cancel(job)
    assert bench.end_of(job) == ("cancelled", None)
    assert not file.exists()
    assert bench.number() == before


@pytest.mark.parametrize("way", ["sleep", "loop", "numpy", "held"])
def test_job_that_never_yields_ends_with_its_process_and_others_go_on(bench: Bench, way: Any) -> None:
    bench.ask(Load("net"))
    before = bench.number()
    job = bench.put(Hang(way))
    assert bench.result(job) == before
    waiting = bench.put(Count(3), 5)
    bench.supervisor.cancel(job)
    assert bench.end_of(job) == ("cancelled", None)
    assert bench.end_of(waiting)[0] == "finished"
    ((name, after),) = bench.ask(Ask())
    assert name == "net"  # set up again, and not told of again
    assert after != before
    assert gone(before)
    assert sum(isinstance(event.value, Loaded) for event in bench.events) == 1


def test_cancel_of_what_waits_behind_a_long_step_leaves_that_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.0)
    job = bench.put(Hang())
    number = bench.result(job)
    waiting = bench.put(Count(1))
    bench.supervisor.cancel(waiting)
    time.sleep(1)
    bench.until(lambda: True)
    assert not bench.ended(job)
    assert not gone(number)
    bench.supervisor.cancel(job)
    assert bench.end_of(job)[0] == bench.end_of(waiting)[0] == "cancelled"


@posix
@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("SIGKILL", "was killed by the system, probably for memory"),
        ("SIGSEGV", "crashed (SIGSEGV)"),
        ("SIGABRT", "crashed (SIGABRT)"),
        ("SIGTERM", "was ended from outside"),
        ("exit", "ended by itself (status 7)"),
    ],
)
def test_process_that_ends_is_told_in_a_sentence_and_started_again(bench: Bench, way: str, words: str) -> None:
    bench.ask(Load("net"))
    (kept,) = bench.ask(Make(1 << 20, 9))
    job = bench.put(Die(way))
    waiting = bench.put(Count(3), 5)
    begun = bench.put(Count(2), 6)
    kind, text = bench.end_of(job)
    assert kind == "failed"
    assert text == f"While it was dying, the engine {words}; it has been started again."
    assert gone(bench.results(job)[0])
    assert bench.end_of(waiting)[0] == bench.end_of(begun)[0] == "finished"
    assert bench.ask(Ask())[0][0] == "net"
    assert (kept == 9).all()
    doubled, _ = bench.ask(Double(kept))  # what a dead process has made can be sent to the next
    assert (doubled == 18).all()


@posix
def test_process_killed_at_rest_says_so_and_is_started_again(bench: Bench) -> None:
    bench.ask(Load("net"))
    number = bench.number()
    before = len(bench.events)
    os.kill(number, signal.SIGSEGV)
    bench.until(lambda: bench.events[before:])
    assert bench.number() != number
    assert [event.kind for event in bench.events[before:]] == ["died", "started", "result", "finished"]
    assert (
        bench.events[before].value
        == "While it was idle, the engine crashed (SIGSEGV); it has been started again, and nothing was lost."
    )


@posix
def test_process_killed_while_it_starts_says_so() -> None:
    bench = Bench()
    bench.until(lambda: bench.supervisor.process is not None)
    os.kill(bench.supervisor.process.pid, signal.SIGKILL)
    assert bench.ask(Count(1)) == [0]
    (death,) = [event.value for event in bench.events if event.kind == "died"]
    assert str(death).startswith("While it was starting, the engine was killed")
    bench.stop()


@posix
def test_job_that_was_overtaken_begins_again(bench: Bench, tmp_path: Path) -> None:
    slow = bench.put(Wait(str(tmp_path / "gate")), 5)
    bench.until(lambda: bench.events)
    job = bench.put(Die("SIGKILL"))
    assert bench.end_of(job)[0] == "failed"
    (tmp_path / "gate").touch()
    assert bench.end_of(slow)[0] == "finished"
    assert len(bench.results(slow)) == 1


@posix
def test_setup_that_ends_the_process_once_is_tried_again(bench: Bench, tmp_path: Path) -> None:
    job = bench.put(Load("net", 1, str(tmp_path / "times")))
    assert bench.end_of(job) == ("finished", None)
    assert bench.ask(Ask())[0][0] == "net"
    (death,) = [event.value for event in bench.events if event.kind == "died"]
    assert str(death).startswith("While it was loading, the engine was killed")
    assert str(death).endswith("; it has been started again, and nothing was lost.")


@posix
def test_setup_that_ends_the_process_twice_is_not_tried_a_third_time(bench: Bench, tmp_path: Path) -> None:
    times = tmp_path / "times"
    job = bench.put(Load("net", 9, str(times)))
    kind, text = bench.end_of(job)
    assert kind == "failed"
    assert text.startswith("While it was loading, the engine was killed")
    assert "that was the second time" in text
    assert bench.end_of(bench.put(Ask())) == ("failed", "Nothing is loaded.")
    assert times.read_text() == "2"
    again = bench.put(Load("net", 3, str(times)))  # asked for by a person
    assert bench.end_of(again)[0] == "finished"


@posix
def test_network_that_is_there_and_ends_the_process_twice_is_not_set_up_again(bench: Bench) -> None:
    loaded = bench.put(Load("net"))
    assert bench.end_of(loaded)[0] == "finished"
    assert bench.end_of(bench.put(Die("SIGSEGV")))[1].endswith("it has been started again.")
    last = bench.put(Die("SIGSEGV"))
    assert "second time" in bench.end_of(last)[1]
    said = [(event.kind, event.job) for event in bench.events if event.kind == "failed"]
    assert said == [("failed", last - 1), ("failed", loaded), ("failed", last)]  # no network, then why the job failed
    assert bench.end_of(bench.put(Ask())) == ("failed", "Nothing is loaded.")


@posix
def test_what_ends_no_process_is_set_up_however_often_it_ends() -> None:
    bench = Bench(replace(WORK, kept=(Load,)))
    bench.ask(Load("net"))
    for _ in range(3):
        assert bench.end_of(bench.put(Die("SIGSEGV")))[0] == "failed"
    assert bench.ask(Ask())[0][0] == "net"
    bench.stop()


def test_process_that_cannot_begin_fails_what_is_asked_for() -> None:
    bench = Bench(BROKEN)
    job = bench.put(Count(1))
    kind, text = bench.end_of(job)
    assert kind == "failed"
    assert "ended by itself (status 1)" in text
    bench.stop()


def test_process_that_takes_too_much_memory_is_ended(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget.current, "limit", 400 * 10**6)
    job = bench.put(Fill(600 * 10**6))
    assert bench.end_of(job) == (
        "failed",
        "While it was filling memory, the engine took more memory than its limit of 400 MB and was ended; "
        "it has been started again.",
    )
    assert bench.ask(Count(1)) == [0]


def test_two_at_once(bench: Bench) -> None:
    other = Bench()
    bench.ask(Load("one"))
    other.ask(Load("two"))
    (array,) = bench.ask(Make(1 << 20, 5))
    doubled, same = other.ask(Double(array))  # engine, window, studio
    assert (doubled == 10).all()
    assert same is not array
    assert (bench.ask(Ask())[0][0], other.ask(Ask())[0][0]) == ("one", "two")
    other.stop()
    assert (same == 5).all()


def test_stop_cancels_everything_and_takes_back_what_was_begun(tmp_path: Path) -> None:
    bench, file = Bench(), tmp_path / "file"
    bench.ask(Load("net"))
    number = bench.number()
    job, waiting = bench.put(Write(str(file))), bench.put(Count(1), 5, paused=True)
    bench.until(file.exists)
    bench.stop()
    assert bench.end_of(job)[0] == bench.end_of(waiting)[0] == "cancelled"
    assert not file.exists()
    assert gone(number)
    assert own_folders() == []


def test_stop_ends_a_process_that_does_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 1.0)
    bench = Bench()
    job = bench.put(Hang())
    number = bench.result(job)
    bench.stop()
    assert bench.end_of(job)[0] == "cancelled"
    assert gone(number)


def test_stop_at_once() -> None:
    Bench().stop()
    assert own_folders() == []


def test_without_shared_memory_everything_goes_through_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_folders, "roots", list)
    bench = Bench()
    (array,) = bench.ask(Make(5 << 20, 3))
    assert array.nbytes == 5 << 20
    assert (array == 3).all()
    bench.stop()


@posix
def test_where_there_is_no_memory_that_is_a_folder_a_file_is_mapped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shared_folders, "_IN_MEMORY", tmp_path / "none")
    assert shared_folders.roots() == [Path(tempfile.gettempdir())]
    bench = Bench()
    (array,) = bench.ask(Make(1 << 20, 3))
    (folder,) = own_folders()
    assert any(file.stat().st_size >= 1 << 20 for file in folder.iterdir())
    assert (array == 3).all()
    bench.stop()


@pytest.mark.parametrize("both", [False, True], ids=["one full", "both full"])
def test_what_has_no_room_in_shared_memory_comes_all_the_same(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, both: bool
) -> None:
    monkeypatch.setattr(shared_folders, "roots", lambda: [small_disk] if both else [small_disk, tmp_path])
    bench = Bench()
    (array,) = bench.ask(Make(5 << 20, 3))  # from the other disk, or through the pipe
    assert array.nbytes == 5 << 20
    assert (array == 3).all()
    doubled, same = bench.ask(Double(array))
    assert (doubled == 6).all()
    assert (same == 3).all()
    bench.stop()
    assert [path for path in small_disk.iterdir() if path.name.startswith("convscope")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/shm")
def test_full_shared_memory_falls_back(bench: Bench) -> None:
    """One place is full: the process finds that out by itself."""
    bench.until(lambda: len(own_folders()) == 2)
    full = next(folder for folder in own_folders() if str(folder).startswith("/dev/shm"))
    full.chmod(0o500)
    if os.access(full, os.W_OK):  # root may write anywhere: take the folder away
        for file in full.iterdir():
            file.unlink()
        full.rmdir()
    (array,) = bench.ask(Make(1 << 20, 4))
    assert (array == 4).all()


@posix
@pytest.mark.parametrize("what", ["idle", "hang", "write"])
@pytest.mark.parametrize("killed", ["owner", "both"])
def test_nothing_outlives_a_killed_owner(what: str, killed: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    script = Path(process_jobs.__file__).with_name("process_owner.py")
    with subprocess.Popen([sys.executable, str(script), what, str(file)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        number = int(owner.stdout.readline())
        folders = [
            folder for root in shared_folders.roots() for folder in root.glob(f"convscope-shared-*-{owner.pid}-*")
        ]
        assert folders
        owner.kill()
        if killed == "both":
            os.kill(number, signal.SIGKILL)
    until(lambda: gone(number))
    if killed == "owner":
        until(lambda: not any(folder.exists() for folder in folders))
        assert not file.exists()
    else:
        for folder in folders:
            with suppress(FileNotFoundError):  # another program has swept it already
                os.utime(folder / "lock", (time.time() - 10, time.time() - 10))
        shared_folders.sweep()  # as at the next start
        assert not any(folder.exists() for folder in folders)


@posix
def test_killed_again_and_again(bench: Bench) -> None:
    for round_ in range(8):
        bench.ask(Load(f"net {round_}"))
        number = bench.number()
        jobs = [bench.put(Make(1 << 18, 1, 5), 5) for _ in range(4)]
        time.sleep(0.01 * round_)
        os.kill(number, signal.SIGKILL)
        ends = [bench.end_of(job)[0] for job in jobs]
        assert ends.count("failed") <= 1
        assert set(ends) <= {"failed", "finished"}
        assert bench.ask(Ask())[0][0] == f"net {round_}"
    bench.events.clear()


@posix
def test_another_thread_may_be_told_first_how_it_ended(bench: Bench) -> None:
    """Whoever starts a process asks how all others are, and the system tells only once."""
    bench.ask(Load("net"))
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            multiprocessing.active_children()

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    try:
        for _ in range(5):
            number = bench.number()
            os.kill(number, signal.SIGKILL)
            until(lambda number=number: gone(number))  # type: ignore[misc]
            assert bench.number() != number
    finally:
        over.set()
        for thread in asking:
            thread.join()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (-9, "was killed by the system, probably for memory"),
        (-11, "crashed (SIGSEGV)"),
        (-15, "was ended from outside"),
        (1, "ended by itself (status 1)"),
        (0xC0000005, "crashed (0xC0000005)"),
        (0xC0000005 - (1 << 32), "crashed (0xC0000005)"),
        (-1000, "crashed (signal 1000)"),
        (None, "ended"),
    ],
)
def test_endings_are_named(status: int | None, words: str) -> None:
    assert endings.how(status) == words


def test_request_without_words_is_work() -> None:
    assert endings.doing(Progress(0, 0)) == "at work"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_the_program_is_that_of_all_its_processes(bench: Bench) -> None:
    bench.ask(Count(1))
    before = machine.program_bytes()
    assert before > machine.used_bytes() + 20 * 10**6
    job = bench.put(Fill(300 * 10**6))
    bench.result(job)
    assert machine.program_bytes() - before == pytest.approx(300 * 10**6, rel=0.2)
    bench.supervisor.cancel(job)
    assert bench.end_of(job)[0] == "cancelled"
    own, number = machine.used_bytes(), bench.supervisor.process.pid
    (array,) = bench.ask(Make(200 << 20))
    assert int(array[:: 1 << 12].sum()) == 200 << 8  # every page of it is mapped here
    assert machine.used_bytes() - own > 190 << 20
    assert machine.program_bytes() < machine.used_bytes() + machine.process_bytes(number) - (190 << 20)
