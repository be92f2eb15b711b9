"""Pictures that are opened at once: what is to be done with them, and which of them turned out to be new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.records import Picture


@dataclass
class Opened:
    """The pictures of one drop, dialog, command line or session, counted as they come.

    Attributes:
        instead_of: The open picture in whose place it comes: another frame of the same file.
        show: Whether the first of them is shown.
        place: Gives the place in the strip for each; the end when None.
        refused: Hears why one could not be opened, instead of the person.
        ended: Called when all of them have come, or are not going to.
        count: How many have come.
        already: How many of them were open before the first of them came.
        alike: How many are the same as one that came before them.
    """

    instead_of: Picture | None = None
    show: bool = True
    place: Callable[[], int] | None = None
    refused: Callable[[str], None] | None = None
    ended: Callable[[], None] | None = None
    count: int = 0
    already: int = 0
    alike: int = 0
    _new: set[str] = field(default_factory=set)

    def add(self, key: str, *, known: bool) -> None:
        """One more has come.

        Args:
            key: The same for the same picture.
            known: Whether it is in the strip already.
        """
        self.count += 1
        if not known:
            self._new.add(key)
        elif key in self._new:
            self.alike += 1
        else:
            self.already += 1

    @property
    def sentence(self) -> str:
        """How many of several are not in the strip anew; "" when all are. A single one is shown, which says enough."""
        parts = []
        if self.already:
            parts.append(f"{self.already:,} {'was' if self.already == 1 else 'were'} open already")
        if self.alike:
            parts.append(f"{self.alike:,} {'is' if self.alike == 1 else 'are'} the same as others of them")
        return f"Of these {self.count:,} pictures, {' and '.join(parts)}." if parts and self.count > 1 else ""
