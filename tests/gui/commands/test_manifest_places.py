"""Where the picture of a manifest is looked for, and what is opened only after a question."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from fake_engine import wait_until_complete
from pytestqt.qtbot import QtBot

from engine import images
from engine.exports import manifest
from engine.exports.manifest import SelectionRecord
from engine.networks.vgg16 import VGG16
from engine.process.manifest_job import ManifestRead, ReadManifest, read_manifest
from engine.records import Picture, Provenance, Style, WeightsFile
from gui.main_window import MainWindow


def write(folder: Path, named: str | None, sha256: str = "a" * 64, name: str = "cat.png") -> Path:
    """A manifest that names its picture so."""
    picture = Picture(name, np.zeros((30, 45, 3), np.uint8), sha256, path=named)
    origin = Provenance(
        picture, "crop", 64, WeightsFile("w.h5", "b" * 64, "bundled", known=True), VGG16.with_weights("b" * 64).identity
    )
    selection = SelectionRecord("block1_pool", (3,), (0.0,), (1.0,), ("block1_pool_003.png",))
    record = manifest.build(
        origin,
        [selection],
        style=Style(),
        file_format="png",
        colormap="viridis",
        enlarge=1,
        program_version="0.1.0",
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "manifest.json"
    path.write_bytes(manifest.encode(record))
    return path


def found(path: Path) -> ManifestRead:
    *_, read = read_manifest(ReadManifest(path, VGG16), threading.Event())
    assert isinstance(read, ManifestRead)
    return read


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a picture")
    return path


@pytest.mark.parametrize("named", ["pics/cat.jpg", "./pics/cat.jpg", "pics\\cat.jpg", ".\\pics\\cat.jpg"])
def test_a_relative_path_is_looked_for_beside_the_manifest(tmp_path: Path, named: str) -> None:
    there = put(tmp_path / "maps" / "pics" / "cat.jpg")
    put(tmp_path / "maps" / "cat.jpg")  # another one of that name
    assert found(write(tmp_path / "maps", named)).beside == there


def test_a_picture_that_was_moved_beside_the_manifest_is_found_by_its_name(tmp_path: Path) -> None:
    there = put(tmp_path / "maps" / "cat.jpg")
    for named in ("pics/cat.jpg", "/nowhere/cat.jpg", "C:\\pictures\\cat.jpg"):
        assert found(write(tmp_path / "maps", named)).beside == there


def test_a_relative_path_is_looked_for_where_the_export_was_called_but_opened_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = put(tmp_path / "pics" / "cat.jpg")
    path = write(tmp_path / "maps", "pics/cat.jpg")
    monkeypatch.chdir("/")
    assert (found(path).beside, found(path).named) == (None, there)
    far = write(tmp_path / "some" / "where" / "else", "pics/cat.jpg")
    assert (found(far).beside, found(far).named) == (None, None)
    monkeypatch.chdir(tmp_path)
    assert (found(far).beside, found(far).named) == (None, there)


@pytest.mark.parametrize("named", ["../secret.jpg", "pics/../../secret.jpg", "..\\secret.jpg", "{}/secret.jpg"])
def test_what_is_outside_of_the_manifests_folder_is_never_beside_it(tmp_path: Path, named: str) -> None:
    put(tmp_path / "secret.jpg")
    (tmp_path / "maps" / "pics").mkdir(parents=True)
    assert found(write(tmp_path / "maps", named.format(tmp_path))).beside is None


@pytest.mark.parametrize("named", ["x" * 300 + "/cat.jpg", "a/" + "x" * 2000, "a\0b/cat.jpg", "cat.png/cat.png"])
def test_names_that_no_file_can_have_are_not_found(tmp_path: Path, named: str) -> None:
    put(tmp_path / "cat.png")
    read = found(write(tmp_path, named))
    assert read.named is None
    assert read.beside in (None, tmp_path / "cat.png")


def test_a_picture_is_known_by_its_absolute_path(
    cat_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "cat.png").write_bytes(cat_path.read_bytes())
    (tmp_path / "link.png").symlink_to(tmp_path / "pics" / "cat.png")
    monkeypatch.chdir(tmp_path)
    for typed in ("pics/cat.png", "./pics/../pics/cat.png", Path("pics/cat.png")):
        assert images.open_picture(typed).path == str(tmp_path / "pics" / "cat.png")
    assert images.open_picture("link.png").path == str(tmp_path / "link.png")
    assert images.open_picture(cat_path.read_bytes(), path="pics/cat.png").path == str(tmp_path / "pics" / "cat.png")
    assert images.open_picture(cat_path.read_bytes()).path is None


def test_the_window_opens_it_unasked(window: MainWindow, qtbot: QtBot, cat_path: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "maps" / "pics"
    pictures.mkdir(parents=True)
    (pictures / "cat.png").write_bytes(cat_path.read_bytes())
    window.open_images([write(tmp_path / "maps", "pics/cat.png", images.open_picture(cat_path).sha256)])
    wait_until_complete(window, qtbot)
    assert [picture.path for picture in window.workspace.pictures] == [str(pictures / "cat.png")]
    assert window.workspace.layer == "block1_pool"
    assert window.views.gallery.selected_channels() == (3,)


def test_a_piped_picture_opens_and_is_not_remembered(window: MainWindow, qtbot: QtBot, cat_path: Path) -> None:
    window.open_bytes(cat_path.read_bytes(), "standard input")
    wait_until_complete(window, qtbot)
    (picture,) = window.workspace.pictures
    assert (picture.name, picture.path) == ("standard input", None)
    assert window.windowTitle().startswith("standard input")
    assert window.settings.recent_files() == ()


def test_the_manifest_of_a_piped_picture_asks_for_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.commands.open_manifest.QFileDialog.getOpenFileName", lambda *_: ("", ""))
    window.commands.manifests.open(str(write(tmp_path, None, name="standard input")))
    qtbot.waitUntil(lambda: not window.commands.manifests.busy)
    message = window.views.messages.current()
    assert message is not None
    assert "'standard input' came without a file; choose it to bring the view back" in message.text
