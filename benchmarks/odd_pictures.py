"""Opens every file in a folder or an archive, each in a process of its own, and says how long and how much it took.

    python benchmarks/odd_pictures.py FOLDER
    python benchmarks/odd_pictures.py --pillow-sdist pillow-13.0.0.tar.gz

Pillow's source archive has over a thousand odd and broken pictures in Tests/. Of files with several frames, the last is
opened too. Exit status 1 when any file took more than 5 s or 1 GB, wrote to stderr, crashed, or gave anything but a
picture or an `EngineError`. Linux and macOS only: it forks.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine import images
from engine.formats import names as picture_formats
from engine.records import EngineError

MAX_SECONDS = 5.0
MAX_MEGABYTES = 1000.0
_GIVE_UP_SECONDS = 60
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_SHOWN = 8


@dataclass(frozen=True)
class Outcome:
    """What opening one file led to.

    Attributes:
        name: The file.
        kind: "picture", "refused" (an `EngineError`) or "failed" (anything else).
        text: The picture's note, the refusal, or what went wrong.
        seconds: Processor time of the process, user and system; wall time would measure the machine's other work.
        megabytes: Peak resident memory of the process, the interpreter's own 40 MB included.
    """

    name: str
    kind: str
    text: str
    seconds: float
    megabytes: float

    @property
    def bad(self) -> bool:
        """Whether it breaks a promise."""
        return self.kind == "failed" or self.seconds > MAX_SECONDS or self.megabytes > MAX_MEGABYTES


def main() -> int:
    parser = argparse.ArgumentParser(description="Open every file in a folder; report time, memory and failures.")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument(
        "--pillow-sdist", type=Path, metavar="FILE", help="Pillow's source archive; its Tests/ are used"
    )
    options = parser.parse_args()
    if (options.folder is None) == (options.pillow_sdist is None):
        parser.error("name a folder or --pillow-sdist")
    if options.folder is not None:
        return report(measure_folder(options.folder))
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(options.pillow_sdist) as archive:
            archive.extractall(folder, filter=_tests_only)
        return report(measure_folder(Path(folder)))


def _tests_only(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    return tarfile.data_filter(member, folder) if "/Tests/" in member.name else None


def measure_folder(folder: Path) -> list[Outcome]:
    """Open every file below a folder."""
    picture_formats.formats()  # loads the plugins once, before the forks
    outcomes = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        outcomes.append(measure(str(path.relative_to(folder)), lambda path=path: open_all(path)))  # type: ignore[misc]
    return outcomes


def open_all(path: Path) -> tuple[str, str]:
    """Open the first frame of a file, and the last one when there are several."""
    try:
        picture = images.open_picture(path)
        _check(picture.pixels)
        if picture.frames > 1:
            _check_last_frame(path, picture.frames - 1)
    except EngineError as error:
        sentence = str(error)
        return ("failed" if "\n" in sentence or not sentence.endswith(".") else "refused"), sentence
    return "picture", f"{picture.pixels.shape} {picture.note}"


def _check_last_frame(path: Path, frame: int) -> None:
    try:
        _check(images.open_image(path, frame=frame))
    except EngineError:
        return


def _check(pixels: object) -> None:
    if not (isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3):
        raise TypeError("not uint8 (height, width, 3)")
    if pixels.flags.writeable or not pixels.flags.c_contiguous:
        raise TypeError("writeable or not contiguous")


def measure(name: str, job: Callable[[], tuple[str, str]]) -> Outcome:
    """Run a job in a forked process, its stderr watched."""
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as stderr:
        process = os.fork()
        if process == 0:
            os.dup2(stderr.fileno(), 2)
            _run(job, answer.fileno())
        _, status, usage = os.wait4(process, 0)
        answer.seek(0)
        stderr.seek(0)
        kind, text = json.loads(answer.read() or "null") or ("failed", f"the process ended with status {status}")
        noise = stderr.read().decode(errors="replace").strip()
    if noise:
        kind, text = "failed", f"wrote to stderr: {noise[:300]}"
    return Outcome(name, kind, text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT / 1e6)


def _run(job: Callable[[], tuple[str, str]], answer: int) -> None:
    signal.alarm(_GIVE_UP_SECONDS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        result = job()
    except BaseException as error:  # noqa: BLE001 - this is what is looked for
        result = "failed", f"{type(error).__name__}: {error}"
    os.write(answer, json.dumps(result).encode())
    os._exit(0)


def report(outcomes: list[Outcome]) -> int:
    """Print the figures; 1 when a promise was broken, else 0."""
    for title, key in (("slowest", "seconds"), ("largest", "megabytes")):
        print(f"\n{title}:")
        for outcome in sorted(outcomes, key=lambda outcome: -float(getattr(outcome, key)))[:_SHOWN]:
            print(f"  {outcome.seconds:6.2f} s {outcome.megabytes:6.0f} MB  {outcome.name}: {outcome.text[:120]}")
    bad = [outcome for outcome in outcomes if outcome.bad]
    print(f"\nbroken promises: {len(bad)}")
    for outcome in bad:
        print(f"  {outcome.seconds:6.2f} s {outcome.megabytes:6.0f} MB  {outcome.name}: {outcome.text}")
    counts = {kind: sum(outcome.kind == kind for outcome in outcomes) for kind in ("picture", "refused", "failed")}
    print(f"\n{len(outcomes)} files: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    return 1 if bad or not outcomes else 0


if __name__ == "__main__":
    started = time.perf_counter()
    code = main()
    print(f"{time.perf_counter() - started:.0f} s in all")
    raise SystemExit(code)
