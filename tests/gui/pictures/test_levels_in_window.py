"""The levels of deep pictures, chosen in the window with real events, remembered, and brought back by manifests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from fake_engine import FakeEngine, wait_until_complete
from PIL import Image
from pointer import canvas_of
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from engine import images
from engine.exports import manifest
from engine.exports.manifest import SelectionRecord
from engine.networks.vgg16 import VGG16
from engine.patterns.goals import picture_key
from engine.process import studio_jobs
from engine.records import Levels, Picture, Provenance, Style, WeightsFile
from gui.main_window import MainWindow
from gui.pictures.levels_box import LevelField, LevelsBox
from gui.state.remembered_levels import MOST_REMEMBERED, RememberedLevels
from gui.state.settings import Settings
from gui.widgets.field_note import FieldNote

Ctrl, Key = Qt.KeyboardModifier.ControlModifier, Qt.Key
Window = tuple[float, float]


@pytest.fixture
def values() -> npt.NDArray[np.uint16]:
    values = np.random.default_rng(3).integers(200, 60000, (64, 64)).astype(np.uint16)
    values[0, :2] = 0, 65535
    return values


@pytest.fixture
def deep_path(tmp_path: Path, values: npt.NDArray[np.uint16]) -> Path:
    path = tmp_path / "deep.png"
    Image.fromarray(values).save(path)
    return path


@pytest.fixture
def deep_window(window: MainWindow, qtbot: QtBot, deep_path: Path) -> MainWindow:
    window.open_images([deep_path])
    wait_until_complete(window, qtbot)
    return window


def field(window: MainWindow, name: str) -> LevelField:
    (found,) = [one for one in window.views.levels.findChildren(LevelField) if one.accessibleName() == name]
    return found


def low(window: MainWindow) -> LevelField:
    return field(window, "Black level")


def high(window: MainWindow) -> LevelField:
    return field(window, "White level")


def button(window: MainWindow, name: str) -> QAbstractButton:
    buttons = window.views.levels.findChildren(QAbstractButton)
    (found,) = [one for one in buttons if name in (one.text(), one.accessibleName())]
    return found


def type_in(box: LevelField, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Key.Key_Return)


def current(window: MainWindow) -> Picture:
    return window.workspace.pictures[window.workspace.current]


def levels_of(window: MainWindow) -> Levels:
    levels = current(window).levels
    assert levels is not None
    return levels


def wait_for(window: MainWindow, qtbot: QtBot, levels: Window | None) -> None:
    """Until the picture has these levels, or automatic ones, and its maps are there."""

    def there() -> bool:
        found = levels_of(window)
        return not found.chosen if levels is None else (found.low, found.high) == levels

    qtbot.waitUntil(there)
    wait_until_complete(window, qtbot)


def choose(window: MainWindow, qtbot: QtBot, levels: Window) -> None:
    type_in(high(window), str(levels[1]))
    type_in(low(window), str(levels[0]))
    wait_for(window, qtbot, levels)


def spread(values: npt.NDArray[np.uint16], levels: Window) -> npt.NDArray[np.uint8]:
    shares = (values.astype(np.float64) - levels[0]) / (levels[1] - levels[0])
    return np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


def test_there_for_deep_pictures_only(deep_window: MainWindow, qtbot: QtBot, cat_path: Path) -> None:
    box = deep_window.views.levels
    assert box.isVisible()
    assert deep_window.rect().contains(box.geometry())
    levels = levels_of(deep_window)
    assert (low(deep_window).value(), high(deep_window).value()) == (levels.low, levels.high)
    assert not button(deep_window, "Automatic").isEnabled()
    deep_window.open_images([cat_path])
    qtbot.waitUntil(lambda: not box.isVisible())
    QTest.keyClick(deep_window, Key.Key_PageDown, Ctrl)
    assert box.isVisible()
    deep_window.action("close_picture").trigger()
    assert not box.isVisible()


def test_fit_and_maps_follow_and_the_view_stays(
    deep_window: MainWindow, qtbot: QtBot, values: npt.NDArray[np.uint16], fake_engine: FakeEngine
) -> None:
    window = deep_window
    window.workspace.layer = "block2_conv1"
    window.views.gallery.select_channels([5, 9], current=9)
    window.views.viewer.set_mode("picture")
    canvas = canvas_of(window.views.viewer)
    QTest.keyClick(canvas, Key.Key_Plus)
    before = canvas.visible()
    choose(window, qtbot, (1000, 30000.5))
    wanted = spread(values, (1000, 30000.5))
    np.testing.assert_array_equal(current(window).pixels[..., 1], wanted)
    look = window.controller.pipeline.look
    assert look is not None
    assert look.fitted is not None
    np.testing.assert_array_equal(look.fitted.pixels[..., 0], wanted)  # 64 px, as large as the picture
    assert fake_engine.computed[-1] == look.fitted.pixels.mean()
    assert canvas.visible() == before
    assert window.workspace.layer == "block2_conv1"
    assert window.views.gallery.selected_channels() == (5, 9)
    assert window.views.gallery.current_channel() == 9
    assert "1000…30000.5" in current(window).note
    assert low(window).hasFocus()
    message = window.views.messages.current()
    assert message is not None
    assert message.text == f"deep.png: {current(window).note}"  # and no longer the levels of before


def test_both_decimal_signs_and_a_word_for_what_is_none(deep_window: MainWindow, qtbot: QtBot) -> None:
    type_in(low(deep_window), "100,5")
    assert low(deep_window).text() == "100.5"
    type_in(high(deep_window), "40000.25")
    wait_for(deep_window, qtbot, (100.5, 40000.25))
    type_in(high(deep_window), "50")
    notes = [note.text() for note in deep_window.findChildren(FieldNote) if note.isVisible()]
    assert notes == ["Black has to be below white. Received: 100.5 and 50."]
    assert high(deep_window).value() == 40000.25
    type_in(low(deep_window), "9,000")
    assert low(deep_window).value() == 100.5
    assert levels_of(deep_window) == Levels(100.5, 40000.25, 0, 65535, chosen=True)


def test_steps_are_a_hundredth_of_the_file_s_range_and_one_decoding(
    deep_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Window | None] = []
    decode = studio_jobs._decoded

    def counted(picture: Picture, data: bytes, levels: Window | None) -> Picture:
        decoded.append(levels)
        return decode(picture, data, levels)

    monkeypatch.setattr(studio_jobs, "_decoded", counted)
    start = low(deep_window).value()
    low(deep_window).setFocus()
    for _ in range(20):
        QTest.keyClick(low(deep_window), Key.Key_Up)
    assert low(deep_window).value() == pytest.approx(start + 20 * 655.35)
    wait_for(deep_window, qtbot, (low(deep_window).value(), high(deep_window).value()))
    assert len(decoded) == 1


def test_the_latest_wish_wins_and_nothing_queues(
    deep_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one decoding is under way, several others are wished for; only the last of those is begun."""
    decoded: list[Window | None] = []
    go_on = threading.Event()
    decode = studio_jobs._decoded

    def slow(picture: Picture, data: bytes, levels: Window | None) -> Picture:
        decoded.append(levels)
        go_on.wait(20)
        return decode(picture, data, levels)

    monkeypatch.setattr(studio_jobs, "_decoded", slow)
    flow = deep_window.commands.levels
    try:
        for white in (1000.0, 2000.0, 3000.0, 4000.0):
            flow.choose(current(deep_window), (0.0, white))
            if white == 1000.0:
                qtbot.waitUntil(lambda: len(decoded) == 1)
            assert high(deep_window).value() == white  # what is wished for is shown at once
    finally:
        go_on.set()
    wait_for(deep_window, qtbot, (0.0, 4000.0))
    assert decoded == [(0.0, 1000.0), (0.0, 4000.0)]


