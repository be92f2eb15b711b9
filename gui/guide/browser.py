"""Shows pages of the guide: Qt's browser for rich text, with our pages, pictures of both schemes, and a search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QPalette,
    QResizeEvent,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QStyle, QTextBrowser, QTextEdit, QWidget

from gui.guide import style as guide_style
from gui.guide.book import GuidePage
from gui.style.painting import mix

_WIDEST = 760
"""Of the text, in logical pixels at the usual text size: longer lines are hard to follow."""

_TEXT = 1.08
"""Size of the text, in sizes of the program's font: it is read, not glanced at."""

_LIGHT, _DARK = "-light.", "-dark."


class GuideBrowser(QTextBrowser):
    """Shows one page of the guide at a time, and remembers the way through them.

    Signals:
        page_shown (str): The name of the page that is on the screen now.
    """

    page_shown = Signal(str)

    def __init__(self, folder: Path, pages: Sequence[GuidePage], parent: QWidget | None = None) -> None:
        """Make the browser; it shows nothing yet.

        Args:
            folder: Where the pictures are that the pages name.
            pages: What can be shown.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("guideBrowser")
        self.setAccessibleName("Page of the guide")
        self.setOpenExternalLinks(True)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self._folder = folder
        self._pages = {page.name: page for page in pages}
        self._images: dict[str, QImage] = {}
        self._percent = 100
        self._wanted = ""
        self._dressed = ""
        self._faded = False
        self._top: int | None = None
        self.sourceChanged.connect(self._arrived)

    def show_page(self, name: str) -> None:
        """Go to a page, or to a place in one: ``scales.md`` or ``scales.md#what-to-use-when``."""
        if QUrl(name) != self.source():
            self._top = None
            self.setSource(QUrl(name), QTextDocument.ResourceType.MarkdownResource)

    def page(self) -> str:
        """The name of the page on the screen."""
        return self.source().path()

    def set_zoom(self, percent: int) -> None:
        """Show text of that size, in percent of the usual one."""
        self._percent = percent
        self._show_anew()

    def find_all(self, text: str) -> int:
        """Mark every place of the page that has this text.

        Returns:
            How many there are.
        """
        self._wanted = text
        marks = []
        base, accent = (self.palette().color(role) for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Highlight))
        look = QTextCharFormat()
        look.setBackground(mix(base, accent, 0.35))
        place = self.document().find(text) if text else QTextCursor()
        while not place.isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor, mark.format = place, look
            marks.append(mark)
            place = self.document().find(text, place)
        self.setExtraSelections(marks)
        return len(marks)

    def find_next(self) -> bool:
        """Go to the next place that has the text of `find_all`; False when there is none below."""
        return bool(self._wanted) and self.find(self._wanted)

    def _show_anew(self) -> None:
        """Draw the page again, in other colours or sizes, at the place where the person is."""
        uppermost = self._uppermost() if self._top is None else self._top
        self._top = None
        self._dressed = ""
        self._faded = False
        self.document().clear()
        self._images.clear()
        self.reload()
        block = self.document().findBlockByNumber(uppermost)
        if uppermost > 0 and block.isValid():
            self.verticalScrollBar().setValue(round(self.document().documentLayout().blockBoundingRect(block).top()))

    def _uppermost(self) -> int:
        return self.cursorForPosition(QPoint(0, 0)).blockNumber()

    @Slot(QUrl)
    def _arrived(self, url: QUrl) -> None:
        if self._dressed != url.path():
            self._dressed = url.path()
            self._faded = False
            guide_style.dress(self.document(), self.palette(), self._points())
            self._fit()
        if url.hasFragment():
            self.scrollToAnchor(url.fragment())
        self.find_all(self._wanted)
        self.page_shown.emit(url.path())

    def _points(self) -> float:
        return max(4.0, self.font().pointSizeF()) * _TEXT * self._percent / 100

    def _fit(self) -> None:
        """Make lines and pictures as wide as there is room for."""
        # As with a scroll bar: pictures that grow when it goes could bring it back, and so on for ever.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        width = min(self.maximumViewportSize().width() - bar, _WIDEST * max(self._percent, 100) // 100)
        self.setLineWrapColumnOrWidth(width)
        room = width - 2 * round(self.document().documentMargin())
        guide_style.limit_images(self.document(), lambda name: self._narrowed(name, room))

    def _narrowed(self, name: str, room: int) -> float:
        """Have a picture drawn no wider than there is room for, and smoothly, which Qt does not do; its width."""
        image = self._image(name)
        width = min(room, image.width())
        if 0 < width < image.width():
            ratio = self.devicePixelRatioF()
            image = image.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
            image.setDevicePixelRatio(ratio)
        self.document().addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
        return width

    def _image(self, name: str) -> QImage:
        """A picture of a page; of one that exists for both schemes, that of the scheme on the screen."""
        if name not in self._images:
            path = self._folder / name
            dark = path.with_name(path.name.replace(_LIGHT, _DARK))
            if self.palette().color(QPalette.ColorRole.Base).lightnessF() < 0.5 and dark.is_file():
                path = dark
            self._images[name] = QImage(str(path))
        return self._images[name]

    # Qt overrides

    def loadResource(self, kind: int, url: QUrl | str) -> Any:
        """Give Qt our pages and pictures; nothing comes from anywhere else."""
        url = QUrl(url)
        if kind == QTextDocument.ResourceType.MarkdownResource.value:
            page = self._pages.get(url.path())
            return page.text if page is not None else f"# There is no page {url.path()}\n"
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._image(url.path())
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep to the width of the window."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the colour scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._dressed:
            if self.isVisible():
                self._show_anew()
            else:
                self._faded = True

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the colour scheme, and with the pictures that were let go."""
        super().showEvent(event)
        if self._faded:
            self._show_anew()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the pictures go, some 10 MB of them, when the guide is closed and not just covered."""
        super().hideEvent(event)
        if not event.spontaneous() and self._dressed:
            self._top = self._uppermost()
            self._faded = True
            self._images.clear()
            self.document().clear()
