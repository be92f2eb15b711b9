"""Line icons: SVG files tinted from the palette while they are painted, so they are sharp and in season everywhere."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

import resources

_APP_ICON_SIZES = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256, 512)

_kept_clones: list[QIconEngine] = []
"""PySide6 6.11 deletes the engine that `QIconEngine.clone` returns unless Python still holds it (measured: a crash)."""


def icon(name: str) -> QIcon:
    """The line icon of that name, in the colours of the palette of the moment.

    It follows the palette without being made anew. A disabled icon takes the colour of disabled text, a selected one
    that of selected text, and a checked one the accent.

    Args:
        name: The name of a file in ``resources/icons``, without ``.svg``.

    Raises:
        KeyError: There is no such icon.
    """
    return QIcon(_TintedSvg(name, _source(name)))


def app_icon() -> QIcon:
    """The program's icon, in its own colours, from 16 to 512 pixels."""
    result = QIcon()
    source = resources.path("icons", "convscope.svg").read_bytes()
    for side in _APP_ICON_SIZES:
        result.addPixmap(_rendered(source, QSize(side, side)))
    return result


def icon_names() -> tuple[str, ...]:
    """The names that `icon` knows, in alphabetical order."""
    return tuple(sorted(file.stem for file in resources.path("icons").glob("*.svg") if file.stem != "convscope"))


class _TintedSvg(QIconEngine):
    """Paints an SVG's shapes in one colour of the palette; the file's own colours do not matter, only its alpha."""

    def __init__(self, name: str, source: bytes) -> None:
        super().__init__()
        self._name = name
        self._source = source

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        pixmap = self.pixmap(rect.size() * ratio, mode, state)
        pixmap.setDevicePixelRatio(ratio)
        painter.drawPixmap(rect.topLeft(), pixmap)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        colour = _tint(QGuiApplication.palette(), mode, state)
        key = f"convscope-icon:{self._name}:{size.width()}x{size.height()}:{colour.name(QColor.NameFormat.HexArgb)}"
        pixmap = QPixmap()
        if not QPixmapCache.find(key, pixmap):
            pixmap = _rendered(self._source, size)
            _fill(pixmap, colour)
            QPixmapCache.insert(key, pixmap)
        return pixmap

    def clone(self) -> QIconEngine:
        copy = _TintedSvg(self._name, self._source)
        _kept_clones.append(copy)
        return copy

    def key(self) -> str:
        return "convscope"

    def iconName(self) -> str:
        return self._name


@cache
def _source(name: str) -> bytes:
    file = resources.path("icons", f"{name}.svg")
    if not file.is_file():
        raise KeyError(f"There is no icon {name!r}. Received: {name!r}; known: {', '.join(icon_names())}.")
    return file.read_bytes()


def _tint(palette: QPalette, mode: QIcon.Mode, state: QIcon.State) -> QColor:
    if mode == QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    if mode == QIcon.Mode.Selected:
        return palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
    role = QPalette.ColorRole.Highlight if state == QIcon.State.On else QPalette.ColorRole.ButtonText
    return palette.color(QPalette.ColorGroup.Active, role)


def _rendered(source: bytes, size: QSize) -> QPixmap:
    """The SVG as large as fits into that many device pixels, centred, keeping its proportions."""
    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    side = min(size.width(), size.height())
    square = QRectF((size.width() - side) / 2, (size.height() - side) / 2, side, side)
    painter = QPainter(pixmap)
    QSvgRenderer(source).render(painter, square)
    painter.end()
    return pixmap


def _fill(pixmap: QPixmap, colour: QColor) -> None:
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRect(QPoint(0, 0), pixmap.size()), colour)
    painter.end()