def test_a_wish_is_for_the_picture_that_it_was_made_for(
    deep_window: MainWindow, qtbot: QtBot, values: npt.NDArray[np.uint16], tmp_path: Path
) -> None:
    Image.fromarray(values[::-1].copy()).save(tmp_path / "other.png")
    deep_window.open_images([tmp_path / "other.png"])
    qtbot.waitUntil(lambda: deep_window.workspace.current == 1)
    wait_until_complete(deep_window, qtbot)
    automatic = levels_of(deep_window)
    type_in(high(deep_window), "5000")  # and at once to the other picture
    QTest.keyClick(deep_window, Key.Key_PageUp, Ctrl)
    assert (low(deep_window).value(), high(deep_window).value()) == (automatic.low, automatic.high)
    qtbot.waitUntil(
        lambda: deep_window.workspace.pictures[1].levels == Levels(automatic.low, 5000, 0, 65535, chosen=True)
    )
    assert deep_window.workspace.pictures[0].levels == automatic
    assert deep_window.workspace.current == 0
    QTest.keyClick(deep_window, Key.Key_PageDown, Ctrl)
    assert high(deep_window).value() == 5000
    wait_until_complete(deep_window, qtbot)


def test_automatic_and_undo(deep_window: MainWindow, qtbot: QtBot) -> None:
    automatic = levels_of(deep_window)
    assert not button(deep_window, "Undo levels").isEnabled()
    choose(deep_window, qtbot, (10, 20000))
    choose(deep_window, qtbot, (10, 30000))
    QTest.mouseClick(button(deep_window, "Undo levels"), Qt.MouseButton.LeftButton)
    wait_for(deep_window, qtbot, (10, 20000))
    QTest.mouseClick(button(deep_window, "Automatic"), Qt.MouseButton.LeftButton)
    wait_for(deep_window, qtbot, None)
    assert levels_of(deep_window) == automatic
    low(deep_window).setFocus()
    QTest.keyClick(low(deep_window), Key.Key_Z, Ctrl)
    wait_for(deep_window, qtbot, (10, 20000))
    assert low(deep_window).value() == 10
    type_in(high(deep_window), "5000")
    wait_for(deep_window, qtbot, (10, 5000))
    QTest.keyClick(high(deep_window), Key.Key_Z, Ctrl)  # in the very field
    wait_for(deep_window, qtbot, (10, 20000))


