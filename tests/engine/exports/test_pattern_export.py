"""Patterns as files, and the manifest that brings them back."""

from __future__ import annotations

import io
import json
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.exports import manifest
from engine.exports.animation_frames import Films
from engine.exports.manifest import PatternManifest
from engine.exports.pattern_pictures import LAST_MILLISECONDS, MAXIMUM_FRAMES, animation, check_planned, contact_sheet
from engine.exports.pattern_request import PatternExport, file_name
from engine.exports.patterns import existing_first, export_patterns
from engine.memory import budget, estimates
from engine.memory.estimates import FILM_PICTURES
from engine.networks.preprocessing import CAFFE
from engine.networks.vgg16 import VGG16
from engine.patterns import objectives, recipes
from engine.patterns.options import PatternOptions
from engine.patterns.records import Frame, Outcome
from engine.patterns.requests import PatternRequest, of_channel
from engine.records import EngineError, Picture, Progress, Provenance, WeightsFile

LAYER = "block3_conv1"
SIDE = 24
WEIGHTS = WeightsFile("weights/vgg16.h5", "b" * 64, "bundled", known=True)
NETWORK = VGG16.with_weights(WEIGHTS.sha256)
ASKED = replace(recipes.RECIPES["crisp"], steps=12)
MADE = replace(ASKED, canvas=SIDE, size=SIDE)


def frame(
    channel: int,
    *,
    step: int = 12,
    attempts: int = 1,
    outcome: Outcome = "rendered",
    variant: int = 0,
    layer: str = LAYER,
) -> Frame:
    random = np.random.default_rng(channel + 1000 * attempts + step)
    image = random.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    recipe = MADE if attempts == 1 else replace(MADE, canvas=32)
    return Frame(
        layer=LAYER,
        channel=channel,
        variant=variant,
        step=step,
        steps=12,
        done=step == 12,
        score=float(np.float32(0.1 * channel)),
        outcome=outcome,
        image=image,
        input=CAFFE.to_network(image),
        curve=np.array([[step, 0.5]], np.float32),
        recipe=recipe,
        seed=5 if attempts == 1 else 6,
        attempts=attempts,
        note="" if attempts == 1 else "Seed 6 was used.",
    )


def film(channel: int, attempts: int = 1) -> Iterator[Frame]:
    for attempt in range(1, attempts + 1):
        for step in (4, 8):
            yield frame(channel, step=step, attempts=attempt, outcome="rendering")
    yield frame(channel, attempts=attempts)


def requests(*channels: int, layer: str = LAYER) -> tuple[PatternRequest, ...]:
    return tuple(of_channel(layer, channel, PatternOptions(ASKED, seed=5)) for channel in channels)


@pytest.fixture
def export_png(tmp_path: Path) -> PatternExport:
    frames = [frame(17), frame(3, attempts=3), frame(0, outcome="weak")]
    return PatternExport(requests(17, 3, 0), frames, tmp_path / "new" / "folder", "png", WEIGHTS, NETWORK)


def run(export: PatternExport) -> list[Progress]:
    return list(export_patterns(export))


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def record_of(folder: Path) -> PatternManifest:
    found = manifest.read_any(folder / "manifest.json")
    assert isinstance(found, PatternManifest)
    return found


# What is written


def test_png_is_what_the_person_sees(export_png: PatternExport) -> None:
    run(export_png)
    names = {f"{LAYER}_017.png", f"{LAYER}_003.png", f"{LAYER}_000.png", "manifest.json"}
    assert set(contents_of(export_png.folder)) == names
    with Image.open(export_png.folder / f"{LAYER}_003.png") as image:
        np.testing.assert_array_equal(np.asarray(image), frame(3, attempts=3).image)
        assert (image.info["channel"], image.info["seed"], image.info["outcome"]) == ("3", "6", "rendered")


def test_npy_is_what_the_network_is_fed(export_png: PatternExport) -> None:
    run(replace(export_png, format="npy"))
    values = np.load(export_png.folder / f"{LAYER}_017.npy")
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, frame(17).input)


