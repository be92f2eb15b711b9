"""Real mouse events at points of a canvas's content."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gui.canvas.canvas import Canvas

NO_KEYS = Qt.KeyboardModifier.NoModifier
NO_BUTTON = Qt.MouseButton.NoButton
LEFT = Qt.MouseButton.LeftButton


def canvas_of(view: QWidget) -> Canvas:
    canvas = view.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    return canvas


def move(canvas: Canvas, x: float, y: float) -> None:
    """Move the pointer over the middle of the content's unit at (x, y)."""
    _move(canvas, QPointF(canvas.to_viewport(QPointF(x + 0.5, y + 0.5))), NO_BUTTON)


def leave(canvas: Canvas) -> None:
    QApplication.sendEvent(canvas.viewport(), QEvent(QEvent.Type.Leave))


def _move(canvas: Canvas, position: QPointF, buttons: Qt.MouseButton) -> None:
    everywhere = QPointF(canvas.viewport().mapToGlobal(position.toPoint()))
    event = QMouseEvent(QEvent.Type.MouseMove, position, everywhere, NO_BUTTON, buttons, NO_KEYS)
    QApplication.sendEvent(canvas.viewport(), event)


def click(canvas: Canvas, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    QTest.mouseClick(canvas.viewport(), LEFT, keys, canvas.to_viewport(QPointF(x + 0.5, y + 0.5)).toPoint())


def double_click(canvas: Canvas, x: float, y: float) -> None:
    QTest.mouseDClick(canvas.viewport(), LEFT, NO_KEYS, canvas.to_viewport(QPointF(x + 0.5, y + 0.5)).toPoint())


def drag(canvas: Canvas, start: QPoint, by: QPoint) -> None:
    """Drag from a pixel of the viewport."""
    QTest.mousePress(canvas.viewport(), LEFT, NO_KEYS, start)
    _move(canvas, QPointF(start + by / 2), LEFT)
    _move(canvas, QPointF(start + by), LEFT)
    QTest.mouseRelease(canvas.viewport(), LEFT, NO_KEYS, start + by)


def wheel(canvas: Canvas, position: QPointF, notches: int) -> None:
    """Turn the wheel away from the person (positive) over a pixel of the viewport."""
    everywhere = QPointF(canvas.viewport().mapToGlobal(position.toPoint()))
    turn = QPoint(0, 120 * notches)
    event = QWheelEvent(position, everywhere, QPoint(), turn, NO_BUTTON, NO_KEYS, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(canvas.viewport(), event)


def colour_at(canvas: Canvas, x: float, y: float) -> tuple[int, int, int]:
    """What the screen shows at a point of the content."""
    shown = canvas.viewport().grab().toImage()
    colour: QColor = shown.pixelColor(canvas.to_viewport(QPointF(x, y)).toPoint())
    return colour.red(), colour.green(), colour.blue()


def text_of(view: QWidget, accessible_name: str) -> str:
    """The text of the label that has this accessible name."""
    (label,) = [label for label in view.findChildren(QLabel) if label.accessibleName() == accessible_name]
    return label.text()
