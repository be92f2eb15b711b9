"""The list of the queue: keys and drags become wishes; the list itself is only changed from outside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from gui.queue.delegate import QueueDelegate
from gui.queue.model import MIME, QueueModel
from gui.queue.reorder import moves
from gui.state.queue_rows import QueueRow

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class QueueList(QListView):
    """Shows the jobs.

    Signals:
        cancel_wanted (tuple): The person wants the jobs of these numbers gone.
        move_wanted (int, int): The person wants the job of this number at this position of the list, from 0.
        selection_changed: Other jobs are selected.
    """

    cancel_wanted = Signal(tuple)
    move_wanted = Signal(int, int)
    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = QueueModel(self)
        self.setObjectName("queueList")
        self.setAccessibleName("Patterns that run and wait")
        self.setAccessibleDescription("Delete cancels what is selected, Ctrl+Up and Ctrl+Down move it")
        self.setModel(self._jobs)
        self.setItemDelegate(QueueDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.selectionModel().selectionChanged.connect(self.selection_changed)

    def show_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these jobs; what was selected and is still there stays selected."""
        self._jobs.set_rows(rows)

    def rows(self) -> tuple[QueueRow, ...]:
        """The jobs in the list."""
        return self._jobs.rows

    def selected(self) -> tuple[QueueRow, ...]:
        """The selected jobs, from the top."""
        places = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self._jobs.rows[place] for place in places)

    def cancel_selected(self) -> None:
        """Ask for the end of the selected jobs that have not ended."""
        numbers = tuple(row.number for row in self.selected() if not row.ended)
        if numbers:
            self.cancel_wanted.emit(numbers)

    def move_selected_to_top(self) -> None:
        """Ask for the selected jobs to be the next ones."""
        self._move(self._selected_movable(), 0)

    def _move_by(self, step: int) -> None:
        """Ask for the selected jobs to go one place up or down together."""
        chosen = self._selected_movable()
        places = [place for place, row in enumerate(self.rows()) if row.number in chosen]
        if places:
            self._move(chosen, places[0] - 1 if step < 0 else places[-1] + 2)

    def _selected_movable(self) -> tuple[int, ...]:
        return tuple(row.number for row in self.selected() if row.movable)

    def _move(self, chosen: Sequence[int], place: int) -> None:
        """Ask for jobs to go before the one at a place, as far as the queue allows: among those that have not begun."""
        movable = [index for index, row in enumerate(self.rows()) if row.movable]
        if not chosen or not movable:
            return
        place = min(max(place, movable[0]), movable[-1] + 1)
        for number, position in list(moves([row.number for row in self.rows()], chosen, place)):
            self.move_wanted.emit(number, position)

    def _drop_place(self, event: QDropEvent) -> int:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if not index.isValid():
            return len(self.rows())
        return index.row() + (point.y() > self.visualRect(index).center().y())

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete cancels; with Ctrl the arrows move jobs, and Home brings them to the top."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Delete:
            self.cancel_selected()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and key in _STEPS:
            self._move_by(_STEPS[key])
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_Home:
            self.move_selected_to_top()
        else:
            super().keyPressEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the jobs would go; a place on a job means before or behind it."""
        super().dragMoveEvent(event)
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the dragged jobs to go here; the view itself must not move them."""
        data = bytes(event.mimeData().data(MIME).data()).decode()
        if data:
            self._move([int(number) for number in data.split(",")], self._drop_place(event))
        # As a copy, so that the view does not remove the dragged rows from the model afterwards.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()

    def rowsInserted(self, parent: QModelIndex | QPersistentModelIndex, first: int, last: int) -> None:
        """Begin with the first job as the current one, so that the keys have something to act on."""
        super().rowsInserted(parent, first, last)
        if not self.currentIndex().isValid():
            self.selectionModel().setCurrentIndex(self._jobs.index(0), self.selectionModel().SelectionFlag.NoUpdate)
