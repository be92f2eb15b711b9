"""A number that may be left to someone else: "auto" until the person sets one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QWidget

from gui.widgets.number_boxes import WholeBox
from gui.widgets.number_reading import UnreadableError, whole_number

_AUTO = "auto"


class AutoSpin(WholeBox):
    """A spin box whose lowest value is "auto".

    An empty box means "auto" as well, and the first step up from there goes to the number that auto stands for.

    Signals:
        edited (object): The person set this number, or None for "auto".
    """

    edited = Signal(object)

    def __init__(self, minimum: int, maximum: int, step: int, start: int, parent: QWidget | None = None) -> None:
        """Make one that says "auto".

        Args:
            minimum: The lowest number that can be set.
            maximum: The highest.
            step: What an arrow key adds.
            start: Where the numbers begin for someone who steps up from an "auto" of unknown value.
            parent: The parent widget.
        """
        super().__init__(parent)
        self._start = start
        self._auto: int | None = None
        self.setRange(minimum - 1, maximum)
        self.setSingleStep(step)
        self.valueChanged.connect(self._on_changed)
        self.setValue(self.minimum())

    def number(self) -> int | None:
        """The number that was set, or None for "auto"."""
        return None if self.value() == self.minimum() else self.value()

    def show_number(self, number: int | None, auto: int | None) -> None:
        """Show a number; `edited` keeps silent.

        Args:
            number: The number, or None for "auto".
            auto: What "auto" stands for, or None when that depends.
        """
        with QSignalBlocker(self):
            self._auto = auto
            self.setValue(self.minimum() if number is None else number)
            self.lineEdit().setText(self.textFromValue(self.value()))

    @Slot(int)
    def _on_changed(self, _value: int) -> None:
        self.edited.emit(self.number())

    # Qt overrides

    def stepBy(self, steps: int) -> None:
        """Step; from "auto" upwards to the number that it stands for."""
        if self.number() is None and steps > 0:
            self.setValue(self._auto or self._start)
        elif self.value() + steps * self.singleStep() < self.minimum() + 1 and self.value() > self.minimum() + 1:
            self.setValue(self.minimum() + 1)
        else:
            super().stepBy(steps)

    def textFromValue(self, value: int) -> str:
        """The number, or "auto" with what it stands for."""
        if value != self.minimum():
            return str(value)
        return _AUTO if self._auto is None else f"{_AUTO} {self._auto}"

    def read(self, text: str) -> int:
        """The number that a text stands for; the lowest value for "auto" and for an empty box."""
        typed = text.strip().lower()
        if self.textFromValue(self.minimum()).startswith(typed):
            return self.minimum()
        number = super().read(text)
        if number == self.minimum():
            raise UnreadableError(f"Choose a number from {number + 1}, or auto. Received: {number}.")
        return number

    def fixup(self, text: str) -> str:
        """Make the lowest number of one that is too low."""
        try:
            low = whole_number(text, 0, self.minimum())
        except UnreadableError:
            return super().fixup(text)
        return str(max(low, self.minimum() + 1))
