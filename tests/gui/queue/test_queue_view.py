"""The queue: what runs and waits, changed by keys, buttons and drags, and shown without losing the selection."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from row_samples import job

from gui.queue.list import QueueList
from gui.queue.model import MIME, QueueModel
from gui.queue.reorder import moved, moves
from gui.queue.view import QueueView, summary_text
from gui.state.queue_rows import QueueRow, State

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


ROWS = (job(1, "running", 3), job(2), job(3), job(4), job(5, "failed", 2), job(6, "done", 10, left=None))


class Lead:
    """Obeys the view's wishes at once, as the controller does."""

    def __init__(self, view: QueueView, rows: Sequence[QueueRow]) -> None:
        self.view = view
        self.rows = list(rows)
        self.steps: list[tuple[int, int]] = []
        view.move_wanted.connect(self.move)
        view.show_rows(rows)

    def move(self, number: int, position: int) -> None:
        self.steps.append((number, position))
        rows = {row.number: row for row in self.rows}
        self.rows = [rows[other] for other in moved(self.order, number, position)]
        self.view.show_rows(self.rows)

    @property
    def order(self) -> list[int]:
        return [row.number for row in self.rows]


@pytest.fixture
def view(qtbot: QtBot) -> QueueView:
    widget = QueueView()
    qtbot.addWidget(widget)
    widget.resize(360, 400)
    widget.show()
    widget.activateWindow()
    return widget


@pytest.fixture
def lead(view: QueueView) -> Lead:
    return Lead(view, ROWS)


def list_of(view: QueueView) -> QueueList:
    found = view.findChild(QueueList)
    assert found is not None
    return found


def button(view: QueueView, name: str) -> QToolButton:
    return next(one for one in view.findChildren(QToolButton) if one.accessibleName() == name)


