"""A field for each kind of value that a recipe's parameter can have."""

from __future__ import annotations

from typing import TypeAlias, get_args, get_type_hints

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from engine.patterns.recipes import Recipe
from gui.formatting import number, tip
from gui.patterns.recipe_text import CHOICE_WORDS, ParameterText, parameter_text, value_text
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.field_note import FieldNote
from gui.widgets.number_boxes import NumberBox, WholeBox
from gui.widgets.number_reading import UnreadableError, decimal_numbers

_DECIMALS = 4
_FACTORS = (0.1, 10.0)


class FlagEditor(QCheckBox):
    """A value that is on or off.

    Signals:
        edited (object): The person chose this bool.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggled.connect(self._on_toggled)

    def show_value(self, value: object) -> None:
        """Show a bool; `edited` keeps silent."""
        with QSignalBlocker(self):
            self.setChecked(bool(value))

    @Slot(bool)
    def _on_toggled(self, on: bool) -> None:
        self.edited.emit(on)


class ChoiceEditor(ChoiceBox):
    """One of a few words.

    Signals:
        edited (object): The person chose this word.
    """

    edited = Signal(object)

    def __init__(self, choices: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for choice in choices:
            self.addItem(CHOICE_WORDS.get(choice, choice), choice)
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(self._on_activated)

    def show_value(self, value: object) -> None:
        """Show a word; `edited` keeps silent."""
        self.setCurrentIndex(self.findData(value))

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.edited.emit(self.itemData(index))


class WholeEditor(WholeBox):
    """A whole number, 0 or more.

    Signals:
        edited (object): The person set this int.
    """

    edited = Signal(object)

    def __init__(self, text: ParameterText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, round(text.maximum))
        self.setSingleStep(round(text.step))
        self.setSuffix(text.unit)
        self.setSpecialValueText(text.zero)
        self.valueChanged.connect(self._on_changed)

    def show_value(self, value: object) -> None:
        """Show an int; `edited` keeps silent."""
        with QSignalBlocker(self):
            self.setValue(value if isinstance(value, int) else 0)

    @Slot(int)
    def _on_changed(self, value: int) -> None:
        self.edited.emit(value)


class NumberEditor(NumberBox):
    """A number, 0 or more.

    Signals:
        edited (object): The person set this float.
    """

    edited = Signal(object)

    def __init__(self, text: ParameterText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(_DECIMALS)
        self.setRange(0, text.maximum)
        self.setSingleStep(text.step)
        self.setSuffix(text.unit)
        self.setSpecialValueText(text.zero)
        self.valueChanged.connect(self._on_changed)

    def show_value(self, value: object) -> None:
        """Show a float; `edited` keeps silent."""
        with QSignalBlocker(self):
            self.setValue(float(value) if isinstance(value, int | float) else 0.0)

    @Slot(float)
    def _on_changed(self, value: float) -> None:
        self.edited.emit(value)

    def textFromValue(self, value: float) -> str:
        """The number without zeros at its end."""
        return super().textFromValue(value).rstrip("0").removesuffix(".")


class FactorsEditor(QLineEdit):
    """Factors with commas or semicolons between them, or nothing for none. What is no factor is put back, with a word.

    Signals:
        edited (object): The person set these factors, a tuple of floats from 0.1 to 10.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._factors: tuple[float, ...] = ()
        self.setPlaceholderText("none")
        self.editingFinished.connect(self._on_finished)

    def show_value(self, value: object) -> None:
        """Show a tuple of floats; `edited` keeps silent."""
        self._factors = value if isinstance(value, tuple) else ()
        self.setText(", ".join(number(factor) for factor in self._factors))

    @Slot()
    def _on_finished(self) -> None:
        try:
            factors = decimal_numbers(self.text(), *_FACTORS)
        except UnreadableError as error:
            self.show_value(self._factors)
            FieldNote(self, str(error))
            return
        changed = factors != self._factors
        self.show_value(factors)
        if changed:
            self.edited.emit(factors)


Editor: TypeAlias = FlagEditor | ChoiceEditor | WholeEditor | NumberEditor | FactorsEditor
"""What `editor` makes. Each has ``edited`` and ``show_value``."""


def editor(name: str) -> Editor:
    """The field for a parameter of a recipe, chosen by the parameter's type.

    Args:
        name: A field of `Recipe`.
    """
    hint, text = get_type_hints(Recipe)[name], parameter_text(name)
    made: Editor
    if hint is bool:
        made = FlagEditor()
    elif hint is int:
        made = WholeEditor(text)
    elif hint is float:
        made = NumberEditor(text)
    elif hint == tuple[float, ...]:
        made = FactorsEditor()
    else:
        made = ChoiceEditor(get_args(hint))
    made.setObjectName(name)
    made.setAccessibleName(text.label)
    return made


def explain(made: Editor, base: Recipe, *, changed: bool) -> None:
    """Tell what a field is for and what the recipe says."""
    name = made.objectName()
    recipe_s = f"The recipe {base.name} says: {value_text(name, getattr(base, name))}"
    text = f"{parameter_text(name).purpose}.\n{recipe_s}"
    made.setToolTip(tip(text))
    made.setAccessibleDescription(text + (". Changed." if changed else "."))
