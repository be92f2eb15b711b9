"""What a robot user works with, and what it does with mouse and keyboard alone, wherever they happen to be."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.main_window import MainWindow

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_COPY = Qt.DropAction.CopyAction
_KEYS = (
    *(Qt.Key(code) for code in range(Qt.Key.Key_0.value, Qt.Key.Key_9.value + 1)),
    *(Qt.Key(code) for code in range(Qt.Key.Key_A.value, Qt.Key.Key_Z.value + 1)),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Space),
    *(Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_F2, Qt.Key.Key_F8),
)
_MODIFIERS = (_NONE, _NONE, _NONE, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier)


@dataclass
class Hands:
    """What actions work with.

    Attributes:
        chance: Decides everything.
        window: The window of the moment.
        files: What can be opened.
        exports: Where files go.
    """

    chance: random.Random
    window: MainWindow
    files: list[Path]
    exports: Path

    def some_files(self) -> list[str]:
        """One file as a rule, sometimes many."""
        # Unlike `rglob`, which fails when an export's hidden folder goes while it looks.
        folders = (Path(folder) for folder, _, names in os.walk(self.exports) if "manifest.json" in names)
        manifests = sorted(folder / "manifest.json" for folder in folders)
        return [
            str(path) for path in self.chance.choices([*self.files, *manifests], k=self.chance.choice((1, 1, 2, 5)))
        ]

    def widget(self) -> QWidget | None:
        """Something in the window that can be clicked on."""
        shown = [w for w in self.window.findChildren(QWidget) if w.isVisible() and w.isEnabled() and not w.isWindow()]
        return self.chance.choice(shown) if shown else None

    def place(self, widget: QWidget) -> QPoint:
        """A place in it."""
        return QPoint(
            self.chance.randrange(max(1, widget.width())),
            self.chance.randrange(max(1, widget.height())),
        )


def drop_files(hands: Hands) -> None:
    _drop(hands, _mime(hands))


def paste(hands: Hands) -> None:
    QGuiApplication.clipboard().setMimeData(_mime(hands))
    hands.window.action("paste").trigger()


def _mime(hands: Hands) -> QMimeData:
    mime, kind = QMimeData(), hands.chance.randrange(5)
    if kind < 2:
        mime.setUrls([QUrl.fromLocalFile(path) for path in hands.some_files()])
    elif kind == 2:
        image = QImage(hands.chance.randrange(1, 200), hands.chance.randrange(1, 200), QImage.Format.Format_RGB32)
        image.fill(hands.chance.randrange(2**24))
        mime.setImageData(image)
    elif kind == 3:
        mime.setData("image/png", hands.chance.randbytes(500))
    else:
        mime.setText(hands.chance.choice(["words", "https://example.org/a.png", "data:image/png;base64,AAAA", "/etc"]))
    return mime


def _drop(hands: Hands, mime: QMimeData) -> None:
    window = hands.window
    middle = window.rect().center()
    QApplication.sendEvent(window, QDragEnterEvent(middle, _COPY, mime, _LEFT, _NONE))
    QApplication.sendEvent(window, QDragMoveEvent(middle, _COPY, mime, _LEFT, _NONE))
    QApplication.sendEvent(window, QDropEvent(QPointF(middle), _COPY, mime, _LEFT, _NONE))


def wheel(hands: Hands) -> None:
    views = hands.window.views
    target: QObject = hands.chance.choice([views.viewer, views.wall, views.gallery, views.tree])
    assert isinstance(target, QWidget)
    _wheel(hands, hands.chance.choice([target, *target.findChildren(QWidget)]))


def _wheel(hands: Hands, widget: QWidget) -> None:
    if not widget.isVisible():
        return
    place = QPointF(hands.place(widget))
    delta = QPoint(0, hands.chance.choice([-360, -120, 120, 360]))
    modifiers = hands.chance.choice([_NONE, _NONE, Qt.KeyboardModifier.ControlModifier])
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place.toPoint())),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def click(hands: Hands) -> None:
    widget = hands.widget()
    if widget is not None:
        button = hands.chance.choice([_LEFT, _LEFT, _LEFT, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
        act = QTest.mouseDClick if hands.chance.random() < 0.2 else QTest.mouseClick
        act(widget, button, hands.chance.choice(_MODIFIERS), hands.place(widget))


def drag(hands: Hands) -> None:
    widget = hands.widget()
    if widget is not None:
        QTest.mousePress(widget, _LEFT, _NONE, hands.place(widget))
        for _ in range(4):
            _move(widget, hands.place(widget), _LEFT)
        QTest.mouseRelease(widget, _LEFT, _NONE, hands.place(widget))


def _move(widget: QWidget, place: QPoint, button: Qt.MouseButton) -> None:
    """Not `QTest.mouseMove`, which presses no button and works through all that waits before it returns."""
    away = QPointF(widget.mapToGlobal(place))
    QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, QPointF(place), away, button, button, _NONE))


def hover(hands: Hands) -> None:
    widget = hands.widget()
    if widget is not None:
        for _ in range(5):
            _move(widget, hands.place(widget), Qt.MouseButton.NoButton)


def keys(hands: Hands) -> None:
    for _ in range(hands.chance.randint(1, 5)):
        target = QApplication.focusWidget() or hands.window
        QTest.keyClick(target, hands.chance.choice(_KEYS), hands.chance.choice(_MODIFIERS))
