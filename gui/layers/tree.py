"""The layer tree: all layers of the network, to choose one, with a field to find it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.records import LayerInfo
from gui.canvas.qt_images import Levels, Table, fitted_image
from gui.layers import text as layer_text
from gui.layers.delegate import PICTURE, LayerDelegate
from gui.layers.model import LAYER_ROLE, LayerFilter, LayerModel
from gui.layers.tree_view import INDENTATION, BlockTree
from gui.style import theme
from gui.widgets.search_field import SearchField

_CELL_MARGIN = 16
_SHORT_NAME = 104
_SEARCH_HELP = "A name, a block, pool, relu, linear, a number of channels or a size such as 56x56"


class LayerTree(QWidget):
    """A search field over a tree of blocks and layers.

    Signals:
        layer_chosen: The person chose the layer of that name; `set_current` does not signal.
    """

    layer_chosen = Signal(str)

    def __init__(self, layers: Sequence[LayerInfo], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: str | None = None
        self._restoring = False
        self._pictures: dict[str, tuple[Levels, Table]] = {}
        self._expanded: list[QPersistentModelIndex] = []
        self._searching = False
        self._model = LayerModel(self)
        self._filter = LayerFilter(self)
        self._filter.setSourceModel(self._model)
        self._search = SearchField("layerSearch", "Find a layer", _SEARCH_HELP, self)
        self._tree = BlockTree(self)
        self._tree.setModel(self._filter)
        self._tree.setItemDelegate(LayerDelegate(self))
        self._nothing = QLabel("No layer matches.", self)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.hide()
        self._lay_out()
        self._search.textChanged.connect(self._on_search)
        self._search.left.connect(self._on_search_left)
        self._tree.selectionModel().currentChanged.connect(self._on_current_changed)
        self._tree.resized.connect(self._fit_columns)
        self.set_layers(layers)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(2))
        self._search.setFixedHeight(theme.ROW)
        layout.addWidget(self._search)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self._tree, 1)

    # What the program shows

    def set_layers(self, layers: Sequence[LayerInfo]) -> None:
        """Show these layers. The same names with other shapes keep selection, pictures and what is expanded."""
        same = self._model.names() == tuple(layer.name for layer in layers)
        with self._choice_restored():
            self._model.set_layers(layers)
        if not same:
            self._pictures.clear()
            self._tree.set_up_header()
            self._tree.expandToDepth(0)
        self._fit_columns()

    def current_layer(self) -> str | None:
        """The name of the layer that was chosen or set last, also while the search hides it."""
        return self._shown

    def set_current(self, name: str) -> None:
        """Mark a layer as the one that the window shows."""
        with self._choice_restored():
            self._mark_shown(name)

    def set_picture(self, name: str, levels: Levels, table: Table) -> None:
        """Show a small picture of a layer that has been computed.

        Args:
            name: The layer.
            levels: uint8 (height, width).
            table: uint8 RGB (256, 3).
        """
        self._pictures[name] = (levels, table)
        self._model.set_picture(name, self._pixmap(levels, table))

    def clear_pictures(self) -> None:
        """Show no pictures: nothing has been computed yet."""
        for name in self._pictures:
            self._model.set_picture(name, None)
        self._pictures.clear()

    def set_pending(self, names: Collection[str]) -> None:
        """Show that exactly these layers are being computed."""
        self._model.set_pending(frozenset(names))

    @Slot(int)
    def step(self, delta: int) -> None:
        """Choose the layer so many visible rows further, as the person's choice; stops at the ends."""
        target = self._beside(delta)
        if target is not None:
            self._choose(target)

    def can_step(self, delta: int) -> bool:
        """Whether `step` leads to another layer than the one that is shown; quick, for it is asked all the time."""
        index = self._index(self._shown)
        if self._tree.visualRect(index).isEmpty():  # hidden by the search or in a closed block
            return self._beside(delta) is not None
        beside = self._tree.indexBelow if delta > 0 else self._tree.indexAbove
        while (index := beside(index)).isValid():
            if index.data(LAYER_ROLE) is not None:
                return True
        return False

    @Slot()
    def focus_search(self) -> None:
        """Let the person type what to look for."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _pixmap(self, levels: Levels, table: Table) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap.fromImage(fitted_image(levels, table, round(PICTURE * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _index(self, name: str | None) -> QModelIndex:
        return self._filter.mapFromSource(self._model.layer_index(name)) if name else QModelIndex()

    def _mark_shown(self, name: str | None) -> None:
        self._shown = name
        self._model.set_shown(name)

    def _choose(self, name: str) -> None:
        """As if the person had clicked it."""
        self._tree.setCurrentIndex(self._index(name))

    def _beside(self, delta: int) -> str | None:
        """The layer so many visible rows further, or the last one on the way there; None while no layer is visible."""
        names = list(self._visible_layers())
        if not names:
            return None
        beside = -1 if delta > 0 else len(names)
        target = (names.index(self._shown) if self._shown in names else beside) + delta
        return names[min(max(target, 0), len(names) - 1)]

    def _visible_layers(self) -> Iterator[str]:
        index = self._filter.index(0, 0)
        while index.isValid():
            layer: LayerInfo | None = index.data(LAYER_ROLE)
            if layer is not None:
                yield layer.name
            index = self._tree.indexBelow(index)

    @contextmanager
    def _choice_restored(self) -> Iterator[None]:
        """Whatever happens to the rows meanwhile, the shown layer is the current one afterwards, without a signal."""
        self._restoring = True
        try:
            yield
        finally:
            index = self._index(self._shown)
            self._tree.setCurrentIndex(index)
            self._tree.reveal(index)
            self._restoring = False

    def _rows(self, parent: QModelIndex) -> Iterator[QModelIndex]:
        for row in range(self._filter.rowCount(parent)):
            index = self._filter.index(row, 0, parent)
            yield index
            yield from self._rows(index)

    @Slot()
    def _fit_columns(self) -> None:
        """Hide the columns that do not fit, the least important first; the tooltip has all of them."""
        metrics = self._tree.fontMetrics()
        layers = [self._model.layer_index(name).data(LAYER_ROLE) for name in self._model.names()]
        room = self._tree.viewport().width()
        used = _name_width(layers, metrics)
        for column in range(1, len(layer_text.COLUMNS)):
            texts = [layer_text.COLUMNS[column], *(layer_text.columns(layer)[column] for layer in layers)]
            width = max(metrics.horizontalAdvance(text) for text in texts) + _CELL_MARGIN
            used += width
            # For the shape the name may lose its quiet end.
            fits = used <= room or (column == 1 and _SHORT_NAME + width <= room)
            self._tree.setColumnHidden(column, not fits)
            self._tree.header().resizeSection(column, width)

    @Slot(str)
    def _on_search(self, text: str) -> None:
        searching = bool(text.strip())
        if searching and not self._searching:
            self._expanded = [
                QPersistentModelIndex(self._filter.mapToSource(index))
                for index in self._rows(QModelIndex())
                if self._tree.isExpanded(index)
            ]
        with self._choice_restored():
            self._model.set_query(text)
            if searching:
                self._tree.expandAll()
            elif self._searching:
                self._expand_as_before()
        self._searching = searching
        self._show_nothing(self._filter.rowCount() == 0)

    def _expand_as_before(self) -> None:
        self._tree.collapseAll()
        for index in self._expanded:
            self._tree.expand(self._filter.mapFromSource(index))

    def _show_nothing(self, nothing: bool) -> None:
        self._nothing.setVisible(nothing)
        self._tree.setVisible(not nothing)
        self._search.setAccessibleDescription(self._nothing.text() if nothing else _SEARCH_HELP)

    @Slot()
    def _on_search_left(self) -> None:
        """Go to the tree, and to the first match unless the shown layer is one."""
        self._tree.setFocus(Qt.FocusReason.OtherFocusReason)
        matching = [name for name in self._visible_layers() if self._model.matches(name)]
        if matching and self._shown not in matching:
            self._choose(matching[0])

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        layer: LayerInfo | None = current.siblingAtColumn(0).data(LAYER_ROLE)
        if self._restoring or layer is None or layer.name == self._shown:
            return
        self._mark_shown(layer.name)
        self.layer_chosen.emit(layer.name)

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        """Make the pictures anew for a screen with other pixels."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            for name, (levels, table) in self._pictures.items():
                self._model.set_picture(name, self._pixmap(levels, table))
        return super().event(event)


def _name_width(layers: Sequence[LayerInfo], metrics: QFontMetrics) -> int:
    """What the first column needs to show each name in full."""
    widths = (
        INDENTATION * (3 if layer.kind == "linear" else 2)
        + metrics.horizontalAdvance(f"{layer_text.label(layer)} {layer_text.suffix(layer)}")
        for layer in layers
    )
    return max(widths, default=0) + PICTURE + _CELL_MARGIN
