"""A short version of the kills of the window's processes; `process_kills.py` by itself does 200."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.real
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_window_goes_on_whenever_its_processes_are_killed(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "process_kills.py"), "--count", "5", "--seed", "1", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("nothing lost")
