"""The menus and keys of a window, made from commands that are data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gui.state.window_state import State
from gui.style import theme

MENUS = ("File", "Edit", "View", "Patterns", "Go", "Help")


def always(_state: State) -> bool:
    """For commands that can always be used, if only to say why not."""
    return True


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        name: The action's object name is ``action_`` and this.
        menu: The menu that it stands in.
        text: What the menu says.
        run: What it does, given the commands of the window; a toggle's is given whether it is on as well.
        keys: Keyboard shortcuts, the first one shown.
        icon: Name of its icon, or "".
        tip: A sentence for the tool tip and the status bar; the text when empty.
        enabled: Whether there is something for it to do.
        group: Commands of one group exclude one another and keep a tick; "toggle" keeps a tick by itself.
        separated: Whether a line stands above it in the menu; for the first one of a menu in a menu, above that.
        repeats: Whether it is done again and again while its key is held down.
    """

    name: str
    menu: str
    text: str
    run: Callable[..., object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    enabled: Callable[[State], bool] = always
    group: str = ""
    separated: bool = False
    repeats: bool = True


class Actions:
    """The actions of one window, by the names of their commands."""

    def __init__(self, window: QMainWindow, commands: Sequence[Command]) -> None:
        """Make the actions and fill the menus; nothing is done by them before `connect`."""
        self._commands = commands
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {command.name: self._make(command, window) for command in commands}
        self._menus: dict[str, QMenu] = {}
        window.addActions(list(self._actions.values()))
        self._fill_menus(window)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, receiver: Any) -> None:
        """Have each action run its command with this receiver: the commands of the window."""
        for command in self._commands:
            action = self._actions[command.name]
            # In the GUI thread on both ends, so a lambda is safe here.
            if command.group == "toggle":
                action.toggled.connect(lambda on, run=command.run: run(receiver, on))
            else:
                action.triggered.connect(lambda _checked=False, run=command.run: run(receiver))

    def menus(self) -> list[QMenu]:
        """The menus of the menu bar, from the left."""
        return [self._menus[name] for name in MENUS]

    def tick(self, group: str, choice: str) -> None:
        """Tick a choice of a group; this triggers nothing."""
        self._actions[choice if group in {"face"} else f"{_prefix(group)}_{choice}"].setChecked(True)

    def follow(self, state: State) -> None:
        """Enable the commands that there is something to do for, and no others."""
        for command in self._commands:
            self._actions[command.name].setEnabled(command.enabled(state))

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
        action.setAutoRepeat(command.repeats)
        words = command.tip or command.text.replace("&", "").rstrip("…")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{words} ({keys})" if keys else words)
        action.setStatusTip(words)
        if command.group:
            action.setCheckable(True)
            if command.group != "toggle":
                self._groups.setdefault(command.group, QActionGroup(window)).addAction(action)
        return action

    def _fill_menus(self, window: QMainWindow) -> None:
        for name in MENUS:
            self._menus[name] = window.menuBar().addMenu(f"&{name}")
        for command in self._commands:
            if command.menu not in self._menus:
                parent, _, title = command.menu.partition("/")
                if command.separated:
                    self._menus[parent].addSeparator()
                self._menus[command.menu] = self._menus[parent].addMenu(title)
            elif command.separated:
                self._menus[command.menu].addSeparator()
            self._menus[command.menu].addAction(self._actions[command.name])


def _prefix(group: str) -> str:
    return {"viewer": "show"}.get(group, group)
