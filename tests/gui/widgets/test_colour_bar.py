from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui.formatting import FIGURE_SPACE, decimals_for, fixed, nice_ticks
from gui.widgets.colour_bar import ColourBar


@pytest.fixture
def bar(qtbot: QtBot) -> ColourBar:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(320, bar.sizeHint().height())
    return bar


def test_ends_carry_the_limits_and_ticks_between_are_round(bar: ColourBar) -> None:
    bar.set_range(0, 348.7)
    places = dict(bar.labels())
    assert (places[0.0], places[1.0]) == ("0", "348.7")
    inner = [text for place, text in bar.labels() if 0 < place < 1]
    assert inner == ["100", "200", "300"]
    assert all(place == pytest.approx(float(text) / 348.7) for place, text in bar.labels())


def test_a_range_below_zero(bar: ColourBar) -> None:
    bar.set_range(-12.3, 40)
    assert [text for _, text in bar.labels()] == ["-12.3", "40", "0", "20"]


def test_a_range_without_width_has_one_label(bar: ColourBar) -> None:
    bar.set_range(5, 5)
    assert bar.labels() == ((0.0, "5"),)


def test_numbers_that_are_not_finite_are_not_shown(bar: ColourBar) -> None:
    bar.set_range(0, float("nan"))
    assert bar.labels() == ()
    bar.grab()


def test_description_has_the_limits(bar: ColourBar) -> None:
    bar.set_range(0, 348.7)
    assert "348.7" in bar.accessibleDescription()
    assert bar.accessibleName()


def test_words_replace_numbers_and_the_other_way_round(bar: ColourBar) -> None:
    bar.set_range(0, 1)
    bar.set_text("0 … each channel's maximum")
    assert bar.labels() == ()
    assert bar.accessibleDescription() == "0 … each channel's maximum"
    bar.set_range(0, 2)
    assert [text for _, text in bar.labels()][:2] == ["0", "2"]
    assert bar.accessibleDescription() != "0 … each channel's maximum"


def test_words_are_painted(bar: ColourBar) -> None:
    empty = bar.grab().toImage()
    bar.set_text("each channel has a range of its own")
    assert bar.grab().toImage() != empty


def test_strip_runs_from_the_first_colour_to_the_last(bar: ColourBar) -> None:
    table = np.zeros((256, 3), np.uint8)
    table[:, 0] = np.arange(256)
    table[:, 2] = 255 - np.arange(256)
    bar.set_table(table)
    image = bar.grab().toImage()
    assert image.pixelColor(0, 3) == QColor(0, 0, 255)
    assert image.pixelColor(bar.width() - 1, 3) == QColor(255, 0, 0)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, (0.25, 0.5, 0.75)),
        (0, 0.0123, (0.005, 0.01)),
        (-3, 3, (-2, 0, 2)),
        (0, 1000, (250, 500, 750)),
        (2, 2, ()),
        (0, float("inf"), ()),
    ],
)
def test_nice_ticks(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert nice_ticks(low, high, 3) == pytest.approx(ticks)


@pytest.mark.parametrize(("high", "decimals"), [(0, 0), (523.1, 1), (5.231, 3), (0.05231, 5), (1e-9, 5), (12345, 0)])
def test_decimals_show_four_digits(high: float, decimals: int) -> None:
    assert decimals_for(0, high) == decimals


def test_every_value_of_a_range_takes_the_same_width() -> None:
    assert fixed(0, 0, 523.1) == FIGURE_SPACE * 2 + "0.0"
    assert len({len(fixed(value, -20, 523.1)) for value in (-20.0, 0.0, 3.14159, 523.1)}) == 1
