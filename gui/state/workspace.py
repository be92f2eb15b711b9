"""What is looked at: the one place that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.maps.colormaps import COLORMAPS
from engine.networks import catalogue
from engine.networks.description import NetworkDescription
from engine.records import Fit, LayerInfo, Picture, Style
from gui.state.choices import Content, Face, Mode, Order
from gui.state.observed import Observed


class Workspace(QObject):
    """Networks, pictures, and how they are shown. Each attribute can be assigned; `changed` tells which one was.

    Attributes:
        networks: The open networks.
        network: The shown one, at the size of its input.
        pictures: The open pictures, in the order of the strip.
        current: Index of the shown one, or -1.
        fit: How pictures are made square.
        layer: Name of the shown layer.
        channels: Numbers of its selected channels, ascending.
        channel: Number of the channel that is shown large, or None.
        face: Whether the layer is shown as tiles, as the wall or as in the book.
        content: Whether tiles show maps, patterns or both.
        mode: What the viewer shows.
        opacity: Of the channel over the picture, from 0 to 1.
        style: How maps become visible.
        colormap: Name of the colour map.
        order: What tiles are sorted by.
        hide_blank: Whether channels that do not respond are left out.
        tile_size: Side of a tile's picture, in device-independent pixels.

    Signals:
        changed: The name of an attribute that has another value.
    """

    changed = Signal(str)

    networks: Observed[tuple[NetworkDescription, ...]] = Observed((catalogue.named(),))
    network: Observed[NetworkDescription] = Observed(catalogue.named())
    pictures: Observed[tuple[Picture, ...]] = Observed(())
    current = Observed(-1)
    fit: Observed[Fit] = Observed("crop")
    layer = Observed(catalogue.named().of_kind("convolution")[0].name)
    channels: Observed[tuple[int, ...]] = Observed(())
    channel: Observed[int | None] = Observed(None)
    face: Observed[Face] = Observed("tiles")
    content: Observed[Content] = Observed("maps")
    mode: Observed[Mode] = Observed("channel")
    opacity = Observed(0.6)
    style = Observed(Style())
    colormap = Observed(COLORMAPS[0])
    order: Observed[Order] = Observed("channel")
    hide_blank = Observed(False)
    tile_size = Observed(96)

    @property
    def picture(self) -> Picture | None:
        """The shown picture."""
        return self.pictures[self.current] if self.current >= 0 else None

    @property
    def shown_layer(self) -> LayerInfo:
        """The shown layer, at the shown input size."""
        return self.network.layer(self.layer)

    def put(self, **values: Any) -> None:
        """Assign several attributes, and tell of those that became others once all of them have."""
        told = [name for name, value in values.items() if getattr(type(self), name).put(self, value)]
        for name in told:
            self.tell(name)

    def tell(self, name: str) -> None:
        """Tell that an attribute has another value."""
        self.changed.emit(name)

    def tell_all(self) -> None:
        """Tell of every attribute, for whoever has just begun to listen."""
        for name, value in vars(type(self)).items():
            if isinstance(value, Observed):
                self.tell(name)

    def open(self, picture: Picture, place: int | None = None, *, show: bool = False) -> int:
        """Put a picture into the strip, at that place or at the end; says where it is."""
        index = len(self.pictures) if place is None else min(place, len(self.pictures))
        pictures = (*self.pictures[:index], picture, *self.pictures[index:])
        current = index if show else self.current + (index <= self.current)
        self.put(pictures=pictures, current=current)
        return index

    def replace(self, index: int, picture: Picture) -> None:
        """Have another picture in the place of one."""
        self.pictures = (*self.pictures[:index], picture, *self.pictures[index + 1 :])

    def close(self, index: int) -> Picture:
        """Take a picture out; when it was the shown one, its neighbour is shown instead, the next one if there is."""
        closed, shown = self.pictures[index], self.current
        pictures = (*self.pictures[:index], *self.pictures[index + 1 :])
        if shown > index or shown == len(pictures):
            shown -= 1
        self.put(pictures=pictures, current=shown)
        return closed

    def step_picture(self, steps: int) -> None:
        """Show the picture so many places further on; beyond the ends it goes on at the other one."""
        if self.pictures:
            self.current = (self.current + steps) % len(self.pictures)


def index_of(pictures: Sequence[Picture], picture: Picture) -> int | None:
    """Where a picture is open already, the same file and frame; None when it is not."""
    keys = [(other.sha256, other.frame) for other in pictures]
    key = (picture.sha256, picture.frame)
    return keys.index(key) if key in keys else None
