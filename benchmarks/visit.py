"""A scripted visit to the window: what a person would do in ten minutes, in one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from heartbeat import Heartbeat, spin, spin_until
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from report import Figure

import resources
from engine.maps.colormaps import COLORMAPS
from engine.networks.vgg16 import VGG16
from engine.records import SCALES, Style
from gui.main_window import MainWindow

PICTURES = 5
_LAYERS = tuple(info.name for info in VGG16.layers)
_LOOK = 0.03  # seconds that the script looks at what it has done before it goes on
_DROP_BAR = 500.0
_SWITCH_BAR = 50.0


class Visit(QObject):
    """Walks through the window.

    Attributes:
        heartbeat: Measures the stalls, under the name of what is being done.
        figures: What else was measured.
    """

    def __init__(self, window: MainWindow, heartbeat: Heartbeat, folder: Path) -> None:
        super().__init__()
        self.heartbeat = heartbeat
        self.figures: list[Figure] = []
        self._window = window
        # Written beforehand, for writing them would be a stall of the script's own.
        self._files = list(_pictures(folder, 3 * PICTURES))
        self._painted = 0.0
        self._shown_when_painted: object = None
        window.views.gallery.viewport().installEventFilter(self)

    def paint(self) -> None:
        """Show the window."""
        self._window.show()
        self._do("TensorFlow is imported and VGG16 built", self.heartbeat.start)

    def load(self) -> None:
        """Wait for the network."""
        spin_until(lambda: self._window.controller.weights is not None)

    def first_picture(self) -> None:
        """Open the sample, which waits until the network has been warmed up."""
        self._do("first picture, while the network warms up", self._window.controller.open_sample)
        self._until_complete()

    def drop_pictures(self) -> None:
        """Drop one picture after the other."""
        shown, visible, deep = [], [], []
        for path in self._files[:PICTURES]:
            start = self._drop(path)
            shown.append(self._wait_for_tiles() - start)
            self._until_complete()
            visible.append(time.perf_counter() - start)
        self._choose_layer("block5_conv3")
        for path in self._files[PICTURES : 2 * PICTURES]:
            start = self._drop(path)
            deep.append(self._wait_for_tiles() - start)
            self._until_complete()
        self.figures += [
            _milliseconds("drop to first channel tiles painted", shown, _DROP_BAR),
            _milliseconds("drop to tiles of block5_conv3 painted", deep),
            _milliseconds("drop to all 31 layers visible", visible),
        ]

    def all_layers(self) -> None:
        """See every layer in every face, scale and colour; select, scroll, zoom; then do it while maps are computed."""
        self._measure_switches()
        for face in ("tiles", "wall", "book"):
            self._trigger(f"face:{face}", face)
            for name in _LAYERS:
                self._do(f"layer switch:{face}, {name}", lambda name=name: self._choose_layer(name))  # type: ignore[misc]
        self._trigger("face:tiles", "tiles")
        self._styles()
        self._gallery()
        self._viewer()
        self._pictures()
        self._while_computing()

    def _measure_switches(self) -> None:
        times: list[float] = []
        wall: list[float] = []
        for face, seconds in (("tiles", times), ("wall", wall)):
            self._trigger(f"face:{face}", face)
            for info in VGG16.layers:
                if info.channels == 512:
                    self._do("layer switch:away", lambda: self._choose_layer("block1_pool"))
                    self.heartbeat.action = f"layer switch:{face}, {info.name}"
                    start = time.perf_counter()
                    self._choose_layer(info.name)
                    QApplication.processEvents()  # what was put off until the layout is done, and the paint
                    seconds.append(time.perf_counter() - start)
                    spin(_LOOK)
        self.figures += [
            _milliseconds("layer switch, 512 channels, computed, to tiles painted", times, _SWITCH_BAR),
            _milliseconds("the same to the wall painted", wall, _SWITCH_BAR),
        ]
        self._trigger("face:tiles", "tiles")

    def _styles(self) -> None:
        commands = self._window.commands
        for layer in ("block1_conv2", "block4_conv3", "block5_conv1:linear"):
            self._do(f"layer switch:tiles, {layer}", lambda layer=layer: self._choose_layer(layer))  # type: ignore[misc]
            for face in ("tiles", "wall"):
                self._trigger(f"face:{face}", face)
                for scale in SCALES:
                    style = Style(scale, 0.0, 50.0)
                    self._do(f"scale:{scale}, {layer}, {face}", lambda style=style: commands.look.set_style(style))  # type: ignore[misc]
                    spin(0.3)
                for name in COLORMAPS:
                    self._do(f"colours:{name}, {layer}, {face}", lambda name=name: commands.look.set_colormap(name))  # type: ignore[misc]
        self._trigger("face:tiles", "tiles")
        self._do("scale:channel", lambda: commands.look.set_style(Style()))
        self._until_complete()

    def _gallery(self) -> None:
        gallery = self._window.views.gallery
        self._choose_layer("block5_conv2")
        bar = gallery.verticalScrollBar()
        for size in (32, 64, 96, 192):
            self._do(f"tile size:{size}", lambda size=size: self._window.commands.look.set_tile_size(size))  # type: ignore[misc]
            for place in np.linspace(0, bar.maximum(), 20):
                self._do(f"scrolling:{size} px", lambda place=place: bar.setValue(int(place)), 0.016)  # type: ignore[misc]
        for sort in ("sort_maximum", "sort_channel", "hide_blank", "hide_blank"):
            self._trigger(f"sorting:{sort}", sort)
        self._trigger("selecting:all", "select_all")
        self._trigger("selecting:none", "select_none")
        for channel in range(0, 512, 32):
            self._do("selecting:one", lambda channel=channel: gallery.select_channels((channel,), channel))  # type: ignore[misc]
            self._do("selecting:one, large", lambda channel=channel: gallery.channel_activated.emit(channel))  # type: ignore[misc]

    def _viewer(self) -> None:
        viewer = self._window.views.viewer
        for layer in ("block1_conv1", "block3_conv2", "block5_conv3"):
            self._choose_layer(layer)
            for mode in ("show_picture", "show_channel", "show_blend"):
                self._trigger(f"viewer:{mode}, {layer}", mode)
            for opacity in (0.2, 0.5, 0.8):
                self._do("viewer:opacity", lambda opacity=opacity: viewer.set_opacity(opacity))  # type: ignore[misc]

    def _pictures(self) -> None:
        for _ in range(2 * PICTURES):
            self._trigger("picture switch:", "next_picture", 0.2)
        self._until_complete()

    def _while_computing(self) -> None:
        """A pass is under way all the time: each new size or fit begins another one."""
        commands = self._window.commands
        for size in (192, 224, 256, 224):
            self._do(f"while computing:input {size} px", lambda size=size: commands.look.set_input("pad", size))  # type: ignore[misc]
            for name in _LAYERS[::3]:
                self._do(f"while computing:to {name}", lambda name=name: self._choose_layer(name))  # type: ignore[misc]
        self._until_complete()
        bar = self._window.views.gallery.verticalScrollBar()
        for path in self._files[2 * PICTURES :]:
            self._choose_layer("block4_conv2")
            self._drop(path)
            for place in np.linspace(0, bar.maximum(), 30):
                self._do("while computing:scrolling", lambda place=place: bar.setValue(int(place)), 0.016)  # type: ignore[misc]
            self._do("while computing:colours", lambda: commands.look.set_colormap("magma"))
            self._do("while computing:scale", lambda: commands.look.set_style(Style("percentile")))
            self._until_complete()
            self._do("while computing:scale", lambda: commands.look.set_style(Style("layer")))
        self._until_complete()

    # How it is done

    def _do(self, action: str, act: Callable[[], object], look: float = _LOOK) -> None:
        self.heartbeat.action = action
        act()
        spin(look)

    def _trigger(self, action: str, command: str, look: float = _LOOK) -> None:
        self._do(action, self._window.action(command).trigger, look)

    def _choose_layer(self, name: str) -> None:
        self._window.workspace.layer = name

    def _drop(self, path: Path) -> float:
        """Drop a file on the window; the moment at which that was done."""
        self.heartbeat.action = "drop: until every layer is visible"
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        middle, copy = self._window.rect().center(), Qt.DropAction.CopyAction
        button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self._window, QDragEnterEvent(middle, copy, mime, button, none))
        start = time.perf_counter()
        QApplication.sendEvent(self._window, QDropEvent(QPointF(middle), copy, mime, button, none))
        return start

    def _wait_for_tiles(self) -> float:
        """The moment at which the gallery has been painted with maps of a picture that it did not show before."""
        before = self._shown_when_painted
        self._shown_when_painted = None
        spin_until(lambda: self._shown_when_painted not in (None, before))
        return self._painted

    def _until_complete(self) -> None:
        spin_until(self._complete)

    def _complete(self) -> bool:
        pipeline = self._window.controller.pipeline
        return pipeline.look is not None and len(pipeline.look.scaled_in(self._window.workspace.style)) == len(_LAYERS)

    def _note_paint(self) -> None:
        look = self._window.controller.pipeline.look
        if look is not None and self._window.controller.presenter.scaled() is not None:
            self._painted, self._shown_when_painted = time.perf_counter(), look

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note when the gallery has been painted: what is posted from its paint event runs after the paint."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._note_paint)
        return False


def _pictures(folder: Path, count: int) -> Iterator[Path]:
    """Files with pictures that differ: the sample, shifted, so that each has maps of its own."""
    with Image.open(resources.path("samples", "chelsea.png")) as sample:
        pixels = np.asarray(sample.convert("RGB"))
    for number in range(count):
        path = folder / f"picture {number}.png"
        Image.fromarray(np.roll(pixels, 16 * (number + 1), axis=1)).save(path)
        yield path


def _milliseconds(name: str, seconds: list[float], bar: float | None = None) -> Figure:
    return Figure(name, tuple(1000 * value for value in seconds), "ms", bar)
