"""The running job in the status bar."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton
from pytestqt.qtbot import QtBot

from engine.records import Progress
from engine.time_left import TimeLeft
from gui.widgets.progress_bar import JobStatus


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bar(qtbot: QtBot) -> QStatusBar:
    bar = QStatusBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def status(bar: QStatusBar, clock: Clock) -> JobStatus:
    status = JobStatus(bar, TimeLeft(clock))
    bar.addWidget(status, 1)
    bar.resize(900, bar.sizeHint().height())
    bar.show()
    return status


def bar_of(status: JobStatus) -> QProgressBar:
    bar = status.findChild(QProgressBar)
    assert bar is not None
    return bar


def button_of(status: JobStatus) -> QToolButton:
    button = status.findChild(QToolButton)
    assert button is not None
    return button


def words(status: JobStatus) -> str:
    return " ".join(label.text() for label in status.findChildren(QLabel)).strip()


def test_idle_shows_nothing(status: JobStatus) -> None:
    assert not status.busy
    assert not bar_of(status).isVisible()
    assert not button_of(status).isVisible()
    assert words(status) == ""


def test_progress(status: JobStatus, clock: Clock) -> None:
    for done in (0, 1, 2):
        clock.now = 60.0 * done
        status.show_progress(Progress(done, 6, "block5_conv2: patterns"))
    assert status.busy
    assert (bar_of(status).value(), bar_of(status).maximum()) == (2, 6)
    assert words(status) == "block5_conv2: patterns 4 min left"
    assert bar_of(status).accessibleDescription() == "block5_conv2: patterns, 2 of 6, 4 min left"


def test_nobody_knows_how_long_a_pause_takes(status: JobStatus, clock: Clock) -> None:
    for done in (0, 1, 2):
        clock.now = 60.0 * done
        status.show_progress(Progress(done, 6, "block5_conv2: patterns"))
    status.show_progress(Progress(2, 6, "block5_conv2: patterns"), paused=True)
    assert words(status) == "block5_conv2: patterns paused"


def test_unknown_total_moves_without_a_number(status: JobStatus) -> None:
    status.show_progress(Progress(3, 0, "Reading"))
    assert (bar_of(status).minimum(), bar_of(status).maximum()) == (0, 0)
    assert words(status) == "Reading"


def test_more_done_than_there_is(status: JobStatus) -> None:
    status.show_progress(Progress(7, 5))
    assert bar_of(status).value() == 5


def test_nothing_jumps(status: JobStatus, clock: Clock, qtbot: QtBot) -> None:
    places = []
    for progress in (None, Progress(0, 9, "a"), Progress(4, 9, "a much longer text " * 20), None):
        clock.now += 10
        status.finish() if progress is None else status.show_progress(progress)
        qtbot.wait(1)
        places.append(
            (bar_of(status).geometry(), button_of(status).geometry(), status.size(), status.sizeHint().height())
        )
    assert all(place == places[0] for place in places)


def test_cancel_is_wanted_once(status: JobStatus, qtbot: QtBot) -> None:
    status.show_progress(Progress(1, 5, "Exporting"))
    wanted = []
    status.cancel_wanted.connect(lambda: wanted.append(True))
    for _ in range(2):
        QTest.mouseClick(button_of(status), Qt.MouseButton.LeftButton)
    assert wanted == [True]
    assert "Stopping…" in words(status)
    status.show_progress(Progress(2, 5, "Exporting"))
    assert "Stopping…" in words(status)  # the step that was under way has ended, the wish has not
    status.finish()
    status.show_progress(Progress(0, 5, "Exporting"))
    assert button_of(status).isEnabled()
    assert "Exporting" in words(status)


def test_cancel_with_the_keyboard(status: JobStatus, qtbot: QtBot) -> None:
    status.show_progress(Progress(1, 5))
    with qtbot.waitSignal(status.cancel_wanted):
        QTest.keyClick(button_of(status), Qt.Key.Key_Space)


def test_each_part_has_a_name(status: JobStatus) -> None:
    assert bar_of(status).accessibleName() == "Progress"
    assert button_of(status).accessibleName() == "Stop"
