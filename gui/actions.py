"""Every command of the window, as data: its words, its keys, its place in the menus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from engine.maps.colormaps import COLORMAPS
from engine.records import FITS, SCALES
from gui.commands.enabled import State, is_enabled
from gui.style import theme


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        name: The action's object name is ``action_`` and this.
        menu: The menu that it stands in.
        text: What the menu says.
        keys: Keyboard shortcuts, the first one shown.
        icon: Name of its icon, or "".
        tip: A sentence for the tool tip and the status bar; the text when empty.
        group: Commands of one group exclude one another and keep a tick; "toggle" keeps a tick by itself.
        separated: Whether a line stands above it in the menu; for the first one of a menu in a menu, above that.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    group: str = ""
    separated: bool = False


SCALE_WORDS: Mapping[str, tuple[str, str]] = {
    "channel": ("Each channel", "Each channel from 0 to its own maximum: shows form, hides strength"),
    "layer": ("Whole layer", "One range for all channels of the layer, so that brightness compares"),
    "percentile": ("Robust", "Each channel from its 1st to its 99th percentile: a few peaks do not darken the rest"),
    "absolute": ("Fixed limits", "The limits that you set, the same for every layer and picture"),
    "chollet": ("As in the book", "Mean and two standard deviations of each channel, as in Deep Learning with Python"),
}
FIT_WORDS: Mapping[str, tuple[str, str]] = {
    "crop": ("Crop", "The largest square in the middle of the picture"),
    "pad": ("Pad", "The whole picture, with the mean colour around it"),
    "stretch": ("Stretch", "The whole picture, stretched to a square"),
    "keras": ("As Keras loads it", "Stretched without smoothing, as keras.utils.load_img does it"),
}

COMMANDS: tuple[Command, ...] = (
    Command("open", "File", "&Open…", ("Ctrl+O",), "open", "Open pictures or a manifest"),
    Command("paste", "File", "&Paste", ("Ctrl+V",), "paste", "Paste a picture"),
    Command("sample", "File", "Sample &cat", ("Ctrl+K",), "sample", "Look at the sample picture"),
    Command("export", "File", "&Export…", ("Ctrl+E",), "export", "Export channels", separated=True),
    Command("save_selection", "File", "Export &again", ("Ctrl+Shift+E",), "", "Export the selection as the last time"),
    Command("weights", "File", "Choose &weights…", (), "weights", "Use other weights of VGG16", separated=True),
    Command("close_picture", "File", "C&lose picture", ("Ctrl+W",), "close"),
    Command("reopen_picture", "File", "Reopen closed p&icture", ("Ctrl+Shift+T",), "", "Bring the last picture back"),
    Command("cancel", "File", "S&top", ("Ctrl+.",), "cancel", "Stop what runs; what waits stays"),
    Command("quit", "File", "&Quit", ("Ctrl+Q",), separated=True),
    Command("copy", "Edit", "&Copy", ("Ctrl+C",), "copy", "Copy the selected tiles, or what the viewer shows"),
    Command("undo", "Edit", "&Undo", ("Ctrl+Z",), "undo", "Bring back the last selection, or orders of the queue"),
    Command("redo", "Edit", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Take back an undo of the selection"),
    Command("select_all", "Edit", "Select &all channels", ("Ctrl+A",), separated=True),
    Command("select_none", "Edit", "Select &none", ("Ctrl+Shift+A",)),
    Command("find_layer", "Edit", "&Find a layer", ("Ctrl+F",), "search"),
    Command("memory_auto", "Edit/&Memory limit", "&Half of this machine's memory", group="memory", separated=True),
    *(
        Command(f"memory_{gigabytes}", "Edit/&Memory limit", f"{gigabytes} GB", group="memory")
        for gigabytes in ("2", "4", "8", "16", "32", "64")
    ),
    Command("tiles", "View", "&Tiles", ("Ctrl+1",), "tiles", "Channels as tiles", group="face"),
    Command("wall", "View", "&Wall", ("Ctrl+2",), "wall", "The whole layer as one image", group="face"),
    Command("book", "View", "As in the boo&k", ("Ctrl+3",), "book", "The grid of the book, by its arithmetic", "face"),
    Command("show_picture", "View", "&Picture", ("Ctrl+4",), "picture", "What the network sees", "viewer", True),
    Command("show_channel", "View", "&Channel", ("Ctrl+5",), "layer", "The channel, large", "viewer"),
    Command("show_blend", "View", "&Blend", ("Ctrl+6",), "both", "The channel over the picture", "viewer"),
    Command("show_pattern", "View", "Patter&n", ("Ctrl+7",), "patterns", "What the filter looks for", "viewer"),
    Command("larger_tiles", "View", "&Larger tiles", ("Ctrl++", "Ctrl+="), "zoom-in", separated=True),
    Command("smaller_tiles", "View", "&Smaller tiles", ("Ctrl+-",), "zoom-out"),
    Command("fit_view", "View", "F&it", ("Ctrl+0",), "fit", "Show all of the image"),
    Command(
        "hide_blank", "View", "&Hide blank channels", ("Ctrl+H",), "", "Only channels that respond", "toggle", True
    ),
    Command("content_maps", "Patterns", "Show &maps", ("F2",), "maps", "Maps in the tiles", "content"),
    Command("content_patterns", "Patterns", "Show &patterns", ("F3",), "patterns", "Patterns in the tiles", "content"),
    Command("content_both", "Patterns", "Show &both", ("F4",), "both", "Map and pattern in each tile", "content"),
    Command(
        "run_patterns",
        "Patterns",
        "&Form the selected",
        ("Ctrl+R",),
        "play",
        "What do these filters look for?",
        "",
        True,
    ),
    Command("run_layer_patterns", "Patterns", "Form the whole &layer", ("Ctrl+Shift+R",)),
    Command("run_network_patterns", "Patterns", "Form the whole &network…"),
    Command(
        "pause_patterns", "Patterns", "Pa&use", ("Ctrl+Shift+P",), "pause", "Pause forming patterns", "toggle", True
    ),
    Command("stop_patterns", "Patterns", "S&top all", ("Ctrl+Shift+.",), "", "Empty the queue of patterns"),
    Command("book_recipe", "Patterns", "As in the b&ook", (), "", "Form patterns as the book does", "", True),
    Command("compare_recipes", "Patterns", "&Compare two recipes", ("Ctrl+Shift+C",), "", "Two recipes side by side"),
    Command("pattern_panel", "Patterns", "Pattern pan&el", ("F8",), "", "Recipe, score and queue", "toggle", True),
    Command("keep_256", "Patterns/&Keep at most", "256 MB", group="keep"),
    Command("keep_1000", "Patterns/&Keep at most", "1 GB", group="keep"),
    Command("keep_4000", "Patterns/&Keep at most", "4 GB", group="keep"),
    Command(
        "clear_patterns", "Patterns", "Clea&r kept patterns…", (), "", "Forget the patterns formed on this machine"
    ),
    Command("next_layer", "Go", "&Next layer", ("Ctrl+Down", "Alt+Down")),
    Command("previous_layer", "Go", "&Previous layer", ("Ctrl+Up", "Alt+Up")),
    Command("next_picture", "Go", "Next p&icture", ("Ctrl+PgDown", "Ctrl+Tab"), separated=True),
    Command("previous_picture", "Go", "Pre&vious picture", ("Ctrl+PgUp", "Ctrl+Shift+Tab")),
    *(
        Command(f"scale_{name}", "View/Sc&ale", SCALE_WORDS[name][0], (f"Alt+{n}",), "", SCALE_WORDS[name][1], "scale")
        for n, name in enumerate(SCALES, start=1)
    ),
    *(Command(f"colormap_{name}", "View/Colo&urs", name, group="colormap") for name in COLORMAPS),
    *(
        Command(f"sort_{name}", "View/S&ort by", words, group="sort")
        for name, words in (
            ("channel", "Channel number"),
            ("maximum", "Maximum"),
            ("mean", "Mean"),
            ("std", "Standard deviation"),
            ("zeros", "Share of zeros"),
        )
    ),
    *(
        Command(f"fit_{name}", "View/Make s&quare by", FIT_WORDS[name][0], (), "", FIT_WORDS[name][1], "fit")
        for name in FITS
    ),
    Command("scheme_system", "View/Colour sche&me", "As the &system", (), "auto", group="scheme", separated=True),
    Command("scheme_light", "View/Colour sche&me", "&Light", (), "sun", group="scheme"),
    Command("scheme_dark", "View/Colour sche&me", "&Dark", (), "moon", group="scheme"),
    Command("guide", "Help", "&Guide", ("F1",), "help", "Explain what has the focus"),
    Command("shortcuts", "Help", "&Keyboard shortcuts", ("Ctrl+?", "Ctrl+/"), "keyboard"),
    Command("messages", "Help", "&Messages", (), "info", "What the program has said since it started"),
    Command("about", "Help", "&About Convscope", (), "info"),
)


class Actions:
    """The actions of one window, by the names of their commands."""

    def __init__(self, window: QMainWindow) -> None:
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {command.name: self._make(command, window) for command in COMMANDS}
        window.addActions(list(self._actions.values()))
        self._fill_menus(window)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def group(self, name: str) -> QActionGroup:
        """The actions of which one is ticked; its ``triggered`` signal carries the action."""
        return self._groups[name]

    def tick(self, group: str, choice: str) -> None:
        """Tick a choice of a group; this triggers nothing."""
        self._actions[choice if group in {"face"} else f"{_prefix(group)}_{choice}"].setChecked(True)

    def follow(self, state: State) -> None:
        """Enable the commands that there is something to do for, and no others."""
        for name, action in self._actions.items():
            action.setEnabled(is_enabled(name, state))

    def insert_menu(self, menu: QMenu, before: str) -> None:
        """Put a menu that fills itself into the menu of a command, above that command."""
        for place in self._actions[before].associatedObjects():
            if isinstance(place, QMenu):
                place.insertMenu(self._actions[before], menu)

    def _make(self, command: Command, window: QMainWindow) -> QAction:
        action = QAction(command.text, window)
        action.setObjectName(f"action_{command.name}")
        if command.icon:
            action.setIcon(theme.icon(command.icon))
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        words = command.tip or command.text.replace("&", "").rstrip("…")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{words} ({keys})" if keys else words)
        action.setStatusTip(words)
        action.setData(command.name.partition("_")[2] or command.name)
        if command.group:
            action.setCheckable(True)
            if command.group != "toggle":
                self._groups.setdefault(command.group, QActionGroup(window)).addAction(action)
        return action

    def _fill_menus(self, window: QMainWindow) -> None:
        menus: dict[str, QMenu] = {}
        for name in ("File", "Edit", "View", "Patterns", "Go", "Help"):
            menus[name] = window.menuBar().addMenu(f"&{name}")
        for command in COMMANDS:
            if command.menu not in menus:
                parent, _, title = command.menu.partition("/")
                if command.separated:
                    menus[parent].addSeparator()
                menus[command.menu] = menus[parent].addMenu(title)
            elif command.separated:
                menus[command.menu].addSeparator()
            menus[command.menu].addAction(self._actions[command.name])


def _prefix(group: str) -> str:
    return {"viewer": "show"}.get(group, group)
