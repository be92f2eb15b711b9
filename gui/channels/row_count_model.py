"""A list model whose rows Qt counts without Python.

Qt asks a model for the number of its rows some hundred times while a list is laid out, selected in or painted. In
Python these calls are a fifth of what the window does when another layer is shown.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt

Index = QModelIndex | QPersistentModelIndex


class CountedRows(QStringListModel):
    """Only counts: what a row shows is for a subclass to say, in `data` and `flags`."""

    def __init__(self, count: int = 0, parent: QObject | None = None) -> None:
        super().__init__([""] * count, parent)

    def reset_rows(self, count: int) -> None:
        """Have so many other rows: Qt forgets what it knew of those before, as after `endResetModel`.

        What `data` answers from is to be the new content already.
        """
        self.setStringList([""] * count)

    # Qt overrides

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rows are not edited."""
        del index, value, role
        return False
