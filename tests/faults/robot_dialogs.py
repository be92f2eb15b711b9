"""What keeps a robot user from being stuck: dialogs, menus and drags run event loops of their own until they end."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QMenu,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from gui.dialogs.error import ErrorDialog
from gui.exports.dialog import ExportDialog

_MILLISECONDS = 25
_PATIENCE = 20
"""How often a loop of which nothing can be seen is looked at before it is ended as a drag."""

_POKED = (QCheckBox, QRadioButton, QComboBox, QSpinBox, QAbstractButton)
_OPENS_MORE = ("…", "wse", "Details", "log", "Licen")
"""Parts of the words on buttons that open a further window, or another program."""


class Dialogs(QObject):
    """Answers, cancels or plays with whatever opens.

    Attributes:
        acting: Whether the robot is within an action, so that a tick means a loop within a loop.
    """

    def __init__(
        self, chance: random.Random, files: list[Path], exports: Path, on_error: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.acting = False
        self._chance, self._files, self._exports, self._on_error = chance, files, exports, on_error
        self._idle = 0
        self._seen: dict[int, int] = {}
        self._timer = QTimer(self, interval=_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin to look."""
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            self._idle = 0
            self._answer_popup(popup)
        elif modal is not None:
            self._idle = 0
            self._answer(modal)
        elif self.acting:
            self._idle += 1
            if self._idle > _PATIENCE:
                self._idle = 0
                self._end_drag()
        else:
            self._idle = 0
            self._seen.clear()

    def _answer_popup(self, popup: QWidget) -> None:
        if isinstance(popup, QMenu) and self._chance.random() < 0.5:
            entries = [action for action in popup.actions() if action.isEnabled() and action.menu() is None]
            if entries:
                popup.close()
                chosen = self._chance.choice(entries)
                # Not from here: it may open a dialog, and in there this timer would not tick before this slot is left.
                QTimer.singleShot(0, chosen, chosen.trigger)
                return
        elif self._chance.random() < 0.5:
            QTest.keyClick(popup, Qt.Key.Key_Down)
            QTest.keyClick(popup, Qt.Key.Key_Return)
        popup.close()

    def _answer(self, modal: QWidget) -> None:
        if isinstance(modal, ErrorDialog):
            self._on_error(modal.details())
            modal.reject()
            return
        looks = self._seen[id(modal)] = self._seen.get(id(modal), 0) + 1
        if isinstance(modal, QFileDialog):
            self._choose_file(modal)
        elif looks > 2 and isinstance(modal, QDialog):
            self._seen.pop(id(modal))
            if isinstance(modal, ExportDialog) and self._chance.random() < 0.6:
                self._export(modal)
            else:
                self._chance.choice([modal.accept, modal.reject])()
        else:
            self._poke(modal)

    def _choose_file(self, dialog: QFileDialog) -> None:
        if self._chance.random() < 0.4:
            dialog.reject()
        elif dialog.fileMode() == QFileDialog.FileMode.Directory:
            dialog.setDirectory(str(self._exports))
            dialog.done(QDialog.DialogCode.Accepted)
        else:
            dialog.selectFile(str(self._chance.choice(self._files)))
            dialog.done(QDialog.DialogCode.Accepted)

    def _export(self, dialog: ExportDialog) -> None:
        """Through the button, so that what cannot be exported is not."""
        buttons = [button for button in dialog.findChildren(QAbstractButton) if button.text() == "E&xport"]
        if buttons and buttons[0].isEnabled():
            buttons[0].click()
        else:
            dialog.reject()

    def _poke(self, dialog: QWidget) -> None:
        children = [
            child
            for child in dialog.findChildren(QWidget)
            if isinstance(child, _POKED)
            and child.isVisible()
            and child.isEnabled()
            and not (isinstance(child, QAbstractButton) and any(word in child.text() for word in _OPENS_MORE))
        ]
        if not children:
            return
        child = self._chance.choice(children)
        if isinstance(child, QComboBox):
            child.setCurrentIndex(self._chance.randrange(max(1, child.count())))
        elif isinstance(child, QSpinBox):
            child.setValue(self._chance.randint(child.minimum(), child.maximum()))
        elif isinstance(child, QAbstractButton):
            child.click()

    def _end_drag(self) -> None:
        """Let go of what is dragged: Qt looks at what comes to any object."""
        window = QApplication.activeWindow() or next(iter(QApplication.topLevelWidgets()), None)
        handle = window.windowHandle() if window is not None else None
        if handle is None:
            return
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, none))
        middle = QPointF(QPoint(5, 5))
        release = QMouseEvent(QEvent.Type.MouseButtonRelease, middle, middle, left, Qt.MouseButton.NoButton, none)
        QApplication.sendEvent(handle, release)
