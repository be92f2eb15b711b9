"""The whole program on a virtual X screen: the real VGG16, the real cat, and real drags, pastes and keys."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from drag_and_drop import DragSource, DropTarget
from PIL import Image
from real_program import FIRST_TILE, GALLERY, ROOT, RealProgram
from virtual_screen import missing_programs, virtual_screen, wait_until
from x_client import SelectionOwner

pytestmark = [pytest.mark.x11, pytest.mark.real]

SCREEN = 1600, 1000
MIDDLE = 600, 350
Start = Callable[..., RealProgram]

_MISSING = missing_programs("xdotool")


@pytest.fixture
def screen() -> Iterator[str]:
    if _MISSING:
        reason = f"a real window needs {', '.join(_MISSING)}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}, and CI must have it")
        pytest.skip(reason)
    with virtual_screen(*SCREEN) as display:
        yield display


@pytest.fixture
def start(screen: str, tmp_path: Path) -> Iterator[Start]:
    """Starts the program with a command line and settings; it is killed at the end if it is still there."""
    with ExitStack() as programs:

        def begin(*arguments: str, settings: Mapping[str, str] | None = None) -> RealProgram:
            home = tmp_path / "person"
            home.mkdir()
            return programs.enter_context(RealProgram(screen, home, arguments, settings))

        yield begin


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pictures that no two of have a map in common, the first with spaces and accents in its name."""
    folder = tmp_path_factory.mktemp("des images à voir")
    names = ["Éléphant rosé, très près.png", *(f"picture {number}.png" for number in range(1, 6))]
    paths = []
    for number, name in enumerate(names):
        random = np.random.default_rng(number)
        small = random.integers(0, 256, (8 + 3 * number, 8 + 3 * number, 3), dtype=np.uint8)
        paths.append(folder / name)
        Image.fromarray(small).resize((300, 300), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


def test_dropped_files_are_shown(start: Start, screen: str, cat_path: Path, pictures: list[Path]) -> None:
    program = start()
    program.wait_for_title("Convscope")
    assert not program.shows_maps()
    with DragSource(screen, [cat_path]) as source:
        assert source.drop(*program.point(*MIDDLE))
    program.wait_for_title(cat_path.name)
    program.wait_for_maps()
    of_the_cat = program.grab(*GALLERY)
    with DragSource(screen, [pictures[0]]) as source:
        assert source.drop(*program.point(*MIDDLE))
    program.wait_for_title(pictures[0].name)
    wait_until(lambda: not np.array_equal(program.grab(*GALLERY), of_the_cat), "other maps")
    program.wait_for_maps()
    program.press("ctrl+q")
    program.assert_ends_well()


def test_pasted_image_data_is_shown(start: Start, screen: str, pictures: list[Path]) -> None:
    program = start()
    program.wait_for_title("Convscope")
    offers = {"image/png": pictures[1].read_bytes()}
    with SelectionOwner(screen, "CLIPBOARD", offers) as clipboard, clipboard.serving():
        program.activate()
        program.press("ctrl+v")
        program.wait_for_title("pasted picture")
        assert clipboard.given == ["image/png"]
    program.wait_for_maps()
    program.press("ctrl+q")
    program.assert_ends_well()


def close_by_key(program: RealProgram) -> None:
    program.activate()
    program.press("ctrl+q")


@pytest.mark.parametrize("close", [close_by_key, RealProgram.close_by_window_manager], ids=["key", "button"])
def test_closing_while_tensorflow_is_loaded(start: Start, cat_path: Path, close: Callable[[RealProgram], None]) -> None:
    program = start(str(cat_path))
    wait_until(lambda: program.title() and program.has_loaded("libtensorflow"), "the beginning of TensorFlow")
    assert not program.shows_maps()
    close(program)
    program.assert_ends_well()


@pytest.mark.parametrize("close", [close_by_key, RealProgram.close_by_window_manager], ids=["key", "button"])
def test_closing_while_maps_are_computed(start: Start, cat_path: Path, close: Callable[[RealProgram], None]) -> None:
    program = start(str(cat_path), settings={"picture/size": "640"})  # takes a few seconds for all layers
    wait_until(program.shows_maps, "the maps of the first layer", 120)
    close(program)
    program.assert_ends_well()


def test_a_picture_overtaken_many_times_a_second(start: Start, cat_path: Path, pictures: list[Path]) -> None:
    program = start(str(cat_path), *map(str, pictures))
    program.wait_for_title(cat_path.name)
    program.wait_for_maps()
    of_the_cat = program.grab(*GALLERY)
    program.activate()
    rounds = ["ctrl+Next"] * (len(pictures) + 1)
    program.tool("key", "--delay", "40", *rounds, *rounds, *rounds, "ctrl+Next")
    program.wait_for_title(pictures[0].name)
    program.wait_for_maps()
    assert not np.array_equal(program.grab(*GALLERY), of_the_cat)
    program.tool("key", "--delay", "40", *rounds, *rounds, "ctrl+Prior")
    program.wait_for_title(cat_path.name)
    program.wait_until_still()
    np.testing.assert_array_equal(program.grab(*GALLERY), of_the_cat)
    program.press("ctrl+q")
    program.assert_ends_well()


def test_dropping_pictures_faster_than_they_are_computed(start: Start, screen: str, pictures: list[Path]) -> None:
    program = start()
    program.wait_for_title("Convscope")
    with ExitStack() as sources:
        for _ in range(2):
            for picture in pictures:
                source = sources.enter_context(DragSource(screen, [picture]))
                assert source.drop(*program.point(*MIDDLE))
    program.wait_for_title(pictures[-1].name)
    program.wait_for_maps()
    program.close_by_window_manager()
    program.assert_ends_well()


def test_export_by_keyboard_equals_the_command_line(start: Start, cat_path: Path, tmp_path: Path) -> None:
    by_window, by_shell = tmp_path / "by window", tmp_path / "by shell"
    program = start(str(cat_path), settings={"gallery/layer": "block1_conv2"})
    program.wait_for_title(cat_path.name)
    program.wait_for_maps()
    program.activate()
    program.press("ctrl+e")
    wait_until(lambda: any(title.startswith("Export") for title in program.titles()), "the export dialog")
    program.press("alt+l", "alt+p", "alt+g", "alt+f", "ctrl+a")
    program.type(str(by_window))
    program.press("Return")
    wait_until(lambda: (by_window / "manifest.json").exists(), "the manifest")
    program.press("ctrl+q")
    program.assert_ends_well()
    command = ("maps", str(cat_path), "--layer", "block1_conv2", "--colormap", "gray", "--out", str(by_shell))
    subprocess.run([sys.executable, "main.py", *command], cwd=ROOT, check=True)
    names = sorted(path.name for path in by_shell.iterdir())
    assert names == sorted(path.name for path in by_window.iterdir())
    assert len(names) == 65
    different = [name for name in names if (by_shell / name).read_bytes() != (by_window / name).read_bytes()]
    assert set(different) <= {"manifest.json"}
    manifests = [json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in (by_shell, by_window)]
    assert manifests[0] == manifests[1]


def test_a_tile_dragged_out_is_a_file(start: Start, screen: str, cat_path: Path) -> None:
    program = start(str(cat_path), settings={"gallery/layer": "block3_conv1"})
    program.wait_for_title(cat_path.name)
    program.wait_for_maps()
    x, y, side = SCREEN[0] - 130, 300, 120
    with DropTarget(screen, x, y, side) as target, target.serving():
        drag(program, program.point(*FIRST_TILE), (x + side // 2, y + side // 2))
        wait_until(lambda: target.dropped, "the dropped file")
    (data,) = target.dropped.values()
    assert list(target.dropped) == ["block3_conv1_000.png"]
    with Image.open(io.BytesIO(data)) as tile:
        assert (tile.format, tile.size) == ("PNG", (56, 56))
    program.activate()
    program.press("ctrl+q")
    program.assert_ends_well()


def drag(program: RealProgram, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag with the left button, in steps as small as a hand's."""
    program.tool("mousemove", *map(str, start), "mousedown", "1")
    for step in range(1, 21):
        x, y = (round(a + (b - a) * step / 20) for a, b in zip(start, end, strict=True))
        program.tool("mousemove", "--sync", str(x), str(y), "sleep", "0.03")
    program.tool("sleep", "0.3", "mouseup", "1")
