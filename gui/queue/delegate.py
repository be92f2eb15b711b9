"""Paints the jobs of the queue: what it is, how far, how long, in two lines and a thin bar."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from gui.queue.model import ROW_ROLE, count_of, state_text
from gui.state.queue_rows import QueueRow
from gui.style.painting import line_height, mix, quiet, small_font
from gui.widgets.tips import TippedDelegate

_PADDING = 8
_LINE_GAP = 2
_BAR = 3
_MARK = 8
_CORNER = 4.0
_TRACK = 0.14
_Index = QModelIndex | QPersistentModelIndex


class QueueDelegate(TippedDelegate):
    """Paints a mark for the state, the text, and below it how far the job is and how long it takes."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for every job."""
        del index
        lines = line_height(option.font) + line_height(small_font(option.font))
        return QSize(0, lines + _LINE_GAP + _BAR + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one job."""
        row: QueueRow | None = index.data(ROW_ROLE)
        if row is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, option)
        area = option.rect.adjusted(_PADDING, _PADDING - 2, -_PADDING, -_PADDING)
        text = area.adjusted(_MARK + _PADDING, 0, 0, 0)
        first = QRect(text.left(), text.top(), text.width(), line_height(option.font))
        _paint_mark(painter, option.palette, row, QPointF(area.left() + _MARK / 2, first.center().y() + 1))
        ink = quiet(option.palette) if row.ended else option.palette.color(QPalette.ColorRole.Text)
        painter.setFont(option.font)
        _write(painter, first, row.text, ink, Qt.AlignmentFlag.AlignLeft)
        painter.setFont(small_font(option.font))
        height = line_height(painter.font())
        second = QRect(text.left(), first.bottom() + 1 + _LINE_GAP, text.width(), height)
        _paint_numbers(painter, option.palette, row, second)
        _paint_bar(painter, option.palette, row, QRectF(text.left(), area.bottom() + 1, text.width(), _BAR))
        painter.restore()


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    palette = option.palette
    accent, base = palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.Base)
    frame = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(mix(accent, base, 0.72))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(mix(base, palette.color(QPalette.ColorRole.Text), 0.06))
    painter.drawRoundedRect(frame, _CORNER, _CORNER)
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, _CORNER, _CORNER)


def _paint_mark(painter: QPainter, palette: QPalette, row: QueueRow, centre: QPointF) -> None:
    """A sign for the state: full, empty, two bars, a tick or a cross, so that it does not depend on colour."""
    half = _MARK / 2
    accent, soft = palette.color(QPalette.ColorRole.Highlight), quiet(palette)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if row.state == "running":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawEllipse(centre, half, half)
    elif row.state == "waiting":
        painter.setPen(QPen(soft, 1.5))
        painter.drawEllipse(centre, half - 0.75, half - 0.75)
    elif row.state == "paused":
        painter.setPen(QPen(soft, 2))
        for side in (-2, 2):
            painter.drawLine(centre + QPointF(side, -half + 1), centre + QPointF(side, half - 1))
    elif row.state == "done":
        painter.setPen(QPen(soft, 1.75))
        painter.drawPolyline(
            [centre + QPointF(-half, 0), centre + QPointF(-1, half - 1), centre + QPointF(half, -half + 1)]
        )
    else:
        painter.setPen(QPen(palette.color(QPalette.ColorRole.BrightText), 1.75))
        for slope in (-1, 1):
            arm = QPointF(half - 1, slope * (half - 1))
            painter.drawLine(centre - arm, centre + arm)


def _paint_numbers(painter: QPainter, palette: QPalette, row: QueueRow, area: QRect) -> None:
    ink = palette.color(QPalette.ColorRole.BrightText) if row.state == "failed" else quiet(palette)
    right = state_text(row)
    _write(painter, area, right, ink, Qt.AlignmentFlag.AlignRight)
    room = area.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(right) - _PADDING, 0)
    _write(painter, room, count_of(row), quiet(palette), Qt.AlignmentFlag.AlignLeft)


def _paint_bar(painter: QPainter, palette: QPalette, row: QueueRow, area: QRectF) -> None:
    """How far it is; none for what has ended, for there is nothing to wait for."""
    if row.ended:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    track = palette.color(QPalette.ColorRole.Text)
    track.setAlphaF(_TRACK)
    painter.setBrush(track)
    painter.drawRoundedRect(area, _BAR / 2, _BAR / 2)
    share = min(1.0, row.done / row.total) if row.total else 0.0
    if share > 0:
        colour = palette.color(QPalette.ColorRole.Highlight) if row.state == "running" else quiet(palette)
        painter.setBrush(colour)
        painter.drawRoundedRect(
            QRectF(area.left(), area.top(), max(_BAR, area.width() * share), _BAR), _BAR / 2, _BAR / 2
        )


def _write(painter: QPainter, area: QRect, text: str, ink: QColor, side: Qt.AlignmentFlag) -> None:
    painter.setPen(ink)
    shortened = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shortened)
