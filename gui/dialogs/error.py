"""Tells the person about an error that nobody foresaw."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.formatting import ZERO_WIDTH_SPACE
from gui.screens import fit_to_screen
from gui.style import theme

_ICON_SIDE = 32
_WIDTH, _HEIGHT = 600, 320
_LONG_WORD = re.compile(r"\S{30}")  # as in paths: it may be broken, or the dialog becomes as wide as it is long


class ErrorDialog(QDialog):
    """One sentence, the details to copy, and a way to the log.

    Further errors while it is open are added to the details, so a series of them is one dialog.
    """

    def __init__(self, details: str, log: Path | None = None, parent: QWidget | None = None) -> None:
        """Make the dialog.

        Args:
            details: The traceback.
            log: The log file, or None when there is none.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("errorDialog")
        self.setWindowTitle("Unexpected error")
        self._log = log
        self._icon = QLabel()
        self._icon.setPixmap(theme.icon("error").pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))
        self._icon.setAccessibleName("Error")
        self._sentence = self._make_sentence(_sentence(details))
        self._details = self._make_details(details)
        self._buttons = self._make_buttons()
        self._build()

    def add(self, details: str) -> None:
        """Add the traceback of another error that happened meanwhile."""
        self._details.appendPlainText("\n" + details)

    def details(self) -> str:
        """What "Copy details" copies."""
        return self._details.toPlainText()

    def _make_sentence(self, sentence: str) -> QLabel:
        label = QLabel(_LONG_WORD.sub(f"\\g<0>{ZERO_WIDTH_SPACE}", sentence), wordWrap=True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAccessibleName(sentence)
        return label

    def _make_details(self, traceback: str) -> QPlainTextEdit:
        details = QPlainTextEdit(traceback, readOnly=True)
        details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        details.setTabChangesFocus(True)
        details.setAccessibleName("Details")
        details.setAccessibleDescription("The traceback of the error")
        return details

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        copy = QPushButton(theme.icon("copy"), "&Copy details", autoDefault=False)
        copy.clicked.connect(self._copy)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        show_log = QPushButton("Show &log", autoDefault=False)
        show_log.setEnabled(self._log is not None)
        show_log.setToolTip(str(self._log) if self._log else "There is no log: its folder is not writable")
        show_log.clicked.connect(self._show_log)
        buttons.addButton(show_log, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton("C&ontinue", QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        return buttons

    def _build(self) -> None:
        hint = QLabel("Your pictures and settings are safe, and you can go on. The details help whoever mends this.")
        hint.setWordWrap(True)
        hint.setForegroundRole(hint.palette().ColorRole.PlaceholderText)
        words = QVBoxLayout()
        words.setSpacing(theme.SPACING)
        words.addWidget(self._sentence)
        words.addWidget(hint)
        head = QHBoxLayout()
        head.setSpacing(theme.space(3))
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(4), theme.space(4), theme.space(4), theme.space(4))
        layout.setSpacing(theme.space(3))
        layout.addLayout(head)
        layout.addWidget(self._details, 1)
        layout.addWidget(self._buttons)
        fit_to_screen(self, QSize(_WIDTH, _HEIGHT))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details())

    @Slot()
    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log)))


def _sentence(details: str) -> str:
    lines = details.strip().splitlines() or ["no details"]
    return f"Something happened that Convscope was not made for: {lines[-1]}"
