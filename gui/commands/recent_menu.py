"""The menu of pictures that were opened before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.state.settings import Settings


class RecentMenu(QMenu):
    """Lists the recent files when it is opened, so that one that is gone by then is not on offer.

    Signals:
        chosen: The path of a file.
    """

    chosen = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("Open &recent", parent)
        self.setObjectName("recentMenu")
        self._settings = settings
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._on_triggered)

    @Slot()
    def _fill(self) -> None:
        self.clear()
        for number, path in enumerate(self._settings.recent_files(), start=1):
            action = self.addAction(
                f"&{number}  {Path(path).name.replace('&', '&&')}" if number < 10 else Path(path).name
            )
            action.setData(path)
            action.setToolTip(path)
        self.addSeparator()
        forget = self.addAction("&Forget these")
        forget.setEnabled(len(self.actions()) > 2)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action.data():
            self.chosen.emit(action.data())
        else:
            self._settings.clear_recent_files()
