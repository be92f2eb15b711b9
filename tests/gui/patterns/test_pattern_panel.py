"""The panel: right without touching anything, every field is a wish, and what it says is true."""

from __future__ import annotations

from collections.abc import Iterator

import pyqtgraph as pg
import pytest
from pattern_samples import make_frame
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from engine.patterns import objectives
from engine.patterns.objectives import Objective
from engine.patterns.recipes import RECIPES
from engine.patterns.settings import PatternSettings
from gui.formatting import tip
from gui.patterns.panel import NARROWEST, PatternPanel
from gui.patterns.parameter_form import ParameterForm
from gui.patterns.recipe_text import PARAMETERS, RECIPE_HELP, grouped_parameters
from gui.patterns.text import duration_text, outcome_sentence
from gui.state.pattern_words import OBJECTIVES, objective_name, picture_title
from gui.style import theme
from gui.widgets.auto_spin_box import AutoSpin
from gui.widgets.shrinking_button import FittingButton

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
LAYER = VGG16.layer("block3_conv1")


class Wishes:
    """What the panel has signalled."""

    def __init__(self, panel: PatternPanel) -> None:
        self.settings: list[PatternSettings] = []
        self.objectives: list[str] = []
        self.formed: list[str] = []
        self.steps: list[int] = []
        self.compared: list[tuple[PatternSettings, PatternSettings]] = []
        panel.settings_changed.connect(self.settings.append)
        panel.objective_changed.connect(self.objectives.append)
        panel.form_selected_wanted.connect(lambda: self.formed.append("selected"))
        panel.form_layer_wanted.connect(lambda: self.formed.append("layer"))
        panel.form_network_wanted.connect(lambda: self.formed.append("network"))
        panel.continue_wanted.connect(self.steps.append)
        panel.compare_wanted.connect(lambda left, right: self.compared.append((left, right)))


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> Iterator[PatternPanel]:
    pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
    theme.apply(qapp, "light")
    widget = PatternPanel()
    qtbot.addWidget(widget)
    widget.resize(320, 1400)
    widget.show_target(LAYER, (17,))
    widget.show()
    widget.activateWindow()
    yield widget
    widget.close()


@pytest.fixture
def wishes(panel: PatternPanel) -> Wishes:
    return Wishes(panel)


def named(panel: QWidget, name: str) -> QWidget:
    return next(widget for widget in panel.findChildren(QWidget) if widget.accessibleName() == name)


def button(panel: PatternPanel, start: str) -> QAbstractButton:
    return next(one for one in panel.findChildren(QAbstractButton) if one.accessibleName().startswith(start))


def click(panel: PatternPanel, start: str) -> None:
    QTest.mouseClick(button(panel, start), LEFT)


def type_in(field: QWidget, text: str) -> None:
    assert isinstance(field, QAbstractSpinBox | QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Key.Key_Return)


