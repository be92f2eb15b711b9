"""What the power cut would find: everything is on the disk before the step that would make it count.

A power cut cannot be had here. Instead, what the program asks of the system is recorded: which file it has written out
to the disk, and which it moves, in which order.
"""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from every_step import contents, request
from pattern_samples import make_frame

from engine.atlas.writer import write_layer
from engine.exports.maps import export_maps
from engine.files import atomic, fsync, lock_files
from engine.networks.vgg16 import VGG16
from engine.patterns.store import PatternStore
from engine.records import EngineError, Style

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the name of an open file is looked up in /proc")

Step = tuple[str, str]
"""What was done, and the name of the file or folder."""


class Disk:
    """Records, in order, what is synced, moved and removed.

    Attributes:
        steps: All of that.
        failing: Syncing a file of this name fails.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[Step] = []
        self.failing = ""
        self._sync, self._move, self._remove = os.fsync, os.replace, os.unlink
        monkeypatch.setattr(os, "fsync", self.sync)
        monkeypatch.setattr(os, "replace", self.move)
        monkeypatch.setattr(os, "unlink", self.remove)

    def sync(self, descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))  # noqa: PTH115 - no file of a person's
        if path.name == self.failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.steps.append(("sync", named(path)))
        self._sync(descriptor)

    def move(self, source: Path, target: Path) -> None:
        self._move(source, target)
        self.steps.append(("move", named(Path(target))))

    def remove(self, path: Path, **options: int) -> None:
        self._remove(path, **options)
        self.steps.append(("remove", named(Path(path))))


def named(path: Path) -> str:
    """A name without what is made up anew each time."""
    if path.name.startswith(".convscope-"):
        return "stage"
    return path.name.split(".new")[0].strip(".").rpartition(".")[0] if path.name.endswith(".new") else path.name


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:  # the folder first: pytest tidies up with it
    return Disk(monkeypatch)


def test_an_export_is_on_the_disk_before_the_list_and_the_list_before_the_moves(disk: Disk, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    list(export_maps(request(folder)))
    names = sorted(contents(folder))
    assert len(names) == 5
    steps = disk.steps
    list_moved = steps.index(("move", "commit"))
    assert sorted(steps[:5]) == [("sync", f"new-{name}") for name in names]
    assert steps[5:list_moved] == [("sync", "stage"), ("sync", "commit")]
    moves = list_moved + 2
    assert steps[list_moved + 1] == ("sync", "stage")
    assert sorted(steps[moves : moves + 5]) == [("move", name) for name in names]
    assert steps[moves + 5 : moves + 7] == [("sync", "out"), ("sync", tmp_path.name)]  # and that folder is new there
    assert steps[moves + 7] == ("remove", "commit")


def test_what_a_killed_program_left_is_on_the_disk_before_its_list_goes(disk: Disk, tmp_path: Path) -> None:
    stage = tmp_path / f".convscope-{lock_files.HERE}-left"
    stage.mkdir()
    for name, data in {"owner": b"[]", "new-a.png": b"whole", "commit": b'["a.png"]'}.items():
        (stage / name).write_bytes(data)
        os.utime(stage / name, (0, 0))
    atomic.recover(tmp_path)
    steps = [step for step in disk.steps if step != ("remove", "owner")]
    assert steps == [("move", "a.png"), ("sync", tmp_path.name), ("remove", "commit")]


def test_a_file_is_on_the_disk_before_it_has_its_name(disk: Disk, tmp_path: Path) -> None:
    atomic.write_whole(tmp_path / "a.json", b"whole")
    assert disk.steps == [("sync", "a.json"), ("move", "a.json"), ("sync", tmp_path.name)]


def test_a_sheet_is_on_the_disk_before_its_index(disk: Disk, tmp_path: Path) -> None:
    frame = make_frame(done=True, outcome="rendered")
    write_layer(tmp_path, VGG16.layer(frame.layer), [frame], digest="a" * 64, recipe=frame.recipe, seed=0)
    there = ("sync", tmp_path.name)
    sheet, index = f"{frame.layer}.webp", f"{frame.layer}.json"
    assert disk.steps == [("sync", sheet), ("move", sheet), there, ("sync", index), ("move", index), there]


def test_a_pattern_is_not_waited_for(disk: Disk, tmp_path: Path) -> None:
    store = PatternStore(tmp_path)
    store.put("k" * 64, make_frame(done=True, outcome="rendered"))
    assert [step for step, _ in disk.steps] == ["move"]
    # What a power cut can leave of it is no pattern, and makes room for one.
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"")
    assert store.get("k" * 64) is None
    assert not path.exists()


@pytest.mark.parametrize("failing", ["new-block1_pool_003.png", "new-manifest.json"])
def test_a_disk_that_fails_only_when_it_has_to_write_costs_nothing(disk: Disk, tmp_path: Path, failing: str) -> None:
    list(export_maps(request(tmp_path)))
    before = contents(tmp_path)
    disk.failing = failing
    with pytest.raises(EngineError, match="the disk is full"):
        list(export_maps(replace(request(tmp_path), style=Style("layer"), overwrite=True)))
    assert contents(tmp_path) == before
    assert len(list(tmp_path.iterdir())) == len(before)


def test_a_disk_that_cannot_say_is_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", refuse)
    list(export_maps(request(tmp_path)))
    assert "manifest.json" in contents(tmp_path)


def test_what_is_stopped_is_not_written_out_to_its_end(disk: Disk, tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(100)]
    for path in paths:
        path.write_bytes(b"x")
    fsync.sync_files(paths, lambda: len(disk.steps) > 3)
    assert 3 < len(disk.steps) < 50
