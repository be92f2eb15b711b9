"""What the pictures of the guide are taken with: the real window's photographer, with tiles, parts and WebP."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from screenshots import Photographer

WIDEST = 720
"""Pixels; a page of the guide shows no more."""

_GAP = 8
_QUALITY = 86
_ALL_VIEWS = 31


class GuideCamera(Photographer):
    """Goes to channels and layers, and takes parts of the window."""

    def keep(self, image: QImage, name: str) -> None:
        """Save a picture as WebP, no wider than a page."""
        image = image.convertToFormat(QImage.Format.Format_RGB888)
        pixels = Image.frombuffer(
            "RGB", (image.width(), image.height()), bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1
        )
        if pixels.width > WIDEST:
            pixels = pixels.resize((WIDEST, round(pixels.height * WIDEST / pixels.width)), Image.Resampling.LANCZOS)
        path = self._folder / f"{name}{self._suffix}.webp"
        pixels.save(path, quality=_QUALITY, method=6)
        print(f"{path.name}: {pixels.width}×{pixels.height}, {path.stat().st_size:,} bytes")

    def show(self, layer: str, channel: int) -> None:
        """Go to a channel of a layer."""
        views = self._window.views
        views.tree.layer_chosen.emit(layer)
        self.wait_for_layer()
        views.gallery.select_channels((channel,), current=channel)
        views.gallery.channels_selected.emit((channel,))
        self._window.controller.presenter.show_channel(channel)
        views.gallery.setFocus()
        self.scroll_up()

    def wait_for_layer(self) -> None:
        """Wait until the shown layer can be seen."""
        self.wait_for(lambda: self._window.controller.presenter.scaled() is not None)
        self.settle()

    def wait_for_all(self) -> None:
        """Wait until every layer can be seen at the input size of the moment."""
        pipeline = self._window.controller.pipeline
        size = self._window.workspace.network.size
        self.wait_for(
            lambda: (
                pipeline.look is not None
                and pipeline.look.key.size == size
                and len(pipeline.look.scaled_in(self._window.workspace.style)) == _ALL_VIEWS
            )
        )
        self.settle()

    def grab(self, area: QRect) -> QImage:
        """What the screen shows of a rectangle in its coordinates."""
        self.settle()
        return self._window.screen().grabWindow(0, area.x(), area.y(), area.width(), area.height()).toImage()

    def tile(self, channel: int) -> QRect:
        """Where the tile of a channel is on the screen."""
        gallery = self._window.views.gallery
        place = gallery.visualRect(gallery.model().index(channel, 0))
        return QRect(gallery.viewport().mapToGlobal(place.topLeft()), place.size())

    def rows(self, count: int) -> QRect:
        """The first rows of the gallery with the legend's width."""
        first = self.tile(0)
        gallery = self.place(self._window.views.gallery)
        gallery.setHeight(first.top() - gallery.top() + count * (first.height() + 2))
        return gallery

    def place(self, widget: QWidget, height: int = 0) -> QRect:
        """Where a widget is on the screen; no more of it than that height, if one is given."""
        area = QRect(widget.mapToGlobal(widget.rect().topLeft()), widget.size())
        if height:
            area.setHeight(min(height, area.height()))
        return area


def beside(images: Sequence[QImage]) -> QImage:
    """Pictures in a row, with a little of nothing between them."""
    width = sum(image.width() for image in images) + _GAP * (len(images) - 1)
    row = QImage(width, max(image.height() for image in images), QImage.Format.Format_RGB888)
    row.fill(QApplication.palette().base().color())
    painter, left = QPainter(row), 0
    for image in images:
        painter.drawImage(left, 0, image)
        left += image.width() + _GAP
    painter.end()
    return row
