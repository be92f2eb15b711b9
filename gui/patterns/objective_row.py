"""What an ascent is to climb: one channel, one neuron, a layer, a sum, the opposite, or several at once."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.state.pattern_words import OBJECTIVES
from gui.style import theme
from gui.style.painting import small_font
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.number_boxes import WholeBox

_PICTURES = 4
_MOST_PICTURES = 8


class ObjectiveRow(QWidget):
    """A choice of objective, with what that one needs beside it.

    Signals:
        changed (str): The person chose this objective, or another number of pictures for it.
    """

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._combo = ChoiceBox()
        for index, (name, text) in enumerate(OBJECTIVES.items()):
            self._combo.addItem(text.label, name)
            self._combo.setItemData(index, text.purpose, Qt.ItemDataRole.ToolTipRole)
        self._combo.setAccessibleName("Objective")
        self._combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._pictures = self._make_pictures()
        self._place = QLabel(wordWrap=True)
        self._place.setFont(small_font(self._place.font()))
        self._place.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._build()
        self.show_place(None)
        self._refresh()
        self._combo.activated.connect(self._on_edited)
        self._pictures.valueChanged.connect(self._on_edited)

    def objective(self) -> str:
        """The objective that is chosen, one of `OBJECTIVES`."""
        return str(self._combo.currentData())

    def set_objective(self, name: str) -> None:
        """Choose an objective; `changed` keeps silent."""
        self._combo.setCurrentIndex(self._combo.findData(name))
        self._refresh()

    def pictures(self) -> int:
        """How many patterns of a channel "several different ones" are."""
        return self._pictures.value()

    def set_pictures(self, count: int) -> None:
        """Show how many patterns "several different ones" are; `changed` keeps silent."""
        with QSignalBlocker(self._pictures):
            self._pictures.setValue(count)

    def show_place(self, place: tuple[float, float] | None) -> None:
        """Show which neuron it is.

        Args:
            place: (row, column) as shares of the map's height and width, from 0 to 1; None for the middle.
        """
        where = "the middle" if place is None else f"{100 * place[1]:.0f} % across, {100 * place[0]:.0f} % down"
        text = f"Place in the map: {where}. Click in the map (Ctrl+5) to choose another."
        self._place.setText(text)
        self._place.setAccessibleName(text)

    def _make_pictures(self) -> WholeBox:
        spin = WholeBox(minimum=2, maximum=_MOST_PICTURES, value=_PICTURES)
        spin.setAccessibleName("How many different patterns")
        spin.setAccessibleDescription("Patterns of one channel that are made at once, to differ from one another")
        spin.setToolTip("How many patterns of a channel, made at once to differ from one another")
        return spin

    def _build(self) -> None:
        caption = QLabel("Objective")
        caption.setBuddy(self._combo)
        caption.setToolTip("What the picture is changed to make as strong as possible")
        row = QHBoxLayout()
        row.setSpacing(theme.space(2))
        row.addWidget(caption)
        row.addWidget(self._combo, 1)
        row.addWidget(self._pictures)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(row)
        layout.addWidget(self._place)

    def _refresh(self) -> None:
        purpose = OBJECTIVES[self.objective()].purpose
        self._combo.setToolTip(purpose)
        self._combo.setAccessibleDescription(purpose)
        self._pictures.setVisible(self.objective() == "diverse")
        self._place.setVisible(self.objective() == "neuron")

    @Slot()
    def _on_edited(self) -> None:
        self._refresh()
        self.changed.emit(self.objective())
