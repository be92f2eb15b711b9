"""Disks that are full, read-only or gone: nothing is lost, and a sentence says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from every_step import contents, request
from fake_engine import wait_until_complete
from pattern_samples import make_frame
from pytestqt.qtbot import QtBot
from window_words import said

from engine.exports.maps import export_maps
from engine.patterns.records import Frame
from engine.patterns.store import PatternStore
from engine.records import EngineError, Style
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions
from gui.state.settings import Settings

KEY = "k" * 64


def some_frame(seed: int) -> Frame:
    return make_frame(done=True, outcome="rendered", seed=seed)


def remount_read_only(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Fill a disk up but for so many bytes; the file that does it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    os.truncate(filler, filler.stat().st_size - leave)
    return filler


# Full


def test_a_full_disk_keeps_the_earlier_export(small_disk: Path) -> None:
    folder = small_disk / "out"
    list(export_maps(request(folder)))
    before = contents(folder)
    fill(small_disk, 8192)
    later = replace(request(folder), style=Style("layer"), overwrite=True)
    with pytest.raises(EngineError, match="the disk is full; make room or choose another folder"):
        list(export_maps(later))
    assert contents(folder) == before
    assert {path.name for path in folder.iterdir()} == set(before)


def test_a_full_disk_loses_no_pattern_and_says_so(small_disk: Path) -> None:
    store = PatternStore(small_disk / "patterns")
    store.put(KEY, some_frame(3))
    kept = store.get(KEY)
    assert kept is not None
    filler = fill(small_disk, 8192)
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    store.put("l" * 64, replace(some_frame(4), image=noise))
    assert "No space left on device" in store.problem
    assert [path.name for path in (small_disk / "patterns").iterdir()] == [f"{KEY}.pattern"]
    assert store.get(KEY) is not None
    filler.unlink()
    store.put("l" * 64, replace(some_frame(4), image=noise))
    assert store.problem == ""


@pytest.mark.usefixtures("qapp")
def test_settings_on_a_full_disk_stay_as_they_were(small_disk: Path) -> None:
    file = small_disk / "settings.ini"
    settings = Settings(file)
    settings.guide_zoom = 77
    settings.save()
    before = file.read_bytes()
    fill(small_disk, 4096)
    settings.set_text("patterns/queue", "x" * 20_000)
    settings.save()
    assert "cannot be saved" in settings.problem
    assert file.read_bytes() == before
    del settings
    assert Settings(file).guide_zoom == 77


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit here")
def test_a_file_that_may_not_be_so_large_is_one_sentence(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "from every_step import request; from engine.exports.maps import export_maps; from dataclasses import replace\n"
        "from engine.records import EngineError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        f"try: list(export_maps(replace(request(Path({str(tmp_path / 'out')!r})), format='npy')))\n"
        "except EngineError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "larger than the system allows; choose another folder" in done.stdout
    assert not (tmp_path / "out").exists()


# Read-only


class TestReadOnlyHome:
    @pytest.fixture
    def settings_file(self, small_disk: Path) -> Path:
        return small_disk / "settings.ini"

    def test_the_window_works_and_says_what_it_cannot_keep(
        self, small_disk: Path, make_window: Callable[[], MainWindow], qtbot: QtBot, cat_path: Path
    ) -> None:
        Settings(small_disk / "settings.ini").save()
        (small_disk / "settings.ini").write_text("[picture]\nsize=64\n", encoding="utf-8")
        remount_read_only(small_disk)
        window = make_window()
        window.open_images([cat_path])
        wait_until_complete(window, qtbot)
        assert any("The settings cannot be saved" in text for text in said(window))
        window.commands.patterns.flow.form_channels((2,))
        qtbot.waitUntil(lambda: any("Patterns are not kept for the next time" in text for text in said(window)))
        window.commands.export.start(ExportOptions(what="layer", folder=str(small_disk / "out")))
        qtbot.waitUntil(lambda: any("the disk is read-only; choose another folder" in text for text in said(window)))
        assert window.close()
        assert [path.name for path in small_disk.iterdir()] == ["settings.ini"]


def test_a_cache_below_a_file_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine", encoding="utf-8")
    store = PatternStore(tmp_path / "cache" / "patterns")
    store.put(KEY, some_frame(3))
    assert "cannot be written" in store.problem
    assert store.get(KEY) is None
    assert (tmp_path / "cache").read_text(encoding="utf-8") == "mine"


# Gone


def test_a_folder_that_vanishes_in_the_middle_is_said_in_the_window(
    cat_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    target = tmp_path / "stick"
    cat_window.commands.export.start(ExportOptions(what="everything", folder=str(target)))
    qtbot.waitUntil(lambda: len(list(target.glob(".convscope-*/new-*"))) > 3)
    target.rename(tmp_path / "pulled out")
    qtbot.waitUntil(lambda: any("it is gone; choose another folder" in text for text in said(cat_window)))
    assert not target.exists()
