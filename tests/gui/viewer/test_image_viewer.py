from __future__ import annotations

import numpy as np
import pytest
from pointer import canvas_of, colour_at, double_click, move, text_of
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot
from viewer_samples import DEEPER, LAYER, SIZE, TABLE, open_viewer, press, ramp_picture, read_out, show_ramp

from engine.maps import colormaps
from engine.networks.vgg16 import VGG16
from engine.records import ImageArray
from gui.state.choices import MODES
from gui.viewer.viewer import ImageViewer
from gui.widgets.colour_bar import ColourBar


@pytest.fixture
def picture() -> ImageArray:
    return ramp_picture()


@pytest.fixture
def viewer(qtbot: QtBot, picture: ImageArray) -> ImageViewer:
    return open_viewer(qtbot, picture)


def button(viewer: ImageViewer, text: str) -> QAbstractButton:
    (found,) = [each for each in viewer.findChildren(QAbstractButton) if each.text() == text]
    return found


def test_is_named(viewer: ImageViewer) -> None:
    assert viewer.objectName() == "imageViewer"
    assert viewer.accessibleName()
    assert canvas_of(viewer).accessibleDescription()


def test_shows_every_pixel_of_the_input_the_right_way_round(viewer: ImageViewer, picture: ImageArray) -> None:
    for x, y in ((0, 0), (63, 0), (0, 63), (20, 41)):
        assert colour_at(canvas_of(viewer), x + 0.5, y + 0.5) == tuple(picture[y, x])


def test_channel_is_drawn_over_the_pixels_that_its_values_stand_for(viewer: ImageViewer) -> None:
    levels = show_ramp(viewer)
    viewer.set_mode("channel")
    for x, y in ((0, 0), (31, 0), (0, 31), (12, 19)):
        for inner in (0.3, 1.7):
            shown = colour_at(canvas_of(viewer), x * LAYER.stride + inner, y * LAYER.stride + inner)
            assert shown == tuple(TABLE[levels[y, x]])


def test_blend_lets_the_picture_through_where_the_channel_is_weak(viewer: ImageViewer, picture: ImageArray) -> None:
    levels = show_ramp(viewer)
    viewer.set_mode("blend")
    viewer.set_opacity(1.0)
    assert colour_at(canvas_of(viewer), 0.5, 0.5) == tuple(picture[0, 0])
    assert colour_at(canvas_of(viewer), 63.5, 63.5) == tuple(TABLE[levels[-1, -1]])
    viewer.set_opacity(0.0)
    assert colour_at(canvas_of(viewer), 63.5, 63.5) == tuple(picture[63, 63])


def test_blend_of_a_signed_map_lets_the_picture_through_at_zero(viewer: ImageViewer, picture: ImageArray) -> None:
    layer = VGG16.at(SIZE).layer("block2_conv1:linear")
    levels = np.full(layer.output_shape[:2], 51, np.uint8)
    levels[0, 0] = 255
    values = ((levels.astype(np.float32) - 51) / 51).astype(np.float32)
    viewer.set_channel(layer, 3, values, levels, -1.0, 4.0)
    viewer.set_mode("blend")
    viewer.set_opacity(1.0)
    assert colour_at(canvas_of(viewer), 30.5, 30.5) == tuple(picture[30, 30])
    assert colour_at(canvas_of(viewer), 0.5, 0.5) == tuple(TABLE[255])


def test_colours_follow_the_table(viewer: ImageViewer) -> None:
    levels = show_ramp(viewer)
    viewer.set_mode("channel")
    gray = colormaps.table("gray")
    viewer.set_table(gray)
    assert colour_at(canvas_of(viewer), 40.5, 40.5) == tuple(gray[levels[20, 20]])


def test_mode_buttons(viewer: ImageViewer, qtbot: QtBot) -> None:
    show_ramp(viewer)
    for mode in ("channel", "blend", "picture"):
        with qtbot.waitSignal(viewer.mode_changed) as caught:
            QTest.mouseClick(button(viewer, mode.capitalize()), Qt.MouseButton.LeftButton)
        assert caught.args == [mode]
        assert viewer.mode() == mode
        slider = viewer.findChild(QSlider)
        assert isinstance(slider, QSlider)
        assert slider.isEnabled() == (mode == "blend")