def spoken(panel: PatternPanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def form_of(panel: PatternPanel) -> ParameterForm:
    form = panel.findChild(ParameterForm)
    assert form is not None
    return form


def marked(form: ParameterForm) -> set[str]:
    """The parameters whose labels say that they differ from the recipe's."""
    fields = [label.buddy() for label in form.findChildren(QLabel) if label.text().startswith("•")]
    return {name for name in PARAMETERS if form.field(name) in fields}


def test_sensible_without_touching_anything(panel: PatternPanel, wishes: Wishes) -> None:
    assert panel.settings() == PatternSettings()
    assert panel.objective() == "channel"
    click(panel, "Form channel 17")
    assert wishes.formed == ["selected"]
    assert wishes.settings == []


def test_as_in_the_book_is_one_click(panel: PatternPanel, wishes: Wishes) -> None:
    panel.set_settings(PatternSettings("crisp", size=64, seed=5).with_parameter("decay", 0.5))
    click(panel, "As in the book")
    assert wishes.settings == [PatternSettings("chollet", seed=5)]
    assert button(panel, "As in the book").isChecked()
    click(panel, "As in the book")
    assert len(wishes.settings) == 1
    assert button(panel, "As in the book").isChecked()


def test_recipe_with_the_keyboard(panel: PatternPanel, wishes: Wishes) -> None:
    combo = named(panel, "Recipe")
    assert isinstance(combo, QComboBox)
    assert combo.itemText(0) == "crisp"
    combo.setFocus()
    QTest.keyClick(combo, Key.Key_Down)
    assert wishes.settings == [PatternSettings("chollet")]
    assert combo.toolTip() == tip(RECIPE_HELP["chollet"])


def test_every_recipe_and_parameter_is_explained() -> None:
    assert set(RECIPE_HELP) == set(RECIPES)
    shown = {name for names in grouped_parameters().values() for name in names}
    assert shown == set(PARAMETERS)


def test_steps_from_auto_and_back(panel: PatternPanel, wishes: Wishes) -> None:
    steps = named(panel, "Steps")
    assert isinstance(steps, AutoSpin)
    assert steps.text() == "auto 48"
    QTest.keyClick(steps, Key.Key_Up)
    assert wishes.settings[-1] == PatternSettings(steps=48)
    type_in(steps, "96")
    assert wishes.settings[-1] == PatternSettings(steps=96)
    type_in(steps, "auto")
    assert wishes.settings[-1] == PatternSettings()
    type_in(steps, "12")
    steps.selectAll()
    QTest.keyClick(steps, Key.Key_Delete)
    QTest.keyClick(steps, Key.Key_Return)
    assert wishes.settings[-1] == PatternSettings()
    assert steps.text() == "auto 48"


def test_a_size_too_small_becomes_the_smallest(panel: PatternPanel, wishes: Wishes) -> None:
    size = named(panel, "Size")
    assert isinstance(size, AutoSpin)
    assert size.text() == "auto"
    type_in(size, "7")
    assert wishes.settings == [PatternSettings(size=16)]
    type_in(size, "99999")
    assert wishes.settings[-1].size is not None
    assert wishes.settings[-1].size <= 1024
    size.show_number(20, None)
    QTest.keyClick(size, Key.Key_Down)
    assert size.number() == 16
    QTest.keyClick(size, Key.Key_Down)
    assert size.number() is None


def test_typing_is_one_wish(panel: PatternPanel, wishes: Wishes) -> None:
    type_in(named(panel, "Seed"), "1234")
    assert wishes.settings == [PatternSettings(seed=1234)]


def test_the_dice_give_another_seed(panel: PatternPanel, wishes: Wishes) -> None:
    for _ in range(5):
        before = panel.settings().seed
        click(panel, "Another seed")
        assert wishes.settings[-1] == PatternSettings(seed=panel.settings().seed)
        assert panel.settings().seed != before
    assert len(wishes.settings) == 5


def test_more_opens_and_closes(panel: PatternPanel) -> None:
    assert not form_of(panel).isVisible()
    click(panel, "More")
    assert form_of(panel).isVisible()
    QTest.keyClick(button(panel, "More"), Key.Key_Space)
    assert not form_of(panel).isVisible()


def test_every_kind_of_number_can_be_changed(panel: PatternPanel, wishes: Wishes) -> None:
    click(panel, "More")
    form = form_of(panel)
    type_in(form.field("decay"), "0.5")
    type_in(form.field("jitter"), "4")
    type_in(form.field("scales"), "0.9, 1; 1.1")
    QTest.keyClick(form.field("shift"), Key.Key_Space)
    QTest.keyClick(form.field("loss"), Key.Key_Up)
    changed = dict(wishes.settings[-1].overrides)
    assert changed == {"decay": 0.5, "jitter": 4, "scales": (0.9, 1.0, 1.1), "shift": False, "loss": "relu"}
    assert marked(form) == set(changed)
    assert button(panel, "More").text() == "More · 5 changes"
    assert "The recipe crisp says: 1" in form.field("decay").toolTip()


def test_reset(panel: PatternPanel, wishes: Wishes) -> None:
    assert not button(panel, "Reset").isEnabled()
    panel.set_settings(PatternSettings("lucid", steps=3, seed=8).with_parameter("pad", 1))
    click(panel, "Reset")
    assert wishes.settings == [PatternSettings("lucid", seed=8)]
    assert not marked(form_of(panel))


def test_senseless_factors_are_put_back(panel: PatternPanel, wishes: Wishes) -> None:
    click(panel, "More")
    scales = form_of(panel).field("scales")
    assert isinstance(scales, QLineEdit)
    for text in ("much", "0", "99"):
        type_in(scales, text)
        assert scales.text() == ""
    assert wishes.settings == []


def test_numbers_that_make_no_difference_are_off(panel: PatternPanel) -> None:
    form = form_of(panel)
    assert form.field("decay").isEnabled()
    assert not form.field("momentum").isEnabled()
    panel.set_settings(PatternSettings("chollet"))
    assert not form.field("decay").isEnabled()
    assert not form.field("largest").isEnabled()
    assert form.field("momentum").isEnabled()


def test_being_told_is_no_wish(panel: PatternPanel, wishes: Wishes) -> None:
    panel.set_settings(PatternSettings("lucid", size=64, steps=9, seed=2).with_parameter("rotate", 2.0))
    panel.set_objective("diverse", 3)
    panel.set_comparing(True)
    panel.show_frame(make_frame(), 1.0)
    assert panel.settings().resolved().rotate == 2
    assert panel.pictures() == 3
    assert (wishes.settings, wishes.objectives, wishes.compared) == ([], [], [])


def test_the_wheel_over_a_field_scrolls_the_panel(panel: PatternPanel, wishes: Wishes) -> None:
    seed = named(panel, "Seed")
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(seed.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(seed, turn)
    assert wishes.settings == []
    seed.setFocus()
    QApplication.sendEvent(seed, turn)
    assert wishes.settings == [PatternSettings(seed=1)]


@pytest.mark.parametrize(
    ("objective", "channels", "text"),
    [
        ("channel", (17,), "Form channel 17"),
        ("channel", (1, 2, 3), "Form 3 selected channels"),
        ("neuron", (17,), "Form one neuron of channel 17"),
        ("layer", (), "Form the whole layer, from my picture"),
        ("sum", (1, 2), "Form the sum of 2 channels"),
        ("negative", (17,), "Form the opposite of channel 17"),
        ("diverse", (17,), "Form 4 patterns of channel 17"),
    ],
)
def test_the_button_says_what_it_forms(
    panel: PatternPanel, wishes: Wishes, objective: str, channels: tuple[int, ...], text: str
) -> None:
    combo = named(panel, "Objective")
    assert isinstance(combo, QComboBox)
    panel.show_target(LAYER, channels)
    combo.setFocus()
    QTest.keyClick(combo, Key.Key_Home)
    for _ in range(list(OBJECTIVES).index(objective)):
        QTest.keyClick(combo, Key.Key_Down)
    assert panel.objective() == objective
    assert wishes.objectives[-1:] == ([] if objective == "channel" else [objective])
    click(panel, text)
    assert wishes.formed == ["selected"]
    assert button(panel, "Form all 256").isEnabled() == OBJECTIVES[objective].each


@pytest.mark.parametrize(("objective", "channels"), [("channel", ()), ("sum", (1,)), ("sum", ()), ("diverse", ())])
def test_what_is_missing_is_said(panel: PatternPanel, objective: str, channels: tuple[int, ...]) -> None:
    panel.set_objective(objective)
    panel.show_target(LAYER, channels)
    missing = next(one for one in panel.findChildren(FittingButton) if not one.isEnabled())
    assert "Select" in missing.toolTip()
    assert missing.accessibleDescription() == missing.toolTip()


def test_how_many_different_ones(panel: PatternPanel, wishes: Wishes) -> None:
    count = named(panel, "How many different patterns")
    assert isinstance(count, QSpinBox)
    assert not count.isVisible()
    panel.set_objective("diverse")
    type_in(count, "6")
    assert wishes.objectives == ["diverse"]
    assert panel.pictures() == 6
    assert button(panel, "Form 6 patterns of channel 17").isEnabled()


def test_which_neuron(panel: PatternPanel) -> None:
    panel.set_objective("neuron")
    assert "Place in the map: the middle." in spoken(panel)
    panel.show_place((0.25, 0.5))
    assert "Place in the map: 50 % across, 25 % down." in spoken(panel)


@pytest.mark.parametrize(
    ("objective", "title", "sentence"),
    [
        (objectives.channel(17), "channel 17 · what it looks for", "clearly more than to noise"),
        (objectives.neuron(17), "channel 17 · what one neuron of it looks for", "One value of the map"),
        (-objectives.channel(17), "channel 17 · what it responds to least", "pushed down"),
        (objectives.layer(), "what it sees in your picture, strengthened", "Your picture was changed"),
        (objectives.channel(17) + objectives.channel(3), "what 2 channels look for together", "channel 17 alone"),
        (objectives.diverse(17, 3), "channel 17 · 3 different patterns", "the last of these"),
    ],
)
def test_each_objective_is_called_what_it_is(objective: Objective, title: str, sentence: str) -> None:
    assert picture_title("block3_conv1", objective) == f"block3_conv1 · {title}"
    frame = make_frame(48, done=True, outcome="rendered")
    assert sentence in outcome_sentence(frame, None, objective_name(objective))


def test_what_is_not_kept_cannot_be_continued(panel: PatternPanel) -> None:
    frame = make_frame(48, done=True, outcome="rendered")
    panel.show_frame(frame, 1.0, "layer", kept=False)
    assert not button(panel, "Continue").isEnabled()
    assert "kept" in button(panel, "Continue").toolTip()
    panel.show_frame(frame, 1.0)
    assert button(panel, "Continue").isEnabled()


def test_layer_and_network(panel: PatternPanel, wishes: Wishes) -> None:
    panel.set_estimate(240, 5 * 3600)
    click(panel, "Form all 256 channels of block3_conv1 (about 4 min)")
    click(panel, "Form network… (about 5 h)")
    assert wishes.formed == ["layer", "network"]
    panel.set_estimate(3, None)
    assert button(panel, "Form all 256 channels of block3_conv1 (a few seconds)").isEnabled()
    assert button(panel, "Form network").accessibleName() == "Form network…"


def test_pooling_has_no_patterns(panel: PatternPanel, wishes: Wishes) -> None:
    panel.show_target(VGG16.layer("block3_pool"), (3,))
    assert "Pooling has no filters" in spoken(panel)
    assert not button(panel, "Form selected").isEnabled()
    assert not button(panel, "Form layer").isEnabled()
    assert button(panel, "Form network").isEnabled()
    panel.show_target(None, ())
    assert "Choose a convolution" in spoken(panel)
    panel.show_target(LAYER, (3,))
    assert "convolution" not in spoken(panel)


def test_before_relu_has_those_of_its_convolution(panel: PatternPanel) -> None:
    panel.show_target(VGG16.layer("block3_conv1:linear"), (3,))
    assert "Their filters are those of block3_conv1" in spoken(panel)
    assert button(panel, "Form channel 3").isEnabled()
    assert button(panel, "Form all 256 channels of block3_conv1").isEnabled()


def test_a_button_says_what_it_has_room_for(qtbot: QtBot) -> None:
    one = FittingButton("Form everything there is in the world", "Form everything", "Form")
    qtbot.addWidget(one)
    one.show()
    one.resize(one.sizeHint())
    assert one.text() == "Form everything there is in the world"
    one.resize(one.minimumSizeHint())
    assert one.text() == "Form"
    one.resize(one.minimumSizeHint().width() + 90, 28)
    assert one.text() == "Form everything"
    assert one.accessibleName() == "Form everything there is in the world"


def test_a_frame_is_told(panel: PatternPanel) -> None:
    panel.show_frame(make_frame(), 1.234)
    assert "score 345.6 after 32 of 48 steps" in spoken(panel)
    assert "1.2 s" in spoken(panel)
    assert named(panel, "Score").accessibleDescription() == "score 345.6 after 32 of 48 steps · forming · 1.2 s"
    panel.show_frame(make_frame(48, done=True, outcome="rendered"), 1.9)
    panel.show_reference_score(34.56)
    assert "clearly more than to noise, and 10 times as strongly as to your picture." in spoken(panel)
    panel.clear()
    assert "score 345.6" not in spoken(panel)


def test_outcomes_are_explained() -> None:
    stuck = make_frame(48, done=True, score=0.0, outcome="stuck", attempts=5, note="No gradient reaches the picture.")
    assert outcome_sentence(stuck).startswith("After 5 attempts there is still no response at all")
    assert outcome_sentence(stuck).endswith("No gradient reaches the picture.")
    weak = make_frame(48, done=True, score=2.0, outcome="weak")
    assert "hardly more than to noise, but less than to your picture." in outcome_sentence(weak, 4.0)
    assert "and to your picture not at all" in outcome_sentence(weak, 0.0)
    assert "Stopped" in outcome_sentence(make_frame(done=True))


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0.0 s"), (1.24, "1.2 s"), (9.97, "10 s"), (59.7, "1 min"), (61.2, "1 min 1 s")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_continue(panel: PatternPanel, wishes: Wishes) -> None:
    assert not button(panel, "Continue").isEnabled()
    panel.show_frame(make_frame(), 1.0)
    assert not button(panel, "Continue").isEnabled()
    panel.show_frame(make_frame(40, 40, done=True, outcome="rendered", name="chollet"), 1.0)
    assert button(panel, "Continue").text() == "Continue (+40 steps)"
    click(panel, "Continue")
    assert wishes.steps == [40]
    # What it takes to continue a pattern that was kept lies on the disk.
    panel.show_frame(make_frame(40, 40, done=True, outcome="rendered", kept=False), 1.0)
    assert button(panel, "Continue").isEnabled()


def test_compare_with_the_book_or_with_the_default(panel: PatternPanel, wishes: Wishes, qtbot: QtBot) -> None:
    mine = PatternSettings("lucid", seed=4).with_parameter("pad", 2)
    panel.set_settings(mine)
    click(panel, "Compare")
    assert wishes.compared == [(mine, PatternSettings("chollet", seed=4))]
    with qtbot.waitSignal(panel.compare_closed):
        click(panel, "Compare")
    panel.set_settings(PatternSettings("chollet", seed=4))
    click(panel, "Compare")
    assert wishes.compared[-1] == (PatternSettings("chollet", seed=4), PatternSettings("crisp", seed=4))


@pytest.mark.parametrize("width", [NARROWEST, 320, 420])
def test_nothing_is_cut_off_at_any_width(panel: PatternPanel, width: int) -> None:
    panel.set_objective("diverse")
    panel.set_estimate(240, 5 * 3600)
    panel.show_frame(make_frame(48, done=True, outcome="weak", note="It took seed 2."), 61)
    click(panel, "More")
    panel.resize(width, 500)
    QApplication.processEvents()
    assert panel.width() == width
    scroll = panel.findChild(QScrollArea)
    assert scroll is not None
    content = scroll.widget()
    assert content is not None
    assert content.width() <= scroll.viewport().width()
    assert content.minimumSizeHint().width() <= content.width()


def test_every_control_is_explained(panel: PatternPanel) -> None:
    kinds = QAbstractButton | QComboBox | QAbstractSpinBox
    controls = [widget for widget in panel.findChildren(QWidget) if isinstance(widget, kinds)]
    assert len(controls) > 30
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip(), control.accessibleName()
        assert control.accessibleDescription(), control.accessibleName()
