"""What a bundle says that it was built from."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "resources" / "weights" / "vgg16_imagenet_notop.weights.h5"


def version() -> str:
    """The program's version, from its one source."""
    sys.path.insert(0, str(ROOT))
    import engine

    return engine.__version__


def commit() -> tuple[str | None, str | None]:
    """The commit of this checkout and its date, such as ``("4f2a…", "2026-11-24")``; None where that is not known."""
    known, date = _git("rev-parse", "HEAD"), _git("log", "-1", "--format=%cs")
    if known and _git("status", "--porcelain", "--untracked-files=no"):
        known += " with changes"
    return known or None, date or None


def release_date() -> str:
    """The date of this state of the program: that of the commit, or else that of SOURCE_DATE_EPOCH or of today."""
    import datetime

    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.datetime.fromtimestamp(int(seconds), datetime.UTC) if seconds else now
    return commit()[1] or f"{day:%Y-%m-%d}"


def write(file: Path, distributions: Iterable[metadata.Distribution]) -> None:
    """Write the record; the same state of the program and its packages gives the same bytes.

    Args:
        file: Where to.
        distributions: What the bundle carries.
    """
    known, date = commit()
    record = {
        "version": version(),
        "commit": known,
        "date": date,
        "system": sysconfig.get_platform(),
        "python": platform.python_version(),
        "pyinstaller": metadata.version("pyinstaller"),
        "weights": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(),
        "distributions": {found.name: found.version for found in distributions},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
