"""Two recipes side by side: same seed, live, and a verdict in words."""

from dataclasses import replace

import pytest
from pattern_samples import make_frame
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from engine.patterns.settings import PatternSettings
from gui.patterns.comparison import CompareView
from gui.patterns.comparison_side import CompareSide
from gui.patterns.picture import PatternPicture


@pytest.fixture
def view(qtbot: QtBot) -> CompareView:
    widget = CompareView()
    qtbot.addWidget(widget)
    widget.resize(420, 380)
    widget.set_settings(PatternSettings(seed=3), PatternSettings("chollet"))
    widget.show_target(VGG16.layer("block3_conv1"), 17)
    widget.show()
    return widget


def side_of(view: CompareView, name: str) -> CompareSide:
    side = view.findChild(CompareSide, name)
    assert side is not None
    return side


def texts_of(view: CompareView, name: str) -> list[str]:
    from gui.widgets.elided_label import ElidedLabel

    return [label.text() for label in side_of(view, name).findChildren(ElidedLabel)]


def verdict_of(view: CompareView) -> str:
    label = view.findChild(QLabel, "verdict")
    assert label is not None
    return label.text()


def choose(view: CompareView, name: str, key: Qt.Key) -> None:
    combo = side_of(view, name).findChild(QComboBox)
    assert combo is not None
    combo.setFocus()
    QTest.keyClick(combo, key)


def test_both_sides_have_one_seed(view: CompareView) -> None:
    left, right = view.settings()
    assert (left.recipe, right.recipe) == ("crisp", "chollet")
    assert left.seed == right.seed == 3


def test_it_says_of_what(view: CompareView) -> None:
    from gui.widgets.elided_label import ElidedLabel

    assert view.findChildren(ElidedLabel)[0].text() == "Channel 17 of block3_conv1 · seed 3"


def test_a_frame_is_shown_on_its_side(view: CompareView) -> None:
    before = view.grab().toImage()
    view.show_frame("left", make_frame(), 1.23)
    assert texts_of(view, "left") == ["score 345.6", "32 of 48 steps", "forming · 1.2 s"]
    assert texts_of(view, "right") == ["", "", ""]
    after = view.grab().toImage()
    assert after.copy(220, 60, 190, 150) == before.copy(220, 60, 190, 150)
    assert after.copy(20, 60, 150, 100) != before.copy(20, 60, 150, 100)


def test_what_was_there_already_took_no_time(view: CompareView) -> None:
    view.show_frame("left", make_frame(48, done=True, outcome="rendered"), 0.0)
    assert texts_of(view, "left") == ["score 345.6", "48 of 48 steps", "rendered · was there already"]


def test_escape_closes_it(view: CompareView, qtbot: QtBot) -> None:
    (recipe,) = side_of(view, "left").findChildren(QComboBox)
    qtbot.waitUntil(recipe.hasFocus)
    with qtbot.waitSignal(view.close_wanted):
        qtbot.keyClick(recipe, Qt.Key.Key_Escape)


def test_the_picture_has_its_pixels(view: CompareView) -> None:
    frame = make_frame(side=1)
    view.show_frame("right", frame, 1.0)
    side = side_of(view, "right")
    colour = side.grab().toImage().pixelColor(20, 60)
    assert colour == QColor(*(int(part) for part in frame.image[0, 0]))


def test_both_pictures_have_one_magnification(view: CompareView) -> None:
    """A pattern of 24 pixels beside one of 96 is shown four times; one with seams, in a corner of its field."""
    small = make_frame(side=24)
    seams = replace(small, recipe=replace(small.recipe, shift=False))
    for frame, times in ((replace(small, recipe=replace(small.recipe, canvas=24, size=24)), 4), (seams, 1)):
        view.show_frame("left", frame, 1.0)
        view.show_frame("right", make_frame(side=96, name="chollet", seed=1), 1.0)
        (picture,) = side_of(view, "left").findChildren(PatternPicture)
        (other,) = side_of(view, "right").findChildren(PatternPicture)
        picture.resize(96, 96)
        other.resize(96, 96)
        shown = picture.grab().toImage()
        expected = [QColor(*frame.image[y, x].tolist()) for y, x in ((3, 5), (10, 20))]
        for down in range(times):
            for right in range(times):
                places = [(5 + 24 * right, 3 + 24 * down), (20 + 24 * right, 10 + 24 * down)]
                assert [shown.pixelColor(*place) for place in places] == expected
        if times == 1:
            assert shown.pixelColor(60, 60) == shown.pixelColor(90, 30)
        view.clear()


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (300.0, 100.0, "Crisp has the higher score: 3 times that of chollet."),
        (100.0, 125.0, "Chollet has the higher score: 1.25 times that of crisp."),
        (100.0, 101.0, "Chollet and crisp reach about the same score."),
        (100.0, 0.0, "Crisp makes the channel respond, chollet does not."),
        (0.0, 0.0, "Neither recipe makes the channel respond."),
    ],
)
def test_the_verdict(view: CompareView, left: float, right: float, verdict: str) -> None:
    view.show_frame("left", make_frame(48, done=True, score=left, outcome="rendered", seed=3), 1.0)
    assert "same unit" in verdict_of(view)
    view.show_frame("right", make_frame(40, 40, done=True, score=right, name="chollet", outcome="weak", seed=3), 2.0)
    assert verdict_of(view) == verdict


def test_the_verdict_of_unfinished_ones_is_provisional(view: CompareView) -> None:
    view.show_frame("left", make_frame(score=10), 1.0)
    view.show_frame("right", make_frame(score=20, name="chollet"), 1.0)
    assert verdict_of(view) == "So far chollet has the higher score: 2 times that of crisp."


def test_other_seeds_are_said(view: CompareView) -> None:
    view.show_frame("left", make_frame(48, done=True, outcome="rendered", seed=4, attempts=3), 1.0)
    view.show_frame("right", make_frame(48, done=True, outcome="rendered", seed=3, name="chollet"), 1.0)
    assert "4 on the left, 3 on the right" in verdict_of(view)


def test_choosing_a_recipe_starts_both_anew(view: CompareView, qtbot: QtBot) -> None:
    view.show_frame("left", make_frame(), 1.0)
    with qtbot.waitSignal(view.compare_wanted) as wanted:
        choose(view, "right", Qt.Key.Key_Down)
    assert wanted.args == [PatternSettings(seed=3), PatternSettings("fast", seed=3)]
    assert texts_of(view, "left") == ["", "", ""]


def test_changed_numbers_are_said_and_come_back(view: CompareView, qtbot: QtBot) -> None:
    changed = PatternSettings(seed=3).with_parameter("decay", 0.5)
    view.set_settings(changed, PatternSettings("chollet"))
    combo = side_of(view, "left").findChild(QComboBox)
    assert combo is not None
    assert combo.currentText() == "crisp (1 change)"
    with qtbot.assertNotEmitted(view.compare_wanted):
        choose(view, "left", Qt.Key.Key_Up)


def test_one_recipe_twice(view: CompareView) -> None:
    choose(view, "right", Qt.Key.Key_Up)
    assert view.settings()[0] == view.settings()[1]
    assert verdict_of(view).startswith("The same recipe twice")


def test_close(view: CompareView, qtbot: QtBot) -> None:
    button = view.findChild(QToolButton)
    assert button is not None
    with qtbot.waitSignal(view.close_wanted):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_parts_have_names(view: CompareView) -> None:
    for name in ("left", "right"):
        combo = side_of(view, name).findChild(QComboBox)
        assert combo is not None
        assert combo.accessibleName() == f"Recipe on the {name}"
        assert combo.toolTip()
