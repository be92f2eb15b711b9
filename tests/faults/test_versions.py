"""Files of a later version of the program, and answers of the system that say nothing about a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import made_up_frame

from engine.patterns import store as store_module
from engine.patterns.requests import of_channel
from engine.patterns.store import PatternStore
from engine.patterns.store_entry import MAGIC
from gui.main_window import MainWindow
from gui.state import queue_json
from gui.state.session import Session
from gui.state.settings import Settings


def test_a_pattern_of_a_later_version_is_left_to_it(tmp_path: Path) -> None:
    store = PatternStore(tmp_path)
    path = tmp_path / "key.pattern"
    content = b"convscope pattern 99\n" + b"what a later version writes"
    path.write_bytes(content)
    assert store.get("key") is None
    assert path.read_bytes() == content
    path.write_bytes(content.replace(b"99", b"1"))
    assert store.get("key") is None
    assert not path.exists()


def test_memory_that_runs_out_costs_no_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PatternStore(tmp_path)
    store.put("key", made_up_frame(of_channel("block1_conv1", 1), 4, done=True))
    with monkeypatch.context() as patch:

        def fail(*_: object, **__: object) -> None:
            raise MemoryError

        patch.setattr(store_module, "decode", fail)
        assert store.get("key") is None
    assert store.get("key") is not None
    assert (tmp_path / "key.pattern").read_bytes().startswith(MAGIC)


def test_what_a_killed_atlas_left_is_swept_without_a_limit_too(tmp_path: Path) -> None:
    leftover = tmp_path / ".key.pattern.0123.new"
    leftover.write_bytes(b"half")
    os.utime(leftover, (0, 0))
    store = PatternStore(tmp_path, limit=None)
    assert store.keys() == frozenset()
    store.put("key", made_up_frame(of_channel("block1_conv1", 1), 4, done=True))
    assert [path.name for path in tmp_path.iterdir()] == ["key.pattern"]
    assert store.keys() == {"key"}


def test_a_queue_of_a_later_version_is_left_to_it(make_window: Callable[[], MainWindow], settings_file: Path) -> None:
    text = json.dumps({"format": queue_json.FORMAT + 1, "orders": [{"title": "x", "wishes": [1, 2]}]})
    settings = Settings(settings_file)
    settings.session = Session(size=64).to_text()
    settings.set_text("patterns/queue", text)
    settings.save()
    window = make_window()
    assert any("later version" in message.text for message in window.views.messages.recent())
    window.commands.patterns.flow.runner.set_paused(True)
    window.commands.patterns.flow.form_channels((1, 2))
    window.close()
    assert Settings(settings_file).text("patterns/queue") == text
