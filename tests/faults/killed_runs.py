"""The runs of the program that `kills.py` kills, each in a child that was forked for it."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import resources

CAT = resources.path("samples", "chelsea.png")
LAYER = "block1_conv1"
_FEW_STEPS = ("--set", "steps=2", "--set", "rescue=false")


def import_everything(only: str | None = None) -> None:
    """Import what the runs need, and start nothing of it."""
    global RUNS
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    for name in (
        "tensorflow",
        "keras",
        "main",
        "engine.cli.commands",
        "engine.gradient_ascent.ascent",
        "gui.app",
        "gui.self_test",
    ):
        importlib.import_module(name)
    if only is not None:
        RUNS = MappingProxyType({name: RUNS[name] for name in only.split(",")})


def _command(*arguments: str) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        import main

        status = main.main([*arguments, "--out", str(folder / "out")])
        if status:
            raise SystemExit(status)

    return run


def _in_window(drive: str) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        import driven_window

        getattr(driven_window, drive)(folder)

    return run


def _first_export(folder: Path) -> None:
    """An earlier export to the same folder, in another process: this one must start no thread."""
    child = os.fork()
    if child == 0:
        try:
            RUNS["maps"](folder)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


_MAPS = ("maps", str(CAT), "--layer", "block1_conv1,block2_conv1", "--size", "64")

RUNS: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {
        "maps": _command(*_MAPS),
        "maps-again": _command(*_MAPS, "--scale", "layer", "--force"),
        "sheets": _command("maps", str(CAT), "--layer", "all", "--size", "64", "--format", "sheet"),
        "values": _command("maps", str(CAT), "--layer", "all", "--size", "64", "--format", "npy"),
        "patterns": _command("patterns", "--layer", LAYER, "--channels", "0-15", *_FEW_STEPS),
        "animations": _command("patterns", "--layer", LAYER, "--channels", "0-7", *_FEW_STEPS, "--format", "webp"),
        "atlas": _command("atlas", "--layers", LAYER, *_FEW_STEPS),
        "window-maps": _in_window("export_maps"),
        "window-patterns": _in_window("export_patterns"),
        "window-queue": _in_window("form_queue"),
    }
)
BEFORE: Mapping[str, Callable[[Path], None]] = MappingProxyType({"maps-again": _first_export})
RESUMED = frozenset({"atlas", "window-queue"})

if sys.platform == "win32":
    raise SystemExit("this system cannot fork")
