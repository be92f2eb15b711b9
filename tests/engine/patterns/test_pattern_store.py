"""Patterns kept on disk: the same bits again, within a limit, whatever the disk and other programs do."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.networks.preprocessing import CAFFE
from engine.patterns import objectives, recipes, store_entry
from engine.patterns.options import PatternOptions
from engine.patterns.records import AscentState, Frame
from engine.patterns.requests import PatternRequest, objective_from_dict, of_channel
from engine.patterns.store import PatternStore
from engine.patterns.store_entry import MAGIC, DamagedError, decode
from engine.records import EngineError

KEY = of_channel("block1_conv1", 3).key("a" * 64)


def frame(seed: int = 0, side: int = 24, recipe: str = "crisp") -> Frame:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (side, side, 3), np.uint8)
    fed = CAFFE.to_network(image) if recipe == "crisp" else random.normal(138, 20, image.shape).astype(np.float32)
    curve = np.array([[1, 0.25], [48, 7.125]], np.float32)
    made = replace(recipes.recipe(recipe), canvas=side, size=side)
    numbers, first, second = random.normal(0, 1, (3, 2, 3, side, side // 2 + 1)).astype(np.float32)
    return Frame(
        layer="block1_conv1",
        channel=3,
        variant=0,
        step=48,
        steps=48,
        done=True,
        score=float(np.float32(7.1) / 3),
        outcome="rendered",
        image=image,
        input=fed,
        curve=curve,
        recipe=made,
        seed=seed,
        attempts=2,
        note="Seed 1 was used.",
        state=AscentState(
            layer="block1_conv1",
            recipe=made,
            seed=seed,
            variant=0,
            redirect=False,
            step=48,
            numbers=numbers,
            first=first,
            second=second,
            curve=curve,
        ),
    )


def assert_equal(found: Frame | AscentState | None, expected: Frame | AscentState) -> None:
    assert found is not None
    for field in dataclasses.fields(expected):
        value, wanted = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(wanted, np.ndarray):
            assert (value.dtype, value.shape) == (wanted.dtype, wanted.shape)
            assert value.tobytes() == wanted.tobytes()
            assert not value.flags.writeable
        elif isinstance(wanted, AscentState):
            assert_equal(value, wanted)
        else:
            assert value == wanted
            assert type(value) is type(wanted)


@pytest.fixture
def store(tmp_path: Path) -> PatternStore:
    return PatternStore(tmp_path / "kept" / "patterns")


@pytest.mark.parametrize("recipe", ["crisp", "chollet", "lucid"])
def test_what_comes_back_is_what_was_put(store: PatternStore, recipe: str) -> None:
    put = frame(recipe=recipe)
    store.put(KEY, put)
    assert KEY in store
    assert_equal(store.get(KEY, with_state=True), put)
    assert_equal(store.get(KEY), replace(put, state=None))


def test_the_state_is_optional(store: PatternStore) -> None:
    store.put(KEY, frame(), with_state=False)
    assert_equal(store.get(KEY, with_state=True), replace(frame(), state=None))
    small = store.size()
    store.put(KEY, frame())
    assert store.size() > 2 * small


def test_an_input_that_the_image_gives_takes_no_room() -> None:
    crisp = frame()
    other = replace(crisp, input=crisp.input + np.float32(0.25))
    assert len(store_entry.encode(crisp, with_state=False)) < len(store_entry.encode(other, with_state=False)) / 2


def test_the_same_frame_is_the_same_bytes() -> None:
    assert store_entry.encode(frame()) == store_entry.encode(frame())


def test_another_program_finds_it(store: PatternStore) -> None:
    store.put(KEY, frame())
    assert_equal(PatternStore(store.folder).get(KEY, with_state=True), frame())


def test_an_unknown_key_is_nothing(store: PatternStore) -> None:
    assert store.get(KEY) is None
    assert KEY not in store
    assert (store.size(), store.problem) == (0, "")
    store.clear()
    assert not store.folder.exists()


# Keys


def test_a_key_changes_with_everything_that_the_pattern_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    base = of_channel("block1_conv1", 3)
    others = [
        of_channel("block1_conv2", 3),
        of_channel("block1_conv1", 4),
        of_channel("block1_conv1", 3, PatternOptions("chollet")),
        of_channel("block1_conv1", 3, PatternOptions(seed=1)),
        of_channel("block1_conv1", 3, PatternOptions(size=64)),
        of_channel("block1_conv1", 3, PatternOptions(steps=9)),
        of_channel("block1_conv1", 3, PatternOptions(overrides={"decay": 0.5})),
        replace(base, objective=-objectives.channel(3)),
        replace(base, variant=1),
        replace(base, more=(10,)),
        replace(base, start="c" * 64),
    ]
    keys = {request.key("a" * 64) for request in (base, *others)} | {base.key("b" * 64)}
    assert len(keys) == len(others) + 2
    monkeypatch.setattr("engine.patterns.requests.ALGORITHM_VERSION", -1)
    assert base.key("a" * 64) not in keys


def test_a_key_does_not_change_by_itself() -> None:
    assert of_channel("block1_conv1", 3, PatternOptions(recipes.RECIPES["crisp"])).key("a" * 64) == KEY
    assert of_channel("block1_conv1", 3, PatternOptions(recipes.RECIPES["crisp"], steps=9)).recipe.steps == 9


def test_requests_name_what_is_wrong() -> None:
    with pytest.raises(EngineError, match="did you mean 'crisp'"):
        of_channel("block1_conv1", 3, PatternOptions("crips"))
    with pytest.raises(EngineError, match="'decay'"):
        of_channel("block1_conv1", 3, PatternOptions(overrides={"decai": 1}))


@pytest.mark.parametrize(
    "objective",
    [
        objectives.channel(3),
        objectives.neuron(3, (0.25, 1.0)) - 0.5 * objectives.channel(7),
        objectives.layer(),
        objectives.diverse(3, 4, 0.5),
    ],
)
def test_an_objective_survives_json(objective: objectives.Objective) -> None:
    assert objective_from_dict(dataclasses.asdict(objective)) == objective
    assert PatternRequest("block1_conv1", objective, recipes.RECIPES["crisp"]).channel in (3, -1)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"terms": [], "pictures": 1, "diversity": 0},
        {"terms": [{"channel": -1, "weight": 1, "position": None}], "pictures": 1, "diversity": 0},
        {"terms": [{"channel": 1, "weight": 1e9, "position": None}], "pictures": 1, "diversity": 0},
        {"terms": [{"channel": 1, "weight": 1, "position": [0, 2]}], "pictures": 1, "diversity": 0},
        {"terms": [{"channel": 1, "weight": 1, "position": [0]}], "pictures": 1, "diversity": 0},
        {"terms": [{"channel": 1, "weight": 1, "position": None}], "pictures": 0, "diversity": 0},
        {"terms": 3, "pictures": 1, "diversity": 0},
    ],
)
def test_what_is_no_objective_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        objective_from_dict(values)


# Damage


@pytest.mark.parametrize("keep", [0, 10, 40, 60, 1000, -1])
def test_a_damaged_entry_is_absent_and_removed(store: PatternStore, keep: int) -> None:
    store.put(KEY, frame())
    (path,) = store.folder.iterdir()
    path.write_bytes(path.read_bytes()[:keep])
    assert store.get(KEY, with_state=True) is None
    assert KEY not in store
    assert store.problem == ""


def test_one_wrong_bit_is_noticed(store: PatternStore) -> None:
    store.put(KEY, frame())
    (path,) = store.folder.iterdir()
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    assert store.get(KEY) is None


def test_an_entry_of_another_version_is_absent(store: PatternStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store_entry, "_FRAME_ARRAYS", ("image", "input", "curve", "score"))
        store.put(KEY, frame())
    assert store.get(KEY, with_state=True) is None
    assert KEY not in store


def test_a_folder_of_that_name_is_absent(store: PatternStore) -> None:
    (store.folder / f"{KEY}.pattern").mkdir(parents=True)
    assert store.get(KEY) is None
    assert KEY not in store


# The limit


def test_the_least_recently_used_are_dropped(store: PatternStore) -> None:
    one = len(store_entry.encode(frame()))
    store.limit = int(10.6 * one)
    keys = [of_channel("block1_conv1", channel).key("a" * 64) for channel in range(14)]
    for age, key in enumerate(keys[:9]):
        store.put(key, frame())
        os.utime(store.folder / f"{key}.pattern", (1000 + age, 1000 + age))
    assert store.get(keys[0]) is not None  # used just now
    for key in keys[9:]:
        store.put(key, frame())
        assert store.size() <= store.limit
    kept = [key in store for key in keys]
    assert kept[0]
    assert all(kept[9:])
    assert not any(kept[1:4])
    assert kept[1:9] == sorted(kept[1:9])


def test_a_lower_limit_is_kept_at_once(store: PatternStore) -> None:
    keys = [of_channel("block1_conv1", channel).key("a" * 64) for channel in range(10)]
    for age, key in enumerate(keys):
        store.put(key, frame())
        os.utime(store.folder / f"{key}.pattern", (1000 + age, 1000 + age))
    store.limit = store.size() // 2
    store.trim()
    assert 0 < store.size() <= store.limit
    kept = [key in store for key in keys]
    assert kept == sorted(kept)
    assert store.keys() == {key for key, there in zip(keys, kept, strict=True) if there}


def test_what_is_larger_than_the_limit_is_not_kept(store: PatternStore) -> None:
    store.limit = 1000
    store.put(KEY, frame())
    assert KEY not in store
    assert store.problem == ""


def test_without_a_limit_all_is_kept(tmp_path: Path) -> None:
    store = PatternStore(tmp_path, limit=None)
    keys = [of_channel("block1_conv1", channel).key("a" * 64) for channel in range(5)]
    for key in keys:
        store.put(key, frame())
    assert all(key in store for key in keys)


def test_clear_removes_only_patterns(store: PatternStore) -> None:
    store.put(KEY, frame())
    (store.folder / "mine.txt").write_text("mine")
    assert store.size() > 0
    store.clear()
    assert [path.name for path in store.folder.iterdir()] == ["mine.txt"]
    assert store.size() == 0


def test_what_a_killed_program_left_is_removed_after_a_while(store: PatternStore) -> None:
    store.put(KEY, frame())
    old, young = store.folder / f".{KEY}.pattern.0.new", store.folder / f".{KEY}.pattern.1.new"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1000, 1000))
    assert store.size() == (store.folder / f"{KEY}.pattern").stat().st_size
    store.clear()
    assert [path.name for path in store.folder.iterdir()] == [young.name]


# The disk


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "No space left"), (errno.EROFS, "Read-only")])
def test_a_disk_that_refuses_is_told_once_and_leaves_nothing(
    store: PatternStore, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    write_bytes = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        write_bytes(path, data[:10])
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refuse)
        store.put(KEY, frame())
    assert words in store.problem
    assert store.problem.count("\n") == 0
    assert not list(store.folder.iterdir())
    assert store.get(KEY) is None
    store.put(KEY, frame())
    assert store.problem == ""
    assert_equal(store.get(KEY, with_state=True), frame())


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file" / "below", tmp_path / "null\0"):
        store = PatternStore(folder)
        store.put(KEY, frame())
        assert "are not kept" in store.problem
        assert store.get(KEY) is None
        assert store.size() == 0


# Two at once


def test_one_thread_writes_while_others_read(store: PatternStore) -> None:
    keys = [of_channel("block1_conv1", channel).key("a" * 64) for channel in range(6)]
    store.limit = 4 * len(store_entry.encode(frame(side=40)))
    other = PatternStore(store.folder, store.limit)
    wrong: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            for number, key in enumerate(keys):
                found = other.get(key, with_state=True)
                if found is not None and found.seed != number:
                    wrong.append(key)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(6):
        for number, key in enumerate(keys):
            store.put(key, frame(number, side=40))
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert (store.problem, other.problem) == ("", "")


@pytest.mark.parametrize("body", [b"", b"PK\x05\x06" + bytes(18), b"\x93NUMPY\x01\x00", b"nonsense"])
def test_a_body_that_is_no_npz_although_its_digest_is_right(body: bytes) -> None:
    """Found by fuzzing: numpy raises EOFError for some."""
    with pytest.raises(DamagedError):
        decode(MAGIC + hashlib.sha256(body).digest() + body)


@pytest.mark.parametrize(
    "objective",
    [
        objectives.channel(3),
        objectives.neuron(5, (0.25, 0.75)),
        objectives.layer(),
        objectives.diverse(7, 3),
        (objectives.channel(1) - objectives.channel(2)) * 0.5,
    ],
)
def test_objective_as_a_dict_is_that_of_dataclasses(objective: objectives.Objective) -> None:
    """Keys of patterns that are on people's disks are made of it."""
    assert json.dumps(objective.as_dict()) == json.dumps(dataclasses.asdict(objective))
