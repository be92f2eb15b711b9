"""Files that the program wrote (at commit 7cbb354) when VGG16 was the only network, so that none of them names it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import resources
from engine.atlas.reader import Atlas
from engine.exports import manifest
from engine.exports.manifest import Manifest, PatternManifest
from engine.files.atomic import recover
from engine.networks.vgg16 import VGG16
from engine.networks.weights import BUNDLED_SHA256
from engine.patterns import recipes
from engine.patterns.goals import Goal, goals_of
from engine.patterns.objectives import channel
from engine.patterns.options import PatternOptions
from engine.patterns.requests import of_channel
from engine.patterns.settings import PatternSettings
from engine.patterns.store import PatternStore
from gui.state import queue_json
from gui.state.map_export_options import ExportOptions
from gui.state.pattern_export_options import PatternExportOptions
from gui.state.pattern_queue import PatternQueue
from gui.state.session import OldSettings
from gui.state.settings import Settings

FILES = Path(__file__).parents[1] / "data" / "before_networks"
SETTINGS = PatternSettings("chollet", seed=7).with_parameter("preprocessing", True).with_parameter("canvas", 96)
MAPS = ExportOptions("everything", "npy", "viridis", 4, "/exports", include_linear=False)
PATTERNS = PatternExportOptions("layer", "gif", "/exports/patterns")


def text(name: str) -> str:
    return (FILES / name).read_text()


def kept() -> dict[str, Any]:
    return dict(json.loads(text("kept.json")))


def queue_of(text: str) -> PatternQueue:
    queue = PatternQueue(cost=lambda _: 1.0)
    queue_json.add_from_text(queue, text, VGG16)
    return queue


def check_queue(queue: PatternQueue) -> None:
    raw = PatternSettings(seed=2).with_parameter("preprocessing", False)
    assert [order.waiting for order in queue.orders] == [
        goals_of("block5_conv3", (0, 7, 511), PatternSettings()),
        goals_of("block3_conv1", (1, 2), SETTINGS),
        [Goal("block4_conv2", channel(1) + channel(2), raw, (20,))],
    ]


def test_a_manifest_of_maps() -> None:
    found = manifest.read(FILES / "maps" / "manifest.json")
    assert [(one.layer, one.channels) for one in found.selections] == [
        ("block5_pool", (3, 0, 17)),
        ("block2_conv1:linear", (5,)),
    ]
    assert (found.size, found.weights.sha256) == (32, BUNDLED_SHA256)
    assert isinstance(manifest.read_any(FILES / "maps" / "manifest.json"), Manifest)


def test_a_manifest_of_patterns_asks_for_what_is_kept() -> None:
    found = manifest.read_any(FILES / "patterns" / "manifest.json")
    assert isinstance(found, PatternManifest)
    keys = [request.key(BUNDLED_SHA256) for one in found.selections for request in one.requests()]
    assert keys == [kept()["crisp"]["key"], kept()["book"]["key"]]
    assert [one.patterns[0].recipe.name for one in found.selections] == ["crisp", "chollet"]


@pytest.mark.parametrize("name", ["crisp", "book"])
def test_a_kept_pattern_is_found_under_its_name_bit_for_bit(tmp_path: Path, name: str) -> None:
    shutil.copytree(FILES / "kept", tmp_path, dirs_exist_ok=True)
    known = kept()[name]
    recipe = recipes.from_dict(known["recipe"])
    key = of_channel("block1_conv2", 3, PatternOptions(recipe, 1)).key(BUNDLED_SHA256)
    assert key == known["key"]
    assert json.loads(json.dumps(recipe.as_dict())) == known["recipe"]
    frame = PatternStore(tmp_path).get(key, with_state=True)
    assert frame is not None
    assert frame.state is not None
    assert frame.state.recipe == frame.recipe
    digests = [hashlib.sha256(array.tobytes()).hexdigest() for array in (frame.image, frame.input)]
    assert digests == [known["image"], known["input"]]


def test_the_queue() -> None:
    check_queue(queue_of(text("queue.json")))


def test_the_settings_of_patterns() -> None:
    assert PatternSettings.from_text(text("pattern_settings.json")) == SETTINGS


def test_the_options_of_exports() -> None:
    assert ExportOptions.from_text(text("map_export_options.json")) == MAPS
    assert PatternExportOptions.from_text(text("pattern_export_options.json")) == PATTERNS


def test_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    shutil.copy(FILES / "settings.ini", path)
    settings = Settings(path)
    session = OldSettings(settings).session()
    assert (session.size, session.fit, session.layer) == (96, "pad", "block4_pool")
    assert (session.network, session.digest) == (VGG16.name, "")
    assert (settings.export, settings.export_patterns) == (MAPS, PATTERNS)
    assert PatternSettings.from_text(settings.text("patterns/settings")) == SETTINGS
    check_queue(queue_of(settings.text("patterns/queue")))


def test_an_export_that_was_killed_halfway(tmp_path: Path) -> None:
    shutil.copytree(FILES / "killed_export", tmp_path, dirs_exist_ok=True)
    for owner in tmp_path.glob(".convscope-*/owner"):
        os.utime(owner, (0, 0))  # made on another machine, whose locks nobody sees here
    recover(tmp_path)
    found = manifest.read(tmp_path / "manifest.json")
    names = {name for one in found.selections for name in one.files}
    assert {path.name for path in tmp_path.iterdir()} == {"manifest.json", *names}


def test_the_atlas_that_the_program_carries() -> None:
    index = Atlas(resources.path("patterns")).index("block1_conv1")
    assert index is not None
    assert index.channels == 64
