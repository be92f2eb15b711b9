"""Patterns out of the window and back: exports, the clipboard, dragged tiles and manifests."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_engine import FakeEngine, made_up_frame, wait_until_complete
from PIL import Image
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

import resources
from engine.atlas.reader import Atlas
from engine.atlas.writer import write_layer
from engine.exports import manifest
from engine.exports.manifest import PatternManifest
from engine.networks.vgg16 import VGG16
from engine.patterns.options import PatternOptions
from engine.patterns.recipes import Recipe, recipe
from engine.patterns.requests import PatternFormat, of_channel
from engine.patterns.settings import PatternSettings
from engine.patterns.stock import LayerStock
from engine.patterns.store import PatternStore
from engine.process import pattern_export_job
from engine.process.export_size_job import ExportMeasured
from engine.process.pattern_export_job import ExportPatterns, MeasurePatterns
from engine.process.pattern_jobs import frame_of, stored_as
from engine.records import WeightsFile
from gui.exports.dialog import ExportDialog
from gui.formatting import bytes_text
from gui.main_window import MainWindow
from gui.state.pattern_export_options import PatternExportOptions, PatternStock, guessed_bytes
from gui.widgets.segments import Segments

Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LAYER = "block2_conv1"


@pytest.fixture
def pattern_window(cat_window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window with the cat and the patterns of channels 1, 4 and 9 of a layer."""
    cat_window.workspace.layer = LAYER
    wait_until_complete(cat_window, qtbot)
    form(cat_window, qtbot, 1, 4, 9)
    return cat_window


@pytest.fixture
def atlas(fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Atlas:
    """An atlas of the first layer that comes with the program, for the weights of the fake engine."""
    made = recipe("crisp", {"size": 96, "canvas": 48})
    asked = [of_channel("block1_conv1", channel, PatternOptions(made)) for channel in range(64)]
    frames = [replace(made_up_frame(one, 4, done=True), recipe=made) for one in asked]
    large = [replace(frame, image=np.tile(frame.image, (6, 6, 1))) for frame in frames]
    write_layer(tmp_path / "atlas", VGG16.layer("block1_conv1"), large, digest=fake_engine.weights, recipe=made, seed=0)
    find = resources.path
    monkeypatch.setattr(
        resources, "path", lambda *parts: tmp_path / "atlas" if parts == ("patterns",) else find(*parts)
    )
    return Atlas(tmp_path / "atlas")


@pytest.fixture
def shipping_window(atlas: Atlas, make_window: Callable[[], MainWindow], qtbot: QtBot) -> MainWindow:
    """A window without a picture that shows the patterns that come with the program."""
    index = atlas.index("block1_conv1")
    assert index is not None
    assert not index.missing
    window = make_window()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: len(at_hand(window)) == 64)
    return window


def at_hand(window: MainWindow) -> list[int]:
    return sorted(window.commands.patterns.flow.presenter.at_hand())


def form(window: MainWindow, qtbot: QtBot, *channels: int) -> None:
    window.commands.patterns.flow.form_channels(channels)
    qtbot.waitUntil(lambda: set(channels) <= set(at_hand(window)) and not window.commands.patterns.flow.runner.busy)


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


def export(window: MainWindow, qtbot: QtBot, folder: Path, **options: str) -> list[str]:
    """Export, and give the names of what is in the folder then."""
    before = sum("Exported" in text for text in said(window))
    window.commands.export.patterns.start(PatternExportOptions(**options, folder=str(folder)))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: sum("Exported" in text for text in said(window)) > before)
    return sorted(path.name for path in folder.iterdir())


def record_of(folder: Path) -> PatternManifest:
    found = manifest.read_any(folder / "manifest.json")
    assert isinstance(found, PatternManifest)
    return found


def in_dialog(window: MainWindow, act: Callable[[ExportDialog], None]) -> None:
    """Press Ctrl+E and do something with the dialog that opens."""

    def find() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        try:
            act(dialog)
        finally:  # or the test would never end
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(0, find)
    window.action("export").trigger()


def radio(dialog: ExportDialog, start: str) -> QRadioButton:
    """The choice of the page that is shown."""
    return next(
        one
        for one in dialog.findChildren(QRadioButton)
        if one.isVisible() and one.text().replace("&", "").startswith(start)
    )


