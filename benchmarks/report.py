"""Figures of a benchmark: what was measured, against which bar, as a table and as JSON. Nothing is judged here."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

_COLUMNS = ("what", "median", "worst", "bar", "", "runs", "note")


@dataclass(frozen=True)
class Figure:
    """One thing that was measured several times.

    Attributes:
        name: What it is.
        values: The measurements, in order.
        unit: Of the values: "ms", "s", "MB" or "×".
        bar: What the design asks for, in the same unit; None when it asks for nothing.
        judged_by: Which of the two the bar is for: "median", or "worst" where the design says longest.
        note: What else a reader has to know.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    bar: float | None = None
    judged_by: str = "median"
    note: str = ""

    @property
    def median(self) -> float:
        """The middle value; of an even number of them the mean of the middle two."""
        return statistics.median(self.values)

    @property
    def worst(self) -> float:
        """The largest value."""
        return max(self.values)

    @property
    def verdict(self) -> str:
        """Whether the bar is kept; empty without one."""
        if self.bar is None:
            return ""
        return "kept" if getattr(self, self.judged_by) <= self.bar else "missed"


def print_table(figures: Sequence[Figure]) -> None:
    """Print a line a figure, in columns."""
    rows = [_COLUMNS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS) - 1)]
    for row in rows:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:6], widths[1:], strict=True)),
        ]
        print("  ".join((*cells, row[6])).rstrip())


def _cells(figure: Figure) -> tuple[str, ...]:
    values = [_number(value, figure.unit) for value in (figure.median, figure.worst)]
    bar = "" if figure.bar is None else f"{figure.judged_by} {_number(figure.bar, figure.unit)}"
    return (figure.name, *values, bar, figure.verdict, str(len(figure.values)), figure.note)


def _number(value: float, unit: str) -> str:
    digits = {"ms": 1 if value < 100 else 0, "s": 2, "MB": 0, "×": 3}[unit]
    return f"{value:.{digits}f} {unit}"


def conditions() -> dict[str, object]:
    """What the figures depend on besides the program: the machine, how busy it is, and the libraries."""
    libraries = ("PySide6-Essentials", "tensorflow-cpu", "tensorflow", "keras", "numpy", "pyqtgraph", "pillow")
    return {
        "machine": platform.platform(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        **{name: version for name in libraries if (version := _version(name))},
    }


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def run_part(measure: Callable[[], Sequence[Figure]], description: str | None) -> None:
    """The command line of one part: its table, or its figures into a file for `run.py`.

    Args:
        measure: Takes the figures.
        description: What the part measures.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there instead of printing them")
    options = parser.parse_args()
    figures = measure()
    if options.json is None:
        print_table(figures)
    else:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures]), encoding="utf-8")
    # TensorFlow and Qt take their time to tidy up, and nothing is left to lose.
    sys.stdout.flush()
    os._exit(0)


def read_figures(file: Path) -> list[Figure]:
    """What `run_part` wrote."""
    return [Figure(**{**entry, "values": tuple(entry["values"])}) for entry in json.loads(file.read_text("utf-8"))]
