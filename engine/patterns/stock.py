"""Which patterns of a layer are stored, and what an export can use of them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.patterns.requests import ANIMATIONS, PatternFormat

PICTURES: tuple[PatternFormat, ...] = ("png", "sheet")
"""Formats that need no more than the picture."""


@dataclass(frozen=True)
class LayerStock:
    """The patterns of a layer that are there.

    Attributes:
        kept: Channels whose pattern was formed on this machine.
        shipped: Channels whose pattern came with the program; some may be kept as well.
    """

    kept: frozenset[int] = frozenset()
    shipped: frozenset[int] = frozenset()

    @property
    def there(self) -> frozenset[int]:
        """Channels that have a pattern."""
        return self.kept | self.shipped

    def with_more(self, other: LayerStock) -> LayerStock:
        """The patterns of both."""
        return LayerStock(self.kept | other.kept, self.shipped | other.shipped)

    def to_form(self, channels: frozenset[int], file_format: PatternFormat) -> int:
        """How many of these channels have to be formed anew to be exported in that format."""
        if file_format in ANIMATIONS:
            return len(channels)
        return len(channels - (self.there if file_format in PICTURES else self.kept))