def click_row(view: QueueView, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    area = list_of(view).visualRect(list_of(view).model().index(row, 0))
    QTest.mouseClick(list_of(view).viewport(), Qt.MouseButton.LeftButton, modifier, area.center())


def press(view: QueueView, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(list_of(view), key, modifier)


def drop(view: QueueView, numbers: str, at: QPoint) -> None:
    """What Qt delivers to the list when these jobs are dropped there."""
    data = QMimeData()
    data.setData(MIME, numbers.encode())
    # Qt hands such events only to the target of a drag that the window system knows of: this is its next step.
    given = (Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    list_of(view).viewportEvent(QDragEnterEvent(at, *given))
    list_of(view).viewportEvent(QDragMoveEvent(at, *given))
    list_of(view).viewportEvent(QDropEvent(QPointF(at), *given, QEvent.Type.Drop))


def test_delete_cancels_what_is_selected_and_has_not_ended(view: QueueView, lead: Lead, qtbot: QtBot) -> None:
    click_row(view, 2)
    click_row(view, 4, SHIFT)
    with qtbot.waitSignal(view.cancel_wanted) as wanted:
        press(view, Key.Key_Delete)
    assert wanted.args == [(3, 4)]
    with qtbot.waitSignal(view.cancel_wanted) as wanted:
        QTest.mouseClick(button(view, "Cancel selected"), Qt.MouseButton.LeftButton)
    assert wanted.args == [(3, 4)]


def test_delete_without_a_selection_cancels_nothing(view: QueueView, lead: Lead, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.cancel_wanted):
        press(view, Key.Key_Delete)
    assert not button(view, "Cancel selected").isEnabled()


def test_ctrl_and_an_arrow_move_a_job(view: QueueView, lead: Lead) -> None:
    click_row(view, 2)
    press(view, Key.Key_Up, CTRL)
    assert lead.order == [1, 3, 2, 4, 5, 6]
    assert view.selected() == (3,)
    press(view, Key.Key_Up, CTRL)
    assert lead.order == [1, 3, 2, 4, 5, 6]  # not before what runs
    for _ in range(4):
        press(view, Key.Key_Down, CTRL)
    assert lead.order == [1, 2, 4, 3, 5, 6]  # not behind what has ended
    assert view.selected() == (3,)


def test_several_jobs_move_together(view: QueueView, lead: Lead) -> None:
    click_row(view, 2)
    click_row(view, 3, CTRL)
    press(view, Key.Key_Up, CTRL)
    assert lead.order == [1, 3, 4, 2, 5, 6]
    assert view.selected() == (3, 4)


def test_what_runs_stays(view: QueueView, lead: Lead) -> None:
    click_row(view, 0)
    press(view, Key.Key_Down, CTRL)
    assert lead.steps == []
    assert not button(view, "Move to the top").isEnabled()


def test_to_the_top(view: QueueView, lead: Lead) -> None:
    click_row(view, 3)
    QTest.mouseClick(button(view, "Move to the top"), Qt.MouseButton.LeftButton)
    assert lead.steps == [(4, 1)]
    assert lead.order == [1, 4, 2, 3, 5, 6]
    click_row(view, 3)
    press(view, Key.Key_Home, CTRL)
    assert lead.order == [1, 3, 4, 2, 5, 6]


def test_a_drag_carries_numbers_and_a_drop_moves(view: QueueView, lead: Lead) -> None:
    model = list_of(view).model()
    data = model.mimeData([model.index(3, 0), model.index(1, 0)])
    assert bytes(data.data(MIME).data()) == b"2,4"
    area = list_of(view).visualRect(model.index(3, 0))
    drop(view, "2", area.center() + QPoint(0, area.height() // 4))
    assert lead.order == [1, 3, 4, 2, 5, 6]
    assert lead.steps == [(2, 3)]
    assert model.rowCount() == 6
    drop(view, "2", list_of(view).visualRect(model.index(0, 0)).topLeft() + QPoint(5, 2))
    assert lead.order == [1, 2, 3, 4, 5, 6]


def test_only_what_waits_can_be_dragged(view: QueueView, lead: Lead) -> None:
    model = list_of(view).model()
    dragged = [bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsDragEnabled) for row in range(6)]
    assert dragged == [False, True, True, True, False, False]


def test_pause_and_continue(view: QueueView, lead: Lead, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.pause_wanted) as wanted:
        QTest.mouseClick(button(view, "Pause all"), Qt.MouseButton.LeftButton)
    assert wanted.args == [True]
    view.show_rows([job(1, "paused"), job(2, "paused")])
    with qtbot.waitSignal(view.pause_wanted) as wanted:
        QTest.mouseClick(button(view, "Continue all"), Qt.MouseButton.LeftButton)
    assert wanted.args == [False]


def test_clear(view: QueueView, lead: Lead, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.clear_wanted):
        QTest.mouseClick(button(view, "Clear finished"), Qt.MouseButton.LeftButton)
    view.show_rows(ROWS[:4])
    assert not button(view, "Clear finished").isEnabled()


def test_nothing_to_do(view: QueueView) -> None:
    assert view.summary() == ""
    for name in ("Pause all", "Move to the top", "Cancel selected", "Clear finished"):
        assert not button(view, name).isEnabled()


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([job(1, "running", left=30), job(2, left=30), job(3, left=180)], "1 running, 2 waiting · 4 min left"),
        ([job(1, "running", left=None)], "1 running"),
        ([job(1, "running", left=240), job(2, left=None)], "1 running, 1 waiting · more than 4 min left"),
        ([job(1, "paused", left=3600), job(2, "done")], "1 paused · 1 h left"),
        ([job(1, "done"), job(2, "failed")], "All finished"),
        ([], ""),
    ],
)
def test_the_line_about_all(rows: list[QueueRow], text: str) -> None:
    assert summary_text(rows) == text


def test_each_row_says_everything(view: QueueView, lead: Lead) -> None:
    model = list_of(view).model()
    texts = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(6)]
    assert texts[0] == "job 1, 3 of 10, running, 1 min left"
    assert texts[1] == "job 2, 0 of 10, waits · 1 min"
    assert texts[4] == "job 5, 2 of 10, failed"
    assert texts[5] == "job 6, 10 of 10, done"


def test_every_state_is_drawn_differently(view: QueueView) -> None:
    pictures = []
    states: tuple[State, ...] = ("running", "waiting", "paused", "done", "failed")
    for state in states:
        view.show_rows([QueueRow(1, "a job", state, 3, 10, None)])
        pictures.append(list_of(view).viewport().grab().toImage())
    assert all(first != second for first, second in pairwise(pictures))


def test_selection_and_place_stay_while_much_changes(view: QueueView) -> None:
    rows = [job(number) for number in range(2000)]
    view.show_rows(rows)
    click_row(view, 3)
    list_of(view).verticalScrollBar().setValue(5000)
    changed = [job(number, done=number % 10) for number in range(2000)]
    view.show_rows(changed)
    assert list_of(view).verticalScrollBar().value() == 5000
    view.show_rows(changed[2:1500])
    assert view.selected() == (3,)
    view.show_rows(list(reversed(changed)))
    assert view.selected() == (3,)
    view.show_rows(changed[4:])
    assert view.selected() == ()


numbers = st.lists(st.integers(0, 12), unique=True, max_size=10)


@given(st.lists(numbers, min_size=1, max_size=5), st.integers(0, 9))
def test_the_model_tells_the_truth_about_every_change(orders: list[list[int]], done: int) -> None:
    model = QueueModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for order in orders:
        rows = [job(number, done=(number + done) % 10) for number in order]
        model.set_rows(rows)
        assert list(model.rows) == rows
    tester.deleteLater()


@given(st.integers(1, 10), st.data())
def test_moves_bring_the_chosen_together(count: int, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(count)))
    chosen = data.draw(st.sets(st.sampled_from(order)))
    place = data.draw(st.integers(0, count))
    before = [number for number in order[:place] if number not in chosen]
    after = [number for number in order[place:] if number not in chosen]
    wanted = before + [number for number in order if number in chosen] + after
    result, steps = list(order), list(moves(order, tuple(chosen), place))
    for number, position in steps:
        result = moved(result, number, position)
    assert result == wanted
    assert len(steps) <= len(chosen)
