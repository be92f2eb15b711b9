"""The score of an ascent, step by step, drawing itself while the pattern forms."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.formatting import nice_ticks, number, tip
from gui.style.painting import mix, quiet, small_font

Curve = npt.NDArray[np.float32]
"""Steps and scores: float32 (n, 2)."""

_HEIGHT = 104
_LEAST_HEIGHT = 96
_HEADROOM = 1.18
_FOOTROOM = 0.04
_AXIS_SHARE = 0.8
_GRID_ALPHA = 0.5
_LABEL_OFFSET = 4
_TICKS = 5
_PURPOSE = "The score after each step: how strongly the channel responds to the picture (mean of its map after ReLU)"
_EMPTY = "The score draws itself here while a pattern forms."


class ScoreCurve(QWidget):
    """A thin line of score over step, with the score of the person's own picture as a dashed line across.

    The whole curve is set anew each time, so nothing grows with the number of updates.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scoreCurve")
        self._curve: Curve = np.empty((0, 2), np.float32)
        self._steps = 1
        self._reference: float | None = None
        self._outcome = ""
        self._stale = False
        self._plot = pg.PlotWidget(self, background=None)
        self._line = pg.PlotCurveItem(antialias=True)
        self._end = pg.ScatterPlotItem(size=7, antialias=True)
        self._across = pg.InfiniteLine(angle=0)
        self._across_label = pg.TextItem(anchor=(1, 1))
        self._outcome_label = pg.TextItem(anchor=(0, 0))
        self._set_up_plot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._empty = QLabel(_EMPTY, self, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Score curve")
        self.setToolTip(tip(_PURPOSE))
        self._follow_palette()
        self.show_reference(None)
        self.clear()

    def show_curve(self, curve: Curve, steps: int) -> None:
        """Show the scores so far.

        Args:
            curve: float32 (n, 2), step and score, the steps rising; scores that are no numbers are left out.
            steps: How many steps are planned.
        """
        self._curve = curve[np.isfinite(curve).all(axis=1)] if len(curve) else curve
        self._steps = max(1, steps)
        self._refresh()

    def show_reference(self, score: float | None) -> None:
        """Show the score that the person's own picture reaches, or None when there is no picture."""
        self._reference = score if score is not None and math.isfinite(score) else None
        visible = self._reference is not None
        self._across.setVisible(visible)
        self._across_label.setVisible(visible)
        if self._reference is not None:
            self._across.setValue(self._reference)
            self._across_label.setText(f"your picture: {number(self._reference)}")
        self._refresh()

    def show_outcome(self, text: str) -> None:
        """Say what became of the pattern, in a corner; "" while it forms."""
        self._outcome = text
        self._outcome_label.setText(text)
        self._describe()

    def clear(self) -> None:
        """Show no curve and no outcome; the reference stays."""
        if not len(self._curve) and not self._outcome and not self._plot.isVisibleTo(self):
            return  # as it is already, at most channels of a layer that one goes through for its maps
        self.show_outcome("")
        self.show_curve(np.empty((0, 2), np.float32), 1)

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """What the axes show: (first, last) step and (lowest, highest) score."""
        (left, right), (low, high) = self._plot.getPlotItem().vb.viewRange()
        return (left, right), (low, high)

    def _set_up_plot(self) -> None:
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.showGrid(x=False, y=True, alpha=_GRID_ALPHA)
        item.setContentsMargins(0, 2, 2, 0)
        box = item.vb
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0.0)
        box.disableAutoRange()
        box.sigResized.connect(self._place_labels)
        for content in (self._across, self._line, self._end):
            box.addItem(content, ignoreBounds=True)
        for label in (self._across_label, self._outcome_label):
            label.setParentItem(box)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for widget in (self, self._plot, self._plot.viewport()):
            widget.setAcceptDrops(False)
        # The plot has nothing to click or turn: mouse and wheel belong to the panel around it.
        self._plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def _refresh(self) -> None:
        """Draw it anew; while nobody can see it, later: each switch of layers comes here."""
        self._stale = not self.isVisible()
        self._plot.setVisible(len(self._curve) > 0)
        self._empty.setVisible(not len(self._curve))
        self._describe()
        if not self._stale:
            self._draw()

    def _draw(self) -> None:
        self._line.setData(self._curve[:, 0], self._curve[:, 1])
        self._end.setData(self._curve[-1:, 0], self._curve[-1:, 1])
        item = self._plot.getPlotItem()
        box = item.vb
        scores = self._curve[:, 1]
        highest = max([float(scores.max(initial=0.0)), self._reference or 0.0]) or 1.0
        lowest = min(0.0, float(scores.min(initial=0.0)))
        last_step = float(self._curve[:, 0].max(initial=0.0))
        box.setRange(
            xRange=(0, max(float(self._steps), last_step)),
            yRange=(lowest - (highest - lowest) * _FOOTROOM, lowest + (highest - lowest) * _HEADROOM),
            padding=0,
        )
        ticks = [tick for tick in nice_ticks(0, max(self._steps, last_step), _TICKS) if tick == round(tick)]
        item.getAxis("bottom").setTicks([[(tick, f"{tick:.0f}") for tick in ticks]])
        self._place_labels()

    def _place_labels(self) -> None:
        box = self._plot.getPlotItem().vb
        self._outcome_label.setPos(_LABEL_OFFSET, 0)
        if self._reference is not None:
            low, high = box.viewRange()[1]
            share = (self._reference - low) / (high - low)
            y = (1 - share) * box.height()
            below = y < self._across_label.boundingRect().height()  # above it, the label would be cut
            self._across_label.setAnchor((1, 0 if below else 1))
            self._across_label.setPos(box.width() - _LABEL_OFFSET, y)

    def _describe(self) -> None:
        parts = ["No scores yet."]
        if len(self._curve):
            (first_step, first), (last_step, last) = self._curve[0].tolist(), self._curve[-1].tolist()
            parts = [
                f"Score {number(first)} after step {first_step:.0f}, "
                f"{number(last)} after step {last_step:.0f} of {self._steps}."
            ]
        if self._reference is not None:
            parts.append(f"Your picture reaches {number(self._reference)}.")
        self.setAccessibleDescription(" ".join([*parts, self._outcome]).strip())

    def _follow_palette(self) -> None:
        palette = self.palette()
        accent, text, ground = (
            palette.color(role)
            for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.WindowText, QPalette.ColorRole.Window)
        )
        soft = quiet(palette)
        self._line.setPen(pg.mkPen(accent, width=1.6))
        self._end.setPen(pg.mkPen(None))
        self._end.setBrush(pg.mkBrush(accent))
        self._across.setPen(pg.mkPen(soft, width=1, style=Qt.PenStyle.DashLine))
        self._across_label.setColor(soft)
        self._outcome_label.setColor(text)
        font = small_font(self.font())
        for label in (self._across_label, self._outcome_label):
            label.setFont(font)
        for side in ("left", "bottom"):
            axis = self._plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(mix(text, ground, _AXIS_SHARE)))
            axis.setTextPen(pg.mkPen(soft))
            axis.setStyle(tickFont=font, tickLength=-3, tickTextOffset=3)
        self._plot.resetCachedContent()  # the ground is kept as it was painted first

    # Qt overrides

    def changeEvent(self, event: QEvent) -> None:
        """Follow the colour scheme and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._follow_palette()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what has changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the words of the empty state in the middle."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.rect())

    def sizeHint(self) -> QSize:
        """A few centimetres wide, and higher than a line needs, so that a rise is seen."""
        return QSize(2 * _HEIGHT, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The least that can be read."""
        return QSize(_HEIGHT, _LEAST_HEIGHT)
