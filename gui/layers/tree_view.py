"""A tree of blocks and layers, of which only layers are ever selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from gui.layers.model import LAYER_ROLE

INDENTATION = 14
"""Of each level, in device-independent pixels."""


class BlockTree(QTreeView):
    """The tree itself. A block can be walked over and opened, but only a layer is ever selected.

    Signals:
        resized: There is another amount of room for the columns.
    """

    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("layerTree")
        self.setAccessibleName("Layers")
        self.setAccessibleDescription("The layers of the network by block; choose one to see its channels")
        self.setIndentation(INDENTATION)
        self.setUniformRowHeights(True)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(False)
        self._opened_by_first_click = False
        self.clicked.connect(self._on_clicked)
        self.doubleClicked.connect(self._on_double_clicked)

    def set_up_header(self) -> None:
        """Give the name what the other columns leave."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def reveal(self, index: QModelIndex) -> None:
        """Scroll no further than it takes to see a row, and the block that it stands in if there is room for both."""
        if index.isValid():
            self.scrollTo(index.parent())
            self.scrollTo(index)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if _is_block(index) and not self._opened_by_first_click:
            self._turn(index)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        if _is_block(index):
            self._opened_by_first_click = True  # the second click would undo it
        else:
            self._turn(index)

    def _turn(self, index: QModelIndex) -> None:
        row = index.siblingAtColumn(0)
        self.setExpanded(row, not self.isExpanded(row))

    # Qt overrides

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Leave the shown layer selected when a block becomes the current row."""
        if _is_block(index):
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click."""
        self._opened_by_first_click = False
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say so."""
        super().resizeEvent(event)
        self.resized.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Forget where it was scrolled to while the window was put together and the tree was a line high."""
        super().showEvent(event)
        self.scrollToTop()
        self.reveal(self.currentIndex())


def _is_block(index: QModelIndex | QPersistentModelIndex) -> bool:
    return index.isValid() and index.sibling(index.row(), 0).data(LAYER_ROLE) is None
