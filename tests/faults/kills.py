"""Kills the program at random moments while it exports and forms patterns, and looks at what is left.

python tests/faults/kills.py --count 200 --seed 0

Half of the kills come after a random time, half before a random access to the disk. After each of them every file that
looks like a result has to be a whole one, a manifest has to be about the files that are there, and every pattern that
was finished has to be readable with the same bytes. In every second round the leftovers are then cleared away as the
next start does it, and the folder has to be what one whole export makes of it, or empty; in the others the next
victim finds them.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import victims  # noqa: E402
from traces import Store, check_atlas, check_export, check_queue, forget, read_all  # noqa: E402
from victims import LAYER, Teller  # noqa: E402

import resources  # noqa: E402

_MAPS = ("maps", str(resources.path("samples", "chelsea.png")), "--layer", f"{LAYER},block1_pool", "--size", "64")
_PATTERNS = (
    "patterns",
    "--layer",
    LAYER,
    "--channels",
    "0-15",
    "--size",
    "32",
    "--steps",
    "3",
    "--set",
    "rescue=false",
)
_ATLAS = ("atlas", "--layers", LAYER, "--set", "steps=2", "--set", "rescue=false", "--set", "canvas=48")

EXPORTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "maps png": ((*_MAPS, "--format", "png"), (*_MAPS, "--format", "png", "--enlarge", "2", "--scale", "layer")),
    "maps npy": ((*_MAPS, "--format", "npy"), (*_MAPS, "--format", "npy", "--fit", "stretch")),
    "maps sheet": ((*_MAPS, "--format", "sheet"), (*_MAPS, "--format", "sheet", "--scale", "layer")),
    "patterns png": ((*_PATTERNS, "--format", "png"), (*_PATTERNS, "--format", "png", "--seed", "1")),
    "patterns npy": ((*_PATTERNS, "--format", "npy"), (*_PATTERNS, "--format", "npy", "--seed", "1")),
    "patterns webp": ((*_PATTERNS, "--format", "webp"), (*_PATTERNS, "--format", "webp", "--seed", "1")),
}
"""Two exports each that write files of the same names, so that one is killed while it replaces the other's."""

_EVERY = 20

SHORT = ("maps png", "patterns png", "atlas", "window queue")


@dataclass
class Family:
    """One kind of victim.

    Attributes:
        name: For the report.
        root: What it writes to.
        work: Makes what the child does in a round.
        check: Raises `AssertionError` about what is left after a kill; told whether the leftovers have been cleared.
        seconds: How long a whole run takes from its first access to the disk.
        steps: How many accesses it makes.
    """

    name: str
    root: Path
    work: Callable[[int], Callable[[Teller], None]]
    check: Callable[[bool], None]
    stores: tuple[Path, ...] = ()
    seconds: float = 1.0
    steps: int = 100
    rounds: int = 0
    said: list[str] = field(default_factory=list)


def run(family: Family, work: Callable[[Teller], None], moment: float | None, fatal: int = 0) -> tuple[bool, float]:
    """One child, killed so many seconds after it begins to write, or before an access, or not at all.

    Returns:
        Whether it was killed, and how many seconds it wrote.
    """
    finished = Store(family.stores)
    child, pipe = victims.spawn(work, family.root, fatal)
    begun, text, until = 0.0, "", time.monotonic() + 180
    while True:
        wait = 0.01 if not begun or moment is None else max(0.0, min(0.01, begun + moment - time.monotonic()))
        if select.select([pipe], [], [], wait)[0]:
            data = os.read(pipe, 65536)
            if not data:
                break
            text += data.decode()
            if not begun and "work" in text:
                begun = time.monotonic()
        finished.look()
        if (moment is not None and begun and time.monotonic() >= begun + moment) or time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            break
    wrote = time.monotonic() - begun if begun else 0.0
    _, status = os.waitpid(child, 0)
    os.close(pipe)
    family.said = text.split("\n")[:-1]
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert time.monotonic() < until, f"{family.name}: a child hung"
    assert killed or status == 0, f"{family.name}: a child ended with {status}; see {family.root.parent / 'child.log'}"
    finished.check()
    return killed, wrote


