"""The shelf of patterns: what stays, and what goes first when memory is short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from pattern_samples import make_frame

from engine.memory.budget import PROGRAM_BYTES, Budget
from engine.patterns.goals import goals_of
from engine.patterns.settings import PatternSettings
from engine.patterns.store import PatternStore
from engine.process.pattern_jobs import FormPattern, PatternFormed, ShelfPattern, form, slim
from gui.control.pattern_cache import PatternCache

SETTINGS = PatternSettings()
LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
COUNT = 4
LAYER_BYTES = COUNT * 3 * 200**2


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """A budget in which, beside the shown layer, there is room for two others and a half."""
    made = Budget(PROGRAM_BYTES + round(3.5 * LAYER_BYTES))
    monkeypatch.setattr("engine.memory.budget.current", made)
    return made


def patterns(*, on_disk: bool = True) -> dict[int, ShelfPattern]:
    return {
        channel: ShelfPattern(slim(make_frame(seed=channel, side=200, done=True)), on_disk=on_disk)
        for channel in range(COUNT)
    }


def look_at(shelf: PatternCache, *layers: str, on_disk: bool = True) -> None:
    for layer in layers:
        shelf.begin(layer, SETTINGS)
        if shelf.ask(layer, SETTINGS):
            shelf.put(layer, SETTINGS, patterns(on_disk=on_disk))
            shelf.finish(layer, SETTINGS)


def counts(shelf: PatternCache) -> list[int]:
    return [len(shelf._layers.get((layer, SETTINGS, ""), {})) for layer in LAYERS]


def test_as_many_layers_stay_as_memory_has_room_for(budget: Budget) -> None:
    shelf = PatternCache()
    look_at(shelf, *LAYERS)
    assert counts(shelf) == [0, 0, COUNT, COUNT, COUNT]
    look_at(shelf, LAYERS[2], LAYERS[0])
    assert counts(shelf) == [COUNT, 0, COUNT, 0, COUNT]
    budget.limit = PROGRAM_BYTES + 40 * LAYER_BYTES
    look_at(shelf, *LAYERS)
    assert counts(shelf) == [COUNT] * 5


def test_the_shown_layer_stays_whatever_it_takes(budget: Budget) -> None:
    shelf = PatternCache()
    look_at(shelf, *LAYERS[:3])
    budget.limit = PROGRAM_BYTES
    shelf.make_room()
    assert counts(shelf) == [0, 0, COUNT, 0, 0]
    assert shelf.complete(LAYERS[2], SETTINGS)
    assert not shelf.complete(LAYERS[1], SETTINGS)


def test_what_is_nowhere_else_goes_last(budget: Budget) -> None:
    shelf = PatternCache()
    look_at(shelf, LAYERS[0], on_disk=False)
    look_at(shelf, *LAYERS[1:])
    assert counts(shelf) == [COUNT, 0, 0, COUNT, COUNT]
    shelf.begin(LAYERS[3], SETTINGS)
    shelf.put(LAYERS[3], SETTINGS, {0: replace(patterns()[0], on_disk=False)})
    budget.limit = PROGRAM_BYTES + round(2.4 * LAYER_BYTES)
    shelf.begin(LAYERS[4], SETTINGS)
    assert counts(shelf) == [COUNT, 0, 0, 1, COUNT]
    assert shelf.ask(LAYERS[3], SETTINGS)  # the others can be read again, and will be
    budget.limit = PROGRAM_BYTES
    shelf.make_room()
    assert counts(shelf) == [0, 0, 0, 0, COUNT]


def test_a_search_that_lost_something_on_the_way_is_not_complete(budget: Budget) -> None:
    shelf = PatternCache()
    look_at(shelf, LAYERS[0], on_disk=False)
    shelf.begin(LAYERS[1], SETTINGS)
    assert shelf.ask(LAYERS[1], SETTINGS)
    shelf.put(LAYERS[1], SETTINGS, {0: replace(patterns()[0], on_disk=False), 1: patterns()[1]})
    look_at(shelf, *LAYERS[2:])
    shelf.finish(LAYERS[1], SETTINGS)
    assert counts(shelf)[1] == 1
    assert not shelf.complete(LAYERS[1], SETTINGS)


def test_maps_come_first(budget: Budget) -> None:
    maps = 0
    shelf = PatternCache(lambda: maps)
    look_at(shelf, *LAYERS[:3])
    assert counts(shelf) == [COUNT] * 3 + [0, 0]
    maps = 2 * LAYER_BYTES
    shelf.make_room()
    assert counts(shelf) == [0, 0, COUNT, 0, 0]


def test_a_part_of_a_shipped_sheet_takes_all_of_it(budget: Budget) -> None:
    sheet = np.zeros((10 * COUNT, 200, 200, 3), np.uint8)
    shelf = PatternCache()
    shelf.begin(LAYERS[0], SETTINGS)
    part = replace(make_frame(side=200, done=True), image=sheet[1])
    shelf.put(LAYERS[0], SETTINGS, {1: ShelfPattern(part, shipped=True)})
    look_at(shelf, LAYERS[1])
    assert counts(shelf)[:2] == [0, COUNT]


@pytest.mark.parametrize("writable", [True, False])
def test_what_could_not_be_kept_says_so(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, writable: bool
) -> None:
    folder = tmp_path_factory.mktemp("store") / "patterns"
    if not writable:
        folder.write_bytes(b"in the way")
    frame = replace(make_frame(done=True, outcome="rendered"), state=None)

    def frames(*_: object) -> Iterator[object]:
        yield frame

    monkeypatch.setattr("engine.process.pattern_jobs._frames", frames)
    (goal,) = goals_of("block3_conv1", (17,), SETTINGS)
    session = SimpleNamespace(network=SimpleNamespace(digest="a" * 64))
    cancelled = type("Event", (), {"is_set": staticmethod(lambda: False)})
    store = PatternStore(folder)
    (formed,) = form(session, store, FormPattern(goal), cancelled)  # type: ignore[arg-type]
    assert isinstance(formed, PatternFormed)
    assert formed.on_disk is writable
    assert store.put("b" * 64, frame) is writable
