"""The open pictures as an item model, with one more row at the end that opens others."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from engine.records import Picture

SHOWN_ROLE = Qt.ItemDataRole.UserRole + 1
"""Whether it is the picture that the window shows."""

_OPEN = "Open…"
_OPEN_HELP = "Open another picture"
_LISTED = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class PictureModel(QStandardItemModel):
    """One row a picture, in the order in which they were opened.

    Qt keeps what the rows say itself: each question to a Python method would wait for the threads that compute.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[Picture, ...] = ()
        self._shown = -1
        self.appendRow(_item(None))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures."""
        return self._pictures

    @property
    def shown(self) -> int:
        """The picture that the window shows, from 0, or -1."""
        return self._shown

    def set_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these pictures; rows are made anew only between those that are the same at both ends."""
        before, self._pictures = self._pictures, tuple(pictures)
        first = _same(before, self._pictures)
        last = _same(before[first:][::-1], self._pictures[first:][::-1])
        self.removeRows(first, len(before) - first - last)
        for row in range(first, len(self._pictures) - last):  # `appendRows` would never let go of the items
            self.insertRow(row, _item(self._pictures[row]))
        self._mark_shown()

    def set_shown(self, row: int) -> None:
        """Mark the picture that the window shows; -1 for none."""
        self._shown = row
        self._mark_shown()

    def picture(self, row: int) -> Picture | None:
        """The picture of a row; None for the row that opens others."""
        return self._pictures[row] if 0 <= row < len(self._pictures) else None

    def _mark_shown(self) -> None:
        for row in range(self.rowCount()):
            self.item(row).setData(row == self._shown, SHOWN_ROLE)


def _same(some: Sequence[Picture], others: Sequence[Picture]) -> int:
    """How many at the beginning are the same."""
    return next(
        (place for place, (one, other) in enumerate(zip(some, others, strict=False)) if one is not other),
        min(len(some), len(others)),
    )


def _item(picture: Picture | None) -> QStandardItem:
    facts = [_OPEN_HELP] if picture is None else _facts(picture)
    item = QStandardItem(_OPEN if picture is None else picture.name)
    item.setFlags(_LISTED)
    item.setData(False, SHOWN_ROLE)
    item.setData(", ".join(facts), Qt.ItemDataRole.AccessibleTextRole)
    # As rich text, since a file's name may look like a tag.
    item.setToolTip("<p style='white-space:pre'>" + "<br>".join(map(html.escape, facts)) + "</p>")
    return item


def _facts(picture: Picture) -> list[str]:
    height, width = picture.pixels.shape[:2]
    facts = [picture.name, f"{width} × {height} pixels"]
    if picture.frames > 1:
        facts.append(f"frame {picture.frame + 1} of {picture.frames}")
    return [*facts, picture.note] if picture.note else facts
