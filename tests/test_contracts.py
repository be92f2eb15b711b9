"""The rules of the architecture, as tests."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import engine

ROOT = Path(engine.__file__).parents[1]


def test_imports_follow_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("module", ["engine", "engine.cli.commands", "engine.session"])
def test_importing_the_engine_loads_neither_qt_nor_tensorflow(module: str) -> None:
    script = (
        f"import sys, {module}\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'PySide6', 'pyqtgraph', 'tensorflow', 'keras', 'h5py'}))"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_importing_the_window_does_not_load_tensorflow() -> None:
    script = "import sys, gui.app; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]


def test_our_packaging_folder_does_not_hide_the_library() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_version_has_one_source() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "engine.__version__"}


def test_every_package_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    setuptools = project["tool"]["setuptools"]
    listed = set(setuptools["packages"]) - set(setuptools["package-dir"])  # those hold no code
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("engine", "gui", "resources")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert listed == found
