"""Which channels are selected: by number, remembered for each layer, with undo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex, QObject, Signal, Slot

from engine.records import LayerInfo
from gui.channels.model import ChannelModel
from gui.state.selection_history import SelectionHistory

_Flag = QItemSelectionModel.SelectionFlag


@dataclass(frozen=True)
class Place:
    """What of a layer is in view.

    Attributes:
        scrolled: How far it is scrolled, in pixels.
        channel: A channel that is in view; None when there are none.
        top: Where that channel's tile is, in pixels from the top of the view.
    """

    scrolled: int = 0
    channel: int | None = None
    top: int = 0


@dataclass
class _Visit:
    """What is remembered of a layer for when the person comes back to it."""

    history: SelectionHistory = field(default_factory=SelectionHistory)
    current: int | None = None
    place: Place = field(default_factory=Place)


class ChannelSelection(QObject):
    """Keeps Qt's selection, which is of rows, as a selection of channel numbers, whatever the rows do.

    Signals:
        changed: The person changed the selection: channel numbers in ascending order, tuple[int, ...].
        current_changed: The person moved to this channel.
    """

    changed = Signal(object)
    current_changed = Signal(int)

    def __init__(self, tiles: ChannelModel, rows: QItemSelectionModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self._rows = rows
        self._visits: dict[str, _Visit] = {}
        self._visit = _Visit()
        self._restoring = False
        self._gesture = False
        rows.selectionChanged.connect(self._on_selection_changed)
        rows.currentChanged.connect(self._on_current_changed)

    @property
    def place(self) -> Place:
        """What of the shown layer was in view when it was left."""
        return self._visit.place

    def channels(self) -> tuple[int, ...]:
        """Numbers of the selected channels, ascending."""
        # Not `selectedIndexes`, which asks the model about each row. Ranges may overlap while a rubber band is drawn.
        ranges = self._rows.selection()
        runs = [ranges.at(position) for position in range(ranges.count())]
        rows = {row for run in runs for row in range(run.top(), run.bottom() + 1)}
        return tuple(sorted(map(self._tiles.channel, rows)))

    def current(self) -> int | None:
        """The channel that the keyboard is on, or None."""
        index = self._rows.currentIndex()
        return self._tiles.channel(index.row()) if index.isValid() else None

    def select(self, channels: Iterable[int], current: int | None) -> None:
        """Select exactly these and go to one of them, without a signal.

        Args:
            channels: Numbers that the layer does not have are ignored.
            current: Where the keyboard goes on from; None leaves it where it is.
        """
        count = 0 if self._tiles.layer is None else self._tiles.layer.channels
        selection = tuple(sorted(channel for channel in set(channels) if 0 <= channel < count))
        self._visit.history.push(selection)
        if current is not None:
            self._visit.current = current
        elif selection and self._visit.current is None:
            self._visit.current = selection[0]
        self._restore()

    def changed_at(self) -> int:
        """The `moment` of the last change of the shown layer's selection that can be undone, 0 when there is none."""
        return self._visit.history.changed_at

    def can_redo(self) -> bool:
        """Whether an undo can be taken back."""
        return self._visit.history.can_redo

    def undo(self) -> None:
        """Go back to the selection before the last change."""
        if self._visit.history.undo():
            self._restore()
            self.changed.emit(self.channels())

    def redo(self) -> None:
        """Take back an undo."""
        if self._visit.history.redo():
            self._restore()
            self.changed.emit(self.channels())

    def turn_to(self, layer: LayerInfo, keep: bool, place: Place) -> None:
        """Leave a layer for another one; to be called before the rows change.

        Args:
            layer: The other layer.
            keep: Take the selected channel numbers along, instead of those that were selected there before.
            place: What of the layer that is left is in view.
        """
        before = self._visit
        before.place = place
        self._visit = self._visits.setdefault(layer.name, _Visit())
        if not keep:
            return
        self._visit.history.push(tuple(channel for channel in before.history.present if channel < layer.channels))
        if before.current is not None and before.current < layer.channels:
            self._visit.current = before.current

    @contextmanager
    def restored(self) -> Iterator[None]:
        """While the rows change: the same channels are selected afterwards, and nothing is signalled."""
        self._restoring = True
        try:
            yield
        finally:
            self._restore()

    def begin_gesture(self) -> None:
        """A mouse button is down: a rubber band changes the selection at every move, which is one step of undo."""
        self._gesture = True

    def end_gesture(self) -> None:
        """The button is up."""
        self._gesture = False
        self._commit()

    def _commit(self) -> None:
        # A channel that is filtered out stays remembered until the person changes what is selected.
        if self.channels() != self._shown(self._visit.history.present):
            self._visit.history.push(self.channels())

    def _shown(self, channels: Iterable[int]) -> tuple[int, ...]:
        return tuple(channel for channel in channels if self._tiles.row(channel) is not None)

    def _restore(self) -> None:
        self._restoring = True
        wanted = QItemSelection()
        for first, last in _runs(self._tiles.rows(self._visit.history.present)):
            wanted.append(QItemSelectionRange(self._tiles.index(first), self._tiles.index(last)))
        self._rows.select(wanted, _Flag.ClearAndSelect)
        row = None if self._visit.current is None else self._tiles.row(self._visit.current)
        self._rows.setCurrentIndex(QModelIndex() if row is None else self._tiles.index(row), _Flag.NoUpdate)
        self._restoring = False

    @Slot(QItemSelection, QItemSelection)
    def _on_selection_changed(self) -> None:
        if self._restoring:
            return
        if not self._gesture:
            self._commit()
        self.changed.emit(self.channels())

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        if self._restoring or not current.isValid():
            return
        self._visit.current = self._tiles.channel(current.row())
        self.current_changed.emit(self._visit.current)


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbouring rows, so that Qt keeps a few ranges and not hundreds."""
    start = 0
    for position in range(1, len(rows) + 1):
        if position == len(rows) or rows[position] != rows[position - 1] + 1:
            yield rows[start], rows[position - 1]
            start = position
