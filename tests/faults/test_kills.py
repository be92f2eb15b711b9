"""A short version of the kills; `kills.py` by itself does 200."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork this")


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=HERE.parents[1]
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_killed_before_every_access_to_the_disk(tmp_path: Path) -> None:
    said = run(str(HERE / "every_step.py"), str(tmp_path))
    counts = [int(line.split()[-2]) for line in said.splitlines()]
    assert len(counts) == 3
    assert all(count >= 3 for count in counts)
    assert max(counts) > 30


@pytest.mark.real
def test_killed_at_random_moments(tmp_path: Path) -> None:
    arguments = ("--count", "6", "--seed", "1", "--only", "window-queue", "--folder", str(tmp_path))
    said = run(str(HERE / "kills.py"), *arguments)
    assert said.splitlines()[-1].startswith("6 kills")
    assert said.splitlines()[-1].endswith("nothing lost")
