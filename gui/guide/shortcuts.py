"""The page of keyboard shortcuts: every command with its keys, by menu, with a field to search in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QSortFilterProxyModel, Qt, Slot
from PySide6.QtGui import QAction, QIcon, QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui.screens import fit_to_screen
from gui.style import theme
from gui.style.painting import bold_font

_WIDTH, _HEIGHT = 560, 640


@dataclass(frozen=True)
class Shortcut:
    """One line of the page.

    Attributes:
        text: What the keys do.
        keys: The keys, as a person reads them.
    """

    text: str
    keys: str


@dataclass(frozen=True)
class ShortcutGroup:
    """The shortcuts of one menu, or of one view.

    Attributes:
        title: Its name.
        shortcuts: What is in it.
    """

    title: str
    shortcuts: tuple[Shortcut, ...]


IN_VIEWS = (
    ShortcutGroup(
        "Gallery",
        (
            Shortcut("Go from tile to tile", "Arrow keys, Home, End, PgUp, PgDn"),
            Shortcut("Go to a channel", "Type its number"),
            Shortcut("Select a range, or one more", "Shift, Ctrl with a click or an arrow key"),
            Shortcut("Show the channel large", "Enter or double click"),
            Shortcut("Clear the selection", "Esc"),
            Shortcut("Larger or smaller tiles", "Ctrl + wheel"),
        ),
    ),
    ShortcutGroup(
        "Viewer and wall",
        (
            Shortcut("Zoom", "Wheel, + and -"),
            Shortcut("Pan", "Drag"),
            Shortcut("Fit, own size", "F, 1"),
            Shortcut("Read out value by value", "Arrow keys"),
        ),
    ),
    ShortcutGroup(
        "Pictures",
        (
            Shortcut("Close a picture", "Delete or middle click"),
            Shortcut("Next or previous frame of an animation", "PgDn, PgUp"),
        ),
    ),
    ShortcutGroup(
        "Guide",
        (
            Shortcut("Back, forward", "Alt+Left, Alt+Right"),
            Shortcut("Find in the guide", "Ctrl+F"),
            Shortcut("Larger, smaller, usual text", "Ctrl++, Ctrl+-, Ctrl+0"),
            Shortcut("Close the guide", "Esc"),
        ),
    ),
)
"""Keys that are no commands: what has the focus reads them."""


def group_of(title: str, actions: Iterable[QAction]) -> ShortcutGroup:
    """The group of those actions that have keys.

    Args:
        title: The menu's name; mnemonics are taken out.
        actions: What the menu has; separators and submenus are passed over.
    """
    return ShortcutGroup(
        _plain(title),
        tuple(
            Shortcut(_plain(action.text()), keys_text(action.shortcuts())) for action in actions if action.shortcuts()
        ),
    )


def groups_of_menus(menus: Iterable[QMenu]) -> tuple[ShortcutGroup, ...]:
    """The groups of menus and their submenus, without those where no action has keys."""
    found: list[ShortcutGroup] = []
    for menu in menus:
        found.append(group_of(menu.title(), menu.actions()))
        below = (action.menu() for action in menu.actions())
        found += groups_of_menus(submenu for submenu in below if isinstance(submenu, QMenu))
    return tuple(group for group in found if group.shortcuts)


def keys_text(keys: Sequence[QKeySequence]) -> str:
    """Key sequences as they are called on this system, the main one first."""
    return " or ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


class ShortcutsPage(QDialog):
    """Shows groups of shortcuts, and those that fit what is typed into the field."""

    def __init__(self, groups: Iterable[ShortcutGroup], parent: QWidget | None = None) -> None:
        """Make the page.

        Args:
            groups: What to show; see `groups_of_menus`, and add the keys within views.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("shortcutsPage")
        self.setWindowTitle("Keyboard shortcuts")
        self._search = self._make_search()
        self._matches = QSortFilterProxyModel(self)
        self._matches.setRecursiveFilteringEnabled(True)
        self._matches.setAutoAcceptChildRows(True)
        self._matches.setFilterKeyColumn(-1)
        self._matches.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._matches.setSourceModel(_model(groups, self))
        self._tree = self._make_tree()
        self._nothing = QLabel("No command has these words or keys.", alignment=Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        theme.plain_buttons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(4), theme.space(4), theme.space(4), theme.space(4))
        layout.setSpacing(theme.space(2))
        for widget in (self._search, self._tree, self._nothing, buttons):
            layout.addWidget(widget, 1 if widget is self._tree else 0)
        fit_to_screen(self, QSize(_WIDTH, _HEIGHT))
        self._show_all_rows()

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(placeholderText="Find a command or a key", clearButtonEnabled=True)
        search.setAccessibleName("Find a command or a key")
        search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        search.textChanged.connect(self._search_changed)
        return search

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(headerHidden=False, rootIsDecorated=False, itemsExpandable=False, uniformRowHeights=True)
        tree.setModel(self._matches)
        tree.setItemDelegate(_RowDelegate(tree))
        tree.setIndentation(theme.space(4))
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setAccessibleName("Keyboard shortcuts")
        tree.setAccessibleDescription("Commands and their keys, by menu")
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        return tree

    @Slot(str)
    def _search_changed(self, text: str) -> None:
        self._matches.setFilterFixedString(text.strip())
        self._show_all_rows()

    def _show_all_rows(self) -> None:
        self._tree.expandAll()
        for row in range(self._matches.rowCount()):
            self._tree.setFirstColumnSpanned(row, QModelIndex(), True)
        self._nothing.setVisible(self._matches.rowCount() == 0)


class _RowDelegate(QStyledItemDelegate):
    """Gives each row the room that makes a long list readable."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the text."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), theme.space(5)))


def _model(groups: Iterable[ShortcutGroup], parent: ShortcutsPage) -> QStandardItemModel:
    model = QStandardItemModel(parent)
    model.setHorizontalHeaderLabels(["Command", "Keys"])
    for group in groups:
        title = _item(group.title)
        title.setSelectable(False)
        title.setFont(bold_font(parent.font()))
        model.appendRow(title)
        for shortcut in group.shortcuts:
            title.appendRow([_item(shortcut.text), _item(shortcut.keys)])
    return model


def _item(text: str) -> QStandardItem:
    item = QStandardItem(QIcon(), text)
    item.setEditable(False)
    return item


def _plain(text: str) -> str:
    """A menu's text without its mnemonic and dots."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…").strip()
