from __future__ import annotations

import itertools

import numpy as np
import pytest
from pointer import canvas_of, colour_at, move
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox
from pytestqt.qtbot import QtBot
from wall_samples import LAYER, OTHER, TABLE, grid_of, maps_of, open_wall, said, size_of

from engine.maps import scaling
from engine.networks.vgg16 import VGG16
from engine.records import SCALES, Style
from gui.main_window import MainWindow
from gui.wall.wall import Wall


@pytest.fixture
def wall(qtbot: QtBot) -> Wall:
    return open_wall(qtbot)


def test_as_in_the_book(wall: Wall) -> None:
    scaled, values = maps_of(LAYER)
    page = scaling.book_grid(values)
    wall.show_layer(LAYER, scaled, values)
    wall.show_book(page, LAYER, values)
    wall.set_book(True)
    canvas = canvas_of(wall)
    assert size_of(canvas) == page.shape == (33 * 4 - 1, 16 * 33 - 1)
    canvas.show_scale(8, QPointF(100, 30))
    for x, y in ((100, 30), (98, 31), (120, 32), (110, 40)):
        assert colour_at(canvas, x + 0.5, y + 0.5) == tuple(TABLE[page[y, x]])
    move(canvas, 33 * 3 + 2, 33 + 4)
    assert said(wall) == f"channel 19 · x 2, y 4 · value {values[4, 2, 19]:.2f}"
    wall.set_book(False)
    assert size_of(canvas) == grid_of(wall).size


def test_the_book_page_of_another_layer_is_not_kept(wall: Wall) -> None:
    wall.set_book(True)
    _, values = maps_of(LAYER)
    wall.show_book(scaling.book_grid(values), LAYER)
    wall.show_layer(OTHER, *maps_of(OTHER))
    assert size_of(canvas_of(wall)) == grid_of(wall, OTHER).size


def test_book_page_may_come_before_its_layer(wall: Wall) -> None:
    wall.set_book(True)
    scaled, values = maps_of(LAYER)
    wall.show_layer(OTHER, *maps_of(OTHER))
    wall.show_book(scaling.book_grid(values), LAYER)
    wall.show_layer(LAYER, scaled, values)
    assert canvas_of(wall).content().width() == 16 * 33 - 1


@pytest.mark.parametrize("scale", [None, 0.07, 0.11, 0.37, 0.5, 0.61, 0.93, 1.0, 1.3, 2.0])
@pytest.mark.parametrize("name", ["block1_conv1", "block4_conv1", "block5_pool"])
def test_every_line_between_the_maps_is_seen(wall: Wall, name: str, scale: float | None) -> None:
    """Fitted, and zoomed so far that the image loses pixels: each line is there, and between maps only."""
    layer = VGG16.layer(name)
    height, width, channels = layer.output_shape
    rows = channels // 16
    page = np.full((rows * (height + 1) - 1, 16 * (width + 1) - 1), 255, np.uint8)
    page[height :: height + 1] = 0
    page[:, width :: width + 1] = 0
    wall.set_book(True)
    wall.show_book(page, layer)
    canvas = canvas_of(wall)
    canvas.fit()
    if scale is not None:
        canvas.show_scale(scale, QPointF(0, 0))
        canvas.reveal(QRectF(-2, -2, 4, 4))
    image = canvas.viewport().grab().toImage()
    line, map_colour = (QColor(*TABLE[level].tolist()).rgb() for level in (0, 255))
    visible, shown = canvas.visible(), canvas.scale()
    for step, count, across in ((width + 1, 16, True), (height + 1, rows, False)):
        places = [(step * number - 0.5) for number in range(1, count)]
        start, end = (visible.left(), visible.right()) if across else (visible.top(), visible.bottom())
        inside = [place for place in places if start + 1 / shown < place < end - 1 / shown]
        length = image.width() if across else image.height()
        middle = canvas.to_viewport(QPointF(width / 2, height / 2)).toPoint()
        run = [image.pixel(i, middle.y()) if across else image.pixel(middle.x(), i) for i in range(length)]
        assert sum(one == line and other == map_colour for one, other in itertools.pairwise(run)) == len(inside)
        assert set(run) <= {line, map_colour, canvas.palette().color(QPalette.ColorRole.Base).rgb()}
        assert inside or (scale is not None and scale >= 1)


def test_the_book_has_its_own_scale(cat_window: MainWindow, qtbot: QtBot) -> None:
    """While it is shown the scale reads so and cannot be changed; what was chosen comes back with the other faces."""
    window = cat_window
    (scale,) = [box for box in window.views.tools.findChildren(QComboBox) if box.accessibleName() == "Scale"]
    limits = [box for box in window.views.tools.findChildren(QDoubleSpinBox) if "limit" in box.accessibleName()]
    window.commands.look.set_style(Style("absolute", 0.25, 3.5))
    window.action("book").trigger()
    assert scale.currentText() == "As in the book"
    assert not scale.isEnabled()
    assert not any(box.isVisible() for box in limits)
    assert not any(window.action(f"scale_{name}").isEnabled() for name in SCALES)
    assert window.workspace.style == Style("absolute", 0.25, 3.5)
    window.commands.look.set_style(Style("absolute", 0.5, 3.5))  # as a manifest may
    assert scale.currentText() == "As in the book"
    window.action("wall").trigger()
    assert scale.currentText() == "Fixed limits"
    assert scale.isEnabled()
    assert [box.value() for box in limits] == [0.5, 3.5]
    assert all(box.isVisible() for box in limits)
    assert all(window.action(f"scale_{name}").isEnabled() for name in SCALES)
    assert window.views.tools.style_chosen() == window.workspace.style == Style("absolute", 0.5, 3.5)
