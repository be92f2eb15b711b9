"""The whole window, driven by real events, with an engine thread that makes maps up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fake_engine import SIZE, FakeEngine, made_up_maps, wait_until_complete
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.maps.scaling import book_grid
from gui.control.opened import Opened
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions

Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Twelve small pictures that differ."""
    paths = []
    for number in range(12):
        path = tmp_path / f"picture {number} é.png"
        Image.new("RGB", (80, 60), (20 * number, 255 - 20 * number, 90)).save(path)
        paths.append(path)
    return paths


class Windows(QObject):
    """Lists what is shown as a window of its own, if only for a moment."""

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self.shown: list[QWidget] = []
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(watched)
        return False


def drop(window: MainWindow, mime: QMimeData) -> bool:
    """Drop what a file manager or a browser would; tells whether the window took it."""
    place, buttons = window.rect().center(), Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, mime, buttons, none)
    QGuiApplication.sendEvent(window, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, mime, buttons, none)
        QGuiApplication.sendEvent(window, event)
    return enter.isAccepted()


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def tile_place(window: MainWindow, channel: int) -> QPoint:
    gallery = window.views.gallery
    return gallery.visualRect(gallery.model().index(channel, 0)).center()


def shown(window: MainWindow) -> QWidget:
    """The page in the middle: welcome, gallery or wall."""
    page = window.views.faces.currentWidget()
    assert page is not None
    return page


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


def test_nothing_else_flashes_up_at_the_start(qapp: QApplication, make_window: Callable[[], MainWindow]) -> None:
    windows = Windows(qapp)
    try:
        window = make_window()
    finally:
        qapp.removeEventFilter(windows)
    assert windows.shown == [window]  # not a label that a layout shows before it has a place in the window


def test_first_screen_offers_the_cat(window: MainWindow, qtbot: QtBot) -> None:
    assert shown(window).objectName() == "welcome"
    sample = next(button for button in shown(window).findChildren(QAbstractButton) if "cat" in button.text())
    qtbot.mouseClick(sample, Qt.MouseButton.LeftButton)
    wait_until_complete(window, qtbot)
    assert window.windowTitle().startswith("chelsea.png")
    assert window.views.faces.currentWidget() is window.views.gallery


def test_dropped_file_is_shown_in_every_view(window: MainWindow, qtbot: QtBot, cat_path: Path) -> None:
    assert drop(window, files(cat_path))
    wait_until_complete(window, qtbot)
    gallery = window.views.gallery
    assert gallery.model().rowCount() == 64
    assert "channel 5" in gallery.model().index(5, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "block1_conv1" in window.views.heading.text()
    assert not window.views.viewer.copy_pixmap().isNull()


def test_text_that_is_no_picture_is_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("good morning")
    assert not drop(window, mime)


def test_several_files_make_a_strip(window: MainWindow, qtbot: QtBot, pictures: list[Path]) -> None:
    drop(window, files(*pictures[:3]))
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 3)
    wait_until_complete(window, qtbot)
    assert window.workspace.current == 0
    qtbot.keyClick(window, Qt.Key.Key_PageDown, Ctrl)
    assert window.workspace.current == 1
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Ctrl)
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Ctrl)
    assert window.workspace.current == 2
    qtbot.waitUntil(lambda: window.windowTitle().startswith("picture 2 é.png"))


def test_pictures_that_were_open_already_are_counted(
    window: MainWindow, qtbot: QtBot, pictures: list[Path], tmp_path: Path
) -> None:
    copies = [tmp_path / f"copy {number}.png" for number in range(2)]
    for copy in copies:
        copy.write_bytes(pictures[4].read_bytes())
    drop(window, files(*pictures[:3]))
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 3)
    drop(window, files(*pictures[:5], *copies))
    counted = "Of these 7 pictures, 3 were open already and 2 are the same as others of them."
    qtbot.waitUntil(lambda: counted in said(window))
    assert len(window.workspace.pictures) == 5
    # A single one is shown, and all new ones are seen: there is nothing to say.
    drop(window, files(pictures[1]))
    qtbot.waitUntil(lambda: window.windowTitle().startswith("picture 1"))
    drop(window, files(*pictures[5:8]))
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 8)
    qtbot.waitUntil(lambda: not window.controller.studio.busy())
    assert said(window) == [counted]


