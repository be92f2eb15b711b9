"""The window of the user guide: contents and search on the left, a page on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSplitter, QToolButton, QVBoxLayout, QWidget

from gui.guide.book import GuidePage
from gui.guide.browser import GuideBrowser
from gui.guide.contents import GuideContents
from gui.screens import fit_to_screen, restore_on_screen
from gui.state.settings import GUIDE_ZOOM, Settings
from gui.style import theme

_SIZE = (1040, 740)
_COLUMNS = (250, 790)
_ZOOM_STEP = 10
_TYPING_MILLISECONDS = 150
_NOTHING = "No page has these words."


class GuideWindow(QWidget):
    """Shows the guide beside the window it explains. It has no parent, for a dialog would block one that has."""

    def __init__(self, folder: Path, pages: Sequence[GuidePage], settings: Settings) -> None:
        """Make the window.

        Args:
            folder: Where the guide is, for its pictures.
            pages: Its pages.
            settings: Remember the window's size and the size of the text.
        """
        super().__init__()
        self.setObjectName("guideWindow")
        self.setWindowTitle("Guide — Convscope")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._settings = settings
        self._pages = tuple(pages)
        self._plain: dict[str, str] = {}
        self._browser = GuideBrowser(folder, pages)
        self._contents = GuideContents(pages)
        self._search = self._make_search()
        self._nothing = QLabel(_NOTHING, wordWrap=True)
        self._nothing.hide()
        self._nothing.setForegroundRole(self._nothing.palette().ColorRole.PlaceholderText)
        self._back = _button("back", "Back", "Alt+Left")
        self._forward = _button("forward", "Forward", "Alt+Right")
        self._smaller = _button("zoom-out", "Smaller text", "Ctrl+-")
        self._larger = _button("zoom-in", "Larger text", "Ctrl++")
        self._typed = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)
        self._columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        self._lay_out()
        self._connect()
        self._restore()

    def show_page(self, name: str) -> None:
        """Go to a page, by its file's name; one that there is none of leads to the first."""
        known = {page.name for page in self._pages}
        wanted = name if name.partition("#")[0] in known else self._pages[0].name
        self._browser.show_page(wanted)

    def page(self) -> str:
        """The name of the page on the screen."""
        return self._browser.page()

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(placeholderText="Find in the guide", clearButtonEnabled=True)
        search.setAccessibleName("Find in the guide")
        search.setToolTip("Find in the guide (Ctrl+F); Enter goes to the next place")
        search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        return search

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(theme.SPACING)
        for button in (self._back, self._forward):
            bar.addWidget(button)
        bar.addStretch(1)
        for button in (self._smaller, self._larger):
            bar.addWidget(button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.space(2), theme.space(2), theme.space(2), theme.space(2))
        column.setSpacing(theme.space(2))
        column.addLayout(bar)
        column.addWidget(self._search)
        column.addWidget(self._nothing)
        column.addWidget(self._contents, 1)
        self._columns.addWidget(left)
        self._columns.addWidget(self._browser)
        self._columns.setStretchFactor(1, 1)
        self._columns.setSizes(list(_COLUMNS))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._columns)

    def _connect(self) -> None:
        browser = self._browser
        self._contents.page_wanted.connect(browser.show_page)
        browser.page_shown.connect(self._contents.show_page)
        browser.backwardAvailable.connect(self._back.setEnabled)
        browser.forwardAvailable.connect(self._forward.setEnabled)
        self._back.setEnabled(False)
        self._forward.setEnabled(False)
        self._search.textChanged.connect(self._typed.start)
        self._search.returnPressed.connect(self._find_next)
        self._typed.timeout.connect(self._find)
        buttons = (
            (self._back, browser.backward),
            (self._forward, browser.forward),
            (self._smaller, self._smaller_text),
            (self._larger, self._larger_text),
        )
        for button, slot in buttons:
            button.clicked.connect(slot)
        keys: tuple[tuple[tuple[str, ...], Callable[[], object]], ...] = (
            (("Esc",), self.close),
            (("Alt+Left", "Back"), browser.backward),
            (("Alt+Right", "Forward"), browser.forward),
            (("Ctrl++", "Ctrl+="), self._larger_text),
            (("Ctrl+-",), self._smaller_text),
            (("Ctrl+0",), self._usual_text),
            (("Ctrl+F",), self._start_search),
        )
        for sequences, do in keys:
            shortcut = QShortcut(self)
            shortcut.setKeys([QKeySequence(sequence) for sequence in sequences])
            shortcut.activated.connect(do)

    def _restore(self) -> None:
        fit_to_screen(self, QSize(*_SIZE))
        restore_on_screen(self, QByteArray(self._settings.layout_state("guide")))
        self._columns.restoreState(QByteArray(self._settings.layout_state("guide_columns")))
        self._show_zoom(self._settings.guide_zoom)
        self._browser.setFocus()

    def _show_zoom(self, percent: int) -> None:
        low, high = GUIDE_ZOOM
        self._settings.guide_zoom = min(max(percent, low), high)
        self._browser.set_zoom(self._settings.guide_zoom)
        self._smaller.setEnabled(self._settings.guide_zoom > low)
        self._larger.setEnabled(self._settings.guide_zoom < high)

    @Slot()
    def _larger_text(self) -> None:
        self._show_zoom(self._settings.guide_zoom + _ZOOM_STEP)

    @Slot()
    def _smaller_text(self) -> None:
        self._show_zoom(self._settings.guide_zoom - _ZOOM_STEP)

    @Slot()
    def _usual_text(self) -> None:
        self._show_zoom(100)

    @Slot()
    def _start_search(self) -> None:
        self._search.setFocus()
        self._search.selectAll()

    def _found(self) -> dict[str, int]:
        """How often each page has the text that is looked for."""
        wanted = self._search.text().strip().casefold()
        return {page.name: count for page in self._pages if (count := self._text_of(page).count(wanted))}

    def _text_of(self, page: GuidePage) -> str:
        if page.name not in self._plain:
            document = QTextDocument()
            document.setMarkdown(page.text)
            self._plain[page.name] = document.toPlainText().casefold()
        return self._plain[page.name]

    @Slot()
    def _find(self) -> None:
        """List the pages that have the text, and mark it on the one on the screen."""
        wanted = self._search.text().strip()
        found = self._found() if wanted else None
        self._contents.show_found(found)
        self._nothing.setVisible(found == {})
        self._browser.find_all(wanted)

    @Slot()
    def _find_next(self) -> None:
        """Go to the next place: on this page, on the next one that has it, and from the last on to the first."""
        if self._typed.isActive():
            self._typed.stop()
            self._find()
        if not self._search.text().strip() or self._browser.find_next():
            return
        names = [page.name for page in self._pages]
        after = names.index(self.page()) + 1
        found = self._found()
        for name in (*names[after:], *names[:after]):
            if name in found:
                self._browser.show_page(name)
                self._browser.moveCursor(self._browser.textCursor().MoveOperation.Start)
                self._browser.find_next()
                return

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember size and columns."""
        self._settings.set_layout_state("guide", bytes(self.saveGeometry().data()))
        self._settings.set_layout_state("guide_columns", bytes(self._columns.saveState().data()))
        super().closeEvent(event)


def _button(icon: str, name: str, keys: str) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setIcon(theme.icon(icon))
    button.setAccessibleName(name)
    native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    button.setToolTip(f"{name} ({native})")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
