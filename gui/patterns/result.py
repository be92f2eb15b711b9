"""How the pattern that forms is doing: its score, the curve of it, and what became of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.patterns.records import Frame
from gui.patterns.score_curve import ScoreCurve
from gui.patterns.text import duration_text, outcome_sentence, outcome_word, progress_text, score_text
from gui.style import theme
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.tips import change_tip

_STEPS = 48
_EMPTY = "No pattern yet."
_NOT_KEPT = "Only what is one pattern, and does not start from your picture, is kept to be continued"


class PatternResult(QWidget):
    """Shows the newest frame of one pattern.

    Signals:
        continue_wanted (int): The person wants so many steps more.
        compare_toggled (bool): The person wants the comparison shown or gone.
    """

    continue_wanted = Signal(int)
    compare_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: Frame | None = None
        self._seconds = 0.0
        self._objective, self._kept = "channel", True
        self._reference: float | None = None
        self._more_steps = _STEPS
        self._curve = ScoreCurve()
        self._score = ElidedLabel()
        self._time = QLabel()
        self._time.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._sentence = QLabel(wordWrap=True)
        self._sentence.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._continue = QPushButton(autoDefault=False)
        self._compare = QPushButton("Compare…", autoDefault=False)
        self._build()
        self._refresh()

    def show_frame(self, frame: Frame, seconds: float, objective: str = "channel", *, kept: bool = True) -> None:
        """Show how far a pattern is.

        Args:
            frame: The pattern as it stands.
            seconds: How long it has taken so far.
            objective: What is climbed, one of `gui.patterns.text.OBJECTIVES`.
            kept: Whether it is kept on the disk when it is finished, so that it can be continued.
        """
        self._frame, self._seconds, self._objective, self._kept = frame, seconds, objective, kept
        self._curve.show_curve(frame.curve, frame.steps)
        self._refresh()

    def show_reference(self, score: float | None) -> None:
        """Show the score that the person's own picture reaches, or None when there is none."""
        self._reference = score
        self._curve.show_reference(score)
        self._refresh()

    def set_comparing(self, comparing: bool) -> None:
        """Show whether the comparison is on the screen; `compare_toggled` keeps silent."""
        self._compare.setChecked(comparing)

    def clear(self) -> None:
        """Show no pattern."""
        self._frame = None
        self._curve.clear()
        self._refresh()

    def _build(self) -> None:
        self._score.setAccessibleName("Score")
        self._time.setAccessibleName("Time")
        self._time.setToolTip("How long this pattern has taken")
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._compare.setCheckable(True)
        self._compare.setIcon(theme.icon("compare"))
        purpose = "Two recipes side by side on one channel, with the same seed"
        self._compare.setToolTip(purpose)
        self._compare.setAccessibleName("Compare")
        self._compare.setAccessibleDescription(purpose)
        self._continue.clicked.connect(self._on_continue)
        self._compare.clicked.connect(self.compare_toggled)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.space(2))
        buttons.addWidget(self._continue, 1)
        buttons.addWidget(self._compare, 1)
        line = QHBoxLayout()
        line.addWidget(self._score, 1)
        line.addWidget(self._time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self._curve)
        layout.addLayout(line)
        layout.addWidget(self._sentence)
        layout.addSpacing(theme.SPACING)
        layout.addLayout(buttons)

    def _refresh(self) -> None:
        frame = self._frame
        ended = frame is not None and frame.done
        self._score.setText("" if frame is None else progress_text(frame))
        self._time.setText(duration_text(self._seconds) if frame is not None and self._seconds else "")
        self._score.setAccessibleDescription(_EMPTY if frame is None else score_text(frame, self._seconds))
        self._sentence.setText("" if frame is None else outcome_sentence(frame, self._reference, self._objective))
        self._sentence.setAccessibleName(self._sentence.text())
        self._curve.show_outcome(outcome_word(frame) if frame is not None and ended else "")
        self._more_steps = _STEPS if frame is None else frame.recipe.steps or frame.steps
        self._continue.setText(f"Continue (+{self._more_steps} steps)")
        self._continue.setAccessibleName(f"Continue with {self._more_steps} more steps")
        # What it takes lies in the store; whoever is asked says so if it does not.
        self._continue.setEnabled(ended and self._kept)
        purpose = "Go on from this picture; the score may rise further" if self._kept else _NOT_KEPT
        change_tip(self._continue, purpose)
        self._continue.setAccessibleDescription(purpose)

    @Slot()
    def _on_continue(self) -> None:
        self.continue_wanted.emit(self._more_steps)
