"""The rules of the architecture, as tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import engine

ROOT = Path(engine.__file__).parents[1]
ROOM_FILES = 20
"""The most modules of a room; more are two rooms."""


def modules_of(package: str) -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / package).rglob("*.py")
    }


def imports_of(path: Path) -> Iterator[str]:
    """Every name that a file imports, also in functions and for types, as if each were a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_follow_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("package", ["engine", "gui"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    modules = modules_of(package)
    found = {
        name: {name if name in modules else name.rpartition(".")[0] for name in imports_of(path)} & modules.keys()
        for name, path in modules.items()
    }
    TopologicalSorter(found).prepare()  # raises a CycleError that names them


@pytest.mark.parametrize("package", ["engine", "gui"])
def test_every_room_is_small_and_in_the_architecture(package: str) -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for room in sorted({path.parent for path in modules_of(package).values()}):
        name = room.relative_to(ROOT / package).as_posix()
        # In the drawing of the folders, where a room stands in its package, or by its whole name.
        assert room == ROOT / package or re.search(rf"\s{name}/|\b{package}/{name}/", text), name
        assert len(list(room.glob("*.py"))) <= ROOM_FILES + 1, name  # and its __init__.py


def test_what_is_looked_at_has_no_widgets() -> None:
    for path in (ROOT / "gui" / "state").glob("*.py"):
        assert "QtWidgets" not in path.read_text(encoding="utf-8"), path.name


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
