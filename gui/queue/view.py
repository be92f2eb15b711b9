"""The queue of patterns: what runs, what waits, how long it takes, and the ways to change that."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from engine.time_left import time_left_text
from gui.queue.list import QueueList
from gui.state.queue_rows import QueueRow
from gui.style import theme
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.tips import change_tip

_ICON = 18
_EMPTY = "Nothing runs and nothing waits."


class QueueView(QWidget):
    """Shows the jobs of the queue under a line about all of them.

    Signals:
        pause_wanted (bool): The person wants everything paused, or going on.
        cancel_wanted (tuple): The person wants the jobs of these numbers gone.
        move_wanted (int, int): The person wants the job of this number at this position of the list, counted from 0.
            Several jobs are moved with several signals, each meant after the one before it has been obeyed.
        clear_wanted: The person wants the jobs that have ended gone from the list.
    """

    pause_wanted = Signal(bool)
    cancel_wanted = Signal(tuple)
    move_wanted = Signal(int, int)
    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queueView")
        self.setAccessibleName("Queue of patterns")
        self._summary = ElidedLabel()
        self._summary.setAccessibleName("Queue")
        self._list = QueueList()
        self._empty = QLabel(_EMPTY, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._pause = _button("pause", "Pause all", "Pause all: nothing is lost, and it can go on later")
        self._top = _button("top", "Move to the top", "What is selected comes next (Ctrl+Home)")
        self._cancel = _button("cancel", "Cancel selected", "Cancel what is selected (Delete)")
        self._clear = _button("clear", "Clear finished", "Clear what has finished from the list; the patterns are kept")
        self._paused = False
        self._build()
        self._connect()
        self._refresh()

    def show_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these jobs, from the first to the last; what is selected stays selected."""
        self._list.show_rows(rows)
        self._refresh()

    def selected(self) -> tuple[int, ...]:
        """The numbers of the selected jobs, from the top."""
        return tuple(row.number for row in self._list.selected())

    def summary(self) -> str:
        """The line about all jobs."""
        return self._summary.text()

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(theme.SPACING)
        bar.addWidget(self._summary, 1)
        for button in (self._pause, self._top, self._cancel, self._clear):
            bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(3))
        layout.setSpacing(theme.SPACING)
        layout.addLayout(bar)
        self._stack = QStackedLayout()
        layout.addLayout(self._stack, 1)  # before it is filled: it shows its first widget, which would be a window else
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._list)

    def _connect(self) -> None:
        self._list.cancel_wanted.connect(self.cancel_wanted)
        self._list.move_wanted.connect(self.move_wanted)
        self._list.selection_changed.connect(self._offer)
        self._pause.clicked.connect(self._on_pause)
        self._top.clicked.connect(self._list.move_selected_to_top)
        self._cancel.clicked.connect(self._list.cancel_selected)
        self._clear.clicked.connect(self.clear_wanted)

    def _refresh(self) -> None:
        rows = self._list.rows()
        states = {row.state for row in rows}
        self._paused = "paused" in states and "running" not in states
        icon, text, purpose = (
            ("play", "Continue all", "Go on with what was paused")
            if self._paused
            else ("pause", "Pause all", "Pause all: nothing is lost, and it can go on later")
        )
        self._pause.setIcon(theme.icon(icon))
        self._pause.setAccessibleName(text)
        self._pause.setAccessibleDescription(purpose)
        change_tip(self._pause, purpose)
        self._summary.setText(summary_text(rows))
        self._summary.setAccessibleDescription(self._summary.text())
        self._stack.setCurrentWidget(self._list if rows else self._empty)
        self._offer()

    @Slot()
    def _offer(self) -> None:
        rows, selected = self._list.rows(), self._list.selected()
        self._pause.setEnabled(any(not row.ended for row in rows))
        self._clear.setEnabled(any(row.ended for row in rows))
        self._cancel.setEnabled(any(not row.ended for row in selected))
        self._top.setEnabled(any(row.movable for row in selected))

    @Slot()
    def _on_pause(self) -> None:
        self.pause_wanted.emit(not self._paused)


def summary_text(rows: Sequence[QueueRow]) -> str:
    """All jobs in a line: ``1 running, 3 waiting · 4 min left``; the time of a single one stands beside that."""
    counts = [(sum(row.state == state for row in rows), state) for state in ("running", "paused", "waiting")]
    parts = ", ".join(f"{count:,} {state}" for count, state in counts if count)
    if not parts:
        return "All finished" if rows else ""
    left = [row.seconds_left for row in rows if not row.ended]
    known = [seconds for seconds in left if seconds is not None]
    if not known or (len(left) == 1 and parts != "1 paused"):
        return parts
    text = time_left_text(sum(known))
    return f"{parts} · {text}" if len(known) == len(left) else f"{parts} · more than {text}"


def _button(icon: str, name: str, purpose: str) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(_ICON, _ICON))
    button.setAccessibleName(name)
    button.setAccessibleDescription(purpose)
    button.setToolTip(purpose)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
