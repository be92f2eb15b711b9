"""The panel for filter patterns: what to form, with which settings, and how the one on the screen is doing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.patterns.records import Frame
from engine.patterns.settings import PatternSettings
from engine.records import LayerInfo
from gui.patterns.form_buttons import FormButtons
from gui.patterns.objective_row import ObjectiveRow
from gui.patterns.recipe_form import RecipeForm
from gui.patterns.recipe_text import BOOK
from gui.patterns.result import PatternResult
from gui.style import theme
from gui.widgets.wheel_guard import WheelGuard

NARROWEST = 300
"""The least width of the panel, in logical pixels."""


class PatternPanel(QWidget):
    """Asks for patterns and says how they are doing. The picture itself is shown by the viewer.

    Signals:
        settings_changed (object): The person wants these `PatternSettings`.
        objective_changed (str): The person chose this objective: ``channel``, ``neuron``, ``layer``, ``sum``,
            ``negative`` or ``diverse``; also emitted for another number of `pictures`.
        form_selected_wanted: Form the selected channels.
        form_layer_wanted: Form every channel of the layer.
        form_network_wanted: Form every channel of the network.
        continue_wanted (int): Go on with the shown pattern for so many steps.
        compare_wanted (object, object): Show the comparison of these two `PatternSettings`.
        compare_closed: Put the comparison away.
    """

    settings_changed = Signal(object)
    objective_changed = Signal(str)
    form_selected_wanted = Signal()
    form_layer_wanted = Signal()
    form_network_wanted = Signal()
    continue_wanted = Signal(int)
    compare_wanted = Signal(object, object)
    compare_closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patternPanel")
        self.setAccessibleName("Filter patterns")
        self.setAccessibleDescription("Settings of filter patterns, what to form, and the score of the shown pattern")
        self._form = RecipeForm()
        self._objective = ObjectiveRow()
        self._buttons = FormButtons()
        self._result = PatternResult()
        self._guard = WheelGuard(self)
        self._build()
        for field in (*self.findChildren(QPushButton), *self.findChildren(QComboBox)):
            field.setMinimumHeight(theme.ROW)  # with and without an icon, side by side
        self._guard.watch(self)
        self._connect()

    def settings(self) -> PatternSettings:
        """The settings in the panel."""
        return self._form.settings()

    def objective(self) -> str:
        """The objective that is chosen; see `objective_changed`."""
        return self._objective.objective()

    def pictures(self) -> int:
        """How many patterns of a channel the objective ``diverse`` makes."""
        return self._objective.pictures()

    @Slot(object)
    def set_settings(self, settings: PatternSettings) -> None:
        """Show these settings; nothing is emitted."""
        self._form.set_settings(settings)

    @Slot(str)
    def set_objective(self, name: str, pictures: int | None = None) -> None:
        """Choose an objective, and how many pictures ``diverse`` makes; nothing is emitted."""
        if pictures is not None:
            self._objective.set_pictures(pictures)
        self._objective.set_objective(name)
        self._buttons.set_objective(name, self.pictures())

    def show_place(self, place: tuple[float, float] | None) -> None:
        """Show which neuron is meant: (row, column) as shares of the map from 0 to 1, or None for the middle."""
        self._objective.show_place(place)

    def show_target(self, layer: LayerInfo | None, channels: tuple[int, ...]) -> None:
        """Say which layer is shown, or None, and which of its channels are selected."""
        self._buttons.show_target(layer, channels)

    def set_estimate(self, seconds_layer: float | None, seconds_network: float | None) -> None:
        """Say how long the layer and the network would take, in seconds; None while nobody knows."""
        self._buttons.set_estimate(seconds_layer, seconds_network)

    def set_network_complete(self, complete: bool) -> None:
        """Say whether the network has no pattern left to form."""
        self._buttons.set_network_complete(complete)

    def show_frame(self, frame: Frame, seconds: float, objective: str = "channel", *, kept: bool = True) -> None:
        """Show how far a pattern is; see `PatternResult.show_frame`."""
        self._result.show_frame(frame, seconds, objective, kept=kept)

    def show_reference_score(self, score: float | None) -> None:
        """Show the score that the person's own picture reaches with this channel, or None when there is none."""
        self._result.show_reference(score)

    @Slot(bool)
    def set_comparing(self, comparing: bool) -> None:
        """Show whether the comparison is on the screen; nothing is emitted."""
        self._result.set_comparing(comparing)

    @Slot()
    def clear(self) -> None:
        """Show no pattern; settings and target stay."""
        self._result.clear()

    def _build(self) -> None:
        content = QWidget()
        content.setBackgroundRole(QPalette.ColorRole.Window)
        column = QVBoxLayout(content)
        column.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(3))
        column.setSpacing(theme.space(3))
        # What the panel is for comes first, so that it needs no scrolling however low the panel is.
        for part in (self._buttons.selected, self._result, self._form, self._objective, self._buttons):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        scroll.setAccessibleName("Filter patterns")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.setMinimumWidth(NARROWEST)

    def _connect(self) -> None:
        self._form.edited.connect(self.settings_changed)
        self._objective.changed.connect(self._on_objective)
        self._buttons.selected_wanted.connect(self.form_selected_wanted)
        self._buttons.layer_wanted.connect(self.form_layer_wanted)
        self._buttons.network_wanted.connect(self.form_network_wanted)
        self._result.continue_wanted.connect(self.continue_wanted)
        self._result.compare_toggled.connect(self._on_compare)

    @Slot(str)
    def _on_objective(self, name: str) -> None:
        self._buttons.set_objective(name, self.pictures())
        self.objective_changed.emit(name)

    @Slot(bool)
    def _on_compare(self, wanted: bool) -> None:
        if not wanted:
            self.compare_closed.emit()
            return
        mine = self.settings()
        other = PatternSettings(seed=mine.seed)
        self.compare_wanted.emit(mine, other.with_recipe(BOOK) if mine.recipe != BOOK else other)
