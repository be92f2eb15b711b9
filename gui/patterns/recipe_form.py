"""The settings of filter patterns: recipe, size, steps, seed, and every other number for those who want it."""

from __future__ import annotations

import random
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.patterns.recipes import RECIPES
from engine.patterns.settings import LARGEST_SEED, LARGEST_SIZE, MOST_STEPS, SMALLEST_SIZE, PatternSettings
from engine.records import EngineError
from gui.formatting import count_text, tip
from gui.patterns.parameter_form import ParameterForm
from gui.patterns.recipe_text import BOOK, RECIPE_HELP
from gui.style import theme
from gui.style.painting import small_font
from gui.widgets.auto_spin_box import AutoSpin
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.fold import Fold
from gui.widgets.number_boxes import WholeBox

_DICE_SEEDS = 10_000
_NUMBER_WIDTH = 64


class RecipeForm(QWidget):
    """Shows `PatternSettings` and lets a person change them.

    Signals:
        edited (object): The person wants these `PatternSettings`.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = PatternSettings()
        self._recipe = self._make_recipe()
        self._book = self._make_book()
        self._size = AutoSpin(SMALLEST_SIZE, LARGEST_SIZE, 8, start=96)
        self._steps = AutoSpin(1, MOST_STEPS, 8, start=48)
        self._seed = WholeBox(minimum=0, maximum=LARGEST_SEED)
        self._dice = self._make_dice()
        self._numbers = ParameterForm()
        self._reset = QToolButton(autoRaise=True)
        self._more = Fold(self._numbers, "Every other number of the recipe, and which of them you changed", self._reset)
        self._describe_parts()
        self._build()
        self._connect()
        self._refresh()

    def settings(self) -> PatternSettings:
        """The settings in the form."""
        return self._settings

    def set_settings(self, settings: PatternSettings) -> None:
        """Show these settings; `edited` keeps silent."""
        self._settings = settings
        self._refresh()

    def _make_recipe(self) -> QComboBox:
        combo = ChoiceBox()
        for index, name in enumerate(RECIPES):
            combo.addItem(name, name)
            combo.setItemData(index, tip(RECIPE_HELP.get(name, name)), Qt.ItemDataRole.ToolTipRole)
        combo.setAccessibleName("Recipe")
        return combo

    def _make_book(self) -> QPushButton:
        button = QPushButton(theme.icon("book"), "As in the book", autoDefault=False)
        button.setCheckable(True)
        button.setAccessibleName("As in the book")
        purpose = f"Use the recipe {BOOK} of “Deep Learning with Python”, unchanged"
        button.setToolTip(purpose)
        button.setAccessibleDescription(purpose)
        return button

    def _make_dice(self) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(theme.icon("dice"))
        button.setToolTip("Another seed")
        button.setAccessibleName("Another seed")
        button.setAccessibleDescription("Throw the dice for a seed that gives another picture")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _describe_parts(self) -> None:
        self._reset.setText("Reset")
        self._reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        fields = (
            (self._size, "Size", "Side of the picture in pixels; auto leaves it to the recipe and the layer"),
            (self._steps, "Steps", "How many steps the ascent takes; auto leaves it to the recipe"),
            (self._seed, "Seed", "Where the noise starts from: the same seed gives the same picture again"),
            (self._reset, "Reset", "Go back to the numbers of the recipe; the seed stays"),
        )
        for field, name, purpose in fields:
            field.setAccessibleName(name)
            field.setAccessibleDescription(purpose)
            field.setToolTip(purpose)

    def _build(self) -> None:
        choice = QHBoxLayout()
        choice.setSpacing(theme.space(2))
        choice.addWidget(self._recipe, 1)
        choice.addWidget(self._book)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(2))
        layout.addLayout(choice)
        layout.addLayout(self._number_row())
        layout.addWidget(self._more)

    def _number_row(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.space(2))
        grid.setVerticalSpacing(2)
        for column, field in enumerate((self._size, self._steps, self._seed)):
            caption = QLabel(field.accessibleName())
            caption.setFont(small_font(caption.font()))
            caption.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            caption.setBuddy(field)
            field.setMinimumWidth(_NUMBER_WIDTH)
            grid.addWidget(caption, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self._dice, 1, 3)
        return grid

    def _connect(self) -> None:
        self._recipe.activated.connect(self._on_recipe)
        self._book.clicked.connect(self._on_book)
        self._size.edited.connect(self._on_size)
        self._steps.edited.connect(self._on_steps)
        self._seed.valueChanged.connect(self._on_seed)
        self._dice.clicked.connect(self._on_dice)
        self._numbers.edited.connect(self._on_number)
        self._reset.clicked.connect(self._on_reset)

    def _refresh(self) -> None:
        settings = self._settings
        base = RECIPES[settings.recipe]
        self._recipe.setCurrentIndex(self._recipe.findData(settings.recipe))
        purpose = RECIPE_HELP.get(settings.recipe, settings.recipe)
        self._recipe.setToolTip(tip(purpose))
        self._recipe.setAccessibleDescription(purpose)
        self._book.setChecked(settings.recipe == BOOK and not settings.changes)
        self._size.show_number(settings.size, base.size or None)
        self._steps.show_number(settings.steps, base.steps or None)
        with QSignalBlocker(self._seed):
            self._seed.setValue(settings.seed)
        self._numbers.show_recipe(settings.resolved())
        changed = len(settings.overrides)
        self._more.set_title(f"More · {count_text(changed, 'change')}" if changed else "More")
        self._reset.setEnabled(bool(settings.changes))

    def _want(self, settings: PatternSettings) -> None:
        if settings == self._settings:
            self._refresh()
            return
        self.set_settings(settings)
        self.edited.emit(settings)

    @Slot(int)
    def _on_recipe(self, index: int) -> None:
        if self._recipe.itemData(index) != self._settings.recipe:
            self._want(self._settings.with_recipe(self._recipe.itemData(index)))

    @Slot()
    def _on_book(self) -> None:
        self._want(self._settings.with_recipe(BOOK))

    @Slot(object)
    def _on_size(self, size: int | None) -> None:
        self._want(replace(self._settings, size=size))

    @Slot(object)
    def _on_steps(self, steps: int | None) -> None:
        self._want(replace(self._settings, steps=steps))

    @Slot(int)
    def _on_seed(self, seed: int) -> None:
        self._want(replace(self._settings, seed=seed))

    @Slot()
    def _on_dice(self) -> None:
        others = [seed for seed in random.sample(range(_DICE_SEEDS), 2) if seed != self._settings.seed]
        self._want(replace(self._settings, seed=others[0]))

    @Slot(str, object)
    def _on_number(self, name: str, value: object) -> None:
        try:
            self._want(self._settings.with_parameter(name, value))
        except EngineError:  # a value that the engine will not have goes back to what it was
            self._refresh()

    @Slot()
    def _on_reset(self) -> None:
        self._want(self._settings.reset())
