"""What decides which commands there is something to do for: the state of a window, as it is at a moment."""

from __future__ import annotations

from dataclasses import dataclass

from gui.state.choices import Content, Face


@dataclass(frozen=True)
class State:
    """What decides which commands there is something to do for.

    Attributes:
        picture: The name of the shown picture, or "" while there is none.
        pictures: How many pictures are open.
        content: What the tiles are to show.
        face: How the layer is to be shown.
        book: Whether the book's grid is on the screen.
        tile_size: Side of a tile's picture that was asked for, in device-independent pixels.
        selected: Whether channels are selected.
        undo: Whether there is a change of the selection or the queue to take back.
        redo: Whether one that was taken back can be had again.
        above: Whether the tree shows a layer above the current one.
        below: Whether it shows one below.
        running: Whether something is computed, formed, exported or downloaded.
        orders: Whether patterns are asked for that are not formed yet.
        closed: Whether there is a closed picture to bring back.
        memory_fixed: Whether the command line has set the limit of memory.
    """

    picture: str = ""
    pictures: int = 0
    content: Content = "maps"
    face: Face = "tiles"
    book: bool = False
    tile_size: int = 0
    selected: bool = False
    undo: bool = False
    redo: bool = False
    above: bool = False
    below: bool = False
    running: bool = False
    orders: bool = False
    closed: bool = False
    memory_fixed: bool = False
