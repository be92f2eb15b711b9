"""Which commands there is something to do for: that follows from the state of the window, as it is at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.memory import estimates
from engine.records import SCALES
from gui.channels.tile_view import TILE_SIZES
from gui.state.choices import Content, Face
from gui.state.settings import MEMORY_LIMITS

if TYPE_CHECKING:
    from gui.commands.commands import Commands
    from gui.main_window import MainWindow


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


_RULES: tuple[tuple[tuple[str, ...], Callable[[State], bool]], ...] = (
    (
        ("export", "save_selection", "copy", "select_all", "fit_view"),
        lambda state: state.pictures > 0 or state.content != "maps",  # without a picture there are patterns
    ),
    (("close_picture",), lambda state: state.pictures > 0),
    (("next_picture", "previous_picture"), lambda state: state.pictures > 1),
    (("reopen_picture",), lambda state: state.closed),
    (("cancel",), lambda state: state.running),
    (("stop_patterns",), lambda state: state.orders),
    (("undo",), lambda state: state.undo),
    (("redo",), lambda state: state.redo),
    (("select_none",), lambda state: state.selected),
    (("larger_tiles",), lambda state: state.face == "tiles" and state.tile_size < TILE_SIZES[-1]),
    (("smaller_tiles",), lambda state: state.face == "tiles" and state.tile_size > TILE_SIZES[0]),
    (("content_maps", "content_patterns", "content_both"), lambda state: not state.book),
    (tuple(f"scale_{scale}" for scale in SCALES), lambda state: state.face != "book"),  # which has its own
    (("next_layer",), lambda state: state.below),
    (("previous_layer",), lambda state: state.above),
    (tuple(f"memory_{limit}" for limit in MEMORY_LIMITS), lambda state: not state.memory_fixed),
)

RULES: Mapping[str, Callable[[State], bool]] = {name: rule for names, rule in _RULES for name in names}
"""When there is something for a command to do, by its name. Others can always be used, if only to say why not."""


def is_enabled(command: str, state: State) -> bool:
    """Whether there is something for a command to do."""
    rule = RULES.get(command)
    return rule is None or rule(state)


def state_of(window: MainWindow, commands: Commands) -> State:
    """Read the state; nothing is remembered, so nobody has to tell what has changed."""
    controller, views, flow = window.controller, window.views, commands.patterns.flow
    face, gallery = controller.presenter.face, views.gallery
    return State(
        picture=controller.pictures[controller.current].name if controller.current >= 0 else "",
        pictures=len(controller.pictures),
        content=flow.content,
        face=face,
        book=face == "book" and views.faces.currentWidget() is views.wall,
        tile_size=gallery.tile_size(),
        selected=gallery.selectionModel().hasSelection(),
        undo=max(gallery.selection_changed_at(), flow.removed.changed_at) > 0,
        redo=gallery.can_redo_selection(),
        above=views.tree.can_step(-1),
        below=views.tree.can_step(1),
        running=controller.pipeline.busy or commands.export.busy or commands.weights.busy or flow.busy,
        orders=any(not order.ended for order in flow.queue.orders),
        closed=len(commands.closed) > 0,
        memory_fixed=estimates.budget.fixed,
    )
