"""The licences of everything that the program carries."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QFontDatabase, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QListView,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.dialogs.build_info import Notice
from gui.screens import fit_to_screen
from gui.style import theme

_WIDTH, _HEIGHT = 900, 560
_NAMES_WIDTH = 290


class LicencesDialog(QDialog):
    """What is carried on the left, the text of its licence on the right."""

    def __init__(self, notices: Sequence[Notice], parent: QWidget | None = None) -> None:
        """Make the dialog.

        Args:
            notices: What is carried, at least one.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("licencesDialog")
        self.setWindowTitle("Licences of what Convscope carries")
        self._notices = tuple(notices)
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName("Licence")
        self._names = self._make_names()
        halves = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=theme.space(2))
        halves.addWidget(self._names)
        halves.addWidget(self._text)
        halves.setStretchFactor(1, 1)
        halves.setSizes([_NAMES_WIDTH, _WIDTH - _NAMES_WIDTH])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        theme.plain_buttons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(4), theme.space(4), theme.space(4), theme.space(4))
        layout.setSpacing(theme.space(3))
        layout.addWidget(halves, stretch=1)
        layout.addWidget(buttons)
        fit_to_screen(self, QSize(_WIDTH, _HEIGHT))
        self._names.setCurrentIndex(self._names.model().index(0, 0))

    def _make_names(self) -> QListView:
        model = QStandardItemModel(self)
        for notice in self._notices:
            item = QStandardItem(f"{notice.name} {notice.version}".strip())
            item.setToolTip(notice.licence)
            item.setEditable(False)
            model.appendRow(item)
        names = QListView()
        names.setModel(model)
        names.setAccessibleName("What Convscope carries")
        names.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        names.selectionModel().currentChanged.connect(self._show)
        return names

    @Slot(QModelIndex, QModelIndex)
    def _show(self, current: QModelIndex, _previous: QModelIndex) -> None:
        notice = self._notices[current.row()]
        try:
            text = notice.text()
        except OSError as error:
            text = f"The text cannot be read ({error.strerror or error}); install Convscope again."
        head = f"{notice.name} {notice.version}".strip() + (f": {notice.licence}" if notice.licence else "")
        self._text.setPlainText(f"{head}\n\n{text}")
