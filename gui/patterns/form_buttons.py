"""The buttons that have patterns formed: for the selection, the layer, the network."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.records import LayerInfo
from gui.formatting import tip
from gui.patterns.text import layer_texts, network_texts, no_tiles_note, selected_texts, target_note
from gui.state.pattern_words import NOTHING_LEFT, OBJECTIVES
from gui.style import theme
from gui.widgets.shrinking_button import FittingButton
from gui.widgets.tips import change_tip

_NEEDS = {
    0: "Choose a convolution in the layer tree first",
    1: "Select a channel in the gallery first",
    2: "Select two or more channels in the gallery first",
}


class FormButtons(QWidget):
    """Says in each button what it would form and how long that takes.

    Attributes:
        selected: The first button. Whoever shows the others finds a place for it.
        layer: The button for the layer.
        network: The button for the network.

    Signals:
        selected_wanted: Form the objective for the selected channels.
        layer_wanted: Form it for every channel of the layer.
        network_wanted: Form it for every channel of the network.
    """

    selected_wanted = Signal()
    layer_wanted = Signal()
    network_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer: LayerInfo | None = None
        self._channels: tuple[int, ...] = ()
        self._objective, self._pictures = next(iter(OBJECTIVES)), 1
        self._complete = False
        self._seconds: tuple[float | None, float | None] = (None, None)
        self._note = QLabel(wordWrap=True)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.selected = FittingButton("Form selected", parent=self)
        self.selected.setIcon(theme.icon("patterns"))
        self.layer = FittingButton("Form layer")
        self.network = FittingButton("Form network…")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        for widget in (self._note, self.layer, self.network):
            layout.addWidget(widget)
        self.selected.clicked.connect(self.selected_wanted)
        self.layer.clicked.connect(self.layer_wanted)
        self.network.clicked.connect(self.network_wanted)
        self._refresh()

    def show_target(self, layer: LayerInfo | None, channels: tuple[int, ...]) -> None:
        """Say which layer is shown and which of its channels are selected."""
        if (layer, channels) != (self._layer, self._channels):  # one switch of layers says it three times
            self._layer, self._channels = layer, channels
            self._refresh()

    def set_objective(self, name: str, pictures: int) -> None:
        """Say what is to be climbed, and how many pictures of it at once."""
        self._objective, self._pictures = name, pictures
        self._refresh()

    def set_estimate(self, seconds_layer: float | None, seconds_network: float | None) -> None:
        """Say how long the layer and the network would take, in seconds; None while nobody knows."""
        self._seconds = seconds_layer, seconds_network
        self._refresh()

    def set_network_complete(self, complete: bool) -> None:
        """Say whether the network has no pattern left to form."""
        self._complete = complete
        self._refresh()

    def _refresh(self) -> None:
        note = target_note(self._layer)
        self._note.setText(note)
        self._note.setAccessibleName(note)
        self._note.setVisible(bool(note))
        seconds_layer, seconds_network = self._seconds
        self.layer.set_texts(*layer_texts(self._layer, seconds_layer))
        self.network.set_texts(*network_texts(seconds_network))
        filters = self._layer is not None and self._layer.kind != "pooling"
        chosen = selected_texts(self._objective, self._channels, self._pictures)
        self.selected.set_texts(*chosen if filters else chosen[-1:])
        text = OBJECTIVES[self._objective]
        _offer(self.selected, text.purpose, self._missing(filters, text.least))
        alone = no_tiles_note(self._objective)
        _offer(
            self.layer, "Form every channel of this layer, those in view first", alone or ("" if filters else _NEEDS[0])
        )
        nothing = NOTHING_LEFT if self._complete else ""
        purpose = "Form every channel of all convolutions that has no pattern yet, in the background, layer by layer"
        _offer(self.network, purpose, alone or nothing)

    def _missing(self, filters: bool, least: int) -> str:
        if not filters:
            return _NEEDS[0]
        return "" if len(self._channels) >= least else _NEEDS[least]


def _offer(button: FittingButton, purpose: str, missing: str) -> None:
    """Enable a button unless something is missing, and say which."""
    button.setEnabled(not missing)
    change_tip(button, tip(missing or f"{button.full_text()}.\n{purpose}."))
    button.setAccessibleDescription(missing or purpose)
