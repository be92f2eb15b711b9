from __future__ import annotations

import errno
import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine.process import blocks, shared_folders
from engine.process.blocks import Pool, rounded, span_of
from engine.process.channel import SHARED_BYTES, Channel, Message, UnreadableError
from engine.process.shared_folders import SharedFolders

LARGE = SHARED_BYTES // 4
"""Numbers of four bytes that make an array for shared memory."""


@dataclass(frozen=True, eq=False)
class Record:
    first: npt.NDArray[Any]
    second: npt.NDArray[Any]


class Refuses:
    def __reduce__(self) -> Any:
        raise TypeError("not across")


class Ends:
    """Two ends of a pipe in one process, each with a pool of its own."""

    def __init__(self, places: tuple[str, ...]) -> None:
        self.unsendable: list[Message] = []
        one, other = multiprocessing.Pipe()
        self.pools = Pool(places, "one"), Pool(places, "other")
        self.one = Channel(one, self.pools[0], lambda message, _text: self.unsendable.append(message))
        self.other = Channel(other, self.pools[1], lambda message, _text: self.unsendable.append(message))

    def across(self, value: object) -> Any:
        self.one.send("result", 5, value)
        return self.other.receive().value

    def settle(self) -> None:
        """Have the first end hear what the other one has returned."""
        gc.collect()
        self.other.send("done")
        assert self.one.receive().kind == "done"


@pytest.fixture
def folders() -> Iterator[SharedFolders]:
    made = SharedFolders()
    yield made
    made.remove()
    assert not [place for place in made.places if Path(place).exists()]


@pytest.fixture
def ends(folders: SharedFolders) -> Iterator[Ends]:
    made = Ends(folders.places)
    yield made
    made.one.close()
    made.other.close()


def names(folders: SharedFolders) -> list[str]:
    found = (path.name for place in folders.places for path in Path(place).iterdir())
    return sorted(name for name in found if name != "lock")


def numbers(count: int = LARGE, start: int = 0) -> npt.NDArray[np.float32]:
    return np.arange(start, start + count, dtype=np.float32)


@pytest.mark.parametrize(
    "array",
    [
        numbers(7),
        numbers(),
        numbers(3 * LARGE).reshape(-1, 3, 2, order="F"),
        numbers(4 * LARGE)[::-2],
        np.zeros((0, 0, 3), np.uint8),
        np.array(3.5),
        np.array([True, False] * SHARED_BYTES),
        np.arange(5, dtype=">i2"),
        np.arange(LARGE) * (1 + 2j),
        np.array(["a", "words"]),
    ],
    ids=str,
)
def test_arrays_arrive_as_they_are(ends: Ends, array: npt.NDArray[Any]) -> None:
    found = ends.across(array)
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("count", [10, LARGE])
def test_receiver_cannot_write(ends: Ends, count: int) -> None:
    found = ends.across(numbers(count))
    assert not found.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        found.setflags(write=True)


def test_records_arrive_with_their_arrays(ends: Ends, folders: SharedFolders) -> None:
    array = numbers()
    found = ends.across(Record(array, array))
    assert isinstance(found, Record)
    assert found.first is found.second  # one array is one array
    assert len(names(folders)) == 1


def test_small_arrays_need_no_shared_memory(ends: Ends, folders: SharedFolders) -> None:
    found = ends.across([numbers(10), numbers(20)])
    assert [array.size for array in found] == [10, 20]
    assert names(folders) == []


def test_blocks_are_used_again_once_the_last_array_is_gone(ends: Ends, folders: SharedFolders) -> None:
    first = ends.across(numbers())
    view = first[10:20].reshape(2, 5)
    del first
    ends.settle()
    second = ends.across(numbers(start=1000))
    assert len(names(folders)) == 2
    np.testing.assert_array_equal(view.ravel(), numbers()[10:20])
    del view
    ends.settle()
    third = ends.across(numbers(start=2000))
    assert len(names(folders)) == 2  # the one that the view was in
    assert (second[0], third[0]) == (1000, 2000)


def test_blocks_that_are_much_too_large_are_left_alone(ends: Ends, folders: SharedFolders) -> None:
    kept = ends.across(numbers(100 * LARGE))
    del kept
    ends.settle()
    assert ends.across(numbers()).size == LARGE
    assert len(names(folders)) == 2


def test_trimmed_pool_keeps_what_is_used(ends: Ends, folders: SharedFolders) -> None:
    kept, dropped = ends.across(numbers()), ends.across(numbers())
    assert dropped.size == kept.size
    del dropped
    ends.settle()
    ends.pools[0].trim()
    assert len(names(folders)) == 1
    np.testing.assert_array_equal(kept, numbers())


def test_pool_keeps_no_more_free_than_it_may(folders: SharedFolders) -> None:
    pool = Pool(folders.places, "small", kept_bytes=rounded(SHARED_BYTES))
    loans = [pool.lend(numbers()) for _ in range(3)]
    assert len(names(folders)) == 3
    del loans
    kept = pool.lend(numbers())
    assert kept is not None
    assert len(names(folders)) == 1


