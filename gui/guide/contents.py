"""The list of contents of the guide: its pages, the headings of the one on the screen, and what a search finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel, QTextDocument
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from gui.guide import style as guide_style
from gui.guide.book import GuidePage, anchor
from gui.style import theme

_TARGET = Qt.ItemDataRole.UserRole + 1
_SECTION = 2
"""The level of the headings that are listed."""


class GuideContents(QTreeView):
    """Lists the pages of a guide.

    Signals:
        page_wanted (str): The person wants this page, or this place in one: ``scales.md#robust``.
    """

    page_wanted = Signal(str)

    def __init__(self, pages: Sequence[GuidePage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guideContents")
        self.setAccessibleName("Contents of the guide")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(theme.space(4))
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setItemDelegate(_RowDelegate(self))
        self._pages = tuple(pages)
        self._searching = False
        self._items = QStandardItemModel(self)
        for page in self._pages:
            item = QStandardItem(page.title)
            item.setData(page.name, _TARGET)
            self._items.appendRow(item)
        self.setModel(self._items)
        self.selectionModel().currentChanged.connect(self._chosen)
        self._silent = False

    def show_page(self, name: str) -> None:
        """Mark a page as the one on the screen, and list its headings."""
        for number, page in enumerate(self._pages):
            index = self._items.index(number, 0)
            if page.name == name:
                self._list_headings(number)
            self.setExpanded(index, page.name == name)
            if page.name == name and self._page_of(self.currentIndex()) != name:
                self._silent = True
                self.setCurrentIndex(index)
                self._silent = False

    def show_found(self, found: Mapping[str, int] | None) -> None:
        """List only the pages where something was found, and how often; all when None."""
        self._searching = found is not None
        for number, page in enumerate(self._pages):
            count = 0 if found is None else found.get(page.name, 0)
            item = self._items.item(number)
            item.setText(f"{page.title} ({count})" if count else page.title)
            self.setRowHidden(number, QModelIndex(), found is not None and not count)
            for row in range(item.rowCount()):
                self.setRowHidden(row, item.index(), found is not None)

    def _list_headings(self, number: int) -> None:
        """List the headings of a page, the first time that it is on the screen: all at once would hold it up."""
        page, item = self._pages[number], self._items.item(number)
        if item.rowCount():
            return
        for row, heading in enumerate(headings(page.text)):
            below = QStandardItem(heading)
            below.setData(f"{page.name}#{anchor(heading)}", _TARGET)
            below.setToolTip(heading)
            item.appendRow(below)
            self.setRowHidden(row, item.index(), self._searching)

    def _page_of(self, index: QModelIndex) -> str:
        return str(index.data(_TARGET) or "").partition("#")[0]

    @Slot(QModelIndex, QModelIndex)
    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._silent:
            self.page_wanted.emit(str(current.data(_TARGET)))


class _RowDelegate(QStyledItemDelegate):
    """Gives each row the room that makes a list readable."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the text."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), theme.space(6)))


def headings(text: str, level: int = _SECTION) -> tuple[str, ...]:
    """The headings of a level in a Markdown text."""
    document = QTextDocument()
    document.setMarkdown(text)
    return tuple(block.text() for block in guide_style.blocks(document) if block.blockFormat().headingLevel() == level)