def test_a_sheet_has_every_pattern(export_png: PatternExport) -> None:
    run(replace(export_png, format="sheet"))
    assert set(contents_of(export_png.folder)) == {f"{LAYER}.png", "manifest.json"}
    with Image.open(export_png.folder / f"{LAYER}.png") as image:
        sheet = np.asarray(image)
    windows = np.lib.stride_tricks.sliding_window_view(sheet, (SIDE, SIDE, 3))
    places = []
    for one in export_png.frames:
        found = np.argwhere((windows[:, :, 0] == one.image).all(axis=(2, 3, 4)))
        assert len(found) == 1
        places.append(tuple(found[0]))
    assert places == sorted(places)
    assert [pattern.channel for pattern in record_of(export_png.folder).selections[0].patterns] == [17, 3, 0]


def test_a_weak_pattern_is_called_so_on_a_sheet() -> None:
    plain, weak = (contact_sheet([frame(0, outcome=outcome)], 64) for outcome in ("rendered", "weak"))
    assert plain.shape == weak.shape
    assert (plain != weak).any()


def test_a_sheet_of_several_sizes_is_refused() -> None:
    small = replace(frame(1), image=frame(1).image[:8, :8])
    with pytest.raises(EngineError, match="one size"):
        contact_sheet([frame(0), small], 64)


def test_a_sheet_keeps_pictures_only_and_only_until_it_is_written(export_png: PatternExport) -> None:
    layers = ("block3_conv1", "block3_conv2", "block3_conv3")
    asked = tuple(request for layer in layers for request in requests(17, 3, 0, layer=layer))
    inputs, pictures = [], []

    def frames() -> Iterator[Frame]:
        for number, request in enumerate(asked):
            one = replace(frame(request.channel), layer=request.layer)
            inputs.append(weakref.ref(one.input))
            pictures.append(weakref.ref(one.image))
            yield one
            del one  # the exporter's loop still has it, but none before it
            assert not [kept for kept in inputs[:-1] if kept() is not None]
            alive = [index for index, kept in enumerate(pictures[:-1]) if kept() is not None]
            assert alive == ([number - 1] if number % 3 == 1 else [])

    run(replace(export_png, requests=asked, frames=frames(), format="sheet"))
    assert len(pictures) == 9
    found = record_of(export_png.folder)
    assert [selection.files for selection in found.selections] == [(f"{layer}.png",) for layer in layers]
    assert [pattern.channel for selection in found.selections for pattern in selection.patterns] == 3 * [17, 3, 0]


def test_sheets_whose_patterns_come_by_turns_must_fit_together(
    export_png: PatternExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = ("block3_conv1", "block3_conv2")
    asked = tuple(request for channel in (17, 3) for layer in layers for request in requests(channel, layer=layer))
    asked = tuple(replace(one, recipe=replace(one.recipe, size=SIDE)) for one in asked)
    held: list[int] = []
    monkeypatch.setattr(estimates, "check_sheet", lambda _height, _width, kept: held.append(kept))
    frames = [replace(frame(request.channel), layer=request.layer) for request in asked]
    run(replace(export_png, requests=asked, frames=frames, format="sheet"))
    one = 2 * 3 * SIDE**2
    assert max(held) == 2 * one
    held.clear()
    by_layer = sorted(frames, key=lambda one: one.layer)
    run(replace(export_png, requests=asked, frames=by_layer, format="sheet"))
    assert max(held) == one


@pytest.mark.parametrize("file_format", ["webp", "gif"])
def test_an_animation_shows_the_ascent_that_worked(export_png: PatternExport, file_format: Any) -> None:
    frames = [*film(17), *film(3, attempts=3)]
    run(replace(export_png, requests=requests(17, 3), frames=frames, format=file_format))
    with Image.open(export_png.folder / f"{LAYER}_003.{file_format}") as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]
        durations, pictures = [], []
        for index in range(3):
            image.seek(index)
            image.load()
            durations.append(image.info["duration"])
            pictures.append(np.asarray(image.convert("RGB")).astype(float))
    assert durations[-1] == LAST_MILLISECONDS > durations[0]
    expected = frame(3, attempts=3).image
    errors = [np.abs(picture - expected).mean() for picture in pictures]
    assert errors[-1] < 0.7 * min(errors[:-1])