def contents(folder: Path) -> dict[str, str]:
    """The digest of every file that a person sees in a folder."""
    if not folder.is_dir():
        return {}
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def export_family(name: str, place: Path, works: list[Callable[[Path], Callable[[Teller], None]]]) -> Family:
    """A family whose two variants replace each other's files; makes the whole exports to compare with."""
    target = place / "target"
    wholes: list[dict[str, str]] = []

    def check(settled: bool) -> None:
        check_export(target, contents(target), wholes, settled=settled)

    def work(number: int) -> Callable[[Teller], None]:
        if number % 5 == 4:
            shutil.rmtree(target, ignore_errors=True)
        return works[number % 2](target)

    family = Family(name, target, work, check)
    for index, make in enumerate(works):
        family.root = place / f"whole{index}"
        _, family.seconds = run(family, make(family.root), None)
        family.steps = _steps(family)
        wholes.append(contents(family.root))
        read_all(family.root)
    assert wholes[0] != wholes[1]
    assert wholes[0].keys() == wholes[1].keys()
    family.root = target
    return family


def families(place: Path, names: tuple[str, ...] | None) -> list[Family]:
    """Everything that is killed, each in a folder of its own."""
    made = []
    for number, name in enumerate([*EXPORTS, "window export", "window queue", "atlas"]):
        if names is not None and name not in names:
            continue
        folder = place / str(number)
        folder.mkdir()
        if name in EXPORTS:
            commands = [
                lambda target, words=words: victims.command(*words, "--force", "--out", str(target))
                for words in EXPORTS[name]
            ]
            made.append(export_family(name, folder, commands))
        elif name == "window export":
            home = folder / "home"
            home.mkdir()
            windows = [
                lambda target, times=times, home=home: victims.export_in_window(home, target, times) for times in (1, 2)
            ]
            made.append(export_family(name, folder, windows))
        else:
            made.append(_queue_family(folder) if name == "window queue" else _atlas_family(folder))
    return made


def _queue_family(folder: Path) -> Family:
    home = folder / "home"
    home.mkdir()
    ordered: list[int] = []

    def check(settled: bool) -> None:
        ordered.extend(int(line.split()[1]) for line in family.said if line.startswith("ordered"))
        check_queue(home, sorted(set(ordered)))

    def work(number: int) -> Callable[[Teller], None]:
        return victims.form_in_window(home, number)

    family = Family("window queue", home, work, check, stores=(home / "cache" / "patterns",))
    _, family.seconds = run(family, work(1000), None)
    family.steps = _steps(family)
    check(settled=False)
    return family


def _atlas_family(folder: Path) -> Family:
    target = folder / "atlas"

    def check(settled: bool) -> None:
        check_atlas(target, LAYER)

    def work(number: int) -> Callable[[Teller], None]:
        if (target / f"{LAYER}.json").exists():
            shutil.rmtree(target)
        return victims.command(*_ATLAS, "--out", str(target))

    family = Family("atlas", target, work, check, stores=(target / ".work",))
    _, family.seconds = run(family, work(0), None)
    family.steps = _steps(family)
    return family


def _steps(family: Family) -> int:
    return next((int(line.split()[1]) for line in family.said if line.startswith("steps")), family.steps)


def kill(count: int, seed: int, place: Path, names: tuple[str, ...] | None = None) -> Counter[str]:
    """Kill so many times.

    Args:
        count: How many kills; a child that was quicker than its killer does not count.
        seed: Of the moments.
        place: An empty folder, to be looked at when something is found.
        names: Of the families, or None for all.

    Returns:
        How many kills of each family there were, by "name, way of killing".

    Raises:
        AssertionError: Something was lost, or half-written.
    """
    victims.import_everything()
    chance = random.Random(seed)
    line, kills, number = families(place, names), Counter[str](), 0
    while sum(kills.values()) < count:
        family = line[number % len(line)]
        number, family.rounds = number + 1, family.rounds + 1
        by_time = chance.random() < 0.5
        moment = chance.uniform(0, family.seconds) if by_time else None
        fatal = 0 if by_time else chance.randint(1, max(1, family.steps))
        killed, _ = run(family, family.work(family.rounds), moment, fatal)
        family.check(not killed)
        kills[f"{family.name}, {'time' if by_time else 'access'}"] += killed
        if killed and sum(kills.values()) % _EVERY == 0:
            print(f"{sum(kills.values())} kills", flush=True)  # noqa: T201
        if killed and chance.random() < 0.5:
            forget(family.root, *family.stores)
            family.check(True)
    return kills


def main() -> None:
    """Kill, and print how often; ends with an error at the first thing that is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="kills-"))
    start = time.monotonic()
    print(f"in {place}", flush=True)  # noqa: T201
    kills = kill(options.count, options.seed, place)
    for name, number in sorted(kills.items()):
        print(f"{number:4} {name}")  # noqa: T201
    seconds = time.monotonic() - start
    print(f"{sum(kills.values())} kills in {seconds:.0f} s, seed {options.seed}: nothing was lost.")  # noqa: T201
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
