"""What programs inherit that a bundle starts."""

from __future__ import annotations

import os
import runpy

import pytest
from packaging_scripts import FOLDER

HOOK = str(FOLDER / "own_environment.py")


def test_the_bundles_libraries_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/bundle/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    runpy.run_path(HOOK)
    assert "LD_LIBRARY_PATH" not in os.environ


def test_the_persons_own_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/bundle/_internal:/home/person/lib")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/home/person/lib")
    runpy.run_path(HOOK)
    assert os.environ["LD_LIBRARY_PATH"] == "/home/person/lib"
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ
