from __future__ import annotations

import numpy as np
import pytest
from pointer import canvas_of, click, colour_at, double_click, drag, leave, move, wheel
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from wall_samples import LAYER, OTHER, TABLE, grid_of, maps_of, open_wall, said, size_of

from engine.maps import colormaps
from engine.records import ScaledMaps, Style
from gui.canvas.canvas import Canvas
from gui.wall.wall import Wall


@pytest.fixture
def wall(qtbot: QtBot) -> Wall:
    return open_wall(qtbot)


def test_shows_every_value_where_the_grid_says(wall: Wall) -> None:
    scaled, values = maps_of(LAYER)
    wall.show_layer(LAYER, scaled, values)
    canvas, grid = canvas_of(wall), grid_of(wall)
    assert size_of(canvas) == grid.size
    canvas.show_scale(8, QPointF(0, 0))
    x, y = grid.corner(1)
    for inner_x, inner_y in ((20, 20), (31, 31), (25, 30)):
        shown = colour_at(canvas, x + inner_x + 0.5, y + inner_y + 0.5)
        assert shown == tuple(TABLE[scaled.levels[1, inner_y, inner_x]])


def test_gaps_have_the_background_not_a_colour_of_the_map(wall: Wall) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    canvas, grid = canvas_of(wall), grid_of(wall)
    canvas.show_scale(8, QPointF(0, 0))
    background = wall.palette().color(QPalette.ColorRole.Base)
    for point in ((grid.width + 0.5, 5), (5, grid.height + 0.5), (grid.width + 0.5, grid.height + 0.5)):
        assert QColor(*colour_at(canvas, *point)) == background


def test_places_after_the_last_channel_are_background(wall: Wall) -> None:
    wall.resize(900, 500)
    wall.show_layer(LAYER, *maps_of(LAYER))
    grid = grid_of(wall)
    assert grid.count % grid.columns
    x, y = grid.corner(grid.count)
    shown = colour_at(canvas_of(wall), x + 16, y + 16)
    assert QColor(*shown) == wall.palette().color(QPalette.ColorRole.Base)


def test_colours_follow_the_table(wall: Wall) -> None:
    scaled, values = maps_of(LAYER)
    wall.show_layer(LAYER, scaled, values)
    gray = colormaps.table("gray")
    wall.set_table(gray)
    canvas_of(wall).show_scale(8, QPointF(0, 0))
    assert colour_at(canvas_of(wall), 25.5, 25.5) == tuple(gray[scaled.levels[0, 25, 25]])


def test_read_out(wall: Wall) -> None:
    scaled, values = maps_of(LAYER)
    wall.show_layer(LAYER, scaled, values)
    x, y = grid_of(wall).corner(17)
    move(canvas_of(wall), x + 3, y + 5)
    place = canvas_of(wall).to_content(canvas_of(wall).to_viewport(QPointF(x + 3.5, y + 5.5)))
    column, row = int(place.x()) - x, int(place.y()) - y
    assert said(wall) == f"channel 17 · x {column}, y {row} · value {values[row, column, 17]:.2f}"
    leave(canvas_of(wall))
    assert said(wall) == ""


def test_read_out_says_why_a_tile_is_dark(wall: Wall) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    for channel, word in ((5, "blank"), (9, "constant")):
        x, y = grid_of(wall).corner(channel)
        move(canvas_of(wall), x + 16, y + 16)
        assert said(wall).endswith(word)


def test_blank_tiles_are_marked_and_weak_ones_are_not(wall: Wall) -> None:
    values = np.full(LAYER.output_shape, 0.001, np.float32)
    values[0, 0] = 0.002
    values[:, :, 5] = 0
    levels = np.zeros((64, 32, 32), np.uint8)
    limits = np.zeros(64, np.float32), np.full(64, 500, np.float32)
    wall.show_layer(LAYER, ScaledMaps(Style("layer"), levels, *limits, limits[0]), values)
    canvas, grid = canvas_of(wall), grid_of(wall)
    shown = canvas.viewport().grab().toImage()

    def colours(channel: int) -> int:
        x, y = grid.corner(channel)
        start, end = (canvas.to_viewport(QPointF(x + inset, y + inset)).toPoint() for inset in (18, 30))
        return len({shown.pixel(column, start.y()) for column in range(start.x(), end.x())})

    assert colours(5) > 1
    assert colours(6) == 1


def test_click_tells_the_channel_and_the_keys(wall: Wall, qtbot: QtBot) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    x, y = grid_of(wall).corner(17)
    with qtbot.waitSignal(wall.channel_clicked) as caught:
        click(canvas_of(wall), x + 9, y + 9, Qt.KeyboardModifier.ControlModifier)
    assert caught.args == [17, Qt.KeyboardModifier.ControlModifier]


def test_click_beside_the_tiles_tells_nothing(wall: Wall, qtbot: QtBot) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    with qtbot.assertNotEmitted(wall.channel_clicked):
        click(canvas_of(wall), -3, -3)


