"""The layers as an item model: blocks, in them convolutions and poolings, below a convolution its map before ReLU."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QPixmap, QStandardItem, QStandardItemModel

from engine.records import LayerInfo
from gui.layers import text as layer_text

LAYER_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `LayerInfo` of a row; None for a block."""

PICTURE_ROLE = Qt.ItemDataRole.UserRole + 2
"""A small QPixmap of the layer, or None."""

PENDING_ROLE = Qt.ItemDataRole.UserRole + 3
"""Whether the layer is being computed."""

SHOWN_ROLE = Qt.ItemDataRole.UserRole + 4
"""Whether it is the layer that the window shows."""

MATCH_ROLE = Qt.ItemDataRole.UserRole + 5
"""``match`` where a row matches the query by itself, else empty."""

_MATCH = "match"


class LayerModel(QStandardItemModel):
    """One row a layer, one column each for what `layer_text.COLUMNS` names."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, list[QStandardItem]] = {}
        self._blocks: dict[str, QStandardItem] = {}
        self._query = ""

    def set_layers(self, layers: Sequence[LayerInfo]) -> None:
        """Show these layers. The same names again, as for another input size, keep their rows and pictures."""
        if list(self._rows) != [layer.name for layer in layers]:
            self._build(layers)
        for layer in layers:
            _fill(self._rows[layer.name], layer)
        self._mark_matches()

    def set_query(self, query: str) -> None:
        """Mark the layers that match; every row for an empty query."""
        self._query = query.strip()
        self._mark_matches()

    def matches(self, name: str) -> bool:
        """Whether a layer matches by itself, and is not only shown for what is below it."""
        return bool(self._rows[name][0].data(MATCH_ROLE))

    def names(self) -> tuple[str, ...]:
        """The names of the layers, in the order in which they were given."""
        return tuple(self._rows)

    def layer_index(self, name: str) -> QModelIndex:
        """The row of a layer; invalid when there is none of that name."""
        return self._rows[name][0].index() if name in self._rows else QModelIndex()

    def set_picture(self, name: str, picture: QPixmap | None) -> None:
        """Show a picture in the row of a layer, or none."""
        self._rows[name][0].setData(picture, PICTURE_ROLE)

    def set_pending(self, names: Collection[str]) -> None:
        """Mark exactly these layers as being computed."""
        for name, row in self._rows.items():
            row[0].setData(name in names, PENDING_ROLE)

    def set_shown(self, shown: str | None) -> None:
        """Mark the layer that the window shows."""
        for name, row in self._rows.items():
            row[0].setData(name == shown, SHOWN_ROLE)

    def _mark_matches(self) -> None:
        for row in self._rows.values():
            matches = layer_text.matches(row[0].data(LAYER_ROLE), self._query)
            row[0].setData(_MATCH if matches else "", MATCH_ROLE)
        for block in self._blocks.values():  # shown for what is in them
            block.setData("" if self._query else _MATCH, MATCH_ROLE)

    def _build(self, layers: Sequence[LayerInfo]) -> None:
        self._rows = {}
        self.clear()
        self.setHorizontalHeaderLabels(layer_text.COLUMNS)
        for column, text in enumerate(layer_text.COLUMN_HELP):
            self.horizontalHeaderItem(column).setToolTip(text)
            self.horizontalHeaderItem(column).setTextAlignment(_alignment(column))
        self._rows = {layer.name: _row(layer_text.columns(layer)) for layer in layers}
        self._blocks = {}
        for layer in layers:
            if layer.block not in self._blocks:
                row = _row((layer.block,))
                self._blocks[layer.block] = row[0]
                self.appendRow(row)
            # A map before ReLU belongs below its convolution, where that is in the list too.
            below = layer.kind == "linear" and layer.keras_name in self._rows
            parent = self._rows[layer.keras_name][0] if below else self._blocks[layer.block]
            parent.appendRow(self._rows[layer.name])


class LayerFilter(QSortFilterProxyModel):
    """The layers that match the query of a `LayerModel`, with the rows above them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setRecursiveFilteringEnabled(True)
        # Qt looks at a mark: a Python method would be asked at each text of a row that changes.
        self.setFilterRole(MATCH_ROLE)
        self.setFilterFixedString(_MATCH)


def _row(texts: Sequence[str]) -> list[QStandardItem]:
    items = [QStandardItem(texts[column] if column < len(texts) else "") for column in range(len(layer_text.COLUMNS))]
    for column, item in enumerate(items):
        item.setEditable(False)
        item.setData(texts[0], Qt.ItemDataRole.AccessibleTextRole)
        item.setTextAlignment(_alignment(column))
    return items


def _fill(row: Sequence[QStandardItem], layer: LayerInfo) -> None:
    sentence, tooltip = layer_text.sentence(layer), layer_text.tooltip(layer)
    for item, text in zip(row, layer_text.columns(layer), strict=True):
        item.setText(text)
        item.setToolTip(tooltip)
        item.setData(sentence, Qt.ItemDataRole.AccessibleTextRole)
    row[0].setData(layer, LAYER_ROLE)


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Numbers to the right, names to the left."""
    return Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft)
