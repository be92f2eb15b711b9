from __future__ import annotations

import pytest
from pointer import click, double_click, drag, wheel
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.canvas.canvas import Canvas


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 480)
    canvas.set_content(64, 64)
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


def test_wheel_zooms_at_the_pointer(canvas: Canvas) -> None:
    before, place = canvas.scale(), QPointF(100, 120)
    under = canvas.to_content(place)
    wheel(canvas, place, 3)
    assert canvas.scale() == pytest.approx(before * 1.25**3)
    now = canvas.to_content(place)
    assert (now.x(), now.y()) == pytest.approx((under.x(), under.y()), abs=0.01)
    wheel(canvas, place, -3)
    assert canvas.scale() == pytest.approx(before)


def test_zoom_ends_somewhere(canvas: Canvas) -> None:
    fitted = canvas.scale()
    wheel(canvas, QPointF(50, 50), 100)
    assert canvas.scale() == pytest.approx(256)
    wheel(canvas, QPointF(50, 50), -100)
    assert canvas.scale() == pytest.approx(min(1.0, fitted / 2))


def test_drag_pans(canvas: Canvas) -> None:
    under = canvas.to_content(QPointF(150, 150))
    drag(canvas, QPoint(150, 150), QPoint(60, 40))
    now = canvas.to_content(QPointF(210, 190))
    assert (now.x(), now.y()) == pytest.approx((under.x(), under.y()), abs=0.3)
    assert not canvas.fitted()


def test_keys_zoom_and_fit(canvas: Canvas) -> None:
    fitted = canvas.scale()
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.scale() == pytest.approx(1.25 * fitted)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    QTest.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.scale() == pytest.approx(1 / canvas.devicePixelRatioF())
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert canvas.scale() == pytest.approx(fitted)
    assert canvas.fitted()


def test_keys_of_the_window_are_left_to_it(canvas: Canvas) -> None:
    before = canvas.visible()
    QTest.keyClick(canvas, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert canvas.visible() == before


def test_clicks_are_told_where_they_are(canvas: Canvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.clicked) as caught:
        click(canvas, 20, 30, Qt.KeyboardModifier.ShiftModifier)
    point, keys = caught.args
    assert (point.x(), point.y()) == pytest.approx((20.5, 30.5), abs=0.2)
    assert keys == Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(canvas.double_clicked) as caught:
        double_click(canvas, 20, 30)
    (point,) = caught.args
    assert (point.x(), point.y()) == pytest.approx((20.5, 30.5), abs=0.2)


def test_fitted_content_stays_fitted_when_the_window_grows(canvas: Canvas, qtbot: QtBot) -> None:
    before = canvas.scale()
    canvas.resize(700, 900)
    qtbot.waitUntil(lambda: canvas.scale() > before)
    assert canvas.visible().contains(canvas.content())


def test_a_right_press_neither_zooms_nor_opens_a_menu(canvas: Canvas) -> None:
    before = canvas.visible()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton, pos=QPoint(50, 50))
    assert canvas.visible() == before
    assert QApplication.activePopupWidget() is None
