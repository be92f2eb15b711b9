"""A combo box whose list looks like the other lists of the program."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.style import theme


class ChoiceBox(QComboBox):
    """A combo box with a plain list.

    Fusion paints the list as a menu, on the window's colour of menus. In our palettes that is the colour of the
    outlines of ticks, a grey on which every entry looks disabled.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Entry(self))


def plain_lists_in_next_dialog() -> None:
    """Call before one of Qt's own dialogs is run, such as that for files: its combo boxes get plain lists too."""
    QTimer.singleShot(0, _make_lists_plain)


def _make_lists_plain() -> None:
    dialog = QApplication.activeModalWidget()
    if isinstance(dialog, QFileDialog):  # none where the system has a dialog of its own
        for combo in dialog.findChildren(QComboBox):
            combo.setItemDelegate(_Entry(combo))


class _Entry(QStyledItemDelegate):
    """One entry of the list, as high as a row of the window."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the text, and a little more."""
        return super().sizeHint(option, index).expandedTo(QSize(0, theme.ROW))
