"""The channel gallery: every channel of a layer as a tile, to select, sort, read and drag out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QElapsedTimer, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from engine.records import ChannelStatistics, LayerInfo, ScaledMaps
from gui.canvas.qt_images import Table
from gui.canvas.tile_images import TilePattern
from gui.channels.drag import make_drag
from gui.channels.model import ChannelModel
from gui.channels.selection import ChannelSelection, Place
from gui.channels.tile_view import Hold, TileView
from gui.state.choices import Content, Order

_FIRST_SIZE = 96
_KEYS_OF_THE_WINDOW = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
"""With Ctrl or Alt they go to other layers and pictures; where there are no more, they must not go to other tiles."""


class ChannelGallery(TileView):
    """A grid of tiles, one a channel.

    What a person does is signalled; what the program does (`show_layer`, `select_channels`, `set_order`, …) is not:
    read `selected_channels` and `current_channel` after it.

    Signals:
        channels_selected: The person changed the selection: channel numbers in ascending order, tuple[int, ...].
        current_channel_changed: The person moved to this channel.
        channel_activated: The person wants to see this channel large (double click, Enter).
        context_menu_wanted: The person asks for the menu of these channels, tuple[int, ...], at this global QPoint.
    """

    channels_selected = Signal(object)
    current_channel_changed = Signal(int)
    channel_activated = Signal(int)
    context_menu_wanted = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_FIRST_SIZE, parent)
        self.setObjectName("channelGallery")
        self.setAccessibleName("Channels")
        self._digits = ""
        self._typed = QElapsedTimer()
        self._drag_files: Callable[[tuple[int, ...]], list[str]] | None = None
        self._files_ready: Callable[[], None] = lambda: None
        self._tiles = ChannelModel(self)
        self.setModel(self._tiles)
        self._selection = ChannelSelection(self._tiles, self.selectionModel(), self)
        self._selection.changed.connect(self.channels_selected)
        self._selection.current_changed.connect(self.current_channel_changed)
        self.doubleClicked.connect(self._on_double_clicked)

    # What the program shows

    def show_layer(
        self,
        layer: LayerInfo,
        scaled: ScaledMaps | None,
        statistics: ChannelStatistics | None,
        keep_selection: bool = False,
    ) -> None:
        """Show the channels of a layer.

        The same layer again, with results or other ones, keeps selection and scroll position.

        Args:
            layer: The layer.
            scaled: Its maps; None shows an empty tile for each channel.
            statistics: Its numbers, or None while they are not known.
            keep_selection: Select the same channel numbers in another layer as in the one before. Otherwise a layer
                has the selection that it had when it was left.
        """
        other = self._tiles.layer is None or layer.name != self._tiles.layer.name
        place = self._what_is_in_view()
        if other:
            self._selection.turn_to(layer, keep_selection, place)
            place = self._selection.place
        self._painter.forget_pictures()
        with self._selection.restored():
            self._tiles.set_content(layer, scaled, statistics)
        self.setAccessibleDescription(f"The {layer.channels} channels of {layer.name}")
        self.doItemsLayout()
        self.verticalScrollBar().setValue(place.scrolled)
        if other:
            self._return_to(place)
            if keep_selection:
                self._show_current()

    def set_table(self, table: Table) -> None:
        """Show the maps in the colours of this table, uint8 RGB (256, 3)."""
        self._painter.forget_pictures()
        self._tiles.set_table(table)

    def set_shown(self, content: Content) -> None:
        """Have maps, patterns or both in the tiles."""
        held = self.hold()
        self._painter.images = 2 if content == "both" else 1
        self._painter.forget_pictures()
        self._tiles.set_shown(content)
        self._spread()
        self.doItemsLayout()
        self.bring_back(held)

    def show_patterns(self, patterns: Mapping[int, TilePattern]) -> None:
        """Show these patterns of the layer, by channel, and no others."""
        self._tiles.set_patterns(patterns)

    def show_pattern(self, channel: int, pattern: TilePattern) -> None:
        """Show another pattern of one channel."""
        self._tiles.set_pattern(channel, pattern)

    def visible_channels(self) -> tuple[int, ...]:
        """The channels whose tiles are in view, from top left to bottom right."""
        return tuple(map(self._tiles.channel, self.rows_in_view()))

    def set_order(self, key: Order, descending: bool = False) -> None:
        """Put the tiles in order of channel or of one of the statistics, which each tile then shows.

        The first is shown, or as much after it as it takes to keep the current one in view, if it is selected.
        """
        with self._selection.restored():
            self._tiles.set_order(key, descending)
        self.scrollToTop()
        if self.selectionModel().isSelected(self.currentIndex()):  # Qt makes the first one current that nobody chose
            self._show_current()

    def set_filter(self, hide_blank: bool) -> None:
        """Show or leave out the channels that are all zero. A channel that is left out is not selected meanwhile."""
        with self._selection.restored():
            self._tiles.set_filter(hide_blank)
        self._show_current()

    def set_drag_files(
        self, provider: Callable[[tuple[int, ...]], list[str]], ready: Callable[[], None] = lambda: None
    ) -> None:
        """Let tiles be dragged out.

        Args:
            provider: Called when a drag starts, (channel numbers) -> paths of files that it writes for them.
            ready: Called when they are fetched; waits until they have been written.
        """
        self._drag_files, self._files_ready = provider, ready

    # What is selected

    def selected_channels(self) -> tuple[int, ...]:
        """Numbers of the selected channels, ascending."""
        return self._selection.channels()

    def select_channels(self, channels: Sequence[int], current: int | None = None) -> None:
        """Select exactly these; numbers that the layer does not have are ignored.

        Args:
            channels: Channel numbers in any order.
            current: Where the keyboard goes on from, as when the person clicked it elsewhere; None leaves it.
        """
        self._selection.select(channels, current)

    def current_channel(self) -> int | None:
        """The channel that the keyboard is on, or None."""
        return self._selection.current()

    def selection_changed_at(self) -> int:
        """The `moment` of the last change of the selection that can be undone, 0 when there is none."""
        return self._selection.changed_at()

    def can_redo_selection(self) -> bool:
        """Whether an undo can be taken back."""
        return self._selection.can_redo()

    @Slot()
    def undo_selection(self) -> None:
        """Go back to the selection before the last change, as a person's choice."""
        self._selection.undo()

    @Slot()
    def redo_selection(self) -> None:
        """Take back an undo, as a person's choice."""
        self._selection.redo()

    def _what_is_in_view(self) -> Place:
        """What of the layer is in view, for when the person comes back to it."""
        held, scrolled = self.hold(), self.verticalScrollBar().value()
        return Place(scrolled, self._tiles.channel(held.index.row()) if held.index.isValid() else None, held.top)

    def _return_to(self, place: Place) -> None:
        """Show what was in view, also where width or height have become others since."""
        row = None if place.channel is None else self._tiles.row(place.channel)
        if row is None:
            return
        index = self._tiles.index(row)
        if index == self.currentIndex() or self.visualRect(index).top() != place.top:
            self.bring_back(Hold(QPersistentModelIndex(index), place.top, place.scrolled))

    def _show_current(self) -> None:
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.channel_activated.emit(self._tiles.channel(index.row()))

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the gallery; arrows, Home, End, PgUp, PgDn, Ctrl+A and space are Qt's."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        current = self.current_channel()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            self.channel_activated.emit(current)
        elif (key == Qt.Key.Key_Escape and self.selectionModel().hasSelection()) or (
            key == Qt.Key.Key_A and control and shift
        ):
            self.clearSelection()
        elif (control or alt) and key in _KEYS_OF_THE_WINDOW:
            event.ignore()
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(+1)
        elif control and key == Qt.Key.Key_Minus:
            self.zoom(-1)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Go to the channel whose number is typed."""
        if not search.isdecimal():
            return
        going_on = self._typed.isValid() and self._typed.elapsed() < QApplication.keyboardInputInterval()
        self._digits = self._digits + search if going_on else search
        self._typed.start()
        row = self._tiles.row(int(self._digits))
        if row is not None:
            self.setCurrentIndex(self._tiles.index(row))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a change of the selection that ends with the release."""
        self._selection.begin_gesture()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it: that is one step of undo."""
        super().mouseReleaseEvent(event)
        self._selection.end_gesture()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the selected tiles, or of the one under the pointer."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        selected = self.selected_channels()
        channel = self._tiles.channel(index.row()) if index.isValid() else None
        channels = selected if channel is None or channel in selected else (channel,)
        place = self.visualRect(index).center() if by_key else event.pos()
        self.context_menu_wanted.emit(channels, self.viewport().mapToGlobal(place))

    def startDrag(self, supported_actions: Qt.DropAction) -> None:
        """Drag the selected tiles out, as files."""
        del supported_actions
        channels = self.selected_channels()
        paths = self._drag_files(channels) if self._drag_files and channels else []
        if paths:
            current = self.current_channel()
            tile = self._tiles.tile(current if current in channels else channels[0])
            picture = self._painter.picture(tile, 0, self.devicePixelRatioF())
            self._run_drag(make_drag(self, paths, len(channels), tile.images[0], picture, self._files_ready))
        # The drag swallows the release.
        self._selection.end_gesture()

    def _run_drag(self, drag: QDrag) -> None:
        drag.exec(Qt.DropAction.CopyAction)