@pytest.mark.parametrize(
    ("before", "keys", "sentence"),
    [
        ("", "abc", ""),
        ("a", "a", ""),
        ("abc", "abd", "Of these 3 pictures, 2 were open already."),
        ("a", "abcd", "Of these 4 pictures, 1 was open already."),
        ("", "aab", "Of these 3 pictures, 1 is the same as others of them."),
        ("", "aaab", "Of these 4 pictures, 2 are the same as others of them."),
        ("b", "aabb", "Of these 4 pictures, 2 were open already and 1 is the same as others of them."),
    ],
)
def test_doubles_of_what_was_open_and_of_one_another(before: str, keys: str, sentence: str) -> None:
    opened, there = Opened(), set(before)
    for key in keys:
        opened.add(key, known=key in there)
        there.add(key)
    assert opened.sentence == sentence


def test_closing_pictures_ends_at_the_welcome_page(window: MainWindow, qtbot: QtBot, pictures: list[Path]) -> None:
    drop(window, files(*pictures[:2]))
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 2)
    qtbot.keyClick(window, Qt.Key.Key_W, Ctrl)
    assert [picture.name for picture in window.workspace.pictures] == ["picture 1 é.png"]
    qtbot.keyClick(window, Qt.Key.Key_W, Ctrl)
    assert shown(window).objectName() == "welcome"
    assert not window.action("export").isEnabled()


def test_pasted_image_data_is_opened(window: MainWindow, qtbot: QtBot) -> None:
    image = QImage(50, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(window, Qt.Key.Key_V, Ctrl)
    wait_until_complete(window, qtbot)
    assert window.workspace.pictures[0].pixels.shape == (40, 50, 3)
    assert window.workspace.pictures[0].path is None


def test_pasting_nothing_says_so(window: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("no picture")
    qtbot.keyClick(window, Qt.Key.Key_V, Ctrl)
    assert "no picture on the clipboard" in said(window)[-1]


def test_ten_pictures_in_a_second_leave_the_last_one(
    window: MainWindow, qtbot: QtBot, fake_engine: FakeEngine, pictures: list[Path]
) -> None:
    drop(window, files(pictures[11]))
    wait_until_complete(window, qtbot)
    fake_engine.step_seconds = 0.5  # a pass takes longer than all that follows, however busy the machine
    drop(window, files(pictures[0]))
    qtbot.waitUntil(lambda: fake_engine.begun > 1)  # at least one is overtaken on its way, however busy the machine
    for path in pictures[1:10]:
        drop(window, files(path))
        QTest.qWait(60)
    fake_engine.step_seconds = 0
    wait_until_complete(window, qtbot)
    assert window.windowTitle().startswith("picture 9 é.png")
    look = window.controller.pipeline.look
    assert look is not None
    assert look.fitted is not None
    np.testing.assert_array_equal(look.maps["block5_pool"], made_up_maps("block5_pool", look.fitted.pixels))
    # Overtaken passes were stopped on their way: only the first and the last picture's were run to the end.
    assert len(fake_engine.computed) == 2
    assert fake_engine.begun > 2


def test_layers_are_chosen_with_mouse_and_keys(cat_window: MainWindow, qtbot: QtBot) -> None:
    tree = cat_window.views.tree
    cat_window.views.tree.set_current("block1_conv1")
    qtbot.keyClick(cat_window, Qt.Key.Key_Down, Ctrl)
    assert cat_window.workspace.layer != "block1_conv1"
    assert tree.current_layer() == cat_window.workspace.layer
    tree.layer_chosen.emit("block4_conv2")
    assert cat_window.views.gallery.model().rowCount() == 512
    assert "8×8" in cat_window.views.heading.text()


def test_find_a_layer_by_typing(cat_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(cat_window, Qt.Key.Key_F, Ctrl)
    search = cat_window.findChild(QLineEdit, "layerSearch")
    assert search is not None
    qtbot.keyClicks(search, "block5_pool")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cat_window.workspace.layer == "block5_pool")


def test_selecting_tiles_shows_the_channel_large(cat_window: MainWindow, qtbot: QtBot) -> None:
    gallery, viewport = cat_window.views.gallery, cat_window.views.gallery.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=tile_place(cat_window, 3))
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, Shift, tile_place(cat_window, 5))
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, Ctrl, tile_place(cat_window, 1))
    assert gallery.selected_channels() == (1, 3, 4, 5)
    qtbot.keyClick(cat_window, Qt.Key.Key_Z, Ctrl)
    assert gallery.selected_channels() == (3, 4, 5)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=tile_place(cat_window, 2))
    assert cat_window.views.viewer.mode() == "channel"


