"""Paints the rows of the layer tree: a small picture, the name, and quietly what kind of layer it is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem

from engine.records import LayerInfo
from gui.layers import text as layer_text
from gui.layers.model import LAYER_ROLE, PENDING_ROLE, PICTURE_ROLE, SHOWN_ROLE
from gui.style.painting import mix, quiet
from gui.widgets.tips import TippedDelegate

PICTURE = 24
"""Side of the picture of a layer, in device-independent pixels."""

_ROW = 28
_GAP = 4
_DOT = 1.5
_Index = QModelIndex | QPersistentModelIndex


class LayerDelegate(TippedDelegate):
    """Paints the first column; the others are left to the style, in a quieter colour."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        """Leave room for the picture, and set the fonts and colours of the row."""
        super().initStyleOption(option, index)
        if index.column():
            option.palette.setColor(QPalette.ColorRole.Text, quiet(option.palette))
        elif index.data(LAYER_ROLE) is not None:
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.decorationSize = QSize(PICTURE, PICTURE)
        if index.data(SHOWN_ROLE):
            option.font.setWeight(QFont.Weight.DemiBold)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Every row is equally high."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), _ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one cell."""
        super().paint(painter, option, index)
        layer: LayerInfo | None = index.data(LAYER_ROLE)
        if layer is None:
            return
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_picture(painter, full, index)
        self._paint_suffix(painter, full, layer_text.suffix(layer))
        painter.restore()

    def _paint_picture(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        slot = _part(option, QStyle.SubElement.SE_ItemViewItemDecoration)
        area = QRect(0, 0, PICTURE, PICTURE)
        area.moveCenter(slot.center())
        picture: QPixmap | None = index.data(PICTURE_ROLE)
        if picture is not None:
            size = picture.deviceIndependentSize()
            offset = QPointF((PICTURE - size.width()) / 2, (PICTURE - size.height()) / 2)
            painter.drawPixmap(QPointF(area.topLeft()) + offset, picture)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_faint(option), 1))
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        if index.data(PENDING_ROLE):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_text_color(option))
            for offset_x in (-6, 0, 6):
                painter.drawEllipse(QRectF(area).center() + QPointF(offset_x, 0), _DOT, _DOT)

    def _paint_suffix(self, painter: QPainter, option: QStyleOptionViewItem, suffix: str) -> None:
        area = _part(option, QStyle.SubElement.SE_ItemViewItemText)
        metrics = QFontMetrics(option.font)  # the option's own are those of the font before it was made bold
        style_margin = 2 * (QApplication.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1)
        left = area.left() + style_margin + metrics.horizontalAdvance(option.text) + _GAP
        if left + metrics.horizontalAdvance(suffix) > area.right():
            return
        painter.setFont(option.font)
        painter.setPen(_text_color(option))
        painter.drawText(
            QRect(left, area.top(), area.right() - left, area.height()), Qt.AlignmentFlag.AlignVCenter, suffix
        )


def _part(option: QStyleOptionViewItem, part: QStyle.SubElement) -> QRect:
    style = option.widget.style() if option.widget else QApplication.style()
    return style.subElementRect(part, option, option.widget)


def _text_color(option: QStyleOptionViewItem) -> QColor:
    """The quiet text colour, on the accent too."""
    palette = option.palette
    if not option.state & QStyle.StateFlag.State_Selected:
        return quiet(palette)
    return mix(palette.color(QPalette.ColorRole.HighlightedText), palette.color(QPalette.ColorRole.Highlight), 0.2)


def _faint(option: QStyleOptionViewItem) -> QColor:
    return mix(option.palette.color(QPalette.ColorRole.Base), _text_color(option), 0.5)
