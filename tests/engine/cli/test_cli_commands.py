"""The command line: exit statuses, one line on stderr, and files that equal what the engine gives."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import engine
import main
from engine.cli import commands as cli
from engine.networks.vgg16 import VGG16
from engine.records import ImageArray
from engine.session import Session

ROOT = Path(engine.__file__).parents[1]


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of the program with these arguments."""
    try:
        status = main.main([str(argument) for argument in arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def shared_session(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line use the tests' session rather than load another network."""
    monkeypatch.setattr(Session, "close", lambda _self: None)
    monkeypatch.setattr(engine, "open_session", lambda _weights: session)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"convscope {engine.__version__}\n", "")


def test_layers_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "layers")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 32
    assert re.search(r"block3_conv1 +convolution +56×56×256 +295,168 +24 +4", out)


def test_layers_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "layers", "--json", "--size", "64")
    table = json.loads(out)
    assert status == 0
    assert [row["name"] for row in table] == [info.name for info in VGG16.layers]
    assert table[-1] == {
        "name": "block5_pool",
        "kind": "pooling",
        "block": "block5",
        "output_shape": [2, 2, 512],
        "parameters": 0,
        "receptive_field": 212,
        "stride": 32,
        "start": -90,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["maps"],
        ["maps", "cat.png", "--layer", "block1_conv1"],
        ["maps", "cat.png", "--layer", "block1_conv1", "--out", "x", "--scale", "loud"],
        ["maps", "cat.png", "--layer", "block1_conv1", "--out", "x", "--fit", "shrink"],
        ["maps", "cat.png", "--layer", "block1_conv1", "--out", "x", "--size", "big"],
        ["layers", "--yaml"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("convscope: ")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"image": "nowhere.png"}, "nowhere.png"),
        ({"--layer": "block3_conv9"}, "block3_conv3"),
        ({"--channels": "60-64"}, "0 to 63"),
        ({"--channels": "a"}, "0-15,40"),
        ({"--colormap": "vividis"}, "viridis"),
        ({"--size": "16"}, "32"),
        ({"--weights": "nowhere.h5"}, "nowhere.h5"),
        ({"--frame": "7"}, "7"),
        ({"--scale": "absolute", "--low": "5", "--high": "5"}, "5"),
    ],
)
def test_whatever_is_wrong_is_one_line_and_status_1(
    capsys: pytest.CaptureFixture[str], cat_path: Path, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    options = {"image": str(cat_path), "--layer": "block1_conv1", "--out": str(tmp_path / "out")} | changes
    image = options.pop("image")
    status, out, err = run(capsys, "maps", image, *(word for pair in options.items() for word in pair))
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert words in err
    assert not (tmp_path / "out").exists()


def test_errors_of_a_real_process_have_no_traceback(tmp_path: Path) -> None:
    words = tmp_path / "wörds and spaces.png"
    words.write_text("not a picture")
    command = [sys.executable, "main.py", "maps", str(words), "--layer", "block1_conv1", "--out", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert words.name in result.stderr


@pytest.mark.real
@pytest.mark.usefixtures("shared_session")
class TestMaps:
    def test_npy_has_the_raw_values(
        self, capsys: pytest.CaptureFixture[str], cat_path: Path, cat: ImageArray, session: Session, tmp_path: Path
    ) -> None:
        layer = "block3_conv1:linear"
        arguments = ("--layer", layer, "--channels", "7,0-2", "--fit", "keras", "--format", "npy", "--out", tmp_path)
        assert run(capsys, "maps", cat_path, *arguments)[0] == 0
        values = np.load(tmp_path / "block3_conv1_linear.npy")
        expected = session.activations(cat, [layer], fit="keras")[layer][:, :, [7, 0, 1, 2]]
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, expected)

    def test_chollet_pngs_equal_the_book_byte_for_byte(
        self, capsys: pytest.CaptureFixture[str], cat_path: Path, cat: ImageArray, session: Session, tmp_path: Path
    ) -> None:
        layers = ("block1_conv1", "block3_pool", "block5_conv3")
        for colormap in ("gray", "viridis"):
            arguments = ("--layer", ",".join(layers), "--scale", "chollet", "--colormap", colormap)
            assert run(capsys, "maps", cat_path, *arguments, "--out", tmp_path / colormap)[0] == 0
        maps = session.activations(cat, layers)
        for layer in layers:
            for channel in range(0, maps[layer].shape[2], 9):
                values = maps[layer][:, :, channel].copy()
                if values.sum() != 0:
                    values -= values.mean()
                    values /= values.std()
                    values *= 64
                    values += 128
                expected = np.clip(values, 0, 255).astype("uint8")
                for colormap in ("gray", "viridis"):
                    with Image.open(tmp_path / colormap / f"{layer}_{channel:03d}.png") as png:
                        np.testing.assert_array_equal(np.asarray(png), expected)

    def test_every_layer_into_one_folder(
        self, capsys: pytest.CaptureFixture[str], cat_path: Path, tmp_path: Path
    ) -> None:
        arguments = ("--layer", "all", "--format", "sheet", "--size", "64", "--out", tmp_path)
        assert run(capsys, "maps", cat_path, *arguments)[0] == 0
        names = {path.name for path in tmp_path.iterdir()}
        assert names == {f"{info.name.replace(':', '_')}.png" for info in VGG16.layers} | {"manifest.json"}

    def test_one_layer_after_the_other_into_one_folder(
        self, capsys: pytest.CaptureFixture[str], cat_path: Path, tmp_path: Path
    ) -> None:
        for layer in ("block1_conv1", "block2_conv1", "block1_conv1"):
            assert run(capsys, "maps", cat_path, "--layer", layer, "--channels", "3", "--out", tmp_path)[0] == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "block1_conv1_003.png",
            "block2_conv1_003.png",
            "manifest.json",
        ]

    def test_another_file_in_the_way_is_kept_until_forced(
        self, capsys: pytest.CaptureFixture[str], cat_path: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "block1_conv1_003.png").write_bytes(b"mine")
        command = ("maps", cat_path, "--layer", "block1_conv1", "--channels", "2,3", "--out", tmp_path)
        status, _, err = run(capsys, *command)
        assert status == 1
        assert "block1_conv1_003.png" in err
        assert [path.name for path in tmp_path.iterdir()] == ["block1_conv1_003.png"]
        assert run(capsys, *command, "--force")[0] == 0
        with Image.open(tmp_path / "block1_conv1_003.png") as png:
            assert png.size == (224, 224)

    def test_the_manifest_has_the_whole_path_of_a_picture_that_was_typed_relative(
        self, capsys: pytest.CaptureFixture[str], cat_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "pics").mkdir()
        (tmp_path / "pics" / "cat.png").write_bytes(cat_path.read_bytes())
        monkeypatch.chdir(tmp_path)
        command = ("maps", "pics/cat.png", "--layer", "block1_pool", "--channels", "3", "--size", "64", "--out", "maps")
        assert run(capsys, *command)[0] == 0
        picture = json.loads(Path("maps/manifest.json").read_text(encoding="utf-8"))["picture"]
        assert (picture["name"], picture["path"]) == ("cat.png", str(tmp_path / "pics" / "cat.png"))

    def test_same_command_same_bytes(self, capsys: pytest.CaptureFixture[str], cat_path: Path, tmp_path: Path) -> None:
        for folder in ("a", "b"):
            command = ("maps", cat_path, "--layer", "block2_pool", "--out", tmp_path / folder)
            assert run(capsys, *command)[0] == 0
        first, second = (
            {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("a", "b")
        )
        assert first == second


@pytest.mark.real
def test_self_test_passes_in_an_empty_environment() -> None:
    result = subprocess.run(
        [sys.executable, "main.py", "self-test"],
        cwd=ROOT,
        env={"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == "All is well."


def test_a_complaint_is_one_line_whatever_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    """Found by fuzzing: argparse repeats what it did not know, line breaks included."""
    with pytest.raises(SystemExit):
        cli.parse(["layers", "a\nb"])
    assert capsys.readouterr().err.count("\n") == 1