def test_wall_and_gallery_share_the_selection(cat_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(cat_window, Qt.Key.Key_2, Ctrl)
    assert cat_window.views.faces.currentWidget() is cat_window.views.wall
    cat_window.views.wall.channel_clicked.emit(7, Qt.KeyboardModifier.NoModifier)
    cat_window.views.wall.channel_clicked.emit(9, Ctrl)
    assert cat_window.views.gallery.selected_channels() == (7, 9)
    cat_window.views.wall.channel_clicked.emit(12, Shift)
    assert cat_window.views.gallery.selected_channels() == (7, 9, 10, 11, 12)
    qtbot.keyClick(cat_window, Qt.Key.Key_1, Ctrl)
    assert cat_window.views.gallery.selected_channels() == (7, 9, 10, 11, 12)


def test_book_is_one_key_away(cat_window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cat_window.controller.pipeline.book_drawn) as drawn:
        qtbot.keyClick(cat_window, Qt.Key.Key_3, Ctrl)
    look = cat_window.controller.pipeline.look
    assert look is not None
    layer, canvas = drawn.args
    assert layer == cat_window.workspace.shown_layer
    np.testing.assert_array_equal(canvas, book_grid(look.maps[layer.name]))
    assert cat_window.views.faces.currentWidget() is cat_window.views.wall


def test_scale_and_colours_change_everywhere(cat_window: MainWindow, qtbot: QtBot) -> None:
    cat_window.action("scale_layer").trigger()
    wait_until_complete(cat_window, qtbot)
    scaled = cat_window.controller.presenter.scaled()
    assert scaled is not None
    assert scaled.style.scale == "layer"
    assert len(set(scaled.high.tolist())) == 1
    box = next(box for box in cat_window.findChildren(QComboBox) if box.accessibleName() == "Scale")
    assert box.currentData() == "layer"
    colours = next(box for box in cat_window.findChildren(QComboBox) if box.accessibleName() == "Colours")
    colours.setFocus()
    qtbot.keyClick(colours, Qt.Key.Key_Down)
    assert cat_window.workspace.colormap == colours.currentData() != "viridis"
    assert cat_window.action(f"colormap_{colours.currentData()}").isChecked()


def test_parting_colours_put_0_in_the_middle_and_others_do_not(cat_window: MainWindow, qtbot: QtBot) -> None:
    presenter = cat_window.controller.presenter
    cat_window.workspace.layer = "block1_conv2:linear"

    def centred() -> bool:
        scaled = presenter.scaled()
        return scaled is not None and bool((scaled.low == -scaled.high).all())

    cat_window.action("colormap_diverging").trigger()
    qtbot.waitUntil(centred)
    cat_window.action("scale_layer").trigger()
    qtbot.waitUntil(centred)
    cat_window.action("colormap_gray").trigger()
    qtbot.waitUntil(lambda: presenter.scaled() is not None and not centred())
    assert cat_window.workspace.style.scale == "layer"


def test_fixed_limits_start_from_what_is_shown(cat_window: MainWindow, qtbot: QtBot) -> None:
    before = cat_window.controller.presenter.scaled()
    assert before is not None
    cat_window.action("scale_absolute").trigger()
    style = cat_window.workspace.style
    assert style.scale == "absolute"
    assert style.high == pytest.approx(float(before.high.max()), abs=0.01)


def test_fit_and_size_change_live(cat_window: MainWindow, qtbot: QtBot) -> None:
    cat_window.action("fit_pad").trigger()
    wait_until_complete(cat_window, qtbot)
    look = cat_window.controller.pipeline.look
    assert look is not None
    assert look.key.fit == "pad"
    cat_window.views.tools.size_wanted.emit(96)
    wait_until_complete(cat_window, qtbot)
    assert cat_window.controller.pipeline.look is not None
    assert cat_window.controller.pipeline.look.maps["block1_conv1"].shape == (96, 96, 64)
    assert "96 px" in cat_window.views.engine_state.text()


def test_going_back_to_a_picture_computes_nothing_again(
    window: MainWindow, qtbot: QtBot, fake_engine: FakeEngine, pictures: list[Path]
) -> None:
    drop(window, files(*pictures[:2]))
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 2)
    wait_until_complete(window, qtbot)
    window.controller.choose_picture(1)
    wait_until_complete(window, qtbot)
    window.controller.choose_picture(0)
    wait_until_complete(window, qtbot)
    assert fake_engine.begun == 2


