"""Which patterns of a layer there are, and what that is worth for an export."""

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
        shipped_side: Side of the pictures that came with the program, in pixels, which is not that of those formed
            here; 0 while unknown.
        shipped_repeats: How many times side by side they show the same, see `engine.patterns.atlas.Atlas.repeats`.
    """

    kept: frozenset[int] = frozenset()
    shipped: frozenset[int] = frozenset()
    shipped_side: int = 0
    shipped_repeats: int = 1

    @property
    def there(self) -> frozenset[int]:
        """Channels that have a pattern."""
        return self.kept | self.shipped

    def with_more(self, other: LayerStock) -> LayerStock:
        """What is in either of them; of what came with the program the other one knows better."""
        known = other if other.shipped_side else self
        return LayerStock(
            self.kept | other.kept, self.shipped | other.shipped, known.shipped_side, known.shipped_repeats
        )

    def taken_shipped(self, channels: frozenset[int], file_format: PatternFormat) -> frozenset[int]:
        """Whose pictures an export of these channels takes from those that came with the program.

        Those are larger than what is formed on this machine, and a sheet has tiles of one size.
        """
        if file_format not in PICTURES:
            return frozenset()
        if file_format == "sheet":
            return channels if self.shipped >= channels and not self.kept >= channels else frozenset()
        return (channels & self.shipped) - self.kept

    def to_form(self, channels: frozenset[int], file_format: PatternFormat) -> int:
        """How many of these channels have to be formed anew to be exported in that format."""
        if file_format in ANIMATIONS:
            return len(channels)
        return len(channels - (self.there if file_format in PICTURES else self.kept))
