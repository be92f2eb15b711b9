"""The page of keyboard shortcuts."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QMenu, QTreeView
from pytestqt.qtbot import QtBot

from gui.guide.shortcuts import Shortcut, ShortcutGroup, ShortcutsPage, group_of, groups_of_menus

WITHIN = ShortcutGroup("In the viewer", (Shortcut("Zoom in", "+"), Shortcut("Zoom out", "-")))


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def menu(window: QMainWindow) -> QMenu:
    menu = window.menuBar().addMenu("&File")
    menu.addAction(QAction("&Open…", window, shortcut=QKeySequence("Ctrl+O")))
    menu.addSeparator()
    menu.addAction(QAction("Without keys", window))
    redo = QAction("Cats && &dogs", window)
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    menu.addAction(redo)
    below = menu.addMenu("Colour &scheme")
    below.addAction(QAction("Dark", window, shortcut=QKeySequence("F9")))
    menu.addMenu("Empty").addAction("nothing")
    return menu


def test_groups_of_menus(menu: QMenu) -> None:
    assert groups_of_menus([menu]) == (
        ShortcutGroup("File", (Shortcut("Open", "Ctrl+O"), Shortcut("Cats & dogs", "Ctrl+Shift+Z or Ctrl+Y"))),
        ShortcutGroup("Colour scheme", (Shortcut("Dark", "F9"),)),
    )


def test_group_of_actions(menu: QMenu) -> None:
    assert group_of("&Some", menu.actions()[:1]) == ShortcutGroup("Some", (Shortcut("Open", "Ctrl+O"),))


@pytest.fixture
def page(qtbot: QtBot, menu: QMenu) -> ShortcutsPage:
    page = ShortcutsPage([*groups_of_menus([menu]), WITHIN])
    qtbot.addWidget(page)
    page.show()
    return page


def commands(page: ShortcutsPage) -> list[str]:
    """The commands that can be read, in order."""
    tree = page.findChild(QTreeView)
    assert tree is not None
    model = tree.model()
    groups = [model.index(row, 0) for row in range(model.rowCount())]
    return [model.index(row, 0, group).data() for group in groups for row in range(model.rowCount(group))]


def search(page: ShortcutsPage, qtbot: QtBot, text: str) -> list[str]:
    field = page.findChild(QLineEdit)
    assert field is not None
    field.clear()
    QTest.keyClicks(field, text)
    return commands(page)


def test_all_are_shown_and_open(page: ShortcutsPage) -> None:
    assert commands(page) == [
        "Open",
        "Cats & dogs",
        "Dark",
        "Zoom in",
        "Zoom out",
    ]
    tree = page.findChild(QTreeView)
    assert tree is not None
    assert all(tree.isExpanded(tree.model().index(row, 0)) for row in range(tree.model().rowCount()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zoom", ["Zoom in", "Zoom out"]),
        ("CTRL+", ["Open", "Cats & dogs"]),
        ("f9", ["Dark"]),
        ("viewer", ["Zoom in", "Zoom out"]),
        ("  dogs ", ["Cats & dogs"]),
        ("(", []),
    ],
)
def test_search_in_words_keys_and_titles(page: ShortcutsPage, qtbot: QtBot, text: str, found: list[str]) -> None:
    assert search(page, qtbot, text) == found
    nothing = next(label for label in page.findChildren(QLabel) if label.text().startswith("No command"))
    assert nothing.isVisible() == (not found)
    assert len(search(page, qtbot, "")) == 5


def test_it_can_be_read_without_eyes(page: ShortcutsPage) -> None:
    tree, field = page.findChild(QTreeView), page.findChild(QLineEdit)
    assert tree is not None
    assert field is not None
    assert tree.accessibleName() == "Keyboard shortcuts"
    assert field.accessibleName()


def test_escape_closes_it(page: ShortcutsPage, qtbot: QtBot) -> None:
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()