def test_bad_files_are_named_and_nothing_is_lost(cat_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    wrong = {"words.png": b"these are words", "empty.jpg": b"", "cut.png": b"\x89PNG\r\n\x1a\n\0\0"}
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.png").mkdir()
    paths = [*(tmp_path / name for name in wrong), tmp_path / "folder.png", tmp_path / "nowhere.png"]
    drop(cat_window, files(*paths))
    qtbot.waitUntil(lambda: len(said(cat_window)) >= len(paths))
    for path, sentence in zip(paths, said(cat_window), strict=True):
        assert path.name in sentence
        assert sentence.count("\n") == 0
    assert cat_window.windowTitle().startswith("chelsea.png")
    assert len(cat_window.workspace.pictures) == 1


def test_second_frame_takes_the_place_of_the_first(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "two.gif"
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    drop(window, files(path))
    qtbot.waitUntil(lambda: len(window.workspace.pictures) == 1)
    assert window.workspace.pictures[0].frames == 2
    window.views.strip.frame_wanted.emit(0, 1)
    qtbot.waitUntil(lambda: window.workspace.pictures[0].frame == 1)
    assert len(window.workspace.pictures) == 1
    red, _, blue = window.workspace.pictures[0].pixels[20, 20]
    assert red < 5
    assert blue > 250


def test_copy_puts_one_tile_at_its_own_size_on_the_clipboard(cat_window: MainWindow, qtbot: QtBot) -> None:
    cat_window.views.gallery.select_channels([4])
    cat_window.action("copy").trigger()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (SIZE, SIZE)


def test_dragged_tiles_are_files_with_the_levels_in_them(cat_window: MainWindow) -> None:
    scaled = cat_window.controller.presenter.scaled()
    assert scaled is not None
    paths = cat_window.commands.export.drag_files((2, 5))
    assert [Path(path).name for path in paths] == ["block1_conv1_002.png", "block1_conv1_005.png"]
    for path, channel in zip(paths, (2, 5), strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(path)), scaled.levels[channel])
    cat_window.close()
    assert not any(Path(path).exists() for path in paths)


def test_export_and_manifest_bring_the_same_view_back(
    cat_window: MainWindow, qtbot: QtBot, make_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = cat_window
    window.workspace.layer = "block3_conv2:linear"
    window.action("scale_percentile").trigger()
    window.action("colormap_magma").trigger()
    wait_until_complete(window, qtbot)
    window.views.gallery.select_channels([8, 3])
    target = tmp_path / "Ausfuhr ü"
    window.commands.export.start(ExportOptions(folder=str(target), colormap="magma"))
    qtbot.waitUntil(lambda: any("Exported" in text for text in said(window)))
    names = ["block3_conv2_linear_003.png", "block3_conv2_linear_008.png", "manifest.json"]
    assert sorted(path.name for path in target.iterdir()) == names
    record = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assert (record["layer"], record["channels"], record["size"]) == ("block3_conv2:linear", [3, 8], SIZE)
    window.workspace.layer = "block1_pool"
    window.action("scale_channel").trigger()
    window.action("colormap_viridis").trigger()
    drop(window, files(target / "manifest.json"))
    wait_until_complete(window, qtbot)
    assert window.workspace.layer == "block3_conv2:linear"
    assert window.workspace.style.scale == "percentile"
    assert window.workspace.colormap == "magma"
    assert window.views.gallery.selected_channels() == (3, 8)


def test_manifest_opens_its_picture_in_a_new_window(
    cat_window: MainWindow, qtbot: QtBot, make_window: Callable[[], MainWindow], tmp_path: Path, pictures: list[Path]
) -> None:
    drop(cat_window, files(pictures[4]))
    qtbot.waitUntil(lambda: cat_window.windowTitle().startswith("picture 4"))
    wait_until_complete(cat_window, qtbot)
    cat_window.commands.export.start(ExportOptions(what="layer", format="npy", folder=str(tmp_path)))
    qtbot.waitUntil(lambda: (tmp_path / "manifest.json").exists())
    qtbot.waitUntil(lambda: any("Exported" in text for text in said(cat_window)))
    cat_window.close()
    window = make_window()
    window.open_images([tmp_path / "manifest.json"])
    wait_until_complete(window, qtbot)
    assert window.windowTitle().startswith("picture 4")
    assert window.views.gallery.selected_channels() == ()  # all were meant, and none was picked out


@pytest.mark.parametrize(
    ("shown", "opened"), [("block4_conv2", "block4_conv2"), ("block3_pool", "block3_pool"), (None, "block1_conv1")]
)
def test_manifest_of_every_layer_opens_where_one_looks(
    cat_window: MainWindow,
    qtbot: QtBot,
    make_window: Callable[[], MainWindow],
    tmp_path: Path,
    shown: str | None,
    opened: str,
) -> None:
    cat_window.commands.export.start(ExportOptions(what="everything", format="npy", folder=str(tmp_path / "all")))
    qtbot.waitUntil(lambda: any("Exported" in text for text in said(cat_window)))
    manifest = tmp_path / "all" / "manifest.json"
    record = json.loads(manifest.read_text(encoding="utf-8"))
    if shown is None:  # the shown layer is not among them
        record["selections"] = [part for part in record["selections"] if not part["layer"].startswith("block5")]
        manifest.write_text(json.dumps(record), encoding="utf-8")
    cat_window.workspace.layer = shown or "block5_conv1"
    cat_window.views.gallery.select_channels([3])
    drop(cat_window, files(manifest))
    qtbot.waitUntil(lambda: not cat_window.commands.manifests.busy)
    assert cat_window.workspace.layer == opened
    assert cat_window.views.gallery.selected_channels() == ()
    assert cat_window.views.tree.current_layer() == opened


def test_export_in_the_way_is_said_and_nothing_changes(cat_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    in_the_way = tmp_path / "block1_conv1_003.png"
    in_the_way.write_bytes(b"mine")
    cat_window.views.gallery.select_channels([2, 3])
    cat_window.commands.export.start(ExportOptions(folder=str(tmp_path)))
    qtbot.waitUntil(lambda: any("block1_conv1_003.png" in text for text in said(cat_window)))
    assert in_the_way.read_bytes() == b"mine"
    assert not (tmp_path / "block1_conv1_002.png").exists()


def test_stopped_export_leaves_nothing(cat_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "out"
    cat_window.commands.export.start(ExportOptions(what="everything", enlarge=8, folder=str(target)))  # takes minutes
    qtbot.waitUntil(lambda: cat_window.views.job.busy)
    qtbot.keyClick(cat_window, Qt.Key.Key_Period, Ctrl)
    qtbot.waitUntil(lambda: any("stopped" in text for text in said(cat_window)))
    assert not target.exists()
    qtbot.waitUntil(lambda: not cat_window.views.job.busy)


def test_closing_in_the_middle_of_an_export_leaves_nothing(
    cat_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    cat_window.commands.export.start(ExportOptions(what="everything", enlarge=8, folder=str(target)))  # takes minutes
    qtbot.waitUntil(lambda: cat_window.views.job.busy)
    assert cat_window.commands.export.busy
    cat_window.close()
    assert not target.exists()


def test_closing_while_computing_is_clean(
    window: MainWindow, qtbot: QtBot, fake_engine: FakeEngine, cat_path: Path
) -> None:
    fake_engine.step_seconds = 0.05
    drop(window, files(cat_path))
    qtbot.waitUntil(lambda: fake_engine.begun == 1)
    assert window.close()
    assert fake_engine.computed == []


def test_everything_is_remembered(cat_window: MainWindow, qtbot: QtBot, make_window: Callable[[], MainWindow]) -> None:
    first = cat_window
    first.workspace.layer = "block2_conv2"
    for name in ("scale_layer", "colormap_inferno", "fit_stretch", "show_blend", "sort_maximum", "wall"):
        first.action(name).trigger()
    first.views.tools.size_wanted.emit(80)
    first.commands.look.set_tile_size(160)
    first.action("hide_blank").setChecked(True)
    first.resize(790, 711)
    first.close()
    second = make_window()
    shown = second.workspace
    assert shown.layer == "block2_conv2"
    assert (second.workspace.style.scale, shown.colormap) == ("layer", "inferno")
    assert (second.workspace.fit, second.workspace.network.size) == ("stretch", 80)
    assert second.views.viewer.mode() == "blend"
    assert second.views.gallery.tile_size() == 160
    assert shown.face == "wall"
    assert all(second.action(name).isChecked() for name in ("hide_blank", "sort_maximum", "wall", "fit_stretch"))
    assert (second.width(), second.height()) == (790, 711)
    assert second.settings.recent_files()[0].endswith("chelsea.png")


def test_blank_channels_can_be_hidden(cat_window: MainWindow) -> None:
    cat_window.action("hide_blank").trigger()
    assert cat_window.views.gallery.model().rowCount() == 63
    cat_window.action("hide_blank").trigger()
    assert cat_window.views.gallery.model().rowCount() == 64


def test_no_key_means_two_things(window: MainWindow) -> None:
    keys = Counter(
        key.toString() for action in window.findChildren(QAction) for key in action.shortcuts() if not key.isEmpty()
    )
    assert [key for key, count in keys.items() if count > 1] == []
    assert QKeySequence("Ctrl+O").toString() in keys


def test_every_entry_of_a_menu_has_a_letter_of_its_own(window: MainWindow) -> None:
    for bar_entry in window.menuBar().actions():
        menu = bar_entry.menu()
        assert isinstance(menu, QMenu)
        entries = [action.text() for action in menu.actions() if not action.isSeparator()]
        letters = [text[text.index("&") + 1].lower() for text in entries]
        assert len(set(letters)) == len(letters), entries


def test_everything_one_can_use_has_a_name(cat_window: MainWindow) -> None:
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QLineEdit)
    nameless = [
        widget
        for widget in cat_window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisibleTo(cat_window)
        and not widget.objectName().startswith("qt_")
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and (widget.text() or widget.toolTip()))
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert nameless == []


def test_names_that_others_rely_on(window: MainWindow) -> None:
    for name in ("layerTree", "channelGallery", "imageViewer", "statusBar"):
        assert window.findChild(QWidget, name) is not None, name
    for name in ("action_open", "action_paste", "action_export", "action_cancel"):
        assert window.findChild(QAction, name) is not None, name


@pytest.mark.parametrize("command", ["shortcuts", "about", "messages"])
def test_help_dialogs_open_and_close(window: MainWindow, qtbot: QtBot, command: str) -> None:
    def dialogs() -> list[QDialog]:
        return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]

    window.action(command).trigger()
    (dialog,) = dialogs()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialogs() == []


def test_another_order_keeps_the_current_tile_in_view(cat_window: MainWindow, qtbot: QtBot) -> None:
    cat_window.workspace.layer = "block5_conv3"
    wait_until_complete(cat_window, qtbot)
    gallery = cat_window.views.gallery
    place = tile_place(cat_window, 0)
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert gallery.selected_channels() == (0,)  # all zero: the last one by its mean
    cat_window.action("sort_mean").trigger()
    assert 0 not in gallery.visible_channels()[:1]
    assert 0 in gallery.visible_channels()
    cat_window.action("sort_channel").trigger()
    assert gallery.visible_channels()[0] == 0
