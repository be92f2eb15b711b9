"""The commands of the window: words, keys, place in the menus, when there is something to do, and what is done."""

from __future__ import annotations

from typing import Any

from engine.maps.colormaps import COLORMAPS
from engine.records import FITS, SCALES, Fit, Scale
from gui.actions import Command
from gui.channels.tile_view import TILE_SIZES
from gui.state.choices import FIT_WORDS, SCALE_WORDS, Content, Face, Mode, Order, Scheme
from gui.state.settings import MEMORY_LIMITS, PATTERN_MEGABYTES
from gui.state.window_state import State


def _shown(state: State) -> bool:
    return state.pictures > 0 or state.content != "maps"  # without a picture there are patterns


def _open(state: State) -> bool:
    return state.pictures > 0


def _several(state: State) -> bool:
    return state.pictures > 1


def _not_fixed(state: State) -> bool:
    return not state.memory_fixed


def _face(name: Face, text: str, key: str, tip: str) -> Command:
    return Command(name, "View", text, lambda do: do.workspace.put(face=name), (key,), name, tip, group="face")


def _mode(name: Mode, text: str, key: str, icon: str, tip: str) -> Command:
    def run(do: Any) -> None:
        do.workspace.put(mode=name)

    return Command(f"show_{name}", "View", text, run, (key,), icon, tip, group="viewer", separated=name == "picture")


def _content(name: Content, text: str, key: str, tip: str) -> Command:
    return Command(
        f"content_{name}",
        "Patterns",
        text,
        lambda do: do.patterns.set_content(name),
        (key,),
        name,
        tip,
        lambda state: not state.book,
        "content",
    )


def _order(name: Order, text: str) -> Command:
    return Command(f"sort_{name}", "View/S&ort by", text, lambda do: do.workspace.put(order=name), group="sort")


def _scale(name: Scale, number: int) -> Command:
    words, tip = SCALE_WORDS[name]
    return Command(
        f"scale_{name}",
        "View/Sc&ale",
        words,
        lambda do: do.look.set_scale(name),
        (f"Alt+{number}",),
        tip=tip,
        enabled=lambda state: state.face != "book",  # which has its own
        group="scale",
    )


def _colormap(name: str) -> Command:
    return Command(f"colormap_{name}", "View/Colo&urs", name, lambda do: do.look.set_colormap(name), group="colormap")


def _fit(name: Fit) -> Command:
    words, tip = FIT_WORDS[name]
    return Command(f"fit_{name}", "View/Make s&quare by", words, lambda do: do.look.set_fit(name), tip=tip, group="fit")


def _scheme(name: Scheme, text: str, icon: str) -> Command:
    return Command(
        f"scheme_{name}",
        "View/Colour sche&me",
        text,
        lambda do: do.look.set_scheme(name),
        icon=icon,
        group="scheme",
        separated=name == "system",
    )


def _memory(name: str) -> Command:
    text = "&Half of this machine's memory" if name == "auto" else f"{name} GB"
    return Command(
        f"memory_{name}",
        "Edit/&Memory limit",
        text,
        lambda do: do.memory.choose(name),
        enabled=_not_fixed,
        group="memory",
        separated=name == "auto",
    )


def _keep(megabytes: str) -> Command:
    text = f"{megabytes} MB" if len(megabytes) < 4 else f"{megabytes[:-3]} GB"
    return Command(
        f"keep_{megabytes}", "Patterns/&Keep at most", text, lambda do: do.patterns.keep(megabytes), group="keep"
    )


