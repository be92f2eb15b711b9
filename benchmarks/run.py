"""Every figure of the design's table in one run: start, window, all-layer pass, and the parts of a look.

Usage: ``python benchmarks/run.py [--json FILE] [PART …]``

The exit status is always 0: this measures, it does not judge. Each part has a process of its own. The window needs a
screen to be the real thing: the one that DISPLAY names, or a virtual one (Xvfb) that is started when there is none.
Other programs that run meanwhile make the figures worse; the load of the machine before and after each part is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from report import Figure, conditions, print_table, read_figures

PARTS = {
    "start": "From the start of the process to the window",
    "window": "The window: drops, switches, stalls, memory",
    "activations": "An all-layer pass against Keras",
    "micro": "The parts of a look",
}
_FOLDER = Path(__file__).resolve().parent
_SCREEN = "1600x1000x24"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there as well")
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    start = conditions()
    print("  ".join(f"{name} {value}" for name, value in start.items()))
    results: dict[str, list[Figure]] = {}
    with screen() as environment:
        for part in options.parts or PARTS:
            results[part] = run(part, environment)
    if options.json is not None:
        figures = {part: [_as_json(figure) for figure in found] for part, found in results.items()}
        options.json.write_text(json.dumps({"conditions": start, "figures": figures}, indent=1), encoding="utf-8")
    return 0


def run(part: str, environment: Mapping[str, str]) -> list[Figure]:
    """Measure one part and print its table; nothing when it broke, which is said."""
    before = _load()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [sys.executable, str(_FOLDER / f"{part}.py"), "--json", str(file)]
        done = subprocess.run(command, env=dict(environment), check=False)
        figures = read_figures(file) if file.exists() else []
    print(f"\n{PARTS[part]} (load {before} before, {_load()} after)")
    if done.returncode or not figures:
        print(f"This part ended with status {done.returncode} and {len(figures)} figures.")
    if figures:
        print_table(figures)
    return figures


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """An environment with a screen, where there can be one."""
    environment = dict(os.environ)
    if sys.platform != "linux" or environment.get("DISPLAY") or shutil.which("Xvfb") is None:
        yield environment
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", _SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as number:
            environment["DISPLAY"] = f":{number.readline().strip()}"
        environment.pop("QT_QPA_PLATFORM", None)
        yield environment
    finally:
        server.terminate()
        server.wait()


def _as_json(figure: Figure) -> dict[str, object]:
    return {**asdict(figure), "median": figure.median, "worst": figure.worst, "verdict": figure.verdict}


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    sys.exit(main())
