"""Two recipes side by side on one channel, with the same seed, each with its score and its time."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.patterns.records import Frame
from engine.patterns.settings import PatternSettings
from engine.records import LayerInfo
from gui.formatting import number
from gui.patterns.comparison_side import CompareSide
from gui.patterns.recipe_text import BOOK
from gui.state.choices import Side
from gui.style import theme
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.scroll_body import ScrollBody

_ABOUT_THE_SAME = 1.02
_WAITING = "Both patterns start from the same seed; their scores are in the same unit."


class CompareView(QWidget):
    """Shows two patterns of one channel while they form, and says in words which has the higher score.

    Signals:
        compare_wanted (object, object): Form the patterns of these two `PatternSettings`, left and right.
        close_wanted: Put the comparison away.
    """

    compare_wanted = Signal(object, object)
    close_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareView")
        self.setAccessibleName("Two recipes side by side")
        self._target = ""
        self._heading = ElidedLabel()
        self._close = self._make_close()
        self._sides: dict[Side, CompareSide] = {"left": CompareSide("left"), "right": CompareSide("right")}
        self._verdict = QLabel(wordWrap=True)
        self._verdict.setObjectName("verdict")
        self._verdict.setAlignment(theme.TOP_LEFT)
        self._verdict.setMinimumHeight(2 * self._verdict.fontMetrics().lineSpacing())
        self._build()
        for side in self._sides.values():
            side.chosen.connect(self._on_chosen)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.close_wanted)
        self.set_settings(PatternSettings(), PatternSettings(BOOK))

    def settings(self) -> tuple[PatternSettings, PatternSettings]:
        """The settings of the left and of the right side; their seeds are the same."""
        return self._sides["left"].settings(), self._sides["right"].settings()

    def set_settings(self, left: PatternSettings, right: PatternSettings) -> None:
        """Show these recipes and no patterns; the seed of the left one is that of both. Nothing is emitted."""
        self._sides["left"].set_settings(left)
        self._sides["right"].set_settings(replace(right, seed=left.seed))
        self._refresh()

    def show_target(self, layer: LayerInfo | None, channel: int) -> None:
        """Say of which channel the patterns are, and show none of them yet."""
        self._target = "" if layer is None else f"Channel {channel} of {layer.keras_name}"
        self.clear()

    def show_frame(self, side: Side, frame: Frame, seconds: float) -> None:
        """Show how far a pattern is.

        Args:
            side: Which of the two.
            frame: The pattern as it stands.
            seconds: How long it has taken so far.
        """
        self._sides[side].show_frame(frame, seconds)
        extent = max(one.extent() for one in self._sides.values())
        for one in self._sides.values():
            one.show_picture(extent)
        self._refresh()

    @Slot()
    def clear(self) -> None:
        """Show no patterns; the recipes stay."""
        for side in self._sides.values():
            side.clear()
        self._refresh()

    def _make_close(self) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(theme.icon("close"))
        button.setToolTip("Close the comparison (Esc)")
        button.setAccessibleName("Close the comparison")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.close_wanted)
        return button

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._close)
        pair = QHBoxLayout()
        pair.setSpacing(theme.space(3))
        for side in self._sides.values():
            pair.addWidget(side, 1)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(3))
        layout.setSpacing(theme.space(2))
        layout.addLayout(top)
        layout.addWidget(self._verdict)
        layout.addLayout(pair, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(ScrollBody(content))

    def _refresh(self) -> None:
        seed = self._sides["left"].settings().seed
        self._heading.setText(" · ".join(part for part in (self._target, f"seed {seed}") if part))
        self._verdict.setText(_verdict(self._sides["left"], self._sides["right"]))
        self._verdict.setAccessibleName(self._verdict.text())

    @Slot()
    def _on_chosen(self) -> None:
        self.clear()
        self.compare_wanted.emit(*self.settings())

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keys: the next thing to do is to choose another recipe, or to leave with Escape."""
        super().showEvent(event)
        self._sides["left"].take_keys()


def _verdict(left: CompareSide, right: CompareSide) -> str:
    """Which of two patterns has the higher score, and by how much."""
    if left.settings() == right.settings():
        return "The same recipe twice: choose another one on either side to see a difference."
    first, second = left.frame(), right.frame()
    if first is None or second is None:
        return _WAITING
    so_far = "" if first.done and second.done else "So far "
    higher, lower = (left, right) if first.score >= second.score else (right, left)
    most, least = max(first.score, second.score), min(first.score, second.score)
    return _sentence(so_far + _result(higher, lower, most, least)) + _seeds(first, second)


def _result(higher: CompareSide, lower: CompareSide, most: float, least: float) -> str:
    if most <= 0:
        return "neither recipe makes the channel respond."
    if least <= 0:
        return f"{higher.title()} makes the channel respond, {lower.title()} does not."
    if most < least * _ABOUT_THE_SAME:
        return f"{higher.title()} and {lower.title()} reach about the same score."
    times = number(float(f"{most / least:.2g}" if most / least >= 2 else f"{most / least:.3g}"))
    return f"{higher.title()} has the higher score: {times} times that of {lower.title()}."


def _seeds(first: Frame, second: Frame) -> str:
    if first.seed == second.seed:
        return ""
    return f" To bring out a pattern it took other seeds: {first.seed} on the left, {second.seed} on the right."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
