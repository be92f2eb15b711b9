"""Kill the real program at random moments of exports and pattern runs, and see that nothing is lost or half written.

    python tests/faults/kills.py [--count 200] [--seed 0] [--folder DIR]

Each run is the real program, from `main.main` or with its real window offscreen, in a process of its own. To spare the
seconds that importing TensorFlow takes, that process is forked from one which has imported everything and started
nothing: no thread of TensorFlow's, no QApplication. Linux only.

Runs are killed with SIGKILL at a random moment: in a third of the cases of the whole run, else after it has begun to
write. Then every visible file must be whole, and after the next start there must be all of an export or nothing of it,
no leftovers, and every finished pattern with the same bytes as before.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import killed_runs  # noqa: E402 - after the paths above
import whole_files  # noqa: E402

from engine.files import atomic, lock_files  # noqa: E402

_LONGEST = 120.0
"""Seconds that an undisturbed run may take."""

_EVERY_MOMENT = 1 / 3
"""Share of kills at any moment of a run; the others come while it writes."""

_REAL_NEXT_START = 8
"""After every so-manieth kill the next start is the whole program, run to its end."""


@dataclass(eq=False)
class Case:
    """One kind of run.

    Attributes:
        name: For people.
        run: What the child does in a folder.
        root: Where it does it; a new folder each time.
        resumes: Whether what is there is gone on with by the next run.
        complete: The `state` after an undisturbed run.
        seconds: How long that run took until it began to write, and in all.
        before: The visible files before a run.
    """

    name: str
    run: Callable[[Path], None]
    root: Path
    resumes: bool = False
    complete: tuple[dict[str, bytes], int] = field(default_factory=lambda: ({}, 0))
    seconds: tuple[float, float] = (0.0, 0.0)
    before: dict[str, bytes] = field(default_factory=dict)


def start(case: Case, folder: Path) -> int:
    """Fork a child that does a run and nothing else; its words go to a file beside the folder."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.setsid()
        log = os.open(folder.parent / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        case.run(folder)
        status = 0
    finally:
        os._exit(status)


def undisturbed(case: Case, folder: Path) -> tuple[float, float]:
    """Let a run come to its end; when it began to write and when it ended."""
    begun, writing = time.monotonic(), 0.0
    child = start(case, folder)
    seen = whole_files.everything(folder)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        now = time.monotonic() - begun
        writing = writing or (now if whole_files.everything(folder) != seen else 0.0)
        if done:
            said = (folder.parent / "log").read_text(encoding="utf-8")
            assert status == 0, f"{case.name} failed by itself: {said}"
            return writing or now, now
        if now > _LONGEST:
            end(child)
            raise AssertionError(f"{case.name} does not end")
        time.sleep(0.002)


def kill_once(case: Case, folder: Path, chance: random.Random) -> dict[str, bytes] | None:
    """Kill one run.

    Returns:
        The finished patterns just before that moment; None when the run ended before it came.
    """
    writing, total = case.seconds
    seen = whole_files.everything(folder)
    at_any_moment = chance.random() < _EVERY_MOMENT
    delay = chance.uniform(0, total) if at_any_moment else chance.uniform(0, 1.1 * max(total - writing, 0.05))
    child, begun = start(case, folder), time.monotonic()
    until = begun + delay if at_any_moment else begun + _LONGEST
    while time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            return None
        if not at_any_moment and whole_files.everything(folder) != seen:
            at_any_moment, until = True, time.monotonic() + delay
        time.sleep(0.001)
    known = whole_files.patterns(folder)
    return known if end(child) else None


def end(child: int) -> bool:
    """Kill a child that has not been waited for; False when it had ended by itself."""
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def verify(case: Case, folder: Path, known: dict[str, bytes], *, really: bool) -> None:
    """Look at what a kill has left, start the program the next time, and look again."""
    whole_files.check(folder)
    whole_files.check_patterns(folder, known)
    if really:
        undisturbed(case, folder)
    else:
        for path in (folder, folder / "out"):
            atomic.recover(path)
        for path in folder.rglob("*"):
            if path.is_dir():
                atomic.sweep(path)
    whole_files.check(folder)
    whole_files.check_patterns(folder, known)
    assert whole_files.leftovers(folder) == [], whole_files.leftovers(folder)
    found = whole_files.visible(folder / "out")
    if really:
        assert found == case.complete[0], (case.name, sorted(set(found) ^ set(case.complete[0])))
    elif not case.resumes:
        assert found in ({}, case.before, case.complete[0]), (case.name, sorted(found))


def one(case: Case, number: int, chance: random.Random) -> bool:
    """One kill of a case, in the folder that the last one left where the program goes on with it."""
    folder = case.root / ("always" if case.resumes else str(number)) / "work"
    if case.resumes and state(folder) == case.complete:
        shutil.rmtree(folder.parent)  # begin anew
    if not folder.exists():
        folder.mkdir(parents=True)
        if case.before:
            (folder / "out").mkdir()
            for name, data in case.before.items():
                (folder / "out" / name).write_bytes(data)
    earlier = whole_files.patterns(folder)
    known = kill_once(case, folder, chance)
    if known is not None:
        assert earlier.items() <= known.items(), "a pattern of an earlier run was lost"
        verify(case, folder, known, really=number % _REAL_NEXT_START == 0)
    if not case.resumes:
        shutil.rmtree(folder.parent)
    return known is not None


def state(folder: Path) -> tuple[dict[str, bytes], int]:
    """The visible files of a run, and how many patterns it has finished."""
    return whole_files.visible(folder / "out"), len(whole_files.patterns(folder))


def cases(root: Path) -> list[Case]:
    """Every kind of run, each tried once to its end."""
    made = [Case(name, run, root / name, resumes=name in killed_runs.RESUMED) for name, run in killed_runs.RUNS.items()]
    for case in made:
        folder = case.root / "reference" / "work"
        folder.mkdir(parents=True)
        if first := killed_runs.BEFORE.get(case.name):
            first(folder)
            case.before = whole_files.visible(folder / "out")
        case.seconds = undisturbed(case, folder)
        case.complete = state(folder)
        whole_files.check(folder)
    return made


def main() -> int:
    """Kill so many runs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=200, help="kills (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments (default: 0)")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one that is removed when not given")
    parser.add_argument("--only", help="kinds of runs, with commas")
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        killed_runs.import_everything(options.only)
    assert len(list(Path("/proc/self/task").iterdir())) <= 2, "a thread has been started that no child would have"
    lock_files.FRESH = atomic.EMPTY_SECONDS = 0.0  # here the next start comes within milliseconds
    root = options.folder or Path(tempfile.mkdtemp(prefix="kills-"))
    chance = random.Random(options.seed)
    killed: Counter[str] = Counter()
    early = 0
    begun = time.monotonic()
    chosen = cases(root)
    while killed.total() < options.count:
        case = chance.choice(chosen)
        if one(case, killed.total() + early, chance):
            killed[case.name] += 1
            if killed.total() % 20 == 0:
                sys.stdout.write(f"{killed.total()} kills after {time.monotonic() - begun:.0f} s\n")
                sys.stdout.flush()
        else:
            early += 1
    if options.folder is None:
        shutil.rmtree(root)
    parts = ", ".join(f"{name} {count}" for name, count in sorted(killed.items()))
    sys.stdout.write(f"{killed.total()} kills ({parts}; {early} runs ended before their moment): nothing lost\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