def test_drag_pans_and_is_no_click(wall: Wall, qtbot: QtBot) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    canvas = canvas_of(wall)
    under = canvas.to_content(QPointF(200, 200))
    with qtbot.assertNotEmitted(wall.channel_clicked):
        drag(canvas, QPoint(200, 200), QPoint(-80, 30))
    now = canvas.to_content(QPointF(120, 230))
    assert (now.x(), now.y()) == pytest.approx((under.x(), under.y()), abs=1.5)


def test_double_click_activates_a_channel_and_fits_beside_it(wall: Wall, qtbot: QtBot) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    canvas = canvas_of(wall)
    x, y = grid_of(wall).corner(12)
    with qtbot.waitSignal(wall.channel_activated) as caught:
        double_click(canvas, x + 4, y + 4)
    assert caught.args == [12]
    fitted = canvas.scale()
    canvas.show_scale(1.0)
    with qtbot.assertNotEmitted(wall.channel_activated):
        double_click(canvas, -3, 30)
    assert canvas.scale() == pytest.approx(fitted)


def test_selected_channels_are_framed(wall: Wall) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    canvas = canvas_of(wall)
    before = canvas.viewport().grab().toImage()
    wall.set_selected([3, 17])
    selected = canvas.viewport().grab().toImage()
    accent = wall.palette().color(QPalette.ColorRole.Highlight).rgb()
    x, y = grid_of(wall).corner(17)
    corner = canvas.to_viewport(QPointF(x, y)).toPoint()
    around = [selected.pixel(corner.x() - step, corner.y() + 20) for step in range(1, 5)]
    assert accent in around
    wall.set_selected([])
    assert canvas.viewport().grab().toImage() == before


def test_placeholders_until_the_maps_come(wall: Wall, qtbot: QtBot) -> None:
    wall.show_layer(LAYER, None, None)
    canvas, grid = canvas_of(wall), grid_of(wall)
    x, y = grid.corner(20)
    assert QColor(*colour_at(canvas, x + 20, y + 20)) == wall.palette().color(QPalette.ColorRole.Button)
    move(canvas, x + 20, y + 20)
    assert said(wall).startswith("channel 20 · x ")
    assert "value" not in said(wall)
    wall.show_layer(LAYER, *maps_of(LAYER))
    assert QColor(*colour_at(canvas, x + 20, y + 20)) != wall.palette().color(QPalette.ColorRole.Button)


def test_new_maps_of_the_same_layer_keep_the_view(wall: Wall) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    canvas = canvas_of(wall)
    wheel(canvas, QPointF(100, 100), 5)
    before = canvas.visible()
    wall.show_layer(LAYER, *maps_of(LAYER, seed=1))
    assert canvas.visible() == before
    wall.show_layer(OTHER, *maps_of(OTHER))
    assert canvas.fitted()


def test_keys(wall: Wall) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    canvas = canvas_of(wall)
    fitted = canvas.visible()
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.visible().width() < fitted.width()
    before = canvas.visible()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.visible().left() > before.left()
    assert canvas.visible().top() > before.top()
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert canvas.visible().width() == pytest.approx(fitted.width())


def test_columns_follow_the_shape_of_the_area(wall: Wall, qtbot: QtBot) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    before = grid_of(wall).columns
    wall.resize(400, 900)
    canvas = canvas_of(wall)
    qtbot.waitUntil(lambda: canvas.content().height() == grid_of(wall).size[0])
    assert grid_of(wall).columns < before


def test_a_zoomed_wall_keeps_its_columns(wall: Wall, qtbot: QtBot) -> None:
    wall.show_layer(LAYER, *maps_of(LAYER))
    canvas = canvas_of(wall)
    wheel(canvas, QPointF(100, 100), 5)
    before = canvas.content()
    wall.resize(400, 900)
    qtbot.waitUntil(lambda: canvas.viewport().width() < 400)
    assert canvas.content() == before


def test_an_empty_wall_takes_events(wall: Wall, qtbot: QtBot) -> None:
    canvas = canvas_of(wall)
    move(canvas, 0, 0)
    with qtbot.assertNotEmitted(wall.channel_clicked):
        click(canvas, 0, 0)
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert said(wall) == ""


def test_values_are_written_when_zoomed_in(wall: Wall) -> None:
    scaled, values = maps_of(LAYER)
    wall.show_layer(LAYER, scaled, values)
    canvas = canvas_of(wall)
    canvas.show_scale(50, QPointF(0, 0))
    assert not has_white(canvas)
    canvas.show_scale(60, QPointF(0, 0))
    assert has_white(canvas)


def has_white(canvas: Canvas) -> bool:
    """Whether there is white, which is no colour of the table, in a part of the screen that a tile fills."""
    shown = canvas.viewport().grab().toImage()
    return any(shown.pixelColor(x, y) == QColor(Qt.GlobalColor.white) for x in range(50, 400) for y in range(50, 400))


def test_swallows_no_drops(wall: Wall) -> None:
    assert not any(child.acceptDrops() for child in (wall, *wall.findChildren(QWidget)))


def test_is_named(wall: Wall) -> None:
    assert wall.objectName() == "wall"
    wall.show_layer(LAYER, None, None)
    assert wall.accessibleName()
    assert "block1_conv1, 64 channels" in wall.accessibleDescription()