def test_what_is_being_typed_is_undone_first(deep_window: MainWindow, qtbot: QtBot) -> None:
    choose(deep_window, qtbot, (10, 20000))
    high(deep_window).setFocus()
    QTest.keyClicks(high(deep_window), "7")
    QTest.keyClick(high(deep_window), Key.Key_Z, Ctrl)
    assert high(deep_window).text() == "20000"
    assert levels_of(deep_window).high == 20000
    assert deep_window.commands.levels._jobs == {}


def test_everything_is_reached_with_the_keyboard(deep_window: MainWindow, qtbot: QtBot) -> None:
    choose(deep_window, qtbot, (10, 20000))
    low(deep_window).setFocus()
    names = []
    for _ in range(4):
        focus = QApplication.focusWidget()
        assert focus is not None
        names.append(focus.accessibleName() or focus.property("text"))
        assert focus.toolTip()
        QTest.keyClick(focus, Key.Key_Tab)
    assert set(names) == {"Black level", "White level", "Undo levels", "Automatic"}
    button(deep_window, "Automatic").setFocus()
    QTest.keyClick(button(deep_window, "Automatic"), Key.Key_Space)
    wait_for(deep_window, qtbot, None)


def test_remembered_over_closing_and_the_next_start(
    make_window: Callable[[], MainWindow], qtbot: QtBot, deep_path: Path
) -> None:
    window = make_window()
    window.open_images([deep_path])
    wait_until_complete(window, qtbot)
    choose(window, qtbot, (10, 20000))
    window.action("close_picture").trigger()
    copy = deep_path.with_name("a copy.png")
    copy.write_bytes(deep_path.read_bytes())
    window.open_images([copy])
    wait_for_picture(window, qtbot)
    assert (levels_of(window).low, levels_of(window).high) == (10, 20000)
    window.close()
    again = make_window()
    again.open_images([deep_path])
    wait_for_picture(again, qtbot)
    assert levels_of(again) == Levels(10, 20000, 0, 65535, chosen=True)
    assert "10…20000" in said(again)[-1]
    QTest.mouseClick(button(again, "Automatic"), Qt.MouseButton.LeftButton)
    wait_for(again, qtbot, None)
    again.close()
    third = make_window()
    third.open_images([deep_path])
    wait_for_picture(third, qtbot)
    assert not levels_of(third).chosen


def wait_for_picture(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.current >= 0)
    wait_until_complete(window, qtbot)


