"""A wall on the screen, and maps with a blank and a constant channel."""

from __future__ import annotations

import numpy as np
from pointer import canvas_of, text_of
from pytestqt.qtbot import QtBot

from engine.maps import colormaps, scaling
from engine.networks.vgg16 import VGG16
from engine.records import LayerInfo, MapArray, ScaledMaps, Style
from gui.canvas.canvas import Canvas
from gui.formatting import FIGURE_SPACE
from gui.wall.grid import TileGrid, fitting_grid
from gui.wall.wall import Wall

LAYER = VGG16.at(32).layer("block1_conv1")
OTHER = VGG16.at(32).layer("block2_conv1")
TABLE = colormaps.table("viridis")


def open_wall(qtbot: QtBot) -> Wall:
    wall = Wall()
    qtbot.addWidget(wall)
    wall.resize(800, 640)
    wall.set_table(TABLE)
    with qtbot.waitExposed(wall):
        wall.show()
    return wall


def maps_of(layer: LayerInfo, seed: int = 0) -> tuple[ScaledMaps, MapArray]:
    values = np.random.default_rng(seed).uniform(1, 100, layer.output_shape).astype(np.float32)
    values[:, :, 5] = 0
    values[:, :, 9] = 3.25
    return scaling.scale_maps(values, Style("channel"), signed=False), values


def grid_of(wall: Wall, layer: LayerInfo = LAYER) -> TileGrid:
    """The arrangement that fills the wall's area best, worked out independently of the wall."""
    height, width, channels = layer.output_shape
    area = canvas_of(wall).viewport()
    return fitting_grid(channels, height, width, area.width() / area.height())


def size_of(canvas: Canvas) -> tuple[int, int]:
    return round(canvas.content().height()), round(canvas.content().width())


def said(wall: Wall) -> str:
    return text_of(wall, "Value under the pointer").replace(FIGURE_SPACE, "")