def test_mode_is_reached_with_the_keyboard(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    button(viewer, "Picture").setFocus()
    QTest.keyClick(button(viewer, "Picture"), Qt.Key.Key_Right)
    QTest.keyClick(button(viewer, "Channel"), Qt.Key.Key_Space)
    assert viewer.mode() == "channel"


def test_setting_the_mode_moves_the_buttons_and_is_told_once(viewer: ImageViewer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.mode_changed):
        viewer.set_mode("blend")
    assert button(viewer, "Blend").isChecked()
    with qtbot.assertNotEmitted(viewer.mode_changed):
        viewer.set_mode("blend")


def test_opacity_follows_the_slider(viewer: ImageViewer) -> None:
    viewer.set_mode("blend")
    show_ramp(viewer)
    slider = viewer.findChild(QSlider)
    assert isinstance(slider, QSlider)
    before = viewer.opacity()
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert viewer.opacity() == pytest.approx(before - 0.01)


def test_title_and_colour_bar(viewer: ImageViewer) -> None:
    bar = viewer.findChild(ColourBar)
    assert isinstance(bar, ColourBar)
    assert text_of(viewer, "What is shown") == "Network input · 64 × 64"
    assert not bar.isVisible()
    show_ramp(viewer)
    viewer.set_mode("channel")
    assert text_of(viewer, "What is shown") == "block2_conv1 · channel 17"
    assert bar.isVisible()
    assert dict(bar.labels())[1.0] == "1023"


def test_title_names_the_map_before_relu(viewer: ImageViewer) -> None:
    viewer.set_mode("channel")
    show_ramp(viewer, VGG16.at(SIZE).layer("block2_conv1:linear"), 5)
    assert text_of(viewer, "What is shown") == "block2_conv1 before ReLU · channel 5"


def test_view_is_kept_between_channels_and_layers(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    viewer.set_mode("channel")
    canvas = canvas_of(viewer)
    canvas.show_scale(12, QPointF(10, 10))
    before = canvas.visible()
    show_ramp(viewer, LAYER, 3)
    assert canvas.visible() == before
    show_ramp(viewer, DEEPER, 3)
    assert canvas.visible() == before


def test_the_same_part_stays_in_view_when_the_input_size_changes(viewer: ImageViewer) -> None:
    canvas = canvas_of(viewer)
    canvas.show_scale(12, QPointF(10, 10))
    before = canvas.visible()
    viewer.set_input(np.zeros((2 * SIZE, 2 * SIZE, 3), np.uint8))
    now = canvas.visible()
    assert (now.left(), now.top(), now.width()) == pytest.approx(
        (2 * before.left(), 2 * before.top(), 2 * before.width())
    )


def test_another_size_is_fitted_when_the_view_was(viewer: ImageViewer) -> None:
    viewer.set_input(np.zeros((2 * SIZE, 2 * SIZE, 3), np.uint8))
    canvas = canvas_of(viewer)
    assert canvas.fitted()
    assert canvas.visible().contains(canvas.content())
    assert canvas.content().width() == 2 * SIZE


def test_without_a_channel_the_picture_is_shown_in_every_mode(viewer: ImageViewer, picture: ImageArray) -> None:
    show_ramp(viewer)
    viewer.set_mode("channel")
    viewer.set_statistics_text("min 0 · max 1023")
    assert text_of(viewer, "Numbers of the channel") == "min 0 · max 1023"
    viewer.clear_channel()
    assert viewer.mode() == "channel"
    assert colour_at(canvas_of(viewer), 20.5, 20.5) == tuple(picture[20, 20])
    assert text_of(viewer, "Numbers of the channel") == ""


def test_numbers_of_a_channel_are_not_said_of_the_picture(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    viewer.set_statistics_text("min 0 · max 1023")
    (numbers,) = [label for label in viewer.findChildren(QLabel) if label.text() == "min 0 · max 1023"]
    shown = {}
    for mode in MODES[:3]:
        viewer.set_mode(mode)
        shown[mode] = numbers.isVisible()
    assert shown == {"picture": False, "channel": True, "blend": True}


@pytest.mark.parametrize("zoomed", [False, True])
@pytest.mark.parametrize("with_channel", [False, True])
def test_the_image_keeps_its_place_in_every_mode(viewer: ImageViewer, *, with_channel: bool, zoomed: bool) -> None:
    canvas = canvas_of(viewer)
    if with_channel:
        show_ramp(viewer)
        viewer.set_statistics_text("min 0 · max 1023")
    viewer.set_pattern(np.zeros((8, 8, 3), np.uint8), "what it looks for")
    if zoomed:
        canvas.show_scale(9.0)
    places = set()
    for mode in (*MODES, *reversed(MODES)):
        QTest.mouseClick(button(viewer, mode.capitalize()), Qt.MouseButton.LeftButton)
        QApplication.processEvents()
        corners = [canvas.viewport().mapToGlobal(canvas.to_viewport(QPointF(end, end)).toPoint()) for end in (0, SIZE)]
        places.add((canvas.geometry().getRect(), *(corner.toTuple() for corner in corners)))
    assert len(places) == 1, places


def test_a_track_to_slide_along_at_the_smallest_width(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    viewer.set_mode("blend")
    viewer.resize(viewer.minimumSizeHint().width(), viewer.height())
    QApplication.processEvents()
    slider = viewer.findChild(QSlider)
    assert slider is not None
    assert slider.width() >= 4 * slider.height()
    assert viewer.rect().contains(slider.geometry())
    for mode in MODES:
        segment = button(viewer, mode.capitalize())
        assert segment.fontMetrics().horizontalAdvance(segment.text()) < segment.width()
    viewer.set_opacity(0.0)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    assert 0 < viewer.opacity() < 1


def test_a_pattern_without_a_picture_is_what_the_buttons_say(viewer: ImageViewer, picture: ImageArray) -> None:
    def pressed() -> list[str]:
        return [one.text() for one in viewer.findChildren(QAbstractButton) if one.isCheckable() and one.isChecked()]

    viewer.set_mode("channel")
    viewer.set_input(None)
    viewer.set_pattern(np.zeros((8, 8, 3), np.uint8), "what it looks for")
    assert pressed() == ["Pattern"]
    (channel,) = [one for one in viewer.findChildren(QAbstractButton) if one.text() == "Channel"]
    QTest.mouseClick(channel, Qt.MouseButton.LeftButton)
    assert pressed() == ["Pattern"]
    viewer.set_input(picture)
    show_ramp(viewer)
    assert pressed() == ["Channel"]


def test_a_map_in_the_place_of_a_pattern_says_so(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    viewer.set_mode("pattern")
    assert text_of(viewer, "What is shown") == "block2_conv1 · channel 17 · no pattern yet"
    viewer.set_mode("channel")
    assert text_of(viewer, "What is shown") == "block2_conv1 · channel 17"


def test_without_a_picture_the_channel_is_shown(viewer: ImageViewer) -> None:
    levels = show_ramp(viewer)
    viewer.set_input(None)
    assert colour_at(canvas_of(viewer), 40.5, 40.5) == tuple(TABLE[levels[20, 20]])
    assert text_of(viewer, "What is shown") == "block2_conv1 · channel 17"


def test_hint_while_there_is_nothing(viewer: ImageViewer) -> None:
    viewer.set_hint("No picture is open")
    (hint,) = [label for label in viewer.findChildren(QLabel) if label.text() == "No picture is open"]
    assert not hint.isVisible()
    viewer.set_input(None)
    assert hint.isVisible()
    assert viewer.copy_pixmap().isNull()
    move(canvas_of(viewer), 5, 5)
    press(viewer, Qt.Key.Key_Left)
    assert read_out(viewer) == " | "


def test_copy_is_what_is_shown_at_its_own_resolution(viewer: ImageViewer, picture: ImageArray) -> None:
    levels = show_ramp(viewer)
    copied = viewer.copy_pixmap()
    assert (copied.width(), copied.height()) == (SIZE, SIZE)
    assert copied.pixelColor(20, 41) == QColor(*picture[41, 20].tolist())
    viewer.set_mode("channel")
    copied = viewer.copy_pixmap()
    assert (copied.width(), copied.height()) == (32, 32)
    assert copied.pixelColor(3, 30) == QColor(*TABLE[levels[30, 3]].tolist())
    viewer.set_mode("blend")
    viewer.set_opacity(1.0)
    copied = viewer.copy_pixmap()
    assert (copied.width(), copied.height()) == (SIZE, SIZE)
    assert copied.pixelColor(63, 63) == QColor(*TABLE[255].tolist())
    assert copied.pixelColor(0, 0) == QColor(*picture[0, 0].tolist())


def test_background_follows_the_palette(viewer: ImageViewer) -> None:
    viewer.set_input(None)
    palette = QPalette(viewer.palette())
    palette.setColor(QPalette.ColorRole.Base, QColor(12, 34, 56))
    viewer.setPalette(palette)
    QApplication.processEvents()
    shown = canvas_of(viewer).viewport().grab().toImage()
    assert shown.pixelColor(5, 5) == QColor(12, 34, 56)


def test_swallows_no_drops(viewer: ImageViewer) -> None:
    assert not any(child.acceptDrops() for child in (viewer, *viewer.findChildren(QWidget)))


def test_double_click_fits(viewer: ImageViewer) -> None:
    canvas = canvas_of(viewer)
    fitted = canvas.scale()
    canvas.show_scale(20)
    double_click(canvas, 32, 32)
    assert canvas.scale() == pytest.approx(fitted)
