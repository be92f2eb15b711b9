from __future__ import annotations

import numpy as np
import pytest
from pointer import canvas_of, leave, move
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot
from viewer_samples import LAYER, canvas_has, open_viewer, press, ramp_picture, read_out, show_ramp

from engine.networks.preprocessing import CAFFE
from gui.viewer.viewer import ImageViewer


@pytest.fixture
def viewer(qtbot: QtBot) -> ImageViewer:
    return open_viewer(qtbot, ramp_picture())


def test_read_out_of_a_value(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    viewer.set_mode("channel")
    viewer.set_source_mapper(lambda x, y: (10 * x, 10 * y))
    move(canvas_of(viewer), 20, 30)
    assert read_out(viewer) == "x 10, y 15 · value 490 | input 16–25 × 26–35 (sees 10 px) · picture 210, 310"
    leave(canvas_of(viewer))
    assert read_out(viewer) == " | "


def test_read_out_of_the_picture(viewer: ImageViewer) -> None:
    viewer.preprocessing = CAFFE
    move(canvas_of(viewer), 20, 30)
    assert read_out(viewer) == "x 20, y 30 · RGB 80 120 0 | fed B -103.9 G 3.2 R -43.7"


def test_read_out_follows_the_channel_under_a_resting_pointer(viewer: ImageViewer) -> None:
    viewer.set_mode("channel")
    show_ramp(viewer)
    move(canvas_of(viewer), 20, 30)
    values = np.full(LAYER.output_shape[:2], 7.25, np.float32)
    viewer.set_channel(LAYER, 18, values, np.full(values.shape, 255, np.uint8), 0, 7.25)
    assert "value 7.250" in read_out(viewer)


def test_no_read_out_beside_the_image(viewer: ImageViewer) -> None:
    move(canvas_of(viewer), 20, 30)
    move(canvas_of(viewer), 20, -5)
    assert read_out(viewer) == " | "


def test_arrows_read_single_values(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    viewer.set_mode("channel")
    press(viewer, Qt.Key.Key_Right)
    assert read_out(viewer).startswith("x 16, y 16 ")
    press(viewer, Qt.Key.Key_Right)
    press(viewer, Qt.Key.Key_Down)
    assert read_out(viewer).startswith("x 17, y 17 · value 561")
    press(viewer, Qt.Key.Key_Left)
    press(viewer, Qt.Key.Key_Up)
    assert read_out(viewer).startswith("x 16, y 16 ")


def test_arrows_keep_the_place_in_view_and_stop_at_the_border(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    viewer.set_mode("channel")
    canvas = canvas_of(viewer)
    canvas.show_scale(40)
    for _ in range(40):
        press(viewer, Qt.Key.Key_Left)
    assert read_out(viewer).startswith("x 0, ")
    assert canvas.visible().left() <= 0


def test_receptive_field_is_outlined_on_the_picture(viewer: ImageViewer) -> None:
    show_ramp(viewer)
    accent = viewer.palette().color(QPalette.ColorRole.Highlight)
    canvas = canvas_of(viewer)
    move(canvas, 20, 30)
    assert canvas_has(canvas, accent)
    viewer.set_mode("channel")
    assert not canvas_has(canvas, accent)


def test_values_are_written_into_large_pixels(viewer: ImageViewer) -> None:
    values = np.zeros(LAYER.output_shape[:2], np.float32)
    viewer.set_channel(LAYER, 0, values, np.zeros(values.shape, np.uint8), 0, 1)
    viewer.set_mode("channel")
    canvas = canvas_of(viewer)
    white = QColor(Qt.GlobalColor.white)
    canvas.show_scale(27, QPointF(32, 32))
    assert not canvas_has(canvas, white)
    canvas.show_scale(40, QPointF(32, 32))
    assert canvas_has(canvas, white)
