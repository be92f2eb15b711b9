"""Kill an export and a store before each single thing that they do to the disk, and see what is left.

Run as a program: ``python tests/faults/every_step.py FOLDER``. It forks, and must not be part of a process with
threads. An audit hook counts what Python is about to do to files, and the child kills itself at its number.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.exports.maps import ExportRequest, export_maps
from engine.files import atomic, lock_files
from engine.networks.vgg16 import VGG16
from engine.records import LayerSelection, Picture, Provenance, Style, WeightsFile

SIZE = 32
_DISK = frozenset({"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"})


def request(folder: Path) -> ExportRequest:
    """Three channels of one layer and one of another."""
    layers = [VGG16.at(SIZE).layer(name) for name in ("block1_pool", "block2_conv1:linear")]
    random = np.random.default_rng(3)
    picture = Picture("cat.png", np.zeros((30, 40, 3), np.uint8), "a" * 64, path="/pictures/cat.png")
    return ExportRequest(
        selections=(LayerSelection(layers[0], (3, 0, 17)), LayerSelection(layers[1], (5,))),
        maps={info.name: random.normal(1, 3, info.output_shape).astype(np.float32) for info in layers},
        folder=folder,
        format="png",
        style=Style("channel"),
        colormap="viridis",
        provenance=Provenance(
            picture,
            "crop",
            SIZE,
            WeightsFile("vgg16.h5", "b" * 64, "bundled", known=True),
            VGG16.with_weights("b" * 64).identity,
        ),
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that a person sees in a folder."""
    files = (path for path in folder.iterdir() if not path.name.startswith("."))
    return {path.name: path.read_bytes() for path in files}


def _export(wanted: ExportRequest) -> None:
    for _ in export_maps(wanted):
        pass


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do something in a child that is killed before its so-manieth access to the disk; False when it ended before."""
    child = os.fork()
    if child == 0:
        count = 0

        def audit(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            if event in _DISK:
                count += 1
                if count > step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(audit)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def overwriting(root: Path) -> int:
    """An export over an earlier one: the old files or the new ones, never some of each."""
    pattern = root / "pattern"
    list(export_maps(request(pattern)))
    before = contents(pattern)
    later = replace(request(pattern), style=Style("layer"), overwrite=True)
    list(export_maps(later))
    after = contents(pattern)
    assert before.keys() == after.keys()
    assert all(before[name] != after[name] for name in before)
    step = 0
    while True:
        folder = root / f"over {step}"
        folder.mkdir()
        for name, data in before.items():
            (folder / name).write_bytes(data)
        killed = killed_at(step, partial(_export, replace(later, folder=folder)))
        found = contents(folder)
        assert all(data in (before[name], after[name]) for name, data in found.items()), (step, "half-written")
        atomic.recover(folder)
        found = contents(folder)
        assert found in (before, after), (step, sorted(found))
        assert sorted(path.name for path in folder.iterdir()) == sorted(found), (step, "left over")
        shutil.rmtree(folder)
        if not killed:
            return step
        step += 1


def into_new_folders(root: Path) -> int:
    """An export that makes its folders: everything, or not even an unexpected file."""
    reference = root / "reference"
    list(export_maps(request(reference)))
    after = contents(reference)
    step = 0
    while True:
        folder = root / f"new {step}" / "deep"
        killed = killed_at(step, partial(_export, request(folder)))
        if folder.exists():
            atomic.recover(folder)
        found = contents(folder) if folder.exists() else {}
        assert found in ({}, after), (step, sorted(found))
        assert not folder.exists() or {path.name for path in folder.iterdir()} == set(found), (step, "left over")
        if not killed:
            return step
        step += 1


def single_files(root: Path) -> int:
    """A file that is written whole: the old bytes or the new ones."""
    path = root / "single"
    step = 0
    while True:
        path.write_bytes(b"old" * 1000)
        killed = killed_at(step, partial(atomic.write_whole, path, b"new" * 2000))
        assert path.read_bytes() in (b"old" * 1000, b"new" * 2000), step
        atomic.sweep(root)
        assert [path for path in root.iterdir() if path.name.endswith(".new")] == [], (step, "left over")
        if not killed:
            return step
        step += 1


def main(root: Path) -> None:
    """Try all of it, and say how many places there were to be killed at."""
    lock_files.FRESH = 0.0  # in these tests the next start comes within milliseconds
    atomic.EMPTY_SECONDS = 0.0
    for scenario in (single_files, overwriting, into_new_folders):
        folder = root / scenario.__name__
        folder.mkdir(parents=True)
        sys.stdout.write(f"{scenario.__name__}: killed at {scenario(folder)} places\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
