"""One of two patterns that are compared: its recipe, its picture, its score, what became of it, its time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from engine.patterns.recipes import RECIPES
from engine.patterns.records import Frame
from engine.patterns.settings import PatternSettings
from gui.canvas.pattern_scale import as_on_a_sheet, repeated, seamless
from gui.formatting import count_text, number, tip
from gui.patterns.picture import PatternPicture
from gui.patterns.recipe_text import RECIPE_HELP
from gui.patterns.text import duration_text, outcome_sentence, outcome_word, score_text
from gui.style import theme
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.tips import change_tip


class CompareSide(QWidget):
    """Shows the newest frame of one recipe under the choice of that recipe.

    Signals:
        chosen (object): The person chose these `PatternSettings`.
    """

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make an empty side; `name` is "left" or "right"."""
        super().__init__(parent)
        self.setObjectName(name)
        self._frame: Frame | None = None
        self._settings = PatternSettings()
        self._recipe = ChoiceBox()
        self._recipe.setAccessibleName(f"Recipe on the {name}")
        self._recipe.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._picture = PatternPicture()
        self._picture.setAccessibleName(f"Pattern on the {name}")
        self._score = ElidedLabel()
        self._score.setAccessibleName(f"Score on the {name}")
        self._steps = ElidedLabel(role=QPalette.ColorRole.PlaceholderText)
        self._outcome = ElidedLabel(role=QPalette.ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        for part in (self._recipe, self._picture, self._score, self._steps, self._outcome):
            layout.addWidget(part, 1 if part is self._picture else 0)
        layout.addStretch(0)
        self._recipe.activated.connect(self._on_activated)
        self.set_settings(self._settings)

    def take_keys(self) -> None:
        """Give the keys to the choice of the recipe."""
        self._recipe.setFocus()

    def settings(self) -> PatternSettings:
        """The settings of this side."""
        return self._settings

    def frame(self) -> Frame | None:
        """The newest frame, or None before there is one."""
        return self._frame

    def set_settings(self, settings: PatternSettings) -> None:
        """Show these settings and no pattern; `chosen` keeps silent."""
        self._settings = settings
        self._recipe.clear()
        for index, name in enumerate(RECIPES):
            own = name == settings.recipe
            self._recipe.addItem(self.title() if own else name, settings if own else settings.with_recipe(name))
            self._recipe.setItemData(index, tip(RECIPE_HELP.get(name, name)), Qt.ItemDataRole.ToolTipRole)
            if own:
                self._recipe.setCurrentIndex(index)
        purpose = RECIPE_HELP.get(settings.recipe, settings.recipe)
        self._recipe.setToolTip(tip(purpose))
        self._recipe.setAccessibleDescription(purpose)
        self.clear()

    def title(self) -> str:
        """What the settings are called: the recipe, and in how many numbers it was changed."""
        changes = self._settings.changes
        return f"{self._settings.recipe} ({count_text(changes, 'change')})" if changes else self._settings.recipe

    def show_frame(self, frame: Frame, seconds: float) -> None:
        """Show how far the pattern is, which has taken so many seconds by now."""
        self._frame = frame
        self.show_picture(self.extent())
        self._score.setText(f"score {number(frame.score)}")
        self._steps.setText(f"{frame.step} of {count_text(frame.steps, 'step')}")
        took = duration_text(seconds) if seconds else "was there already"
        self._outcome.setText(f"{outcome_word(frame)} · {took}")
        text = score_text(frame, seconds)
        self._score.setAccessibleDescription(text)
        self._picture.setAccessibleDescription(f"{self.title()}: {text}")
        change_tip(self._picture, outcome_sentence(frame))

    def extent(self) -> int:
        """Side of the picture as it would be shown by itself, in pixels of the network's input; 0 without one."""
        return 0 if self._frame is None else len(as_on_a_sheet(self._frame))

    def show_picture(self, extent: int) -> None:
        """Show the pattern in a field of that side, which is at least `extent`: repeated to fill it, or smaller."""
        if self._frame is not None:
            whole = seamless(self._frame)
            image = repeated(self._frame.image, extent) if whole else as_on_a_sheet(self._frame)
            self._picture.show_pixels(image, extent)

    def clear(self) -> None:
        """Show no pattern."""
        self._frame = None
        self._picture.show_pixels(None)
        change_tip(self._picture, "")
        self._picture.setAccessibleDescription("Not begun")
        for label in (self._score, self._steps, self._outcome):
            label.setText("")

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        settings = self._recipe.itemData(index)
        if settings != self._settings:
            self.set_settings(settings)
            self.chosen.emit(settings)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the score right below the picture, which is no higher than wide."""
        super().resizeEvent(event)
        self._picture.setMaximumHeight(self.width())
