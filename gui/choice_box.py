"""A combo box whose list looks like the other lists of the program."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme


class ChoiceBox(QComboBox):
    """A combo box with a plain list.

    Fusion paints the list as a menu, on the window's colour of menus. In our palettes that is the colour of the
    outlines of ticks, a grey on which every entry looks disabled.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Entry(self))


class _Entry(QStyledItemDelegate):
    """One entry of the list, as high as a row of the window."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the text, and a little more."""
        return super().sizeHint(option, index).expandedTo(QSize(0, theme.ROW))
