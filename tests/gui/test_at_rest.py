"""What has been laid out stays so: no size depends on itself, and a window that nobody touches uses no processor."""

from __future__ import annotations

import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot
from row_samples import job, make
from stir import WORK, running_timers, settles, stirring

import resources
from engine.networks import vgg16
from engine.networks.vgg16 import VGG16
from gui.channels.gallery import ChannelGallery
from gui.channels.tile_view import TILE_SIZES
from gui.guide.book import GuidePage, read_guide
from gui.guide.browser import GuideBrowser
from gui.layers.tree import LayerTree
from gui.main_window import MainWindow
from gui.pictures.strip import PictureStrip
from gui.queue.view import QueueView
from gui.state.choices import CONTENTS, Content

NARROWEST, WIDEST = 200, 3840
"""Of the gallery, in pixels: from a window of 600 pixels to one of 3840."""

COUNTS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1")
"""Layers of 64, 128, 256 and 512 channels."""


@pytest.fixture
def gallery(qtbot: QtBot) -> ChannelGallery:
    widget = ChannelGallery()
    qtbot.addWidget(widget)
    widget.setUpdatesEnabled(False)  # layouts are what this is about
    widget.show()
    return widget


@pytest.mark.parametrize("content", CONTENTS)
def test_no_cell_depends_on_the_scroll_bar(gallery: ChannelGallery, content: Content) -> None:
    gallery.show_layer(vgg16.description(((1, 3),)).at(32).layers[0], None, None)
    gallery.set_shown(content)
    for side in TILE_SIZES:
        gallery.set_tile_size(side)
        for width in range(NARROWEST, WIDEST + 1, 35):
            cells = []
            for height in (4000, 25):  # without and with a bar
                gallery.resize(width, height)
                gallery.doItemsLayout()
                cells.append((gallery.gridSize().toTuple(), gallery.verticalScrollBar().isVisible()))
            (without, no_bar), (with_bar, bar) = cells
            assert (no_bar, bar) == (False, True)
            assert without == with_bar, (side, width)


@pytest.mark.parametrize("layer", COUNTS)
@pytest.mark.parametrize("content", ["maps", "both"])
def test_the_gallery_comes_to_rest_where_a_scroll_bar_could_come_and_go(
    gallery: ChannelGallery, layer: str, content: Content
) -> None:
    gallery.show_layer(VGG16.layer(layer), None, None)
    gallery.set_shown(content)
    for side in (32, 96, 224):
        gallery.set_tile_size(side)
        for width in range(NARROWEST + side % 7, WIDEST + 1, 227):
            gallery.resize(width, 4000)
            gallery.doItemsLayout()
            last = gallery.visualRect(gallery.model().index(gallery.model().rowCount() - 1, 0))
            lines = last.bottom() + gallery.verticalScrollBar().value() + gallery.height() - gallery.viewport().height()
            for height in range(lines - 3, lines + 10, 3):
                gallery.resize(width, height)
                assert settles(), (side, width, height)


PAGES = read_guide(resources.guide())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_of_the_guide_comes_to_rest(qtbot: QtBot, page: GuidePage) -> None:
    browser = GuideBrowser(resources.guide(), PAGES)
    qtbot.addWidget(browser)
    browser.show()
    browser.show_page(page.name)
    for width in (300, 480, 641, 762, 770, 1200):
        browser.resize(width, 600)
        settles()
        lines = round(browser.document().size().height())
        for height in range(lines - 12, lines + 13, 6):
            browser.resize(width, height)
            assert settles(), (width, height)


def test_the_tree_comes_to_rest(qtbot: QtBot) -> None:
    tree = LayerTree(VGG16.layers)
    qtbot.addWidget(tree)
    tree.show()
    for width in range(100, 500, 13):
        for height in (60, 200, 400, 900, 1200, 1230, 1260):
            tree.resize(width, height)
            assert settles(), (width, height)


@pytest.mark.parametrize("count", [1, 5, 12])
def test_the_strip_comes_to_rest(qtbot: QtBot, count: int) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    splitter = QSplitter(window)
    strip = PictureStrip(splitter)
    strip.set_pictures([make(f"{number}.png", (number, 0, 0)) for number in range(count)])
    window.show()
    for width in range(100, 1600, 17):
        window.resize(width, 200)
        splitter.resize(width, strip.sizeHint().height())
        assert settles(), width


def test_the_queue_comes_to_rest(qtbot: QtBot) -> None:
    view = QueueView()
    qtbot.addWidget(view)
    view.show_rows([job(number) for number in range(6)])
    view.show()
    for width in range(200, 500, 29):
        for height in range(100, 500, 7):
            view.resize(width, height)
            assert settles(), (width, height)


def rests(qtbot: QtBot) -> bool:
    """Whether nothing is painted, laid out, timed or passed on in a while."""
    with stirring(WORK | {QEvent.Type.Timer, QEvent.Type.MetaCall}) as stir:
        qtbot.wait(100)
    return all(receiver in ("QTimer", "QEventLoop", "QObject") for receiver, _name, _type in stir.seen)  # qtbot's own


WINDOWS = [(600, 400), (911, 512), (1280, 800), (1366, 768), (1920, 1080), (1921, 1061), (2560, 1440), (3840, 2160)]


@pytest.mark.parametrize("size", WINDOWS, ids=str)
def test_a_window_at_rest_uses_no_processor(cat_window: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    wait_until_complete(cat_window, qtbot)
    cat_window.resize(*size)
    for command in ("tiles", "content_both", "content_maps", "wall", "book", "tiles"):
        cat_window.action(command).trigger()
        qtbot.waitUntil(lambda: rests(qtbot), timeout=20_000)
        assert not running_timers(cat_window)
