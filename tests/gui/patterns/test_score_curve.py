"""The curve shows every score, the picture's own score across, and stays as cheap as it began."""

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.patterns.score_curve import Curve, ScoreCurve
from gui.state.choices import Scheme
from gui.style import theme


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
    theme.apply(qapp, "light")
    yield
    theme.apply(qapp, "light")


@pytest.fixture
def curve(qtbot: QtBot) -> ScoreCurve:
    widget = ScoreCurve()
    qtbot.addWidget(widget)
    widget.resize(300, 140)
    widget.show()
    return widget


def rising(steps: int, top: float = 100.0) -> Curve:
    numbers = np.arange(1, steps + 1, dtype=np.float32)
    return np.stack([numbers, top * numbers / steps], axis=1)


def accent_pixels(widget: ScoreCurve) -> int:
    """How many pixels are bluish, as the accent is and nothing else."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).astype(np.int16)
    return int((pixels[:, :, 0] - pixels[:, :, 2] > 40).sum())


def labels(widget: ScoreCurve) -> list[pg.TextItem]:
    """Every text that can be read in the plot, besides the axes."""
    plot = widget.findChild(pg.PlotWidget)
    assert plot is not None
    items = [one for one in plot.scene().items() if isinstance(one, pg.TextItem)]
    return [one for one in items if one.isVisible() and one.toPlainText()]


def written(widget: ScoreCurve) -> str:
    return "".join(str(label.toPlainText()) for label in labels(widget))


def items_in(widget: ScoreCurve) -> int:
    plot = widget.findChild(pg.PlotWidget)
    assert plot is not None
    return len(plot.scene().items())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_line_is_drawn_in_the_accent(qapp: QApplication, curve: ScoreCurve, scheme: Scheme) -> None:
    theme.apply(qapp, scheme)
    assert accent_pixels(curve) == 0
    curve.show_curve(rising(30), 48)
    assert accent_pixels(curve) > 100


def test_the_axes_hold_every_step_and_score(curve: ScoreCurve) -> None:
    curve.show_curve(rising(32, top=345.6), 48)
    (left, right), (low, high) = curve.ranges()
    assert (left, right) == (0, 48)
    assert -20 < low <= 0
    assert 345.6 < high < 500


def test_more_steps_than_planned_are_shown(curve: ScoreCurve) -> None:
    curve.show_curve(rising(60), 48)
    assert curve.ranges()[0] == (0, 60)


def test_the_picture_s_score_is_within_reach(curve: ScoreCurve) -> None:
    curve.show_curve(rising(4, top=2.0), 48)
    assert written(curve) == ""
    curve.show_reference(12.34)
    assert written(curve) == "your picture: 12.34"
    assert curve.ranges()[1][1] > 12.34
    curve.show_reference(None)
    assert written(curve) == ""
    assert curve.ranges()[1][1] < 12


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 1.0, 20.0])
def test_what_is_written_at_the_picture_s_score_is_whole(curve: ScoreCurve, share: float) -> None:
    curve.show_curve(rising(4), 48)
    curve.show_reference(share * 100)
    (label,) = labels(curve)
    plot = curve.findChild(pg.PlotWidget)
    assert plot is not None
    box = plot.getPlotItem().vb
    assert box.sceneBoundingRect().contains(label.mapRectToScene(label.boundingRect()))


def test_numbers_that_are_none_are_left_out(curve: ScoreCurve) -> None:
    scores = rising(10)
    scores[9, 1] = np.nan
    scores[3, 1] = np.inf
    curve.show_curve(scores, 10)
    assert np.isfinite(curve.ranges()).all()
    assert "90 after step 9 of 10" in curve.accessibleDescription()
    curve.show_reference(float("nan"))
    assert written(curve) == ""


def test_all_zero_is_a_line_at_the_bottom(curve: ScoreCurve) -> None:
    curve.show_curve(rising(10, top=0.0), 10)
    low, high = curve.ranges()[1]
    assert low <= 0 < high
    assert accent_pixels(curve) > 50


def test_it_says_what_it_shows(curve: ScoreCurve) -> None:
    assert curve.accessibleDescription() == "No scores yet."
    curve.show_curve(rising(10), 48)
    curve.show_reference(12.3)
    curve.show_outcome("rendered")
    assert curve.accessibleDescription() == (
        "Score 10 after step 1, 100 after step 10 of 48. Your picture reaches 12.3. rendered"
    )
    curve.clear()
    assert curve.accessibleDescription() == "No scores yet. Your picture reaches 12.3."
    assert accent_pixels(curve) == 0


def test_many_updates_add_nothing(curve: ScoreCurve) -> None:
    curve.show_curve(rising(1), 400)
    curve.show_reference(5.0)
    before = items_in(curve)
    for step in range(2, 400):
        curve.show_curve(rising(step), 400)
    assert items_in(curve) == before


def test_the_wheel_is_left_to_what_is_around(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    inner = ScoreCurve()
    QVBoxLayout(around).addWidget(inner)
    around.resize(320, 200)
    around.show()
    inner.show_curve(rising(10), 48)
    shown = inner.ranges()
    under = around.childAt(QPoint(160, 100))
    assert under is inner  # not the plot, which would take it
    event = QWheelEvent(
        QPointF(100, 100),
        QPointF(160, 100),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(under, event)
    assert not event.isAccepted()
    assert inner.ranges() == shown


def test_the_ground_follows_the_scheme(qapp: QApplication, curve: ScoreCurve) -> None:
    schemes: tuple[Scheme, ...] = ("dark", "light")
    curve.show_curve(rising(10), 48)
    for scheme in schemes:
        theme.apply(qapp, scheme)
        ground = curve.palette().color(QPalette.ColorRole.Window)
        assert curve.grab().toImage().pixelColor(curve.width() // 2, 2) == ground


def test_what_came_while_nobody_saw_it_is_drawn_when_it_is_shown(curve: ScoreCurve) -> None:
    curve.hide()
    curve.show_curve(np.array([[1, 5], [2, 50]], np.float32), 200)
    curve.show()
    (first, last), (_low, high) = curve.ranges()
    assert (first, last) == (0, 200)
    assert high > 50