def test_an_animation_of_what_is_stuck_shows_the_best_attempt(export_png: PatternExport) -> None:
    shades = {1: 20, 2: 220, 3: 90, 4: 150}
    scores = {1: 0.1, 2: 0.3, 3: 0.3, 4: 0.2}
    alive: list[weakref.ref[Any]] = []

    def frames() -> Iterator[Frame]:
        for attempt, shade in shades.items():
            for step in (4, 8, 12):
                image = np.full((SIDE, SIDE, 3), shade + step, np.uint8)
                alive.append(weakref.ref(image))
                made = frame(3, step=step, attempts=attempt, outcome="rendering")
                yield replace(made, image=image, score=scores[attempt], done=False)
                del image, made
            assert sum(kept() is not None for kept in alive) <= 6
        image = np.full((SIDE, SIDE, 3), shades[2] + 12, np.uint8)
        yield replace(frame(3, attempts=4, outcome="stuck"), image=image, best_attempt=2)

    run(replace(export_png, requests=requests(3), frames=frames(), format="webp"))
    assert shown_shades(export_png.folder / f"{LAYER}_003.webp") == pytest.approx([224, 228, 232], abs=3)


def shown_shades(path: Path) -> list[float]:
    """The mean of every picture of an animation."""
    with Image.open(path) as image:
        shades = []
        for index in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(index)
            shades.append(float(np.asarray(image.convert("RGB")).mean()))
    return shades


