"""The limit of memory in the window: chosen in the menu, remembered, and kept to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from engine.memory import machine
from engine.memory.budget import PROGRAM_BYTES, Budget
from gui.main_window import MainWindow
from gui.widgets.engine_state import memory_text
from gui.widgets.size_box import InputSizeBox

GB = 10**9


@pytest.fixture(autouse=True)
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """A budget that the person may change, instead of the one of this process."""
    made = Budget(8 * GB)
    monkeypatch.setattr("engine.memory.budget.current", made)
    monkeypatch.setattr("engine.memory.budget.default_limit", lambda: 8 * GB)
    monkeypatch.setattr(machine, "machine_bytes", lambda: 40 * GB)
    return made


def box_of(window: MainWindow) -> InputSizeBox:
    box = window.views.tools.findChild(InputSizeBox)
    assert box is not None
    return box


def type_size(window: MainWindow, size: int) -> None:
    spin = box_of(window).findChild(QSpinBox)
    assert spin is not None
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, str(size))
    QTest.keyClick(spin, Qt.Key.Key_Return)


def said(window: MainWindow) -> list[str]:
    return [message.text for message in window.views.messages.recent()]


def test_the_limit_is_chosen_and_remembered(
    window: MainWindow, make_window: Callable[[], MainWindow], budget: Budget
) -> None:
    assert window.action("memory_auto").isChecked()
    assert "8.0 GB" in window.action("memory_auto").text()
    window.action("memory_4").trigger()
    assert budget.limit == 4 * GB
    window.close()
    budget.limit = GB
    again = make_window()
    assert again.action("memory_4").isChecked()
    assert budget.limit == 4 * GB
    again.action("memory_auto").trigger()
    assert budget.limit == 8 * GB


def test_a_size_that_does_not_fit_is_refused_and_nothing_changes(
    cat_window: MainWindow, qtbot: QtBot, budget: Budget
) -> None:
    cat_window.action("memory_2").trigger()
    before = cat_window.workspace.network.size
    type_size(cat_window, 1024)
    assert "The maps of all layers at 1024 px need" in said(cat_window)[-1]
    assert "the limit is 2.0 GB; choose an input size of" in said(cat_window)[-1]
    assert "(Edit, Memory limit)" in said(cat_window)[-1]
    assert cat_window.workspace.network.size == box_of(cat_window).value() == before
    type_size(cat_window, 96)
    assert cat_window.workspace.network.size == 96
    wait_until_complete(cat_window, qtbot)


def test_the_box_says_so_while_typing(window: MainWindow, budget: Budget) -> None:
    window.action("memory_2").trigger()
    spin = box_of(window).findChild(QSpinBox)
    assert spin is not None
    spin.selectAll()
    QTest.keyClicks(spin, "2048")
    label = next(label for label in box_of(window).findChildren(QLabel) if "GB" in label.text())
    assert label.text() == "9.6 GB: too much"
    assert "the limit is 2.0 GB" in label.toolTip()
    window.action("memory_32").trigger()
    assert label.text() == "9.6 GB of maps"


def test_no_more_is_offered_than_the_machine_has(window: MainWindow) -> None:
    assert window.action("memory_32").isVisible()
    assert not window.action("memory_64").isVisible()


def test_the_command_line_comes_first(make_window: Callable[[], MainWindow], budget: Budget) -> None:
    budget.limit, budget.fixed = 3 * GB, True
    window = make_window()
    assert budget.limit == 3 * GB
    assert not window.action("memory_4").isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_what_is_used_can_be_read(window: MainWindow, budget: Budget) -> None:
    state = window.views.engine_state
    QApplication.sendEvent(state, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), state.mapToGlobal(QPoint(2, 2))))
    assert " used, 8.0 GB allowed, " in state.toolTip()
    assert memory_text().endswith(" in this machine")


def test_a_smaller_limit_keeps_fewer_pictures(cat_window: MainWindow, qtbot: QtBot, budget: Budget) -> None:
    def kept() -> int:
        return len(cat_window.controller.pipeline._store._looks)

    for size in (96, 64, 96):
        type_size(cat_window, size)
        wait_until_complete(cat_window, qtbot)
    assert kept() == 2
    budget.limit = PROGRAM_BYTES
    cat_window.controller.look_again()
    assert kept() == 1


def test_a_remembered_size_that_no_longer_fits_is_said(
    make_window: Callable[[], MainWindow], qtbot: QtBot, settings_file: Path, cat_path: Path, budget: Budget
) -> None:
    settings_file.write_text("[program]\nmemory=2\n[picture]\nsize=1024\n", encoding="utf-8")
    window = make_window()
    window.open_images([cat_path])
    qtbot.waitUntil(lambda: any("at 1024 px need" in text for text in said(window)))
    type_size(window, 64)
    wait_until_complete(window, qtbot)
