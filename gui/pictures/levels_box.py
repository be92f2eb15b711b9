"""Which values of a deep picture are black and white: two fields beside the strip of pictures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from engine.records import Levels
from gui.formatting import number, tip
from gui.style import theme
from gui.style.painting import small_font
from gui.widgets.field_note import FieldNote
from gui.widgets.number_boxes import NumberBox
from gui.widgets.number_reading import plain

_LARGEST = 1e38
_DECIMALS = 40
"""Enough that the box keeps a float as it is, however small the units of the file are."""

_STEPS = 100
"""Arrow keys from the smallest to the largest value of the file."""


class LevelField(NumberBox):
    """One end of the levels. It shows seven digits and keeps the value itself.

    Signals:
        undo_wanted: Ctrl+Z was pressed where nothing has been typed.
    """

    undo_wanted = Signal()

    def __init__(self, name: str, purpose: str) -> None:
        """Make one.

        Args:
            name: What it is.
            purpose: What it does.
        """
        super().__init__(minimum=-_LARGEST, maximum=_LARGEST, decimals=_DECIMALS)
        self.setAccessibleName(name)
        self.setAccessibleDescription(purpose)
        self.setToolTip(tip(purpose))
        self.setFixedWidth(theme.space(26))
        self.installEventFilter(self)

    # Qt overrides

    def textFromValue(self, value: float) -> str:
        """The number in seven digits."""
        return plain(value) if value == round(value) else f"{value:.7g}"

    def read(self, text: str) -> float:
        """What was typed; a value that is only shown is not rounded to its text."""
        value = self.value()
        return value if text == self.textFromValue(value) else super().read(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Z takes back what is being typed first, then the choice of levels."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            untouched = self.text() == self.textFromValue(self.value())
            if untouched and event.matches(QKeySequence.StandardKey.Undo):
                self.undo_wanted.emit()
                return True
        return super().eventFilter(watched, event)


class LevelsBox(QWidget):
    """Shows the levels of the picture, and lets a person choose others; hidden for pictures of 8 bits.

    Signals:
        levels_wanted (object): The person wants (low, high) in the file's units, or None for the automatic ones.
        undo_wanted: The person wants the levels back that were there before.
    """

    levels_wanted = Signal(object)
    undo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("levelsBox")
        self.setAccessibleName("Levels of the picture")
        self._shown = Levels(0.0, 1.0, 0.0, 1.0)
        self._low = LevelField("Black level", "This value of the file, and all below it, are black")
        self._high = LevelField("White level", "This value of the file, and all above it, are white")
        self._file = QLabel()
        self._undo = QToolButton(autoRaise=True)
        self._automatic = QToolButton(autoRaise=True)
        self._set_up()
        self._lay_out()
        self.hide()

    def show_levels(self, levels: Levels | None, *, undoable: bool = False) -> None:
        """Show a picture's levels; nothing is signalled.

        Args:
            levels: They; None hides the box.
            undoable: Whether there were others before.
        """
        self.setVisible(levels is not None)
        if levels is None:
            return
        self._shown = levels
        for field, value in ((self._low, levels.low), (self._high, levels.high)):
            field.setSingleStep((levels.highest - levels.lowest) / _STEPS or 1.0)
            if field.value() != value:
                with QSignalBlocker(field):
                    field.setValue(value)
        self._file.setText(f"of {number(levels.lowest)} … {number(levels.highest)}")
        self._automatic.setEnabled(levels.chosen)
        self._undo.setEnabled(undoable)

    def _set_up(self) -> None:
        for field in (self._low, self._high):
            field.valueChanged.connect(self._on_changed)
            field.undo_wanted.connect(self.undo_wanted)
        self._file.setFont(small_font(self._file.font()))
        self._file.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._file.setAccessibleName("Smallest and largest value of the file")
        self._undo.setIcon(theme.icon("undo"))
        self._undo.setAccessibleName("Undo levels")
        self._undo.setToolTip("The levels before (Ctrl+Z in a field)")
        self._undo.clicked.connect(self.undo_wanted)
        self._automatic.setText("Automatic")
        self._automatic.setToolTip("Levels that suit the values of the picture")
        self._automatic.setAccessibleDescription("Levels that suit the values of the picture")
        self._automatic.clicked.connect(self._on_automatic)
        for button in (self._undo, self._automatic):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(theme.space())
        caption = QLabel("Levels")
        caption.setBuddy(self._low)
        for widget in (caption, self._file):
            heading.addWidget(widget)
        heading.addStretch(1)
        for button in (self._undo, self._automatic):
            heading.addWidget(button)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space())
        layout.addWidget(self._low, 1, 0)
        layout.addWidget(QLabel("…"), 1, 1)
        layout.addWidget(self._high, 1, 2)
        layout.addLayout(heading, 0, 0, 1, 3)  # after the fields, as the Tab key goes
        layout.setRowStretch(2, 1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @Slot()
    def _on_changed(self) -> None:
        low, high = self._low.value(), self._high.value()
        if low < high:
            self.levels_wanted.emit((low, high))
            return
        changed = self._low if low != self._shown.low else self._high
        note = f"Black has to be below white. Received: {plain(low)} and {plain(high)}."
        self.show_levels(self._shown, undoable=self._undo.isEnabled())
        FieldNote(changed, note)

    @Slot()
    def _on_automatic(self) -> None:
        self.levels_wanted.emit(None)
