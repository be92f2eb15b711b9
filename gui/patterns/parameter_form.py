"""Every number of a recipe as a form that is made from the recipe's own fields."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from engine.patterns.recipes import RECIPES, Recipe
from gui.patterns.parameter_editors import Editor, editor, explain
from gui.patterns.recipe_text import grouped_parameters, is_used, parameter_text
from gui.style import theme
from gui.style.painting import small_font

_CHANGED_MARK = "•"


class ParameterForm(QWidget):
    """A label and a field for each parameter, under headings; what differs from the recipe has a mark and bold type.

    Signals:
        edited (str, object): The person gave this parameter this value.
    """

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("All numbers of the recipe")
        self._labels: dict[str, QLabel] = {}
        self._editors: dict[str, Editor] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.space(2))
        self._grid.setVerticalSpacing(theme.SPACING)
        self._grid.setColumnStretch(1, 1)
        for group, names in grouped_parameters().items():
            self._add_heading(group)
            for name in names:
                self._add_row(name)

    def show_recipe(self, recipe: Recipe) -> None:
        """Show a recipe as it was changed, beside what the recipe of that name says."""
        base = RECIPES[recipe.name]
        for name, field in self._editors.items():
            value = getattr(recipe, name)
            changed = value != getattr(base, name)
            field.show_value(value)
            explain(field, base, changed=changed)
            field.setEnabled(is_used(name, recipe))
            self._labels[name].setEnabled(field.isEnabled())
            self._mark(name, changed)

    def field(self, name: str) -> Editor:
        """The field of a parameter."""
        return self._editors[name]

    def _add_heading(self, text: str) -> None:
        heading = QLabel(text)
        heading.setFont(small_font(heading.font()))
        heading.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row = self._grid.rowCount()
        heading.setContentsMargins(0, theme.space(2) if row > 1 else 0, 0, 0)
        self._grid.addWidget(heading, row, 0, 1, 2)

    def _add_row(self, name: str) -> None:
        label, field = QLabel(), editor(name)
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        label.setBuddy(field)
        field.edited.connect(self._on_edited)
        self._labels[name], self._editors[name] = label, field
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)
        self._mark(name, changed=False)
        field.setMinimumHeight(theme.space(6))
        widest = label.fontMetrics().horizontalAdvance(f"{_CHANGED_MARK} {label.text()}")
        label.setMinimumWidth(widest + theme.space(2))

    def _mark(self, name: str, changed: bool) -> None:
        label = self._labels[name]
        text = parameter_text(name).label
        label.setText(f"{_CHANGED_MARK} {text}" if changed else text)
        label.setToolTip(self._editors[name].toolTip())
        font = label.font()
        font.setBold(changed)
        label.setFont(font)

    @Slot(object)
    def _on_edited(self, value: object) -> None:
        self.edited.emit(self.sender().objectName(), value)