def label(dialog: ExportDialog, name: str) -> str:
    return next(one.text() for one in dialog.findChildren(QLabel) if one.accessibleName() == name)


# What is written


def test_selected_patterns_as_pictures(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    pattern_window.views.gallery.select_channels([4, 5, 9])
    names = export(pattern_window, qtbot, tmp_path / "out")
    assert names == [f"{LAYER}_004.png", f"{LAYER}_009.png", "manifest.json"]
    assert (np.asarray(Image.open(tmp_path / "out" / f"{LAYER}_009.png")) == 4 * 20 + 9).all()
    record = record_of(tmp_path / "out")
    assert [pattern.channel for pattern in record.selections[0].patterns] == [4, 9]
    assert fake_engine.formed == [1, 4, 9]
    assert not pattern_window.views.job.busy


def test_show_folder(pattern_window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    export(pattern_window, qtbot, tmp_path, what="layer")
    next(button for button in pattern_window.findChildren(QPushButton) if button.text() == "Show folder").click()
    assert opened == [QUrl.fromLocalFile(str(tmp_path))]


def test_sheet_and_inputs_of_a_layer_need_no_network(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    assert f"{LAYER}.png" in export(pattern_window, qtbot, tmp_path, what="layer", format="sheet")
    assert f"{LAYER}_001.npy" in export(pattern_window, qtbot, tmp_path, what="layer", format="npy")
    assert np.load(tmp_path / f"{LAYER}_009.npy").shape == (16, 16, 3)
    assert fake_engine.formed == [1, 4, 9]


@pytest.mark.parametrize("file_format", ["webp", "gif"])
def test_animation_is_formed_anew(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path, file_format: str
) -> None:
    pattern_window.views.gallery.select_channels([4])
    names = export(pattern_window, qtbot, tmp_path / "out", format=file_format)
    assert names == [f"{LAYER}_004.{file_format}", "manifest.json"]
    with Image.open(tmp_path / "out" / names[0]) as film:
        assert getattr(film, "n_frames", 1) == 4
    assert fake_engine.formed == [1, 4, 9, 4]


def test_every_layer_that_is_there(pattern_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    pattern_window.workspace.layer = "block3_conv2"
    form(pattern_window, qtbot, 7)
    names = export(pattern_window, qtbot, tmp_path / "out", what="everything")
    assert names == [f"{LAYER}_00{n}.png" for n in (1, 4, 9)] + ["block3_conv2_007.png", "manifest.json"]


def test_shipped_patterns_are_written_as_they_are(
    shipping_window: MainWindow, fake_engine: FakeEngine, atlas: Atlas, qtbot: QtBot, tmp_path: Path
) -> None:
    assert len(export(shipping_window, qtbot, tmp_path / "out", what="layer")) == 65
    assert fake_engine.formed == []
    shipped = atlas.pattern("block1_conv1", 17)
    assert shipped is not None
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out" / "block1_conv1_017.png")), shipped.image)


def test_input_of_a_shipped_pattern_is_formed_and_kept(
    shipping_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    shipping_window.views.gallery.select_channels([2, 3])
    for folder in ("first", "second"):
        assert "block1_conv1_002.npy" in export(shipping_window, qtbot, tmp_path / folder, format="npy")
    assert fake_engine.formed == [2, 3]


def test_sheet_has_tiles_of_one_size(
    shipping_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    form(shipping_window, qtbot, 2)  # 16 pixels, while the shipped ones have 96
    shipping_window.views.gallery.select_channels([2, 3])
    export(shipping_window, qtbot, tmp_path, format="sheet")
    assert fake_engine.formed == [2]
    with Image.open(tmp_path / "block1_conv1.png") as sheet:
        assert sheet.width > 2 * 96


def test_what_is_gone_is_formed_again(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    pattern_window.controller.patterns.clear()
    pattern_window.views.gallery.select_channels([1])
    export(pattern_window, qtbot, tmp_path, format="npy")
    assert fake_engine.formed == [1, 4, 9, 1]


def test_continued_pattern_is_exported_as_far_as_it_came(
    pattern_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    flow = pattern_window.commands.patterns.flow
    flow.presenter.show_channel(4)
    flow.continue_pattern(7)
    qtbot.waitUntil(lambda: flow.presenter.at_hand()[4].frame.step == 11)
    qtbot.waitUntil(lambda: not flow.runner.busy)
    export(pattern_window, qtbot, tmp_path, what="layer", format="sheet")
    found = {selection.more: selection.patterns for selection in record_of(tmp_path).selections}
    assert [pattern.channel for pattern in found[()]] == [1, 9]
    assert [(pattern.channel, pattern.step) for pattern in found[7,]] == [(4, 11)]


# What stands in the way


def test_file_in_the_way_is_said_and_nothing_changes(pattern_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    in_the_way = tmp_path / f"{LAYER}_004.png"
    in_the_way.write_bytes(b"mine")
    pattern_window.commands.export.patterns.start(PatternExportOptions("layer", folder=str(tmp_path)))
    qtbot.waitUntil(lambda: any(in_the_way.name in text for text in said(pattern_window)))
    assert in_the_way.read_bytes() == b"mine"
    assert list(tmp_path.glob("*.png")) == [in_the_way]


def test_nothing_formed_is_said(pattern_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    pattern_window.views.gallery.select_channels([2])
    pattern_window.commands.export.patterns.start(PatternExportOptions(folder=str(tmp_path / "out")))
    qtbot.waitUntil(lambda: any("form them first" in text for text in said(pattern_window)))
    assert not (tmp_path / "out").exists()


def test_stopped_export_leaves_nothing(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    fake_engine.step_seconds = 0.05
    target = tmp_path / "out"
    options = PatternExportOptions("layer", "webp", str(target))
    pattern_window.commands.export.patterns.start(options)
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 4)
    pattern_window.commands.export.patterns.start(options)
    assert any("written already" in text for text in said(pattern_window))
    qtbot.keyClick(pattern_window, Qt.Key.Key_Period, Ctrl)
    qtbot.waitUntil(lambda: any("stopped" in text for text in said(pattern_window)))
    assert not target.exists()
    assert not pattern_window.views.job.busy


def test_closing_in_the_middle_of_an_export_leaves_nothing(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    fake_engine.step_seconds = 0.05
    target = tmp_path / "out"
    pattern_window.commands.export.patterns.start(PatternExportOptions("layer", "gif", str(target)))
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 4)
    pattern_window.close()
    assert not target.exists()


# The dialog


def test_dialog_says_what_is_there(pattern_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    pattern_window.action("content_patterns").trigger()
    pattern_window.views.gallery.select_channels([4, 5])

    def look(dialog: ExportDialog) -> None:
        assert dialog.kind() == "patterns"
        assert radio(dialog, "Selected").text() == "&Selected channels (1 of 2 formed)"
        assert radio(dialog, "This").text() == f"This &layer ({LAYER}: 3 of 128 formed)"
        qtbot.waitUntil(lambda: radio(dialog, "Every").text() == "Ever&y layer (3 of 4,224 formed)")
        assert "1 pattern is not formed and is left out." in label(dialog, "What will be written")
        radio(dialog, "This").click()
        assert label(dialog, "What will be written").startswith(f"Writes 3 files ({LAYER}_001.png, …)")
        assert "125 patterns are not formed and are left out." in label(dialog, "What will be written")
        radio(dialog, "Animation, WebP").click()
        assert "3 patterns have to be formed anew" in label(dialog, "What will be written")
        radio(dialog, "Contact").click()
        assert label(dialog, "What will be written").startswith(f"Writes 1 file ({LAYER}.png)")
        (folder,) = (one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Folder")
        folder.setText(str(tmp_path))
        (tmp_path / f"{LAYER}.png").touch()
        folder.setText(str(tmp_path) + "/")
        assert "There is a file" in label(dialog, "What stands in the way")

    in_dialog(pattern_window, look)


def test_dialog_says_how_large_pictures_become(pattern_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """As large as they are then; of an animation, which is to be formed yet, about."""
    pattern_window.action("content_patterns").trigger()

    def look(dialog: ExportDialog) -> None:
        qtbot.waitUntil(lambda: radio(dialog, "Every").text() == "Ever&y layer (3 of 4,224 formed)")
        radio(dialog, "This").click()
        qtbot.waitUntil(lambda: "; about " in label(dialog, "What will be written"))
        sentences.append(label(dialog, "What will be written"))
        radio(dialog, "Animation, GIF").click()
        assert "; about " in label(dialog, "What will be written")

    sentences: list[str] = []
    in_dialog(pattern_window, look)
    pattern_window.commands.export.patterns.start(PatternExportOptions("layer", "png", str(tmp_path / "out")))
    qtbot.waitUntil(lambda: any("Exported" in text for text in said(pattern_window)))
    size = sum(path.stat().st_size for path in (tmp_path / "out").glob("*.png"))
    assert f"; about {bytes_text(size)}." in sentences[0]


def test_dialog_exports_and_is_remembered(
    pattern_window: MainWindow, make_window: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    pattern_window.views.gallery.select_channels([4])

    def choose(dialog: ExportDialog) -> None:
        assert dialog.kind() == "maps"
        patterns = next(one for one in dialog.findChildren(QPushButton) if one.text() == "E&xport")
        (segment,) = dialog.findChildren(Segments)
        qtbot.mouseClick(segment.button(1), Qt.MouseButton.LeftButton)
        radio(dialog, "NPY").click()
        (folder,) = (one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Folder")
        folder.setText(str(tmp_path / "out"))
        patterns.click()

    in_dialog(pattern_window, choose)
    qtbot.waitUntil(lambda: any("Exported" in text for text in said(pattern_window)))
    assert (tmp_path / "out" / f"{LAYER}_004.npy").exists()
    pattern_window.views.gallery.select_channels([9])
    pattern_window.activateWindow()
    qtbot.waitUntil(pattern_window.isActiveWindow)
    qtbot.keyClick(pattern_window, Qt.Key.Key_E, Ctrl | Shift)
    qtbot.waitUntil(lambda: (tmp_path / "out" / f"{LAYER}_009.npy").exists())
    pattern_window.close()
    remembered = make_window().settings
    assert remembered.export_kind == "patterns"
    assert remembered.export_patterns == PatternExportOptions("selection", "npy", str(tmp_path / "out"))


def test_dialog_without_a_pattern(cat_window: MainWindow) -> None:
    cat_window.action("content_patterns").trigger()

    def look(dialog: ExportDialog) -> None:
        assert "form it first" in label(dialog, "What stands in the way")
        assert not next(one for one in dialog.findChildren(QPushButton) if one.text() == "E&xport").isEnabled()

    in_dialog(cat_window, look)


def test_mnemonics_of_the_page_are_unique(pattern_window: MainWindow) -> None:
    pattern_window.action("content_patterns").trigger()

    def look(dialog: ExportDialog) -> None:
        parts: list[QAbstractButton | QLabel] = [*dialog.findChildren(QAbstractButton), *dialog.findChildren(QLabel)]
        texts = [one.text() for one in parts if one.isVisible()]
        keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(keys) == len(set(keys)) >= 10

    in_dialog(pattern_window, look)


def test_options_as_text() -> None:
    options = PatternExportOptions("layer", "gif", "/tmp/ä b")
    assert PatternExportOptions.from_text(options.to_text()) == options
    assert not PatternExportOptions.from_text(replace(options, overwrite=True).to_text()).overwrite
    for strange in ("", "[]", '{"what": 1, "format": ["png"], "folder": null}', '{"format": "tiff"}'):
        assert PatternExportOptions.from_text(strange) == PatternExportOptions()


def test_what_has_to_be_formed() -> None:
    stock = LayerStock(frozenset({1}), frozenset({1, 2}))
    assert {name: stock.to_form(frozenset({1, 2, 3}), name) for name in ("png", "npy", "gif")} == {
        "png": 1,
        "npy": 2,
        "gif": 3,
    }


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_conv2", "block4_conv1"])
@pytest.mark.parametrize("file_format", ["png", "sheet"])
@pytest.mark.parametrize("count", [1, 24, 64])
def test_the_size_of_pictures_is_measured(layer: str, file_format: PatternFormat, count: int, tmp_path: Path) -> None:
    """Some came with the program, in a PNG export some were formed here; exact for the few that are all encoded."""
    atlas, store = Atlas(resources.path("patterns")), PatternStore(tmp_path / "store")
    index = atlas.index(layer)
    assert index is not None
    settings, channels = PatternSettings(), tuple(range(count))
    if file_format == "png":
        for channel in range(0, count, 3):
            pattern = atlas.pattern(layer, channel)
            assert pattern is not None
            frame = frame_of(pattern)
            half = replace(frame, image=frame.image[:48, :48].copy(), state=None)
            request = of_channel(layer, channel, PatternOptions(settings.resolved()))
            assert store.put(stored_as(request, index.digest), half)
    weights = WeightsFile("vgg16.h5", index.digest, "bundled", known=True)
    wanted = ExportPatterns(
        {layer: channels}, settings, tmp_path / "out", file_format, weights, VGG16.with_weights(weights.sha256)
    )
    cancelled = threading.Event()
    measured = [
        value.size
        for value in pattern_export_job.measure(store, atlas, MeasurePatterns(wanted), cancelled)
        if isinstance(value, ExportMeasured)
    ]
    assert not (tmp_path / "out").exists()
    for _ in pattern_export_job.export(wanted, store, atlas, lambda *_: iter(()), cancelled):
        pass
    size = sum(path.stat().st_size for path in (tmp_path / "out").glob("*.png"))
    assert measured == [size] if count <= 32 else measured == pytest.approx([size], rel=0.15)


def test_pictures_that_are_to_be_formed_yet_have_no_size(tmp_path: Path) -> None:
    weights = WeightsFile("vgg16.h5", "0" * 64, "bundled", known=True)
    wanted = ExportPatterns(
        {"block1_conv1": (1, 2)},
        PatternSettings(),
        tmp_path / "out",
        "png",
        weights,
        VGG16.with_weights(weights.sha256),
    )
    store, atlas = PatternStore(tmp_path / "store"), Atlas(tmp_path / "none")
    steps = pattern_export_job.measure(store, atlas, MeasurePatterns(wanted), threading.Event())
    assert not any(isinstance(value, ExportMeasured) for value in steps)


@pytest.mark.parametrize(
    ("layer", "file_format", "size"),
    [  # of four patterns that were really formed with crisp
        ("block1_conv1", "webp", 371_200),
        ("block3_conv3", "webp", 346_100),
        ("block5_conv1", "webp", 840_400),
        ("block1_conv1", "gif", 711_300),
        ("block5_conv1", "gif", 3_697_000),
        ("block1_conv1", "npy", 4 * (128 + 12 * 48**2)),
    ],
)
def test_guess_of_what_is_to_be_formed(layer: str, file_format: PatternFormat, size: int) -> None:
    channels: dict[str, tuple[int, ...]] = {layer: (0, 1, 2, 3)}
    stock = PatternStock(
        VGG16, VGG16.layer(layer), (), PatternSettings(), {layer: LayerStock(frozenset(range(4)), frozenset(range(4)))}
    )
    guess = guessed_bytes(channels, PatternExportOptions(format=file_format), stock)
    assert size / 1.5 < guess < size * 1.5


# The clipboard, and dragged tiles


def test_copied_tile_is_what_it_shows(pattern_window: MainWindow, qtbot: QtBot) -> None:
    pattern_window.views.gallery.select_channels([9])
    for key, side, files in ((Qt.Key.Key_F2, 32, 0), (Qt.Key.Key_F3, 16, 0), (Qt.Key.Key_F4, 32, 2)):
        qtbot.keyClick(pattern_window, key)
        qtbot.keyClick(pattern_window, Qt.Key.Key_C, Ctrl)
        mime = QGuiApplication.clipboard().mimeData()
        assert (QGuiApplication.clipboard().image().width(), len(mime.urls())) == (side, files)


def test_dragged_tiles_are_what_they_show(pattern_window: MainWindow) -> None:
    names = {}
    for content in ("maps", "patterns", "both"):
        pattern_window.action(f"content_{content}").trigger()
        names[content] = [Path(path).name for path in pattern_window.commands.export.drag_files((2, 4))]
    assert names == {
        "maps": [f"{LAYER}_002.png", f"{LAYER}_004.png"],
        "patterns": [f"{LAYER}_004_pattern.png"],
        "both": [f"{LAYER}_002.png", f"{LAYER}_004.png", f"{LAYER}_004_pattern.png"],
    }


# Manifests


def test_manifest_brings_patterns_back_without_a_picture(
    pattern_window: MainWindow,
    fake_engine: FakeEngine,
    make_window: Callable[[], MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    settings = PatternSettings("lucid", steps=20, seed=5).with_parameter("rotate", 9.0)
    pattern_window.commands.patterns.set_settings(settings)
    form(pattern_window, qtbot, 3, 8)
    pattern_window.views.gallery.select_channels([3, 8])
    export(pattern_window, qtbot, tmp_path)
    pattern_window.commands.patterns.set_settings(PatternSettings())
    pattern_window.close()
    content = json.loads((tmp_path / "manifest.json").read_text())
    content["selections"][0]["recipe"] |= {"size": 192, "canvas": 192}  # the engine that makes patterns up has its own
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    fake_engine.formed.clear()
    window = make_window()
    window.open_images([tmp_path / "manifest.json"])
    qtbot.waitUntil(lambda: window.views.faces.currentWidget() is window.views.gallery)  # from the first pattern on
    assert window.workspace.layer == LAYER
    assert window.views.gallery.selected_channels() == (3, 8)
    assert window.commands.patterns.flow.presenter.content == "patterns"
    assert window.commands.patterns.flow.presenter.settings == window.views.patterns.settings() == settings
    qtbot.waitUntil(lambda: at_hand(window) == [3, 8])
    assert fake_engine.formed == []
    assert window.views.viewer.copy_pixmap().width() == 16


def test_missing_patterns_of_a_manifest_are_formed(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    export(pattern_window, qtbot, tmp_path, what="layer")
    before = (tmp_path / f"{LAYER}_004.png").read_bytes()
    pattern_window.controller.patterns.clear()
    pattern_window.commands.patterns.flow.forget()
    content = json.loads((tmp_path / "manifest.json").read_text())
    content["selections"][0]["recipe"] |= {"size": 56, "canvas": 56}  # what the layer settles
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    fake_engine.formed.clear()
    pattern_window.open_images([tmp_path / "manifest.json"])
    qtbot.waitUntil(lambda: at_hand(pattern_window) == [1, 4, 9])
    assert sorted(channel or 0 for channel in fake_engine.formed) == [1, 4, 9]
    assert pattern_window.commands.patterns.flow.presenter.settings == PatternSettings()
    export(pattern_window, qtbot, tmp_path / "again", what="layer")
    assert (tmp_path / "again" / f"{LAYER}_004.png").read_bytes() == before


def test_shipped_patterns_of_a_manifest_are_there_at_once(
    shipping_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    shipping_window.views.gallery.select_channels([5])
    export(shipping_window, qtbot, tmp_path)
    assert record_of(tmp_path).selections[0].recipe.size == 96
    shipping_window.workspace.layer = LAYER
    shipping_window.open_images([tmp_path / "manifest.json"])
    qtbot.waitUntil(lambda: shipping_window.views.gallery.selected_channels() == (5,))
    assert shipping_window.commands.patterns.flow.presenter.settings == PatternSettings()
    qtbot.waitUntil(lambda: not shipping_window.controller.studio.busy())
    assert shipping_window.commands.patterns.flow.runner.queue.orders == []
    assert fake_engine.formed == []


def test_continued_pattern_of_a_manifest_is_continued(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    flow = pattern_window.commands.patterns.flow
    flow.presenter.show_channel(4)
    flow.continue_pattern(7)
    qtbot.waitUntil(lambda: flow.presenter.at_hand()[4].frame.step == 11)
    qtbot.waitUntil(lambda: not flow.runner.busy)
    pattern_window.views.gallery.select_channels([4])
    export(pattern_window, qtbot, tmp_path)
    content = json.loads((tmp_path / "manifest.json").read_text())
    content["selections"][0]["recipe"] |= {"steps": 48, "size": 56, "canvas": 56}
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    pattern_window.controller.patterns.clear()
    flow.forget()
    pattern_window.open_images([tmp_path / "manifest.json"])
    qtbot.waitUntil(lambda: 4 in flow.presenter.at_hand() and flow.presenter.at_hand()[4].frame.step == 11)


@pytest.mark.parametrize("old", [True, False])
def test_manifest_of_other_weights_is_said(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path, *, old: bool
) -> None:
    export(pattern_window, qtbot, tmp_path, what="layer")
    content = json.loads((tmp_path / "manifest.json").read_text())
    content["weights"]["sha256"] = content["network"]["digest"] = "1" * 64
    if old:  # as before networks had names
        del content["network"]
    content["algorithm"] = 99
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    pattern_window.open_images([tmp_path / "manifest.json"])
    qtbot.waitUntil(lambda: any("other weights" in text for text in said(pattern_window)))
    assert any("another version" in text for text in said(pattern_window))
    pattern_window.commands.patterns.flow.runner.cancel_all()


@pytest.mark.parametrize(
    "made",
    [
        recipe("chollet"),
        recipe("crisp", {"size": 300, "start": 0.5}),
        recipe("lucid", {"canvas": 96, "steps": 7}),
        replace(recipe("crisp", {"decay": 2.0}), name="one of my own"),
    ],
    ids=lambda made: made.name,
)
def test_settings_of_a_recipe(made: Recipe) -> None:
    settings = PatternSettings.of_recipe(made, 3)
    assert replace(settings.resolved(), name=made.name) == made
    assert settings.seed == 3


# Without a picture


def test_patterns_need_no_picture(shipping_window: MainWindow, qtbot: QtBot) -> None:
    window = shipping_window
    assert window.views.faces.currentWidget() is window.views.gallery
    assert window.action("export").isEnabled()
    assert "block1_conv1" in window.views.heading.text()
    assert not window.views.scale_bar.isVisible()
    assert not window.views.viewer.copy_pixmap().isNull()
    qtbot.keyClick(window, Qt.Key.Key_Down, Ctrl)
    qtbot.waitUntil(lambda: window.views.gallery.model().rowCount() == window.workspace.shown_layer.channels)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    assert window.views.faces.currentWidget() is not window.views.gallery
    assert not window.action("export").isEnabled()


def test_both_shows_patterns_alone_until_there_is_a_picture(shipping_window: MainWindow, qtbot: QtBot) -> None:
    window, gallery = shipping_window, shipping_window.views.gallery
    narrow = gallery.gridSize().width()
    qtbot.keyClick(window, Qt.Key.Key_F4)
    assert gallery.gridSize().width() < 1.5 * narrow
    window.action("sample").trigger()
    wait_until_complete(window, qtbot)
    assert gallery.gridSize().width() > 1.5 * narrow
    qtbot.keyClick(window, Qt.Key.Key_W, Ctrl)
    assert window.views.faces.currentWidget() is gallery
    assert gallery.gridSize().width() < 1.5 * narrow


def test_forming_without_a_picture_shows_it(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.controller.weights is not None)
    window.workspace.layer = LAYER
    qtbot.keyClick(window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: at_hand(window) == [0])
    assert window.views.faces.currentWidget() is window.views.gallery
    assert window.views.viewer.copy_pixmap().width() == 96  # as large as what comes with the program


def test_dialog_without_a_picture_offers_patterns_alone(shipping_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shipping_window, Qt.Key.Key_F4)

    def look(dialog: ExportDialog) -> None:
        assert dialog.kind() == "patterns"
        (segment,) = dialog.findChildren(Segments)
        assert not segment.button(0).isEnabled()
        assert radio(dialog, "This").text() == "This &layer (block1_conv1: 64 of 64 formed)"

    in_dialog(shipping_window, look)


# How much is kept


def test_how_much_is_kept_is_remembered(
    pattern_window: MainWindow, make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    assert pattern_window.controller.patterns.limit == 1_000_000_000
    pattern_window.action("keep_256").trigger()
    assert pattern_window.controller.patterns.limit == 256_000_000
    pattern_window.close()
    again = make_window()
    assert again.controller.patterns.limit == 256_000_000
    assert again.action("keep_256").isChecked()
    assert not again.action("keep_1000").isChecked()


def test_a_lower_limit_takes_effect_at_once(pattern_window: MainWindow, qtbot: QtBot) -> None:
    folder = pattern_window.controller.patterns.folder
    folder.mkdir(parents=True, exist_ok=True)
    old, new = folder / f"{'0' * 64}.pattern", folder / f"{'1' * 64}.pattern"
    for age, path in enumerate((old, new)):
        path.touch()
        os.truncate(path, 200_000_000)  # takes no room on the disk
        os.utime(path, (1000 + age, 1000 + age))
    pattern_window.action("keep_256").trigger()
    qtbot.waitUntil(lambda: not old.exists())
    assert new.exists()
