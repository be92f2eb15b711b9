"""What the pages of the export dialog are built of: rows of a label and of what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gui.style import theme

_WIDEST = "Channels"


class RowGrid(QGridLayout):
    """Rows whose labels end at one line, also from one such grid to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.setColumnStretch(1, 1)
        self.setColumnMinimumWidth(0, QLabel().fontMetrics().horizontalAdvance(_WIDEST))
        self.setHorizontalSpacing(theme.space(4))
        self.setVerticalSpacing(theme.space(4))

    def add(self, label: QLabel, content: QLayout, beside: QWidget) -> None:
        """Add a row.

        Args:
            label: What it is.
            content: What belongs to it.
            beside: What stands in its first line, with which the label is level.
        """
        row = self.rowCount()
        label.setFixedHeight(beside.sizeHint().height())
        self.addWidget(label, row, 0, theme.TOP_RIGHT)
        self.addLayout(content, row, 1)


def column() -> QVBoxLayout:
    """Lines below each other."""
    layout = QVBoxLayout()
    layout.setSpacing(theme.SPACING)
    return layout


def indented(widget: QWidget) -> QHBoxLayout:
    """A line that belongs to the choice above it."""
    row = QHBoxLayout()
    row.addSpacing(theme.space(6))
    row.addWidget(widget, 1)
    return row


def explained_choices(group: QButtonGroup, choices: Sequence[tuple[str, str]]) -> QVBoxLayout:
    """A radio button for each (title, what it means), in the group under its number, with the meaning below it."""
    rows = column()
    for number, (title, sentence) in enumerate(choices):
        button = QRadioButton(title)
        button.setAccessibleDescription(sentence)
        group.addButton(button, number)
        rows.addWidget(button)
        meaning = QLabel(sentence)
        meaning.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        rows.addLayout(indented(meaning))
    return rows
