"""Opens the guide at the page that fits: what has the focus, and what it shows at the moment, decides."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

import resources
from gui.context import Context
from gui.control.pattern_flow import PatternFlow
from gui.guide.book import FIRST, read_guide
from gui.guide.shortcuts import IN_VIEWS, ShortcutGroup, groups_of_menus
from gui.guide.window import GuideWindow

_PAGE = "guidePage"
"""The property of a widget that names the page about it."""

_MAPS, _PATTERNS = "feature-maps.md", "patterns.md"


class GuideFlow(QObject):
    """Knows which page of the guide is about which part of the program, and shows the first line about it."""

    def __init__(self, context: Context, patterns: PatternFlow) -> None:
        super().__init__(context.parent)
        self._context = context
        self._patterns = patterns
        self._guide: GuideWindow | None = None
        self._name_pages()
        patterns.presenter.content_changed.connect(self._follow_content)
        context.views.viewer.mode_changed.connect(self._follow_viewer)
        self._hint = hint = context.views.hint
        hint.setVisible(context.settings.first_hint)
        hint.guide_wanted.connect(self.show_here)
        hint.dismissed.connect(self._forget_hint)
        context.controller.opener.opened.connect(self._picture_opened)

    def join(self, dialog: QDialog, page: str) -> None:
        """Have F1 in a dialog open this page; the guide can be read beside the dialog."""
        dialog.setProperty(_PAGE, page)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)  # else the dialog would block the guide too
        QShortcut(QKeySequence("F1"), dialog).activated.connect(self.show_here)

    @Slot()
    def show_here(self) -> None:
        """Open the guide at the page about what has the focus."""
        self.show_page(page_about(QApplication.focusWidget()))

    def show_page(self, name: str) -> None:
        """Open the guide at that page."""
        if self._guide is None:
            folder = resources.guide()
            self._guide = GuideWindow(folder, read_guide(folder, self._shortcuts()), self._context.settings)
        self._guide.show_page(name)
        self._guide.show()
        self._guide.raise_()
        self._guide.activateWindow()

    def shut_down(self) -> None:
        """Close the guide with the program."""
        if self._guide is not None:
            self._guide.close()
            self._guide.deleteLater()
            self._guide = None

    def _shortcuts(self) -> tuple[ShortcutGroup, ...]:
        return (*groups_of_menus(self._context.actions.menus()), *IN_VIEWS)

    def _name_pages(self) -> None:
        views = self._context.views
        pages: dict[QWidget, str] = {
            views.tree: _MAPS,
            views.heading: _MAPS,
            views.wall: _MAPS,
            views.scale_bar: "colours.md",
            views.patterns: _PATTERNS,
            views.queue: "queue.md",
            views.compare: "comparing.md",
            views.strip: FIRST,
            views.levels: "memory.md",
            views.messages: "trouble.md",
            **views.tools.guide_pages(),
        }
        for widget, page in pages.items():
            widget.setProperty(_PAGE, page)
        self._follow_content()
        self._follow_viewer()

    @Slot()
    def _follow_content(self) -> None:
        self._context.views.gallery.setProperty(
            _PAGE, _PATTERNS if self._patterns.presenter.content == "patterns" else _MAPS
        )

    @Slot()
    def _follow_viewer(self) -> None:
        viewer = self._context.views.viewer
        viewer.setProperty(_PAGE, _PATTERNS if viewer.mode() == "pattern" else _MAPS)

    @Slot()
    def _picture_opened(self) -> None:
        if self._hint.was_read():
            self._forget_hint()

    @Slot()
    def _forget_hint(self) -> None:
        self._context.settings.first_hint = False
        self._hint.hide()


def page_about(widget: QWidget | None) -> str:
    """The page about a widget, or about the nearest one around it that has a page."""
    while widget is not None:
        if page := widget.property(_PAGE):
            return str(page)
        widget = widget.parentWidget()
    return FIRST