def test_a_pasted_picture_has_its_levels_too(
    window: MainWindow, qtbot: QtBot, deep_path: Path, values: npt.NDArray[np.uint16]
) -> None:
    mime = QMimeData()
    mime.setData("image/png", deep_path.read_bytes())
    QApplication.clipboard().setMimeData(mime)
    window.action("paste").trigger()
    wait_for_picture(window, qtbot)
    assert current(window).path is None
    for levels in ((10, 20000), (500, 700)):  # also a second time
        choose(window, qtbot, levels)
        np.testing.assert_array_equal(current(window).pixels[..., 2], spread(values, levels))


def test_a_file_that_changed_meanwhile_is_said(deep_window: MainWindow, qtbot: QtBot, deep_path: Path) -> None:
    before = levels_of(deep_window)
    Image.fromarray(np.zeros((4, 4), np.uint16)).save(deep_path)
    type_in(high(deep_window), "300")
    qtbot.waitUntil(lambda: any("has changed since it was opened" in text for text in said(deep_window)))
    assert levels_of(deep_window) == before
    assert high(deep_window).value() == before.high


def test_closed_while_it_is_decoded(deep_window: MainWindow, qtbot: QtBot) -> None:
    deep_window.commands.levels.choose(current(deep_window), (1.0, 2.0))
    deep_window.action("close_picture").trigger()
    qtbot.waitUntil(lambda: not deep_window.commands.levels._jobs)
    assert deep_window.workspace.pictures == ()
    assert not deep_window.views.levels.isVisible()


def written(folder: Path, picture: Picture) -> Path:
    record = manifest.build(
        Provenance(
            picture,
            "crop",
            64,
            WeightsFile("w.h5", "0" * 64, "keras", known=True),
            VGG16.with_weights("0" * 64).identity,
        ),
        [SelectionRecord("block1_conv2", (2,), (0.0,), (1.0,), ("block1_conv2_002.png",))],
        style=Style(),
        file_format="png",
        colormap="viridis",
        enlarge=1,
        program_version="1",
    )
    path = folder / "manifest.json"
    path.write_bytes(manifest.encode(record))
    return path


@pytest.mark.parametrize("opened", [True, False])
def test_a_manifest_brings_them_back(window: MainWindow, qtbot: QtBot, deep_path: Path, *, opened: bool) -> None:
    path = written(deep_path.parent, images.open_picture(deep_path, levels=(10.5, 20000.0)))
    if opened:
        window.open_images([deep_path])
        wait_for_picture(window, qtbot)
    window.open_images([path])
    wait_for_picture(window, qtbot)
    wait_for(window, qtbot, (10.5, 20000.0))
    assert window.workspace.layer == "block1_conv2"
    assert window.views.gallery.selected_channels() == (2,)
    assert low(window).value() == 10.5


def test_a_manifest_of_automatic_levels_takes_a_choice_back(
    deep_window: MainWindow, qtbot: QtBot, deep_path: Path
) -> None:
    path = written(deep_path.parent, current(deep_window))
    choose(deep_window, qtbot, (10, 20000))
    deep_window.open_images([path])
    wait_for(deep_window, qtbot, None)
    other = json.loads(path.read_text("utf-8"))
    other["picture"]["levels"]["high"] = 12345.0  # as another version would find it
    path.write_text(json.dumps(other), encoding="utf-8")
    choose(deep_window, qtbot, (10, 20000))
    deep_window.open_images([path])
    wait_for(deep_window, qtbot, (0.0, 12345.0))


def test_a_manifest_of_before_leaves_them(deep_window: MainWindow, qtbot: QtBot, deep_path: Path) -> None:
    path = written(deep_path.parent, current(deep_window))
    old = json.loads(path.read_text("utf-8"))
    del old["picture"]["levels"]
    path.write_text(json.dumps(old), encoding="utf-8")
    choose(deep_window, qtbot, (10, 20000))
    deep_window.open_images([path])
    qtbot.waitUntil(lambda: deep_window.workspace.layer == "block1_conv2")
    assert levels_of(deep_window).high == 20000