COMMANDS: tuple[Command, ...] = (
    Command(
        "open",
        "File",
        "&Open…",
        lambda do: do.opening.choose_files(),
        ("Ctrl+O",),
        "open",
        "Open pictures or a manifest",
    ),
    Command("paste", "File", "&Paste", lambda do: do.opening.paste(), ("Ctrl+V",), "paste", "Paste a picture"),
    Command(
        "sample",
        "File",
        "Sample &cat",
        lambda do: do.controller.open_sample(),
        ("Ctrl+K",),
        "sample",
        "Look at the sample picture",
    ),
    Command(
        "export",
        "File",
        "&Export…",
        lambda do: do.export.ask(),
        ("Ctrl+E",),
        "export",
        "Export channels",
        _shown,
        separated=True,
    ),
    Command(
        "save_selection",
        "File",
        "Export &again",
        lambda do: do.export.again(),
        ("Ctrl+Shift+E",),
        tip="Export the selection as the last time",
        enabled=_shown,
    ),
    Command(
        "save_session",
        "File",
        "Sa&ve session…",
        lambda do: do.sessions.save_as(),
        ("Ctrl+S",),
        tip="Keep what is open and how it is shown in a file",
        separated=True,
    ),
    Command(
        "open_session",
        "File",
        "Open sessio&n…",
        lambda do: do.sessions.choose_file(),
        ("Ctrl+Shift+O",),
        tip="Bring back what a session's file has",
    ),
    Command(
        "weights",
        "File",
        "Choose &weights…",
        lambda do: do.weights.choose(),
        icon="weights",
        tip="Use other weights of VGG16",
        separated=True,
    ),
    Command(
        "close_picture",
        "File",
        "C&lose picture",
        lambda do: do.controller.close_picture(do.workspace.current),
        ("Ctrl+W",),
        "close",
        enabled=_open,
    ),
    Command(
        "close_all",
        "File",
        "Close all pict&ures",
        lambda do: do.controller.close_all(),
        ("Ctrl+Shift+W",),
        enabled=_several,
    ),
    Command(
        "reopen_picture",
        "File",
        "Reopen closed p&icture",
        lambda do: do.closed.bring_back(),
        ("Ctrl+Shift+T",),
        tip="Bring the last picture back",
        enabled=lambda state: state.closed,
    ),
    Command(
        "cancel",
        "File",
        "S&top",
        lambda do: do.cancel(),
        ("Ctrl+.",),
        "cancel",
        "Stop what runs; what waits stays",
        lambda state: state.running,
        repeats=False,  # held down it would stop one order after the other
    ),
    Command("quit", "File", "&Quit", lambda do: do.quit(), ("Ctrl+Q",), separated=True),
    Command(
        "copy",
        "Edit",
        "&Copy",
        lambda do: do.export.copy(),
        ("Ctrl+C",),
        "copy",
        "Copy the selected tiles, or what the viewer shows",
        _shown,
    ),
    Command(
        "undo",
        "Edit",
        "&Undo",
        lambda do: do.undo(),
        ("Ctrl+Z",),
        "undo",
        "Bring back the last selection, or orders of the queue",
        lambda state: state.undo,
    ),
    Command(
        "redo",
        "Edit",
        "&Redo",
        lambda do: do.views.gallery.redo_selection(),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
        "Take back an undo of the selection",
        lambda state: state.redo,
    ),
    Command(
        "select_all",
        "Edit",
        "Select &all channels",
        lambda do: do.views.gallery.selectAll(),
        ("Ctrl+A",),
        enabled=_shown,
        separated=True,
    ),
    Command(
        "select_none",
        "Edit",
        "Select &none",
        lambda do: do.views.gallery.clearSelection(),
        ("Ctrl+Shift+A",),
        enabled=lambda state: state.selected,
    ),
    Command("find_layer", "Edit", "&Find a layer", lambda do: do.views.tree.focus_search(), ("Ctrl+F",), "search"),
    *map(_memory, MEMORY_LIMITS),
    _face("tiles", "&Tiles", "Ctrl+1", "Channels as tiles"),
    _face("wall", "&Wall", "Ctrl+2", "The whole layer as one image"),
    _face("book", "As in the boo&k", "Ctrl+3", "The grid of the book, by its arithmetic"),
    _mode("picture", "&Picture", "Ctrl+4", "picture", "What the network sees"),
    _mode("channel", "&Channel", "Ctrl+5", "layer", "The channel, large"),
    _mode("blend", "&Blend", "Ctrl+6", "both", "The channel over the picture"),
    _mode("pattern", "Patter&n", "Ctrl+7", "patterns", "What the filter looks for"),
    Command(
        "larger_tiles",
        "View",
        "&Larger tiles",
        lambda do: do.look.step_tile_size(up=True),
        ("Ctrl++", "Ctrl+="),
        "zoom-in",
        enabled=lambda state: state.face == "tiles" and state.tile_size < TILE_SIZES[-1],
        separated=True,
    ),
    Command(
        "smaller_tiles",
        "View",
        "&Smaller tiles",
        lambda do: do.look.step_tile_size(up=False),
        ("Ctrl+-",),
        "zoom-out",
        enabled=lambda state: state.face == "tiles" and state.tile_size > TILE_SIZES[0],
    ),
    Command(
        "fit_view",
        "View",
        "F&it",
        lambda do: do.look.fit_views(),
        ("Ctrl+0",),
        "fit",
        "Show all of the image",
        _shown,
    ),
    Command(
        "hide_blank",
        "View",
        "&Hide blank channels",
        lambda do, on: do.workspace.put(hide_blank=on),
        ("Ctrl+H",),
        tip="Only channels that respond",
        group="toggle",
        separated=True,
    ),
    _content("maps", "Show &maps", "F2", "Maps in the tiles"),
    _content("patterns", "Show &patterns", "F3", "Patterns in the tiles"),
    _content("both", "Show &both", "F4", "Map and pattern in each tile"),
    Command(
        "run_patterns",
        "Patterns",
        "&Form the selected",
        lambda do: do.patterns.form_selected(),
        ("Ctrl+R",),
        "play",
        "What do these filters look for?",
        separated=True,
    ),
    Command(
        "run_layer_patterns",
        "Patterns",
        "Form the whole &layer",
        lambda do: do.patterns.form_layer(),
        ("Ctrl+Shift+R",),
    ),
    Command("run_network_patterns", "Patterns", "Form the whole &network…", lambda do: do.patterns.form_network()),
    Command(
        "pause_patterns",
        "Patterns",
        "Pa&use",
        lambda do, on: do.patterns.pause(on),
        ("Ctrl+Shift+P",),
        "pause",
        "Pause forming patterns",
        group="toggle",
        separated=True,
    ),
    Command(
        "stop_patterns",
        "Patterns",
        "S&top all",
        lambda do: do.patterns.flow.runner.cancel_all(),
        ("Ctrl+Shift+.",),
        tip="Empty the queue of patterns",
        enabled=lambda state: state.orders,
    ),
    Command(
        "book_recipe",
        "Patterns",
        "As in the b&ook",
        lambda do: do.patterns.use_book_recipe(),
        tip="Form patterns as the book does",
        separated=True,
    ),
    Command(
        "compare_recipes",
        "Patterns",
        "&Compare two recipes",
        lambda do: do.patterns.compare_with_book(),
        ("Ctrl+Shift+C",),
        tip="Two recipes side by side",
    ),
    Command(
        "pattern_panel",
        "Patterns",
        "Pattern pan&el",
        lambda do, on: do.views.pattern_tabs.setVisible(on),
        ("F8",),
        tip="Recipe, score and queue",
        group="toggle",
        separated=True,
    ),
    *map(_keep, PATTERN_MEGABYTES),
    Command(
        "clear_patterns",
        "Patterns",
        "Clea&r kept patterns…",
        lambda do: do.patterns.clear_kept(),
        tip="Forget the patterns formed on this machine",
    ),
    Command(
        "next_layer",
        "Go",
        "&Next layer",
        lambda do: do.views.tree.step(1),
        ("Ctrl+Down", "Alt+Down"),
        enabled=lambda state: state.below,
    ),
    Command(
        "previous_layer",
        "Go",
        "&Previous layer",
        lambda do: do.views.tree.step(-1),
        ("Ctrl+Up", "Alt+Up"),
        enabled=lambda state: state.above,
    ),
    Command(
        "next_picture",
        "Go",
        "Next p&icture",
        lambda do: do.workspace.step_picture(1),
        ("Ctrl+PgDown", "Ctrl+Tab"),
        enabled=_several,
        separated=True,
    ),
    Command(
        "previous_picture",
        "Go",
        "Pre&vious picture",
        lambda do: do.workspace.step_picture(-1),
        ("Ctrl+PgUp", "Ctrl+Shift+Tab"),
        enabled=_several,
    ),
    *(_scale(name, number) for number, name in enumerate(SCALES, start=1)),
    *map(_colormap, COLORMAPS),
    _order("channel", "Channel number"),
    _order("maximum", "Maximum"),
    _order("mean", "Mean"),
    _order("std", "Standard deviation"),
    _order("zeros", "Share of zeros"),
    *map(_fit, FITS),
    _scheme("system", "As the &system", "auto"),
    _scheme("light", "&Light", "sun"),
    _scheme("dark", "&Dark", "moon"),
    Command("guide", "Help", "&Guide", lambda do: do.guide.show_here(), ("F1",), "help", "Explain what has the focus"),
    Command(
        "shortcuts",
        "Help",
        "&Keyboard shortcuts",
        lambda do: do.help.show_shortcuts(),
        ("Ctrl+?", "Ctrl+/"),
        "keyboard",
    ),
    Command(
        "messages",
        "Help",
        "&Messages",
        lambda do: do.help.show_messages(),
        icon="info",
        tip="What the program has said since it started",
    ),
    Command("about", "Help", "&About Convscope", lambda do: do.help.show_about(), icon="info"),
)
