"""Filter patterns in the whole window, with an engine thread that makes them up."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import STEPS, FakeEngine, wait_until_complete
from pointer import canvas_of, click, colour_at, leave
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from engine.patterns.goals import goals_of
from engine.patterns.settings import PatternSettings
from engine.process.requests import WarmUp
from gui.control.pattern_display import queue_rows
from gui.jobs.priorities import LAST
from gui.main_window import MainWindow
from gui.state.pattern_queue import PatternQueue
from gui.state.queue_json import add_from_text
from gui.widgets.shrinking_button import FittingButton

Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pattern_window(cat_window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window with the cat, in a layer of which no patterns are shipped to it, for its weights are made up."""
    cat_window.workspace.layer = "block2_conv1"
    wait_until_complete(cat_window, qtbot)
    return cat_window


def formed(window: MainWindow) -> list[int]:
    """The channels of the shown layer that have a finished pattern."""
    flow = window.commands.patterns.flow
    return sorted(flow.presenter.at_hand())


def idle(window: MainWindow) -> bool:
    return all(order.ended for order in window.commands.patterns.flow.runner.queue.orders)


def take_a_turn(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the engine thread has had a job that comes after all others that do not wait."""
    ended: set[int] = set()
    engine = window.controller.engine
    engine.watchers.append(lambda event: ended.add(event.job) if event.kind == "finished" else None)
    job = engine.submit(WarmUp(), LAST)
    qtbot.waitUntil(lambda: job.number in ended)


def test_form_the_selected_channels(pattern_window: MainWindow, qtbot: QtBot) -> None:
    pattern_window.views.gallery.select_channels([4, 9], current=9)
    qtbot.keyClick(pattern_window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: formed(pattern_window) == [4, 9])
    # Whoever asks for a pattern sees it: in its tile, large, and with its score.
    assert pattern_window.commands.patterns.flow.presenter.content == "both"
    assert pattern_window.views.viewer.mode() == "pattern"
    assert not pattern_window.views.viewer.copy_pixmap().isNull()
    assert pattern_window.views.pattern_tabs.isVisible()
    text = pattern_window.views.gallery.model().index(9, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Pattern: score" in text
    assert "rendered" in text


def test_the_window_says_which_patterns_are_missing(pattern_window: MainWindow, qtbot: QtBot) -> None:
    note = pattern_window.views.pattern_note
    assert not note.isVisible()
    qtbot.keyClick(pattern_window, Qt.Key.Key_F3)
    qtbot.waitUntil(
        lambda: note.text() == "This layer has no patterns yet that are made in this way; Ctrl+Shift+R forms them"
    )
    assert note.isVisible()
    pattern_window.commands.patterns.flow.form_channels((4, 9))
    qtbot.waitUntil(lambda: note.text() == "Patterns: 2 formed here, 126 missing; Ctrl+Shift+R forms them")
    pattern_window.action("pause_patterns").trigger()
    pattern_window.commands.patterns.flow.form_channels((9, 10, 11))
    assert note.text() == "Patterns: 2 formed here, 2 in the queue, 124 missing; Ctrl+Shift+R forms them"
    qtbot.keyClick(pattern_window, Qt.Key.Key_F2)
    assert not note.isVisible()


def test_the_wall_shows_patterns_as_they_form(pattern_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(pattern_window, Qt.Key.Key_2, Ctrl)
    qtbot.keyClick(pattern_window, Qt.Key.Key_F3)
    wall = pattern_window.views.wall
    assert pattern_window.views.faces.currentWidget() is wall
    pattern_window.commands.patterns.flow.form_channels((0,))
    qtbot.waitUntil(lambda: formed(pattern_window) == [0])
    canvas = canvas_of(wall)
    empty = wall.palette().color(QPalette.ColorRole.Button)
    qtbot.waitUntil(lambda: QColor(*colour_at(canvas, 64.5, 64.5)) != empty)
    assert QColor(*colour_at(canvas, 128 + 4 + 64.5, 64.5)) == empty


def test_what_is_looked_at_is_formed_first(pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> None:
    fake_engine.step_seconds = 0.02
    flow = pattern_window.commands.patterns.flow
    qtbot.keyClick(pattern_window, Qt.Key.Key_R, Ctrl | Shift)
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 2)
    pattern_window.views.gallery.select_channels([100], current=100)
    begun = len(fake_engine.formed)
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= begun + 3)
    assert 100 in fake_engine.formed[begun : begun + 3]
    flow.runner.cancel_all()
    qtbot.waitUntil(lambda: idle(pattern_window))


def test_finished_patterns_are_there_the_next_time(
    pattern_window: MainWindow, fake_engine: FakeEngine, make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    pattern_window.commands.patterns.flow.form_channels((1, 2))
    qtbot.waitUntil(lambda: formed(pattern_window) == [1, 2])
    pattern_window.close()
    again = make_window()
    again.action("sample").trigger()
    wait_until_complete(again, qtbot)
    again.workspace.layer = "block2_conv1"
    qtbot.waitUntil(lambda: formed(again) == [1, 2])
    assert fake_engine.formed == [1, 2]


def test_queue_goes_on_after_a_restart(
    pattern_window: MainWindow, fake_engine: FakeEngine, make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    fake_engine.step_seconds = 0.05
    pattern_window.commands.patterns.flow.form_channels(tuple(range(6)))
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 2)
    pattern_window.close()
    fake_engine.step_seconds = 0.0
    again = make_window()
    qtbot.waitUntil(lambda: set(fake_engine.formed) == set(range(6)))
    qtbot.waitUntil(lambda: idle(again))


def test_killed_program_knows_what_was_left(pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> None:
    fake_engine.step_seconds = 0.05
    pattern_window.commands.patterns.flow.form_channels(tuple(range(4)))
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 1)
    fake_engine.step_seconds = 1  # the others are not formed before that is written
    # Nothing is saved at this moment: what a killed program leaves behind is what is on the disk by now.
    settings = pattern_window.settings.path
    qtbot.waitUntil(lambda: settings.exists() and "block2_conv1" in settings.read_text(encoding="utf-8"))
    assert not all(order.ended for order in pattern_window.commands.patterns.flow.runner.queue.orders)
    pattern_window.commands.patterns.flow.runner.cancel_all()


def test_pause_stops_within_a_step_and_goes_on(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    fake_engine.step_seconds = 0.02
    flow = pattern_window.commands.patterns.flow
    flow.form_channels((0, 1, 2))
    qtbot.waitUntil(lambda: flow.runner.queue.running is not None)
    pattern_window.action("pause_patterns").setChecked(True)
    take_a_turn(pattern_window, qtbot)  # the step that was under way has ended
    before = fake_engine.steps
    take_a_turn(pattern_window, qtbot)
    assert fake_engine.steps == before
    assert [row.state for row in queue_rows(flow.runner.queue)] == ["paused"]
    pattern_window.action("pause_patterns").setChecked(False)
    qtbot.waitUntil(lambda: formed(pattern_window) == [0, 1, 2])


def test_stop_forgets_what_is_asked_for(pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> None:
    fake_engine.step_seconds = 0.05
    pattern_window.commands.patterns.flow.form_channels(tuple(range(50)))
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 1)
    begun = len(fake_engine.formed)
    pattern_window.action("stop_patterns").trigger()
    qtbot.waitUntil(lambda: not pattern_window.controller.engine.busy())
    assert pattern_window.commands.patterns.flow.runner.queue.orders == []
    assert len(fake_engine.formed) <= begun + 1


def test_new_picture_overtakes_patterns(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path, cat_path: Path
) -> None:
    fake_engine.step_seconds = 0.01
    pattern_window.commands.patterns.flow.form_channels(tuple(range(128)))
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 1)
    other = tmp_path / "other.png"
    other.write_bytes(cat_path.read_bytes())
    pattern_window.action("fit_stretch").trigger()
    wait_until_complete(pattern_window, qtbot)
    assert len(fake_engine.formed) < 60
    assert not idle(pattern_window)
    pattern_window.commands.patterns.flow.runner.cancel_all()


def test_book_recipe_is_one_click_away(pattern_window: MainWindow, qtbot: QtBot) -> None:
    pattern_window.action("book_recipe").trigger()
    assert pattern_window.commands.patterns.flow.presenter.settings.recipe == "chollet"
    assert pattern_window.views.patterns.settings().recipe == "chollet"
    pattern_window.commands.patterns.flow.form_channels((3,))
    qtbot.waitUntil(lambda: formed(pattern_window) == [3])
    pattern_window.commands.patterns.flow.choose_settings(PatternSettings())
    assert formed(pattern_window) == []


def test_pattern_can_be_continued(pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> None:
    flow = pattern_window.commands.patterns.flow
    flow.form_channels((5,))
    qtbot.waitUntil(lambda: formed(pattern_window) == [5])
    pattern_window.views.gallery.select_channels([5], current=5)
    flow.presenter.show_channel(5)
    qtbot.waitUntil(lambda: not flow.runner.busy)
    flow.continue_pattern(7)
    qtbot.waitUntil(lambda: flow.presenter.at_hand()[5].frame.step == 11)


def test_two_recipes_side_by_side(pattern_window: MainWindow, qtbot: QtBot) -> None:
    pattern_window.action("compare_recipes").trigger()
    assert pattern_window.views.faces.currentWidget() is pattern_window.views.compare
    qtbot.waitUntil(lambda: idle(pattern_window))
    verdict = pattern_window.views.compare.findChild(QLabel, "verdict")
    assert verdict is not None
    qtbot.waitUntil(lambda: "score" in verdict.text().lower())
    pattern_window.views.compare.close_wanted.emit()
    assert pattern_window.views.faces.currentWidget() is pattern_window.views.gallery


def test_a_single_pattern_is_followed_step_by_step(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    fake_engine.step_seconds = 0.05
    seen: list[str] = []
    job = pattern_window.views.job
    flow = pattern_window.commands.patterns.flow
    bar = job.findChild(QProgressBar)
    assert bar is not None
    flow.presenter.changed.connect(lambda: seen.append(bar.toolTip()) if job.busy else None)
    flow.form_channels((3,))
    qtbot.waitUntil(lambda: formed(pattern_window) == [3])
    qtbot.waitUntil(lambda: not job.busy)
    assert len({text for text in seen if text.endswith(f" of {STEPS}")}) >= 2


@pytest.mark.parametrize("name", ["neuron", "negative", "diverse", "sum", "layer"])
def test_other_objectives_are_shown_large(pattern_window: MainWindow, qtbot: QtBot, name: str) -> None:
    pattern_window.views.patterns.set_objective(name)
    pattern_window.views.patterns.objective_changed.emit(name)
    pattern_window.views.gallery.select_channels([6, 7], current=7)
    qtbot.keyClick(pattern_window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: idle(pattern_window) and bool(pattern_window.commands.patterns.flow.runner.queue.orders))
    assert formed(pattern_window) == []
    assert pattern_window.views.viewer.copy_pixmap().width() == (2 * 16 + 2 if name == "diverse" else 16)
    continued = next(one for one in pattern_window.views.patterns.findChildren(QPushButton) if "Cont" in one.text())
    assert continued.isEnabled() == (name not in ("diverse", "layer"))


def test_a_click_in_the_map_chooses_the_neuron(pattern_window: MainWindow, qtbot: QtBot) -> None:
    wait_until_complete(pattern_window, qtbot)
    views, flow = pattern_window.views, pattern_window.commands.patterns.flow
    views.viewer.set_mode("channel")
    views.patterns.set_objective("neuron")
    views.patterns.objective_changed.emit("neuron")
    canvas = canvas_of(views.viewer)
    side = canvas.content().width()
    click(canvas, side / 4 - 0.5, side / 2 - 0.5)
    leave(canvas)
    said = [label.text() for label in views.patterns.findChildren(QLabel)]
    assert any(re.search(r"2\d % across, (49|5\d) % down", text) for text in said)
    flow.runner.set_paused(True)
    qtbot.keyClick(pattern_window, Qt.Key.Key_R, Ctrl)
    place = flow.runner.queue.orders[-1].left[0].objective.terms[0].position
    assert place == pytest.approx((0.5, 0.25), abs=0.03)


def test_nothing_to_form_is_said(pattern_window: MainWindow, qtbot: QtBot) -> None:
    flow = pattern_window.commands.patterns.flow
    flow.form_channels((0, 1))
    qtbot.waitUntil(lambda: formed(pattern_window) == [0, 1])
    one = flow.presenter.at_hand()[0]
    flow.presenter.cache.put(flow.presenter.layer, flow.presenter.settings, dict.fromkeys(range(2, 512), one))
    qtbot.keyClick(pattern_window, Qt.Key.Key_R, Ctrl | Shift)
    assert "are there" in pattern_window.views.messages.recent()[-1].text


def test_buttons_say_how_long_it_takes(pattern_window: MainWindow, qtbot: QtBot) -> None:
    buttons = pattern_window.views.patterns.findChildren(FittingButton)
    qtbot.waitUntil(lambda: any("(about 3 h" in button.full_text() for button in buttons))
    pattern_window.commands.patterns.set_settings(PatternSettings(recipe="chollet"))
    pattern_window.commands.patterns.flow.presenter.changed.emit()
    assert not any("(about" in button.full_text() for button in buttons)


def test_failure_is_said_and_the_rest_goes_on(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    fake_engine.failing = frozenset({2})
    pattern_window.commands.patterns.flow.form_channels((1, 2, 3))
    qtbot.waitUntil(lambda: formed(pattern_window) == [1, 3])
    assert any("channel 2" in message.text for message in pattern_window.views.messages.recent())
    assert pattern_window.commands.patterns.flow.runner.queue.orders[0].failed == 1


def test_kept_patterns_can_be_cleared(
    pattern_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern_window.commands.patterns.flow.form_channels((1,))
    qtbot.waitUntil(lambda: formed(pattern_window) == [1])
    assert pattern_window.controller.patterns.size() > 0
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    pattern_window.action("clear_patterns").trigger()
    assert pattern_window.controller.patterns.size() == 0
    assert formed(pattern_window) == []


def test_whole_network_is_asked_about_first(
    pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    pattern_window.action("run_network_patterns").trigger()
    assert pattern_window.commands.patterns.flow.runner.queue.orders == []
    fake_engine.step_seconds = 0.05
    pattern_window.action("run_network_patterns").trigger()
    qtbot.waitUntil(
        lambda: sum(row.total for row in queue_rows(pattern_window.commands.patterns.flow.runner.queue)) == 4224
    )
    pattern_window.commands.patterns.flow.runner.cancel_all()


def test_closing_in_the_middle_of_a_pattern(pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> None:
    fake_engine.step_seconds = 0.02
    pattern_window.commands.patterns.flow.form_channels(tuple(range(20)))
    qtbot.waitUntil(lambda: len(fake_engine.formed) >= 1)
    pattern_window.close()
    QApplication.processEvents()
    left = PatternQueue(cost=lambda _layer: 1.0)
    add_from_text(left, pattern_window.settings.text("patterns/queue"), VGG16)
    assert len(left.orders[0].left) >= 18


def titles(window: MainWindow) -> list[str]:
    return [order.title for order in window.commands.patterns.flow.runner.queue.orders]


@pytest.fixture
def three_orders(pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> MainWindow:
    """A window with three orders, of which the first one has a pattern that forms."""
    flow = pattern_window.commands.patterns.flow
    fake_engine.step_seconds = 1  # a pattern takes 4 s, and nothing ends while it is looked at
    for channels in ((0, 1, 2, 3), (10, 11), (20,)):
        flow.form_goals(f"channels {channels}", goals_of("block3_conv1", channels, flow.presenter.settings))
    qtbot.waitUntil(lambda: fake_engine.steps > 0)
    return pattern_window


def test_stop_stops_what_runs_and_the_next_order_goes_on(
    three_orders: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    first, second, third = titles(three_orders)
    qtbot.keyClick(three_orders, Qt.Key.Key_Period, Ctrl)
    assert titles(three_orders) == [second, third]
    message = three_orders.views.messages.current()
    assert message is not None
    assert first in message.text
    assert "4 patterns not formed" in message.text
    fake_engine.step_seconds = 0
    qtbot.waitUntil(lambda: idle(three_orders))
    assert fake_engine.formed == [10, 11, 20]
    assert three_orders.action("undo").isEnabled()
    qtbot.keyClick(three_orders, Qt.Key.Key_Z, Ctrl)
    assert titles(three_orders) == [first, second, third]
    qtbot.waitUntil(lambda: idle(three_orders))
    assert fake_engine.formed == [10, 11, 20, 0, 1, 2, 3]
    assert three_orders.views.messages.current() != message


def test_a_stop_that_has_not_taken_effect_stops_no_other_order(three_orders: MainWindow, qtbot: QtBot) -> None:
    _, second, third = titles(three_orders)
    for _ in range(3):
        qtbot.keyClick(three_orders, Qt.Key.Key_Period, Ctrl)
    assert titles(three_orders) == [second, third]
    assert not three_orders.action("cancel").autoRepeat()


def test_all_that_was_stopped_can_be_had_back_with_a_button(
    three_orders: MainWindow, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    before = titles(three_orders)
    qtbot.keyClick(three_orders, Qt.Key.Key_Period, Ctrl | Shift)
    assert titles(three_orders) == []
    bar = three_orders.views.messages
    message = bar.current()
    assert message is not None
    assert "3 orders; 7 patterns not formed" in message.text
    button = next(one for one in bar.findChildren(QPushButton) if one.text() == "&Bring back" and one.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert titles(three_orders) == before
    fake_engine.step_seconds = 0
    qtbot.waitUntil(lambda: idle(three_orders))
    assert fake_engine.formed == [0, 1, 2, 3, 10, 11, 20]
    assert not three_orders.action("undo").isEnabled()


def test_undo_takes_back_what_was_done_last(three_orders: MainWindow, qtbot: QtBot) -> None:
    gallery, queue = three_orders.views.gallery, three_orders.views.queue
    first, second, third = titles(three_orders)
    numbers = [order.number for order in three_orders.commands.patterns.flow.runner.queue.orders]
    qtbot.keyClick(three_orders, Qt.Key.Key_A, Ctrl)
    queue.cancel_wanted.emit((numbers[1],))
    queue.cancel_wanted.emit((numbers[2],))
    qtbot.keyClick(three_orders, Qt.Key.Key_A, Ctrl | Shift)
    states = []
    for _ in range(4):
        qtbot.keyClick(three_orders, Qt.Key.Key_Z, Ctrl)
        states.append((len(gallery.selected_channels()), titles(three_orders)))
    assert states == [(128, [first]), (128, [first, third]), (128, [first, second, third]), (0, [first, second, third])]


def test_finished_lines_are_not_worth_an_undo(pattern_window: MainWindow, qtbot: QtBot) -> None:
    flow = pattern_window.commands.patterns.flow
    flow.form_channels((3,))
    qtbot.waitUntil(lambda: idle(pattern_window))
    said = len(pattern_window.views.messages.recent())
    flow.runner.cancel_all()
    assert titles(pattern_window) == []
    assert len(pattern_window.views.messages.recent()) == said
    assert flow.runner.removed.changed_at == 0


def test_a_continuation_can_be_stopped(pattern_window: MainWindow, fake_engine: FakeEngine, qtbot: QtBot) -> None:
    flow = pattern_window.commands.patterns.flow
    pattern_window.views.gallery.select_channels([5], current=5)
    qtbot.keyClick(pattern_window, Qt.Key.Key_R, Ctrl)
    qtbot.waitUntil(lambda: formed(pattern_window) == [5] and not flow.runner.busy)
    fake_engine.step_seconds = 0.05
    flow.continue_pattern(10_000)
    qtbot.keyClick(pattern_window, Qt.Key.Key_Period, Ctrl)
    qtbot.waitUntil(lambda: not flow.runner.busy)
    assert flow.presenter.at_hand()[5].frame.step == STEPS
