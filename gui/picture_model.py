"""The open pictures as an item model, with one more row at the end that opens others."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.records import Picture

PICTURE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `Picture` of a row; None for the row that opens others."""

SHOWN_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether it is the picture that the window shows."""

_OPEN = "Open…"
_OPEN_HELP = "Open another picture"
_NO_PARENT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


class PictureModel(QAbstractListModel):
    """One row a picture, in the order in which they were opened."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[Picture, ...] = ()
        self._shown = -1

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures."""
        return self._pictures

    @property
    def shown(self) -> int:
        """The picture that the window shows, from 0, or -1."""
        return self._shown

    def set_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these pictures."""
        self.beginResetModel()
        self._pictures = tuple(pictures)
        self.endResetModel()

    def set_shown(self, row: int) -> None:
        """Mark the picture that the window shows; -1 for none."""
        self._shown = row
        self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1), [SHOWN_ROLE])

    def picture(self, row: int) -> Picture | None:
        """The picture of a row; None for the row that opens others."""
        return self._pictures[row] if 0 <= row < len(self._pictures) else None

    # Qt overrides

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """The pictures and the row that opens others."""
        return 0 if parent.isValid() else len(self._pictures) + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The picture, its name or its description."""
        if not index.isValid():
            return None
        picture = self.picture(index.row())
        if role == PICTURE_ROLE:
            return picture
        if role == SHOWN_ROLE:
            return index.row() == self._shown
        if role == Qt.ItemDataRole.DisplayRole:
            return _OPEN if picture is None else picture.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _OPEN_HELP if picture is None else ", ".join(_facts(picture))
        if role == Qt.ItemDataRole.ToolTipRole:
            # As rich text, since a file's name may look like a tag.
            facts = [_OPEN_HELP] if picture is None else _facts(picture)
            return "<p style='white-space:pre'>" + "<br>".join(map(html.escape, facts)) + "</p>"
        return None


def _facts(picture: Picture) -> list[str]:
    height, width = picture.pixels.shape[:2]
    facts = [picture.name, f"{width} × {height} pixels"]
    if picture.frames > 1:
        facts.append(f"frame {picture.frame + 1} of {picture.frames}")
    return [*facts, picture.note] if picture.note else facts
