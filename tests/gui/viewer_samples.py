"""A viewer on the screen, with a picture and maps whose every value is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pointer import canvas_of, text_of
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.maps import colormaps
from engine.networks.vgg16 import VGG16
from engine.records import ImageArray, LayerInfo
from gui.canvas.canvas import Canvas
from gui.formatting import FIGURE_SPACE
from gui.viewer.viewer import ImageViewer

SIZE = 64
LAYER = VGG16.at(SIZE).layer("block2_conv1")
DEEPER = VGG16.at(SIZE).layer("block3_conv1")
TABLE = colormaps.table("viridis")


def ramp_picture() -> ImageArray:
    """Red grows to the right, green downwards."""
    pixels = np.zeros((SIZE, SIZE, 3), np.uint8)
    pixels[:, :, 0] = 4 * np.arange(SIZE)
    pixels[:, :, 1] = 4 * np.arange(SIZE)[:, None]
    pixels.flags.writeable = False
    return pixels


def open_viewer(qtbot: QtBot, picture: ImageArray) -> ImageViewer:
    viewer = ImageViewer()
    qtbot.addWidget(viewer)
    viewer.resize(404, 624)
    viewer.set_table(TABLE)
    viewer.set_input(picture)
    with qtbot.waitExposed(viewer):
        viewer.show()
    return viewer


def show_ramp(viewer: ImageViewer, layer: LayerInfo = LAYER, channel: int = 17) -> npt.NDArray[np.uint8]:
    """A map whose level at (x, y) is its place in reading order, over 255 values at most."""
    height, width, _ = layer.output_shape
    values = np.arange(height * width, dtype=np.float32).reshape(height, width)
    levels: npt.NDArray[np.uint8] = (values * (255 / values.max())).astype(np.uint8)
    values.flags.writeable = levels.flags.writeable = False
    viewer.set_channel(layer, channel, values, levels, 0.0, float(values.max()))
    return levels


def press(viewer: ImageViewer, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(canvas_of(viewer), key, modifiers)


def read_out(viewer: ImageViewer) -> str:
    lines = [text_of(viewer, name) for name in ("Value under the pointer", "What it depends on")]
    return " | ".join(lines).replace(FIGURE_SPACE, "")


def canvas_has(canvas: Canvas, colour: QColor) -> bool:
    shown = canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(shown.constBits(), np.uint32)
    return bool(np.any(pixels == colour.rgb()))
