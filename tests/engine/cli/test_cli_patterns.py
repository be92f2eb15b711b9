"""The subcommands ``patterns`` and ``atlas``: files that can be recomputed, and work that no interruption loses."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import engine
import main
from engine.atlas.maker import _BATCH
from engine.atlas.reader import Atlas
from engine.cli import patterns as cli_patterns
from engine.exports import manifest
from engine.exports.manifest import PatternManifest
from engine.networks.preprocessing import CAFFE
from engine.networks.vgg16 import VGG16
from engine.patterns import recipes
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame
from engine.records import EngineError, WeightsFile
from engine.session import Session

ROOT = Path(engine.__file__).parents[1]
LAYER = "block1_conv1"
CANVAS = 48


def layers_of(atlas: Atlas) -> list[str]:
    return [info.name for info in VGG16.of_kind("convolution") if atlas.index(info.name) is not None]


def missing(atlas: Atlas, layer: str) -> tuple[int, ...]:
    index = atlas.index(layer)
    assert index is not None
    return index.missing


class FakeSession:
    """Draws a grey square for each channel.

    Attributes:
        asked: What was computed.
        stop_after: After so many patterns somebody presses Ctrl+C.
    """

    def __init__(self) -> None:
        self.weights = WeightsFile("vgg16.h5", "e" * 64, "bundled", known=True)
        self.network = VGG16
        self.asked: list[tuple[str, int]] = []
        self.stop_after: int | None = None

    def __enter__(self) -> FakeSession:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def patterns(
        self,
        layer: str,
        channels: Sequence[int],
        recipe: Recipe,
        *,
        seed: int = 0,
        batch: int = 1,
        every: int | None = None,
    ) -> Iterator[Frame]:
        for channel in channels:
            if self.stop_after is not None and len(self.asked) >= self.stop_after:
                raise KeyboardInterrupt
            self.asked.append((layer, channel))
            for step in range(1, recipe.steps + 1):
                if step == recipe.steps or (every and step % every == 0):
                    yield drawn(layer, channel, recipe, seed, step)


def drawn(layer: str, channel: int, recipe: Recipe, seed: int, step: int) -> Frame:
    canvas = recipe.canvas or CANVAS
    made = replace(recipe, canvas=canvas, size=recipe.size or canvas)
    image = np.full((made.size, made.size, 3), (channel % 256, seed, 20 * step % 256), np.uint8)
    return Frame(
        layer=layer,
        channel=channel,
        variant=0,
        step=step,
        steps=recipe.steps,
        done=step == recipe.steps,
        score=channel + 0.5,
        outcome="rendered",
        image=image,
        input=CAFFE.to_network(image),
        curve=np.zeros((1, 2), np.float32),
        recipe=made,
        seed=seed,
    )


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    session = FakeSession()
    monkeypatch.setattr(engine, "open_session", lambda _weights: session)
    monkeypatch.setattr(cli_patterns, "be_polite", lambda: None)
    return session


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of the program with these arguments."""
    try:
        status = main.main([str(argument) for argument in arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "module",
    [
        "engine.cli.patterns",
        "engine.exports.manifest",
        "engine.patterns",
        "engine.atlas.reader",
        "engine.atlas.maker",
        "engine.exports.patterns",
        "engine.patterns.objectives",
        "engine.patterns.recipes",
        "engine.patterns.records",
        "engine.patterns.requests",
        "engine.patterns.rescue",
        "engine.patterns.store",
    ],
)
def test_importing_what_is_not_the_ascent_loads_no_tensorflow(module: str) -> None:
    script = f"import sys, {module}; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]


# patterns


def test_pngs_and_a_manifest(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    arguments = ("--layer", LAYER, "--channels", "7,0-1", "--seed", "9", "--steps", "6", "--size", "20")
    assert run(capsys, "patterns", *arguments, "--out", tmp_path / "out") == (0, "", "")
    assert sorted(contents_of(tmp_path / "out")) == [
        *(f"{LAYER}_{channel}.png" for channel in ("000", "001", "007")),
        "manifest.json",
    ]
    with Image.open(tmp_path / "out" / f"{LAYER}_007.png") as image:
        assert (image.size, image.getpixel((3, 3))) == ((20, 20), (7, 9, 120))
    found = manifest.read_any(tmp_path / "out" / "manifest.json")
    assert isinstance(found, PatternManifest)
    (selection,) = found.selections
    assert [pattern.channel for pattern in selection.patterns] == [7, 0, 1]
    assert (selection.seed, selection.recipe.steps, selection.recipe.size) == (9, 6, 20)


def test_parameters_of_the_recipe(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    settings = ("decay=0.5", "shift=false", "padding=zero", "scales=[0.9,1.1]", "steps=3")
    words = tuple(itertools.chain.from_iterable(("--set", setting) for setting in settings))
    assert run(capsys, "patterns", "--layer", LAYER, "--channels", "2", *words, "--out", tmp_path)[0] == 0
    found = manifest.read_any(tmp_path / "manifest.json")
    assert isinstance(found, PatternManifest)
    recipe = found.selections[0].recipe
    assert (recipe.decay, recipe.shift, recipe.padding) == (0.5, False, "zero")
    assert (recipe.scales, recipe.steps) == ((0.9, 1.1), 3)


def test_several_layers_one_sheet_each(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    arguments = ("--layer", "block1_conv1,block2_conv1", "--channels", "0-9", "--format", "sheet", "--out", tmp_path)
    assert run(capsys, "patterns", *arguments) == (0, "", "")
    assert sorted(contents_of(tmp_path)) == ["block1_conv1.png", "block2_conv1.png", "manifest.json"]


def test_every_convolution(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    arguments = ("--layer", "all", "--channels", "3", "--steps", "1", "--out", tmp_path)
    assert run(capsys, "patterns", *arguments) == (0, "", "")
    assert len(contents_of(tmp_path)) == 14


@pytest.mark.parametrize("file_format", ["webp", "gif"])
def test_animations(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path, file_format: str) -> None:
    arguments = ("--layer", LAYER, "--channels", "0", "--steps", "9", "--format", file_format, "--out", tmp_path)
    assert run(capsys, "patterns", *arguments) == (0, "", "")
    with Image.open(tmp_path / f"{LAYER}_000.{file_format}") as image:
        assert image.n_frames == 9  # type: ignore[attr-defined]


def test_progress_on_a_terminal_changes_nothing_else(
    capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("patterns", "--layer", LAYER, "--channels", "0-3", "--steps", "8")
    assert run(capsys, *command, "--out", tmp_path / "a") == (0, "", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    status, out, err = run(capsys, *command, "--out", tmp_path / "b")
    assert (status, out) == (0, "")
    assert f"2 of 4 patterns · {LAYER} 2: step 4 of 8" in err
    assert err.endswith("\r\033[K")
    assert contents_of(tmp_path / "a") == contents_of(tmp_path / "b")


def test_ctrl_c_leaves_nothing(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    fake.stop_after = 2
    status, out, err = run(capsys, "patterns", "--layer", LAYER, "--out", tmp_path / "out")
    assert (status, out, err) == (1, "", "convscope: Stopped.\n")
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way_is_met_first(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    command = ("patterns", "--layer", LAYER, "--channels", "0-9", "--out", tmp_path)
    (tmp_path / f"{LAYER}_008.png").write_bytes(b"mine")
    status, _, err = run(capsys, *command)
    assert (status, fake.asked) == (1, [])
    assert f"{LAYER}_008.png" in err
    assert run(capsys, *command, "--force")[0] == 0
    fake.asked.clear()
    status, _, err = run(capsys, *command[:-2], "--seed", "1", "--channels", "8-20", "--out", tmp_path)
    assert (status, fake.asked) == (1, [(LAYER, 8)])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--layer", LAYER],
        ["--layer", LAYER, "--out", "x", "--recipe", "burnt"],
        ["--layer", LAYER, "--out", "x", "--format", "bmp"],
        ["--layer", LAYER, "--out", "x", "--seed", "-1"],
        ["--layer", LAYER, "--out", "x", "--seed", str(2**31)],
        ["--layer", LAYER, "--out", "x", "--steps", "many"],
        ["--layer", LAYER, "--out", "x", "--set", "decay"],
    ],
)
def test_wrong_usage_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = run(capsys, "patterns", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("convscope: ")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--layer": "block3_conv9"}, "block3_conv3"),
        ({"--layer": "block3_pool"}, "Received: 'block3_pool'"),
        ({"--layer": "block3_conv1:linear"}, "Received: 'block3_conv1:linear'"),
        ({"--channels": "60-64"}, "0 to 63"),
        ({"--set": "decai=1"}, "did you mean 'decay'"),
        ({"--set": "decay=1e999"}, "decay must be a number"),
        ({"--set": "decay=NaN"}, "decay must be a number"),
        ({"--set": "shift=1"}, "true or false"),
        ({"--steps": "-3"}, "steps must be a whole number"),
        ({"--weights": "nowhere.h5"}, "nowhere.h5"),
    ],
)
def test_whatever_is_wrong_is_one_line_and_status_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    options = {"--layer": LAYER, "--out": str(tmp_path / "out")} | changes
    status, out, err = run(capsys, "patterns", *(word for pair in options.items() for word in pair))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert words in err
    assert not (tmp_path / "out").exists()


# atlas


def test_an_atlas_of_two_layers(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    command = ("atlas", "--layers", "block1_conv1,block2_conv1", "--out", tmp_path)
    status, out, err = run(capsys, *command)
    assert (status, out) == (0, "")
    assert err.splitlines()[0] == "block1_conv1: 0 of 64 patterns"
    assert "block2_conv1: 96 of 128 patterns" in err
    atlas = Atlas(tmp_path, fake.weights.sha256)
    assert layers_of(atlas) == ["block1_conv1", "block2_conv1"]
    assert [missing(atlas, layer) for layer in layers_of(atlas)] == [(), ()]
    tiles = atlas.tiles("block1_conv1")
    assert tiles is not None
    assert tiles.shape == (64, 96, 96, 3)
    pattern = atlas.pattern("block2_conv1", 100)
    assert pattern is not None
    assert (pattern.score, pattern.recipe.name, pattern.image.shape) == (100.5, "crisp", (112, 112, 3))


def test_a_complete_atlas_is_not_computed_again(
    capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path
) -> None:
    command = ("atlas", "--layers", LAYER, "--out", tmp_path)
    assert run(capsys, *command)[0] == 0
    before = contents_of(tmp_path)
    fake.asked.clear()
    assert run(capsys, *command) == (0, "", f"{LAYER}: 64 of 64 patterns\n")
    assert fake.asked == []
    assert contents_of(tmp_path) == before
    assert run(capsys, *command, "--seed", "1")[0] == 0
    assert len(fake.asked) == 64
    assert contents_of(tmp_path) != before


def test_an_interrupted_atlas_goes_on_where_it_was(
    capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert run(capsys, "atlas", "--layers", LAYER, "--out", whole)[0] == 0
    fake.asked.clear()
    for stop in (10, 37):
        fake.stop_after = stop
        assert run(capsys, "atlas", "--layers", LAYER, "--out", parts)[0] == 1
        assert contents_of(parts) == {}
    fake.stop_after = None
    assert run(capsys, "atlas", "--layers", LAYER, "--out", parts)[0] == 0
    assert set(fake.asked) == {(LAYER, channel) for channel in range(64)}
    assert len(fake.asked) < 64 + 8  # only the batch that was interrupted is computed again
    assert contents_of(parts) == contents_of(whole)


def test_damaged_work_and_a_damaged_sheet_are_made_again(
    capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path
) -> None:
    command = ("atlas", "--layers", LAYER, "--out", tmp_path / "atlas", "--work", tmp_path / "work")
    assert run(capsys, *command)[0] == 0
    before = contents_of(tmp_path / "atlas")
    assert set(before) == {f"{LAYER}.webp", f"{LAYER}.json"}
    (tmp_path / "atlas" / f"{LAYER}.webp").write_bytes(b"half")
    next((tmp_path / "work").iterdir()).write_bytes(b"half")
    fake.asked.clear()
    assert run(capsys, *command)[0] == 0
    assert len(fake.asked) == 8  # its batch
    assert contents_of(tmp_path / "atlas") == before


def test_a_time_limit_and_partial_layers(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    command = ("atlas", "--layers", LAYER, "--out", tmp_path)
    fake.stop_after = 5
    assert run(capsys, *command)[0] == 1
    status, _, err = run(capsys, *command, "--limit-minutes", "0")
    assert status == 0
    assert "0 minutes are over; run the same command again to go on." in err
    assert layers_of(Atlas(tmp_path)) == []
    assert run(capsys, *command, "--limit-minutes", "0", "--partial")[0] == 0
    assert missing(Atlas(tmp_path), LAYER) == tuple(range(5, 64))
    fake.stop_after = None
    assert run(capsys, *command)[0] == 0
    assert missing(Atlas(tmp_path), LAYER) == ()


def test_an_atlas_that_cannot_keep_its_work_says_so(
    capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    status, _, err = run(capsys, "atlas", "--layers", LAYER, "--out", tmp_path, "--work", tmp_path / "file" / "below")
    assert status == 1
    assert "are not kept" in err.splitlines()[-1]
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--layers", "block1_pool"], 1),
        (["--layers", "block9"], 1),
        (["--set", "decai=1"], 1),
        (["--limit-minutes", "-1"], 2),
        (["--limit-minutes", "soon"], 2),
        (["--quality", "101"], 2),
    ],
)
def test_wrong_atlases(capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], status: int) -> None:
    found, out, err = run(capsys, "atlas", *arguments, "--out", tmp_path / "out")
    assert (found, out, err.count("\n")) == (status, "", 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not hasattr(os, "nice"), reason="this system has no niceness")
def test_an_atlas_lets_others_go_first() -> None:
    script = "import os; from engine.cli.patterns import be_polite; be_polite(); print(os.nice(0))"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(result.stdout) >= 10


# The real network


@pytest.fixture
def shared_session(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line use the tests' session rather than load another network."""
    monkeypatch.setattr(Session, "close", lambda _self: None)
    monkeypatch.setattr(engine, "open_session", lambda _weights: session)


def keras_score(session: Session, layer: str, channel: int, fed: np.ndarray[Any, Any]) -> float:
    """What anybody computes from an NPY with plain Keras."""
    import keras

    model = keras.applications.VGG16(weights=None, include_top=False, input_shape=(*fed.shape[:2], 3))
    kernels = engine.networks.weights.read_kernels(session.weights.path)
    for name, arrays in kernels.items():
        model.get_layer(name).set_weights(list(arrays))
    maps = keras.Model(model.input, model.get_layer(layer).output)(fed[np.newaxis])
    return float(np.asarray(maps)[0, :, :, channel].mean())


@pytest.mark.real
@pytest.mark.usefixtures("shared_session")
class TestReal:
    @pytest.mark.parametrize("recipe", ["crisp", "chollet"])
    def test_plain_keras_recomputes_the_score(
        self, capsys: pytest.CaptureFixture[str], session: Session, tmp_path: Path, recipe: str
    ) -> None:
        arguments = ("--layer", LAYER, "--channels", "3,17", "--recipe", recipe, "--steps", "6", "--format", "npy")
        assert run(capsys, "patterns", *arguments, "--out", tmp_path) == (0, "", "")
        found = manifest.read_any(tmp_path / "manifest.json")
        assert isinstance(found, PatternManifest)
        (selection,) = found.selections
        for pattern, name in zip(selection.patterns, selection.files, strict=True):
            score = keras_score(session, LAYER, pattern.channel, np.load(tmp_path / name))
            assert pattern.score > 0
            assert score == pytest.approx(pattern.score, rel=1e-4)

    def test_same_seed_same_bytes(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        command = ("patterns", "--layer", LAYER, "--channels", "0-1", "--steps", "6")
        for name, seed in (("a", "4"), ("b", "4"), ("c", "5")):
            assert run(capsys, *command, "--seed", seed, "--out", tmp_path / name)[0] == 0
        first, second, other = (contents_of(tmp_path / name) for name in "abc")
        assert first == second
        assert all(first[name] != other[name] for name in first)

    def test_a_manifest_replays_to_the_same_picture(
        self, capsys: pytest.CaptureFixture[str], session: Session, tmp_path: Path
    ) -> None:
        arguments = ("--layer", LAYER, "--channels", "5", "--steps", "6", "--seed", "3", "--set", "decay=0.8")
        assert run(capsys, "patterns", *arguments, "--out", tmp_path)[0] == 0
        found = manifest.read_any(tmp_path / "manifest.json")
        assert isinstance(found, PatternManifest)
        (request,) = found.selections[0].requests()
        *_, last = session.patterns(request.layer, [request.channel], request.recipe, seed=request.seed)
        with Image.open(tmp_path / f"{LAYER}_005.png") as image:
            np.testing.assert_array_equal(np.asarray(image), last.image)
        assert np.float32(found.selections[0].patterns[0].score) == np.float32(last.score)

    def test_an_atlas_says_what_was_made(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, session: Session
    ) -> None:
        command = ("atlas", "--layers", LAYER, "--set", "steps=2", "--set", "rescue=false", "--out", tmp_path)
        assert run(capsys, *command)[0] == 0
        pattern = Atlas(tmp_path, session.weights.sha256).pattern(LAYER, 9)
        assert pattern is not None
        # An atlas climbs in batches, whose sums a processor may round in another order than those of one picture.
        first = 9 // _BATCH * _BATCH
        channels = range(first, first + _BATCH)
        frames = session.patterns(LAYER, channels, pattern.recipe, seed=pattern.seed, batch=_BATCH)
        last = next(frame for frame in frames if frame.done and frame.channel == 9)
        assert np.float32(pattern.score) == np.float32(last.score)
        assert pattern.outcome == last.outcome
        assert np.abs(pattern.image.astype(float) - last.image).mean() < 12


@pytest.mark.real
@pytest.mark.usefixtures("shared_session")
@pytest.mark.skipif(sys.platform == "win32", reason="this system has no SIGKILL")
def test_a_killed_atlas_goes_on_where_it_was(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    command = ("atlas", "--layers", LAYER, "--set", "steps=8", "--set", "rescue=false", "--out")
    work = tmp_path / "killed" / ".work"
    process = subprocess.Popen(
        [sys.executable, "main.py", *command, tmp_path / "killed"], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and len(list(work.glob("*.pattern"))) < 5:
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    kept = {path: path.stat().st_ino for path in work.glob("*.pattern")}
    assert 5 <= len(kept) < 64
    assert contents_of(tmp_path / "killed") == {}
    for folder in ("killed", "whole"):
        assert run(capsys, *command, tmp_path / folder)[0] == 0
    assert {path: path.stat().st_ino for path in kept} == kept
    assert contents_of(tmp_path / "killed") == contents_of(tmp_path / "whole")


def test_an_index_is_readable_json(capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path) -> None:
    assert run(capsys, "atlas", "--layers", LAYER, "--out", tmp_path)[0] == 0
    content = json.loads((tmp_path / f"{LAYER}.json").read_text())
    assert content["scores"][:3] == [0.5, 1.5, 2.5]
    assert content["recipe"] == json.loads(json.dumps(replace(recipes.RECIPES["crisp"], canvas=48, size=96).as_dict()))


def test_errors_of_an_ascent_are_one_line(
    capsys: pytest.CaptureFixture[str], fake: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Iterator[Frame]:
        raise EngineError("The canvas is too small. Received: 1.")

    monkeypatch.setattr(fake, "patterns", fail)
    for command in (("patterns", "--layer", LAYER), ("atlas", "--layers", LAYER)):
        status, _, err = run(capsys, *command, "--out", tmp_path / "out")
        assert (status, err.splitlines()[-1]) == (1, "convscope: The canvas is too small. Received: 1.")
