"""Tips that are true: Qt leaves one on the screen until the mouse moves, whatever the keys have changed below it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Slot
from PySide6.QtGui import QCursor, QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QWidget


def change_tip(widget: QWidget, text: str) -> None:
    """Give a widget another tip; if the one before is on the screen, it becomes the new one."""
    before = widget.toolTip()
    widget.setToolTip(text)
    if text != before and _is_shown(before):
        QToolTip.showText(QCursor.pos(), text, widget)


class TippedDelegate(QStyledItemDelegate):
    """A delegate whose tip of an item follows what the item says, and goes once the item has moved or is gone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tipped_view: QAbstractItemView | None = None
        self._tipped = QPersistentModelIndex()
        self._tip = ""
        self._tipped_area = QRect()

    @Slot()
    def look_again(self) -> None:
        """See whether the tip is still true; to be called where items move and their model does not say so."""
        if self._tipped_view is None or not _is_shown(self._tip):
            return
        if not self._tipped.isValid() or self._tipped_view.visualRect(self._tipped) != self._tipped_area:
            QToolTip.hideText()
        elif (text := str(self._tipped.data(Qt.ItemDataRole.ToolTipRole) or "")) != self._tip:
            self._tip = text
            QToolTip.showText(QCursor.pos(), text, self._tipped_view.viewport(), self._tipped_area)

    # Qt override

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Remember what the tip is about that is shown now."""
        shown = super().helpEvent(event, view, option, index)
        if self._tipped_view is None:
            self._follow(view)
        self._tipped, self._tip = QPersistentModelIndex(index), QToolTip.text()
        self._tipped_area = view.visualRect(index)
        return shown

    def _follow(self, view: QAbstractItemView) -> None:
        self._tipped_view = view
        model = view.model()
        arranged = (model.modelReset, model.layoutChanged, model.rowsInserted, model.rowsRemoved)
        for changed in (model.dataChanged, *arranged):
            changed.connect(self.look_again)
        for bar in (view.verticalScrollBar(), view.horizontalScrollBar()):
            bar.valueChanged.connect(self.look_again)


def _is_shown(text: str) -> bool:
    return QToolTip.isVisible() and QToolTip.text() == text
