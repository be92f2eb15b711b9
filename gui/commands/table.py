"""The commands of the window: words, keys, place in the menus, when there is something to do, and what is done."""

from __future__ import annotations

from gui.actions import Command
from gui.commands.pattern_menu import PATTERN_COMMANDS
from gui.commands.view_menu import VIEW_COMMANDS, something_to_see
from gui.state.settings import MEMORY_LIMITS
from gui.state.window_state import State


def _open(state: State) -> bool:
    return state.pictures > 0


def _several(state: State) -> bool:
    return state.pictures > 1


def _not_fixed(state: State) -> bool:
    return not state.memory_fixed


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
        something_to_see,
        separated=True,
    ),
    Command(
        "save_selection",
        "File",
        "Export &again",
        lambda do: do.export.again(),
        ("Ctrl+Shift+E",),
        tip="Export the selection as the last time",
        enabled=something_to_see,
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
        something_to_see,
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
        enabled=something_to_see,
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
    *VIEW_COMMANDS,
    *PATTERN_COMMANDS,
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