def test_of_a_long_ascent_no_more_is_kept_than_an_animation_needs() -> None:
    films = Films()
    one = frame(3)
    for step in range(1, 1001):
        films.add("a pattern", replace(one, step=step, image=np.full((1, 1, 3), step // 4, np.uint8)))
    pictures = films.take("a pattern", one)
    assert len(films) == 0
    assert MAXIMUM_FRAMES <= len(pictures) <= FILM_PICTURES
    shades = [int(picture[0, 0, 0]) for picture in pictures]
    assert (shades[0], shades[-1]) == (0, 250)
    assert set(np.diff(shades[:-1])) == {2}


@pytest.mark.parametrize("file_format", ["webp", "gif", "sheet"])
def test_what_will_not_fit_is_refused_before_a_pattern_is_formed(
    export_png: PatternExport, monkeypatch: pytest.MonkeyPatch, file_format: Any
) -> None:
    frames: Iterator[Frame] = (pytest.fail("a pattern was formed") for _ in range(1))
    monkeypatch.setattr(budget, "current", budget.Budget(10**9))
    asked = tuple(replace(one, recipe=replace(one.recipe, size=5000)) for one in requests(3))
    with pytest.raises(EngineError, match=r"50\d\d .* need .* of memory, and the limit is 1\.0 GB"):
        run(replace(export_png, requests=asked, frames=frames, format=file_format))
    assert not export_png.folder.parent.exists()


def test_animations_that_are_formed_together_must_fit_together(
    export_png: PatternExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    monkeypatch.setattr(estimates, "check_animation", lambda _side, _frames, ascents: taken.append(ascents))
    by_turns = [one for pair in zip(film(17), film(3), strict=True) for one in pair]
    run(replace(export_png, requests=requests(17, 3), frames=by_turns, format="webp"))
    assert taken == [2, 2, 1, 2]
    variants = tuple(PatternRequest(LAYER, objectives.diverse(7, 2), ASKED, 5, variant) for variant in (0, 1))
    taken.clear()
    check_planned(VGG16, variants, "gif")
    assert taken == [4, 4]


def test_an_animation_has_a_bounded_number_of_pictures() -> None:
    images = [np.full((8, 8, 3), index, np.uint8) for index in range(200)]
    with Image.open(io.BytesIO(animation(images, "webp"))) as image:
        assert image.n_frames <= MAXIMUM_FRAMES  # type: ignore[attr-defined]


def test_one_picture_is_no_animation(export_png: PatternExport) -> None:
    with pytest.raises(EngineError, match="one picture of channel 17"):
        run(replace(export_png, format="webp"))
    assert not export_png.folder.parent.exists()


def test_names() -> None:
    (request,) = requests(7)
    dream = replace(request, objective=objectives.layer())
    assert file_name(request, "gif") == "block3_conv1_007.gif"
    assert file_name(replace(request, variant=2), "npy") == "block3_conv1_007_2.npy"
    assert file_name(dream, "png") == "block3_conv1_all.png"
    assert file_name(dream, "sheet") == "block3_conv1.png"


def test_the_same_export_gives_the_same_bytes(export_png: PatternExport, tmp_path: Path) -> None:
    for file_format in ("png", "npy", "sheet"):
        first, second = (tmp_path / name / file_format for name in "ab")
        run(replace(export_png, format=file_format, folder=first))
        run(replace(export_png, format=file_format, folder=second))
        assert contents_of(first) == contents_of(second)


def test_frames_may_come_in_any_order(export_png: PatternExport, tmp_path: Path) -> None:
    run(export_png)
    other = replace(export_png, frames=iter(list(export_png.frames)[::-1]), folder=tmp_path / "other")
    run(other)
    assert contents_of(export_png.folder) == contents_of(other.folder)


def test_progress_counts_patterns(export_png: PatternExport) -> None:
    steps = run(replace(export_png, frames=[*film(17), frame(3), frame(0)]))
    assert [step.done for step in steps] == [0, 0, 0, 1, 2, 3, 4]
    assert {step.total for step in steps} == {4}
    assert (steps[1].text, steps[-1].text) == (f"{LAYER} 17: step 4 of 12", "Exported 3 patterns")


# All together or not at all


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_a_cancelled_export_leaves_nothing(export_png: PatternExport, steps: int) -> None:
    cancel = threading.Event()
    for count, _ in enumerate(export_patterns(export_png, cancel), start=1):
        if count == steps:
            cancel.set()
    assert not export_png.folder.parent.exists()


def test_an_ascent_that_fails_leaves_nothing(export_png: PatternExport) -> None:
    def frames() -> Iterator[Frame]:
        yield frame(17)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(replace(export_png, frames=frames()))
    assert not export_png.folder.parent.exists()


def test_a_strangers_file_is_met_before_anything_is_computed(export_png: PatternExport) -> None:
    computed: list[int] = []

    def frames() -> Iterator[Frame]:
        for one in export_png.frames:
            computed.append(one.channel)
            yield one

    export_png.folder.mkdir(parents=True)
    (export_png.folder / f"{LAYER}_003.png").write_text("mine")
    with pytest.raises(EngineError, match=r"Another file 'block3_conv1_003\.png'"):
        run(replace(export_png, frames=frames()))
    assert computed == []
    assert contents_of(export_png.folder) == {f"{LAYER}_003.png": b"mine"}
    run(replace(export_png, overwrite=True))
    assert len(contents_of(export_png.folder)) == 4


def test_another_pattern_of_ours_is_not_replaced_unasked(export_png: PatternExport) -> None:
    run(export_png)
    before = contents_of(export_png.folder)
    run(export_png)
    assert contents_of(export_png.folder) == before
    other = replace(export_png, frames=[frame(17), frame(3), frame(0, outcome="weak")])
    with pytest.raises(EngineError, match=r"Another file 'block3_conv1_003\.png'"):
        run(other)
    assert contents_of(export_png.folder) == before
    run(replace(other, overwrite=True))
    assert contents_of(export_png.folder) != before


def test_what_exists_is_computed_first(export_png: PatternExport) -> None:
    run(replace(export_png, requests=requests(3), frames=[frame(3)]))
    order = existing_first(requests(17, 3, 0), export_png.folder, "png")
    assert [request.channel for request in order] == [3, 17, 0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"requests": ()}, "Nothing is selected"),
        ({"format": "bmp"}, "one of png, npy, sheet, webp, gif. Received: 'bmp'"),
        ({"requests": requests(17, 3, 0, 17)}, "Each channel can be exported once"),
        ({"requests": requests(17)}, "Channel 3 of block3_conv1 was not asked for"),
        ({"requests": requests(17, 3, 0, 9)}, "1 of 4 patterns have not been computed, that of channel 9"),
        ({"frames": [frame(17, outcome="rendering")]}, "stopped at step 12 of 12"),
        (
            {"format": "sheet", "requests": (*requests(3, 0), of_channel(LAYER, 17, PatternOptions(ASKED)))},
            "the same settings",
        ),
    ],
)
def test_requests_that_cannot_be_met(export_png: PatternExport, change: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        run(replace(export_png, **change))
    assert not export_png.folder.parent.exists()


# The manifest


def test_the_manifest_has_what_makes_the_pictures_again(export_png: PatternExport) -> None:
    run(export_png)
    found = record_of(export_png.folder)
    assert (found.format, found.algorithm) == ("png", recipes.ALGORITHM_VERSION)
    assert found.weights == manifest.WeightsRecord("vgg16.h5", "b" * 64, "bundled", known=True)
    assert (found.picture, found.fit, found.size) == (None, None, None)
    (selection,) = found.selections
    assert (selection.layer, selection.seed, selection.recipe) == (LAYER, 5, MADE)
    assert selection.files == (f"{LAYER}_017.png", f"{LAYER}_003.png", f"{LAYER}_000.png")
    first, rescued, weak = selection.patterns
    assert (first.channel, first.seed, first.attempts, first.recipe, first.step) == (17, 5, 1, MADE, 12)
    assert np.float32(first.score) == np.float32(frame(17).score)
    assert (rescued.seed, rescued.attempts, rescued.note) == (6, 3, "Seed 6 was used.")
    assert rescued.recipe == replace(MADE, canvas=32)
    assert (weak.outcome, weak.score) == ("weak", 0.0)
    assert selection.requests() == tuple(
        of_channel(LAYER, channel, PatternOptions(MADE, seed=5)) for channel in (17, 3, 0)
    )


def test_a_pattern_takes_one_line(export_png: PatternExport) -> None:
    run(export_png)
    lines = (export_png.folder / "manifest.json").read_text().splitlines()
    assert sum('"score"' in line and '"outcome"' in line for line in lines) == 3


def test_one_layer_is_at_the_top_for_simple_readers(export_png: PatternExport) -> None:
    run(export_png)
    content = json.loads((export_png.folder / "manifest.json").read_text())
    assert (content["kind"], content["layer"], content["channels"]) == ("patterns", LAYER, [17, 3, 0])


def test_other_objectives_and_a_picture_to_start_from_are_recorded(tmp_path: Path) -> None:
    picture = Picture("cat.png", np.zeros((30, 40, 3), np.uint8), "a" * 64, path="/pictures/cat.png")
    start = Provenance(picture, "crop", 224, WEIGHTS, NETWORK.identity)
    dream = PatternRequest(LAYER, objectives.layer(), ASKED, 5, start=picture.sha256)
    neuron = PatternRequest(LAYER, objectives.neuron(4) - objectives.channel(5), ASKED, 5, more=(10, 20))
    diverse = [PatternRequest(LAYER, objectives.diverse(7, 2), ASKED, 5, variant) for variant in (0, 1)]
    frames = [frame(-1), frame(4), frame(7), frame(7, variant=1)]
    run(PatternExport((dream, neuron, *diverse), frames, tmp_path, "png", WEIGHTS, NETWORK, start))
    found = record_of(tmp_path)
    assert found.picture == manifest.PictureRecord("cat.png", "/pictures/cat.png", "a" * 64, 0, 40, 30)
    assert (found.fit, found.size) == ("crop", 224)
    settled = [replace(request, recipe=MADE) for request in (dream, neuron, *diverse)]
    assert [request for selection in found.selections for request in selection.requests()] == settled


def test_patterns_and_maps_share_a_folder(export_png: PatternExport) -> None:
    first, second = requests(17, 3)
    run(replace(export_png, requests=(first,), frames=[frame(17)]))
    run(replace(export_png, requests=(second,), frames=[frame(3)]))
    found = record_of(export_png.folder)
    assert [pattern.channel for older in found.earlier for pattern in older.selections[0].patterns] == [17]
    with pytest.raises(EngineError, match="describes 'patterns' and not feature maps"):
        manifest.read(export_png.folder / "manifest.json")


def test_an_older_record_keeps_only_what_is_still_its_own(export_png: PatternExport) -> None:
    lists = replace(ASKED, scales=(0.9, 1.0, 1.1))  # as long as the list of files
    asked = tuple(of_channel(LAYER, channel, PatternOptions(lists, seed=5, size=SIDE)) for channel in (17, 3, 0))
    made = [replace(one, recipe=replace(lists, canvas=SIDE, size=SIDE)) for one in (frame(17), frame(3), frame(0))]
    run(replace(export_png, requests=asked, frames=made))
    run(replace(export_png, requests=requests(3), frames=[frame(3, attempts=2)], overwrite=True))
    (older,) = record_of(export_png.folder).earlier
    (kept,) = older.selections
    assert [pattern.channel for pattern in kept.patterns] == [17, 0]
    assert kept.files == (f"{LAYER}_017.png", f"{LAYER}_000.png")
    assert kept.recipe.scales == (0.9, 1.0, 1.1)


# What strangers may have written


def put(*keys: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return change


def drop(*keys: str | int) -> Callable[[dict[str, Any]], None]:
    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        del content[keys[-1]]

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("version", value=2),
        put("format", value="exe"),
        put("algorithm", value=0),
        drop("algorithm"),
        put("selections", value=[]),
        put("selections", 0, "layer", value="block3_pool"),
        put("selections", 0, "layer", value="block3_conv1:linear"),
        put("selections", 0, "channels", value=[17, 3]),
        put("selections", 0, "channels", value=[17, 3, 256]),
        put("selections", 0, "files", value=["a.png", "b.png"]),
        put("selections", 0, "files", value=["../a.png", "b.png", "c.png"]),
        put("selections", 0, "seed", value=-1),
        put("selections", 0, "seed", value=1.5),
        put("selections", 0, "recipe", value=3),
        put("selections", 0, "recipe", "decay", value="much"),
        put("selections", 0, "recipe", "steps", value=1e999),
        put("selections", 0, "recipe", "scales", value=[1e999]),
        put("selections", 0, "recipe", "scales", value=[[1]]),
        put("selections", 0, "recipe", "scales", value=["a"]),
        put("selections", 0, "recipe", "secret", value=1),
        put("selections", 0, "recipe", "rescue", value=1),
        drop("selections", 0, "recipe", "decay"),
        put("selections", 0, "objective", value={}),
        put("selections", 0, "objective", value=7),
        put("selections", 0, "more", value=[0]),
        put("selections", 0, "start", value="a" * 64),
        put("selections", 0, "start", value="cat"),
        put("selections", 0, "patterns", 1, "channel", value=256),
        put("selections", 0, "patterns", 1, "score", value=None),
        put("selections", 0, "patterns", 1, "score", value=1e999),
        put("selections", 0, "patterns", 1, "outcome", value="lovely"),
        put("selections", 0, "patterns", 1, "attempts", value=0),
        put("selections", 0, "patterns", 1, "note", value=3),
        put("selections", 0, "patterns", 1, "note", value="x" * 5000),
        put("selections", 0, "patterns", 1, "changes", value={"canvas": -1}),
        put("selections", 0, "patterns", 1, "changes", value={"name": 7}),
        put("selections", 0, "patterns", 1, value=7),
        put("earlier", value=[{"kind": "patterns"}]),
    ],
)
def test_what_an_export_does_not_write_is_refused(
    export_png: PatternExport, change: Callable[[dict[str, Any]], None]
) -> None:
    run(export_png)
    path = export_png.folder / "manifest.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content).replace("Infinity", "1e999"))
    with pytest.raises(EngineError, match="is not a manifest that this version can use") as error:
        manifest.read_any(path)
    assert len(str(error.value)) < 600
    with pytest.raises(EngineError):
        manifest.read_record(path)