def test_what_depends_on_the_picture_depends_on_its_levels(deep_window: MainWindow, qtbot: QtBot) -> None:
    strip = deep_window.views.strip
    place = strip.visualRect(strip.model().index(0, 0))
    key, thumbnail = picture_key(current(deep_window)), strip.viewport().grab(place).toImage()
    choose(deep_window, qtbot, (0, 700))
    assert picture_key(current(deep_window)) != key  # of a dream, which starts from the picture
    QApplication.processEvents()
    assert strip.viewport().grab(place).toImage() != thumbnail
    assert "700" in strip.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_floats_are_shown_short_and_kept_long(qtbot: QtBot) -> None:
    box = LevelsBox()
    qtbot.addWidget(box)
    wanted: list[object] = []
    box.levels_wanted.connect(wanted.append)
    box.show_levels(Levels(0.12345678806304932, 1e-3 / 7 + 0.5, -3.0, 5e6))
    field_low, field_high = box.findChildren(LevelField)
    assert (field_low.text(), field_high.text()) == ("0.1234568", "0.5001429")
    for each in (field_low, field_high):
        each.setFocus()
        QTest.keyClick(each, Key.Key_Return)
        each.selectAll()
        QTest.keyClicks(each, each.text())
        QTest.keyClick(each, Key.Key_Return)
    assert wanted == []
    type_in(field_low, "-3e-9")
    assert wanted == [(-3e-9, 1e-3 / 7 + 0.5)]


@pytest.mark.parametrize("wheel", [True, False])
def test_tiny_units_keep_their_values(qtbot: QtBot, *, wheel: bool) -> None:
    box = LevelsBox()
    qtbot.addWidget(box)
    box.show_levels(Levels(1.25e-12, 7.5e-12, 0.0, 1e-11))
    field_low, field_high = box.findChildren(LevelField)
    assert (field_low.value(), field_high.value()) == (1.25e-12, 7.5e-12)
    if wheel:
        field_low.setFocus()
        field_low.stepUp()
        assert field_low.value() == pytest.approx(1.35e-12)


class Texts:
    """Settings in memory."""

    def __init__(self, text: str = "") -> None:
        self.kept = text

    def text(self, key: str) -> str:
        return self.kept

    def set_text(self, key: str, text: str) -> None:
        self.kept = text


def test_a_bounded_number_is_remembered() -> None:
    texts = Texts()
    remembered = RememberedLevels(texts)
    for number in range(MOST_REMEMBERED + 5):
        remembered.remember((f"{number:064x}", 0), (0.0, number + 1.0))
    remembered.remember((f"{10:064x}", 0), (0.0, 1.5))  # used again, so the latest
    again = RememberedLevels(texts).levels
    assert len(again) == MOST_REMEMBERED
    assert list(again.items())[-1] == ((f"{10:064x}", 0), (0.0, 1.5))
    assert (f"{4:064x}", 0) not in again
    assert (f"{5:064x}", 0) in again


def broken_texts() -> Iterator[str]:
    good = ["a" * 64, 0, 1.0, 2.0]
    yield from ("", "no", "{}", "[[]]", "[1]", "[" * 10_000, json.dumps([good[:3]]), f'[["{"a" * 64}", 0, 0, 1e999]]')
    for index, value in ((0, "A" * 64), (0, 5), (1, -1), (1, "0"), (2, 2.0), (2, None), (3, "9"), (3, 10**400)):
        yield json.dumps([[*good[:index], value, *good[index + 1 :]]])


@pytest.mark.parametrize("text", list(broken_texts()))
def test_what_somebody_wrote_into_the_settings_is_not_believed(text: str) -> None:
    assert RememberedLevels(Texts(text)).levels == {}


def test_real_settings_keep_them(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    RememberedLevels(settings).remember(("a" * 64, 3), (0.1, 1e-7 + 1))
    settings.save()
    assert RememberedLevels(Settings(tmp_path / "settings.ini")).levels == {("a" * 64, 3): (0.1, 1e-7 + 1)}


def test_the_box_never_moves_the_image(deep_window: MainWindow, qtbot: QtBot, cat_path: Path) -> None:
    canvas = canvas_of(deep_window.views.viewer)
    deep_window.views.messages.close_message()
    QApplication.processEvents()
    before = canvas.mapTo(deep_window, QPoint(0, 0)), canvas.size()
    deep_window.open_images([cat_path])
    qtbot.waitUntil(lambda: not deep_window.views.levels.isVisible())
    QApplication.processEvents()
    assert (canvas.mapTo(deep_window, QPoint(0, 0)), canvas.size()) == before
    wait_until_complete(deep_window, qtbot)
