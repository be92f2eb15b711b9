"""Levels that a person chose: what they make of a picture's values, in the manifest, and in the shell."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

import engine
import main
from engine import images
from engine.exports import manifest
from engine.exports.manifest import LevelsRecord, SelectionRecord
from engine.records import EngineError, Levels, Picture, Provenance, Style, WeightsFile

Values = npt.NDArray[np.uint16]


@pytest.fixture
def values() -> Values:
    return np.random.default_rng(3).integers(0, 65536, (48, 64)).astype(np.uint16)


@pytest.fixture
def deep_path(tmp_path: Path, values: Values) -> Path:
    path = tmp_path / "deep.png"
    Image.fromarray(values).save(path)
    return path


@pytest.mark.parametrize("levels", [(0.0, 65535.0), (1000.0, 5000.0), (-200.5, 70000.25), (300.0, 301.0)])
def test_values_between_the_levels_are_spread_evenly(
    deep_path: Path, values: Values, levels: tuple[float, float]
) -> None:
    picture = images.open_picture(deep_path, levels=levels)
    low, high = levels
    wanted = np.rint(np.clip((values.astype(np.float64) - low) / (high - low), 0, 1) * 255)
    for channel in range(3):
        np.testing.assert_array_equal(picture.pixels[..., channel], wanted)
    assert picture.levels == Levels(low, high, float(values.min()), float(values.max()), chosen=True)
    assert f"{low:.6g}…{high:.6g}" in picture.note


def test_without_a_choice_they_are_the_picture_s_own(deep_path: Path, values: Values) -> None:
    levels = images.open_picture(deep_path).levels
    assert levels is not None
    assert not levels.chosen
    assert (levels.lowest, levels.highest) == (values.min(), values.max())


def test_eight_bits_have_none(cat_path: Path) -> None:
    assert images.open_picture(cat_path).levels is None


@pytest.mark.parametrize("levels", [(5.0, 5.0), (5.0, 4.0), (math.nan, 1.0), (0.0, math.inf)])
def test_what_are_no_levels_is_said(deep_path: Path, levels: tuple[float, float]) -> None:
    with pytest.raises(EngineError, match="black below white"):
        images.open_picture(deep_path, levels=levels)


def record(levels: Levels | None) -> dict[str, Any]:
    picture = Picture("deep.png", np.zeros((30, 40, 3), np.uint8), "a" * 64, levels=levels)
    return manifest.build(
        Provenance(picture, "crop", 96, WeightsFile("w.h5", "b" * 64, "keras", known=True)),
        [SelectionRecord("block1_pool", (0,), (0.0,), (1.0,), ("block1_pool_000.png",))],
        style=Style(),
        file_format="png",
        colormap="gray",
        enlarge=1,
        program_version="1",
    )


def read(folder: Path, content: dict[str, Any]) -> manifest.Manifest:
    path = folder / "manifest.json"
    path.write_bytes(manifest.encode(content))
    return manifest.read(path)


@pytest.mark.parametrize("chosen", [True, False])
def test_a_manifest_has_them(tmp_path: Path, *, chosen: bool) -> None:
    levels = Levels(0.03, 1e-9 + 7, -1.0, 9.0, chosen)
    found = read(tmp_path, record(levels)).picture.levels
    assert found == LevelsRecord(levels.low, levels.high, chosen)
    assert found.of(levels)
    assert not found.of(Levels(0.03, 8.0, -1.0, 9.0, chosen))
    assert not found.of(None)


def test_a_manifest_of_eight_bits_or_of_before_has_none(tmp_path: Path) -> None:
    content = record(None)
    assert "levels" not in content["picture"]
    assert read(tmp_path, content).picture.levels is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"low": "0"}, "picture.levels.low"),
        ({"high": 1e400}, "damaged or no JSON|picture.levels.high"),
        ({"low": 9.0, "high": 2.0}, "picture.levels"),
        ({"low": 2.0, "high": 2.0}, "picture.levels"),
        ({"chosen": 1}, "picture.levels.chosen"),
    ],
)
def test_nothing_in_it_is_believed(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    content = record(Levels(0.0, 5.0, 0.0, 9.0, chosen=True))
    content["picture"]["levels"].update(change)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(content).replace("Infinity", "1e400"), encoding="utf-8")
    with pytest.raises(EngineError, match=words):
        manifest.read(path)


def test_a_picture_of_one_value_has_levels_at_one_place(tmp_path: Path) -> None:
    found = read(tmp_path, record(Levels(4.0, 4.0, 4.0, 4.0))).picture.levels
    assert found == LevelsRecord(4.0, 4.0, chosen=False)


class StandIn:
    """A session that keeps the picture that it was asked about."""

    weights = WeightsFile("w.h5", "b" * 64, "keras", known=True)

    def __init__(self) -> None:
        self.pixels: npt.NDArray[np.uint8] | None = None

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def activations(self, picture: Picture, names: list[str], *_: object) -> dict[str, Any]:
        self.pixels = picture.pixels
        return {name: np.ones((224, 224, 64), np.float32) for name in names}


@pytest.mark.parametrize("low", [-1000.0, -1e-05, -2.5e17, 0.0])
def test_a_manifest_s_request_again_in_the_shell(
    deep_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], low: float
) -> None:
    session = StandIn()
    monkeypatch.setattr(engine, "open_session", lambda _weights: session)
    out = tmp_path / "out"
    arguments = ["maps", str(deep_path), "--layer", "block1_conv1", "--channels", "0", "--out", str(out)]
    assert main.main([*arguments, "--levels", repr(low), "5000.5"]) == 0
    levels = manifest.read(out / "manifest.json").picture.levels
    assert levels == LevelsRecord(low, 5000.5, chosen=True)
    assert session.pixels is not None
    np.testing.assert_array_equal(session.pixels, images.open_picture(deep_path, levels=(low, 5000.5)).pixels)
    assert capsys.readouterr().err == ""


def test_eight_bits_in_the_shell_are_said(cat_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["maps", str(cat_path), "--layer", "block1_conv1", "--out", str(tmp_path / "out")]
    assert main.main([*arguments, "--levels", "0", "9"]) == 1
    assert "leave --levels out" in capsys.readouterr().err
