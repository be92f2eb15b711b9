"""What is looked at after a kill, and what the next start makes of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
import victims
from PIL import Image

from engine import manifest
from engine.atomic import sweep
from engine.leftovers import PREFIX, settle
from engine.patterns.atlas import Atlas
from engine.patterns.store import PatternStore
from gui.pattern_queue import PatternQueue, goals_of
from gui.settings import Settings

_LONG_AGO = 4000.0


class Store:
    """The finished patterns that were seen before a kill."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._seen: dict[Path, str] = {}
        self.look()

    def look(self) -> None:
        """Remember what is there."""
        for folder in self._folders:
            for path in folder.glob("*.pattern"):
                if path not in self._seen:
                    self._seen[path] = sha256(path.read_bytes()).hexdigest()

    def check(self) -> None:
        """Every one of them is there and readable, with the same bytes, and so is what came since."""
        for path, digest in self._seen.items():
            assert sha256(path.read_bytes()).hexdigest() == digest, f"{path} has changed"
        for folder in self._folders:
            store = PatternStore(folder, limit=None)
            for key in sorted(store.keys()):
                assert store.get(key, with_state=True) is not None, f"{key} is damaged"


def read_all(folder: Path) -> None:
    """Open every file that looks like a result, to its last byte."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith("."):
            assert path.suffix == ".new" or path.name.startswith(PREFIX) or path.name == ".work", f"{path} is unknown"
        elif path.suffix in (".png", ".webp", ".gif"):
            with Image.open(path) as picture:
                for frame in range(getattr(picture, "n_frames", 1)):
                    picture.seek(frame)
                    picture.load()
        elif path.suffix == ".npy":
            assert np.isfinite(np.load(path, allow_pickle=False)).all(), path
        elif path.name == manifest.FILE_NAME:
            record = manifest.read_record(path)
            assert record is not None
            for entry in (record, *record.get("earlier", ())):
                for selection in entry["selections"]:
                    assert all((folder / name).is_file() for name in selection["files"]), f"{path} names what is not"
        else:
            json.loads(path.read_bytes())


def check_export(target: Path, found: dict[str, str], wholes: Sequence[dict[str, str]], *, settled: bool) -> None:
    """Every file is one of a whole export's; with a manifest, or once it is settled, all are of the same one."""
    read_all(target)
    for name, digest in found.items():
        assert any(whole.get(name) == digest for whole in wholes), f"{target / name} is none that an export makes"
    if manifest.FILE_NAME in found:
        assert found in wholes, f"the manifest in {target} is not about the files there"
    if settled:
        assert found == {} or found in wholes, f"{target} is half of an export"
        assert not list(target.glob(".*")), f"leftovers in {target}"


def check_atlas(target: Path, layer: str) -> None:
    """A layer's index is there with its sheet, or is not there."""
    read_all(target)
    atlas = Atlas(target)
    if (target / f"{layer}.json").exists():
        assert atlas.tiles(layer) is not None, atlas.problem
        assert not atlas.missing(layer)


def check_queue(home: Path, seeds: Sequence[int]) -> None:
    """The settings can be read, and each pattern that was ever ordered is kept or still waits."""
    settings = Settings(home / "settings.ini")
    assert settings.problem == ""
    assert settings.input_size == 64
    queue = PatternQueue(cost=lambda _: 1.0)
    text = settings.text("patterns/queue")
    if text:
        json.loads(text)
        queue.add_from_text(text)
    waiting = {goal for order in queue.orders for goal in order.waiting}
    from engine import weights

    keys = PatternStore(home / "cache" / "patterns").keys()
    digest = weights.load(None)[0].sha256
    for seed in seeds:
        for goal in goals_of(victims.LAYER, range(victims.CHANNELS), victims.pattern_settings(seed)):
            assert goal in waiting or goal.request().key(digest) in keys, f"channel {goal.channel} of {seed} is lost"


def forget(root: Path, *stores: Path) -> None:
    """An hour later, the next start clears away what is left."""
    long_ago = time.time() - _LONG_AGO
    for folder in (root, *stores):
        for path in folder.glob(".*") if folder.is_dir() else ():
            with suppress(OSError):
                os.utime(path, (long_ago, long_ago))
        settle(folder)
        sweep(folder)
        assert not list(folder.glob("*.new")), f"leftovers in {folder}"
