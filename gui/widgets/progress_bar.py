"""The running job in the status bar: what it does, how far it is, how long it will take, and a way to stop it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from engine.records import Progress
from engine.time_left import TimeLeft, time_left_text
from gui.style import theme
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.tips import change_tip

_BAR_WIDTH = 160
_BAR_HEIGHT = 8
_WIDEST_TIME = "a few seconds left"
_STOPPING = "Stopping…"


class JobStatus(QWidget):
    """Shows one job. Its parts keep their places while there is none, so nothing in the status bar jumps.

    Signals:
        cancel_wanted: The person wants the job stopped.
    """

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, estimate: TimeLeft | None = None) -> None:
        """Make an idle one.

        Args:
            parent: The status bar.
            estimate: What knows the time left; one with the real clock when None.
        """
        super().__init__(parent)
        self.setObjectName("jobStatus")
        self._estimate = estimate or TimeLeft()
        self._text = ElidedLabel()
        self._bar = self._make_bar()
        self._time = self._make_time()
        self._cancel = self._make_cancel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.space(2), 0, 0, 0)
        layout.setSpacing(theme.space(2))
        layout.addWidget(self._text, 1)
        for widget in (self._bar, self._cancel, self._time):
            _keep_room(widget)
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.finish()

    def show_progress(
        self, progress: Progress, *, paused: bool = False, left: float | Literal["measured"] | None = "measured"
    ) -> None:
        """Show how far the job is, and that there is one.

        Args:
            progress: How far.
            paused: Whether it is paused, and has no time left that anybody knows.
            left: Seconds that are left, from who knows more than the speed of the progress; None if nobody does.
        """
        if paused or left != "measured":
            self._estimate.restart()
        measured = None if paused or left != "measured" else self._estimate.update(progress.done, progress.total)
        seconds = measured if left == "measured" else left
        self._text.setText(progress.text if self._cancel.isEnabled() else _STOPPING)
        self._bar.setRange(0, progress.total)
        self._bar.setValue(min(progress.done, progress.total))
        self._time.setText("paused" if paused else time_left_text(seconds))
        self._describe(progress)
        self._show_parts(busy=True)

    def finish(self) -> None:
        """Show that no job is running."""
        self._estimate.restart()
        self._text.setText("")
        self._time.setText("")
        self._cancel.setEnabled(True)
        self._show_parts(busy=False)

    @property
    def busy(self) -> bool:
        """Whether a job is shown."""
        return not self._bar.isHidden()

    def _describe(self, progress: Progress) -> None:
        far = f"{progress.done:,} of {progress.total:,}" if progress.total else "working"
        self._bar.setAccessibleDescription(", ".join(filter(None, (progress.text, far, self._time.text()))))
        change_tip(self._bar, far)

    def _show_parts(self, *, busy: bool) -> None:
        for widget in (self._bar, self._time, self._cancel):
            widget.setVisible(busy)

    def _make_bar(self) -> QProgressBar:
        bar = QProgressBar(textVisible=False)
        bar.setFixedSize(_BAR_WIDTH, _BAR_HEIGHT)
        bar.setAccessibleName("Progress")
        return bar

    def _make_time(self) -> QLabel:
        label = QLabel(alignment=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        label.setFixedWidth(label.fontMetrics().horizontalAdvance(_WIDEST_TIME) + theme.SPACING)
        label.setAccessibleName("Time left")
        return label

    def _make_cancel(self) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(theme.icon("cancel"))
        button.setToolTip("Stop this job")
        button.setAccessibleName("Stop")
        button.setAccessibleDescription("Stop the running job")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._cancel_clicked)
        return button

    @Slot()
    def _cancel_clicked(self) -> None:
        """Pass the wish on, once: the engine ends its step first."""
        self._cancel.setEnabled(False)
        self._text.setText(_STOPPING)
        self.cancel_wanted.emit()


def _keep_room(widget: QWidget) -> None:
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
