"""How a page of the guide looks: what Qt makes of Markdown, with the sizes, distances and colours of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)

from gui.guide.book import anchor
from gui.style import theme
from gui.style.painting import mix

_HEADINGS = {1: 1.8, 2: 1.3, 3: 1.1}
"""Sizes of headings, in sizes of the text."""

_LINE_HEIGHT = 138.0
_CODE_LINE_HEIGHT = 125.0
_CODE_SIZE = 0.92
_MARGIN = 20
_FIRST_COLUMNS = 34
"""The most letters that a column has which is not the last."""

_FENCE = QTextFormat.Property.BlockCodeFence
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


@dataclass(frozen=True)
class _Ink:
    """What a page is drawn with.

    Attributes:
        size: Of the text, in points.
        code: Font of code.
        shade: Background of code and of the head of a table.
        line: Lines of tables.
        link: Links.
    """

    size: float
    code: QFont
    shade: QBrush
    line: QBrush
    link: QBrush


def dress(document: QTextDocument, palette: QPalette, size: float) -> None:
    """Give a document that was read from Markdown the look of the guide, and its headings the anchors of links.

    Args:
        document: The page; all of it is changed.
        palette: The colours.
        size: Of the text, in points.
    """
    base, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
    code = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    code.setPointSizeF(size * _CODE_SIZE)
    ink = _Ink(
        size=size,
        code=code,
        shade=QBrush(mix(base, text, 0.07)),
        line=QBrush(mix(base, text, 0.22)),
        link=QBrush(palette.color(QPalette.ColorRole.Link)),
    )
    document.setDocumentMargin(_MARGIN)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    tables = [frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    for block in blocks(document):
        _dress_block(cursor, block, ink, in_table=_within(tables, block.position()))
    for table in tables:
        _dress_table(table, ink)
    cursor.endEditBlock()


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    """The blocks of a document, from its beginning."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    """The runs of text of one format in a block."""
    place = block.begin()
    while not place.atEnd():
        yield place.fragment()
        place += 1


def limit_images(document: QTextDocument, width_of: Callable[[str], float]) -> None:
    """Give each picture its width; the height follows.

    Args:
        document: The page.
        width_of: The width that a picture is to have, in logical pixels, by the name that it has in the page.
    """
    cursor = QTextCursor(document)
    for block in blocks(document):
        for fragment in list(fragments(block)):
            if not fragment.charFormat().isImageFormat():
                continue
            image = fragment.charFormat().toImageFormat()
            width = width_of(image.name())
            if width > 0 and image.width() != width:
                image.setWidth(width)
                _select(cursor, fragment)
                cursor.setCharFormat(image)


def _dress_block(cursor: QTextCursor, block: QTextBlock, ink: _Ink, *, in_table: bool) -> None:
    shape = block.blockFormat()
    level, fenced = shape.headingLevel(), shape.hasProperty(_FENCE)
    cursor.setPosition(block.position())
    if in_table:
        shape.setTopMargin(0)
        shape.setBottomMargin(0)
        shape.setLineHeight(_CODE_LINE_HEIGHT, _PROPORTIONAL)
    elif fenced:
        shape.setBackground(ink.shade)
        shape.setNonBreakableLines(False)
        shape.setLeftMargin(theme.space(2))
        shape.setTopMargin(0 if _fenced(block.previous()) else theme.space())
        shape.setBottomMargin(0 if _fenced(block.next()) else theme.space(3))
    elif level:
        shape.setTopMargin(0 if block.blockNumber() == 0 else ink.size * (2.2 if level < 3 else 1.6))
        shape.setBottomMargin(ink.size * (1.1 if level == 1 else 0.85))
    else:
        if not _has_image(block):  # whose line is as high as the picture, and needs nothing on top
            shape.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
        shape.setTopMargin(0)
        shape.setBottomMargin(ink.size * (0.4 if block.textList() is not None else 0.9))
    cursor.setBlockFormat(shape)
    for number, fragment in enumerate(list(fragments(block))):
        look = _look(fragment.charFormat(), level, ink, fenced=fenced)
        if level and number == 0:
            look.setAnchor(True)
            look.setAnchorNames([anchor(block.text())])
        _select(cursor, fragment)
        cursor.setCharFormat(look)


def _look(look: QTextCharFormat, level: int, ink: _Ink, *, fenced: bool) -> QTextCharFormat:
    """What a run of text looks like; Qt's own relative size of headings would go before ours."""
    look.clearProperty(QTextFormat.Property.FontSizeAdjustment)
    if level:
        look.setFontPointSize(ink.size * _HEADINGS.get(level, 1.0))
        look.setFontWeight(QFont.Weight.DemiBold)
    elif fenced or look.fontFixedPitch():
        look.setFontFamilies([ink.code.family()])
        look.setFontPointSize(ink.code.pointSizeF())
        if not fenced:
            look.setBackground(ink.shade)
    else:
        look.setFontPointSize(ink.size)
    if look.isAnchor() and look.anchorHref():
        look.setForeground(ink.link)
        look.setFontUnderline(False)
    return look


def _dress_table(table: QTextTable, ink: _Ink) -> None:
    shape = table.format()
    shape.setBorderCollapse(True)
    shape.setBorder(1)
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderBrush(ink.line)
    shape.setCellPadding(theme.space() + 2)
    shape.setCellSpacing(0)
    shape.setTopMargin(theme.space())
    shape.setBottomMargin(theme.space(3))
    widths = [_column_width(table, column, ink) for column in range(table.columns() - 1)]
    lengths = [QTextLength(QTextLength.Type.FixedLength, width) for width in widths]
    shape.setColumnWidthConstraints([*lengths, QTextLength()])
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(shape)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        look = cell.format()
        look.setBackground(ink.shade)
        cell.setFormat(look)
        cursor = cell.firstCursorPosition()
        cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.DemiBold)
        cursor.mergeCharFormat(bold)


def _column_width(table: QTextTable, column: int, ink: _Ink) -> float:
    """As wide as its longest text, so that what explains it gets the rest; no wider than `_FIRST_COLUMNS` letters."""
    bold = QFont()
    bold.setPointSizeF(ink.size)
    bold.setBold(True)
    fonts = QFontMetricsF(bold), QFontMetricsF(ink.code)
    texts = [table.cellAt(row, column).firstCursorPosition().block().text() for row in range(table.rows())]
    widest = max(font.horizontalAdvance(text) for font in fonts for text in texts)
    return min(widest, fonts[0].averageCharWidth() * _FIRST_COLUMNS) + theme.space(4)


def _within(tables: list[QTextTable], position: int) -> bool:
    return any(table.firstPosition() <= position <= table.lastPosition() for table in tables)


def _has_image(block: QTextBlock) -> bool:
    return any(fragment.charFormat().isImageFormat() for fragment in fragments(block))


def _fenced(block: QTextBlock) -> bool:
    return block.isValid() and block.blockFormat().hasProperty(_FENCE)


def _select(cursor: QTextCursor, fragment: QTextFragment) -> None:
    cursor.setPosition(fragment.position())
    cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
