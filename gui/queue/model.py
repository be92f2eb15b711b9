"""The queue of jobs as an item model that changes row by row, so that selection and scroll position stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.time_left import time_left_text
from gui.state.queue_rows import QueueRow

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `QueueRow` of a row."""

MIME = "application/x-convscope-queue"
"""What is dragged: the numbers of jobs, as text with commas, only ever within the list."""

_NO_PARENT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


def state_text(row: QueueRow) -> str:
    """Where a job stands: ``4 min left``, ``waits · 4 min``, ``paused``, ``done``, ``failed``."""
    left = time_left_text(row.seconds_left)
    if row.state == "running":
        return left or "running"
    if row.state == "waiting":
        takes = left.removesuffix(" left")
        return f"waits · {takes}" if takes else "waits"
    return row.state


def count_of(row: QueueRow) -> str:
    """How far a job is: ``31 of 256``."""
    return f"{row.done:,} of {row.total:,}"


class QueueModel(QAbstractListModel):
    """One row a job.

    Attributes:
        rows: The jobs, from the top.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[QueueRow, ...] = ()

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these jobs: those that are gone leave, those that moved move, new ones come in, others change."""
        self._remove({row.number for row in rows})
        self._reorder([row.number for row in rows])
        self._insert(rows)
        self._change(tuple(rows))

    def row(self, index: _Index) -> QueueRow | None:
        """The job of an index."""
        return self.rows[index.row()] if index.isValid() and index.row() < len(self.rows) else None

    def _remove(self, kept: set[int]) -> None:
        gone = [place for place, row in enumerate(self.rows) if row.number not in kept]
        for first, last in reversed(list(_runs(gone))):
            self.beginRemoveRows(QModelIndex(), first, last)
            self.rows = self.rows[:first] + self.rows[last + 1 :]
            self.endRemoveRows()

    def _reorder(self, numbers: Sequence[int]) -> None:
        place = {number: index for index, number in enumerate(numbers)}
        ordered = tuple(sorted(self.rows, key=lambda row: place[row.number]))
        if ordered == self.rows:
            return
        self.layoutAboutToBeChanged.emit()
        new_place = {row.number: index for index, row in enumerate(ordered)}
        before = self.persistentIndexList()
        after = [self.index(new_place[self.rows[index.row()].number]) for index in before]
        self.rows = ordered
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, rows: Sequence[QueueRow]) -> None:
        known = {row.number for row in self.rows}
        new = [place for place, row in enumerate(rows) if row.number not in known]
        for first, last in _runs(new):
            self.beginInsertRows(QModelIndex(), first, last)
            self.rows = self.rows[:first] + tuple(rows[first : last + 1]) + self.rows[first:]
            self.endInsertRows()

    def _change(self, rows: tuple[QueueRow, ...]) -> None:
        changed = [place for place, (old, new) in enumerate(zip(self.rows, rows, strict=True)) if old != new]
        self.rows = rows
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))

    # Qt overrides

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """One row a job."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The job in words, and the job itself."""
        row = self.row(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{row.text}, {count_of(row)}, {_in_full(row)}"
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Jobs that have not begun can be dragged, to between others."""
        row = self.row(index)
        if row is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled if row.movable else flags

    def supportedDropActions(self) -> Qt.DropAction:
        """Jobs are moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Numbers of jobs."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The numbers of these jobs."""
        data = QMimeData()
        numbers = (str(self.rows[index.row()].number) for index in sorted(indexes, key=QModelIndex.row))
        data.setData(MIME, ",".join(numbers).encode())
        return data


def _in_full(row: QueueRow) -> str:
    text = state_text(row)
    return text if row.state != "running" or text == "running" else f"running, {text}"


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as (first, last)."""
    run: tuple[int, int] | None = None
    for place in places:
        if run is not None and place == run[1] + 1:
            run = run[0], place
            continue
        if run is not None:
            yield run
        run = place, place
    if run is not None:
        yield run
