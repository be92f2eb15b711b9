"""The fields for numbers: every one of the program is of these two kinds, whatever the desktop's locale is.

They show a decimal point and Latin digits and read what `gui.widgets.number_reading` reads. What is typed stays until
Enter or until the field is left, and becomes a number or a sentence then: Qt's own boxes pass over each key that does
not fit, which turns "0.5" into 5 in a locale with a decimal comma, and 400 into 40 where 100 is the most.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from gui.widgets.field_note import FieldNote
from gui.widgets.number_reading import UnreadableError, decimal_number, whole_number


class WholeBox(QSpinBox):
    """A field for a whole number."""

    def __init__(self, *arguments: Any, **properties: Any) -> None:
        """Make one as Qt does. No value is taken on the way: 1 is not meant by whoever types 100."""
        super().__init__(*arguments, **properties)
        self.setKeyboardTracking(False)

    def read(self, text: str) -> int:
        """The number that a text stands for. Raises `UnreadableError`."""
        if self.specialValueText() and text == self.specialValueText():
            return self.minimum()
        return whole_number(_without_unit(self, text), self.minimum(), self.maximum())

    # Qt overrides

    def textFromValue(self, value: int) -> str:
        """The number in Latin digits."""
        return str(value)

    def valueFromText(self, text: str) -> int:
        """The number that was typed, or the one before."""
        try:
            return self.read(text)
        except UnreadableError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let everything be typed; say whether it is a number by now."""
        try:
            self.read(text)
        except UnreadableError:
            return QValidator.State.Intermediate, text, position
        return QValidator.State.Acceptable, text, position

    def fixup(self, text: str) -> str:
        """Say why a text is not taken; the number before it comes back."""
        _complain(self, text)
        return text


class NumberBox(QDoubleSpinBox):
    """A field for a number with decimals."""

    def __init__(self, *arguments: Any, **properties: Any) -> None:
        """Make one as Qt does. No value is taken on the way: 1 is not meant by whoever types 100."""
        super().__init__(*arguments, **properties)
        self.setKeyboardTracking(False)

    def read(self, text: str) -> float:
        """The number that a text stands for. Raises `UnreadableError`."""
        if self.specialValueText() and text == self.specialValueText():
            return self.minimum()
        return decimal_number(_without_unit(self, text), self.minimum(), self.maximum(), self.decimals())

    # Qt overrides

    def textFromValue(self, value: float) -> str:
        """The number with a point, in Latin digits."""
        return f"{value:.{self.decimals()}f}"

    def valueFromText(self, text: str) -> float:
        """The number that was typed, or the one before."""
        try:
            return self.read(text)
        except UnreadableError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let everything be typed; say whether it is a number by now."""
        try:
            self.read(text)
        except UnreadableError:
            return QValidator.State.Intermediate, text, position
        return QValidator.State.Acceptable, text, position

    def fixup(self, text: str) -> str:
        """Say why a text is not taken; the number before it comes back."""
        _complain(self, text)
        return text


def _without_unit(box: WholeBox | NumberBox, text: str) -> str:
    bare = text.strip().removeprefix(box.prefix().strip())
    return bare.removesuffix(box.suffix().strip()).strip()


def _complain(box: WholeBox | NumberBox, text: str) -> None:
    if not _without_unit(box, text) or not box.isVisible():
        return  # nothing was typed, or nobody looks
    try:
        box.read(text)
    except UnreadableError as error:
        FieldNote(box, str(error))
