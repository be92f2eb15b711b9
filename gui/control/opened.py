"""What became of pictures that were opened at once: which of them are new."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Opened:
    """Counts the pictures of one drop, dialog or command line as they come.

    Attributes:
        count: How many have come.
        already: How many of them were open before the first of them came.
        alike: How many are the same as one that came before them.
    """

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