def test_what_lies_in_a_block_is_sent_on_as_a_place(ends: Ends, folders: SharedFolders) -> None:
    """Engine to window to studio: the third one maps the first one's block."""
    last = Ends(folders.places)
    found = ends.across(numbers(4 * LARGE).reshape(2, -1))
    part = found[:, ::2]
    third = last.across(part)
    np.testing.assert_array_equal(third, part)
    assert len(names(folders)) == 1
    del found, part
    ends.settle()
    assert ends.pools[0].lend(numbers(4 * LARGE)) is not None
    assert len(names(folders)) == 2  # the third one has the first block still, though the second one lets go of it
    np.testing.assert_array_equal(third[0], numbers(4 * LARGE)[: 2 * LARGE : 2])
    del third
    last.settle()
    ends.settle()
    again = ends.across(numbers(4 * LARGE))
    assert again.size == 4 * LARGE
    assert len(names(folders)) == 2
    last.one.close()
    last.other.close()


def test_full_memory_falls_back_to_disk(ends: Ends, folders: SharedFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    first, create = folders.places[0], blocks._create
    if len(folders.places) < 2:
        pytest.skip("this system has one place only")

    def full(name: str, size: int) -> Any:
        if name.startswith(first):
            raise OSError(errno.ENOSPC, "No space left on device")
        return create(name, size)

    monkeypatch.setattr(blocks, "_create", full)
    np.testing.assert_array_equal(ends.across(numbers()), numbers())
    assert [path.name for path in Path(first).iterdir()] == ["lock"]
    assert len(names(folders)) == 1


@pytest.mark.parametrize("places", [(), ("/nowhere/at/all/",)])
def test_without_any_shared_memory_the_pipe_takes_everything(places: tuple[str, ...]) -> None:
    ends = Ends(places)
    found = ends.across(numbers(10 * LARGE))
    np.testing.assert_array_equal(found, numbers(10 * LARGE))
    assert not found.flags.writeable
    assert span_of(found) is None
    ends.one.close()
    ends.other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no files")
def test_disk_that_is_full_is_an_error_when_the_block_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate" if hasattr(os, "posix_fallocate") else "write", full)
    assert Pool((f"{tmp_path}{os.sep}",), "full").lend(numbers()) is None
    assert list(tmp_path.iterdir()) == []


def test_room_is_taken_where_the_system_has_no_call_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    loan = Pool((f"{tmp_path}{os.sep}",), "macos").lend(numbers(10 * LARGE))
    assert loan is not None
    assert Path(loan.block.name).stat().st_blocks * 512 >= 40 * LARGE


def test_what_cannot_be_pickled_is_told(ends: Ends, folders: SharedFolders) -> None:
    ends.one.send("result", 9, [numbers(), Refuses()])
    assert ends.across("after") == "after"
    assert [(message.kind, message.number) for message in ends.unsendable] == [("result", 9)]
    assert ends.across(numbers()).size == LARGE
    assert len(names(folders)) == 1  # the block of what was not sent is free


def test_what_cannot_be_read_says_which_job_it_is_of(ends: Ends, folders: SharedFolders) -> None:
    ends.one.send("result", 9, numbers())
    ends.one.send("marker")
    until_written(lambda: bool(names(folders)))
    for name in names(folders):
        (Path(folders.places[0]) / name).unlink()
    with pytest.raises(UnreadableError) as caught:
        ends.other.receive()
    assert (caught.value.kind, caught.value.number) == ("result", 9)
    assert "FileNotFoundError" in str(caught.value)
    assert ends.other.receive().kind == "marker"


def test_other_end_that_is_gone_is_told(folders: SharedFolders) -> None:
    ends = Ends(folders.places)
    kept = ends.across(numbers())
    ends.one.close()
    with pytest.raises(EOFError):
        ends.other.receive()
    ends.other.send("anything", 1, numbers())  # to nobody
    ends.other.close()
    np.testing.assert_array_equal(kept, numbers())


def test_blocks_of_a_dead_process_stay_while_they_are_used(ends: Ends, folders: SharedFolders) -> None:
    used, unused = ends.across(numbers()), ends.across(numbers(start=7))
    assert unused[0] == 7
    del unused
    gc.collect()
    blocks.bury(folders.places, "one")
    assert len(names(folders)) == 1
    third = Ends(folders.places)
    np.testing.assert_array_equal(third.across(used), numbers())
    del used
    ends.settle()
    third.one.close()
    third.other.close()
    ends.one.close()
    gc.collect()
    assert names(folders) == []


def test_folders_are_private_and_go(folders: SharedFolders) -> None:
    assert folders.places
    for place in folders.places:
        assert Path(place).stat().st_mode & 0o777 == 0o700


def test_what_a_killed_program_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_folders, "roots", lambda: [tmp_path])
    left, used = SharedFolders(), SharedFolders()
    os.close(left._locks.pop())  # as the system does when a process ends
    for folder in tmp_path.iterdir():
        (folder / "engine1-1").write_bytes(b"x")
        os.utime(folder / "lock", (time.time() - 10, time.time() - 10))
    shared_folders.sweep()
    assert [f"{folder}{os.sep}" for folder in tmp_path.iterdir()] == list(used.places)
    used.remove()
    assert list(tmp_path.iterdir()) == []


def test_place_that_cannot_be_written_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    monkeypatch.setattr(shared_folders, "roots", lambda: [tmp_path / "gone", tmp_path / "there"])
    made = SharedFolders()
    assert [Path(place).parent for place in made.places] == [tmp_path / "there"]
    made.remove()


def until_written(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until
        time.sleep(0.01)
