"""What a person is told when there cannot be a window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import engine

ROOT = Path(engine.__file__).parents[1]
NO_QT = 'raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")\n'

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the boxes of other systems need those systems")


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program, with these variables and hardly any other."""
    kept = {"PATH": environment.pop("PATH", os.environ["PATH"]), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_screen_it_says_so() -> None:
    done = started()
    assert done.returncode == 1
    assert done.stderr.startswith("convscope: There is no screen to open the window on")
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_library_is_named_in_a_box(tmp_path: Path) -> None:
    (tmp_path / "PySide6.py").write_text(NO_QT, encoding="utf-8")
    box = tmp_path / "zenity"
    box.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\n', encoding="utf-8")
    box.chmod(0o755)
    done = started(
        DISPLAY=":1",
        PYTHONPATH=str(tmp_path),
        PATH=f"{tmp_path}:{os.environ['PATH']}",
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "libEGL.so.1" in done.stderr
    said = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert "--text=The window cannot be opened (libEGL.so.1" in said[-1]


def test_a_missing_library_does_not_matter_to_the_subcommands(tmp_path: Path) -> None:
    (tmp_path / "PySide6.py").write_text(NO_QT, encoding="utf-8")
    done = started("layers", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
