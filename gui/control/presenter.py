"""Shows one layer of one look in every view, in the style and the colours that the person chose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engine.maps import colormaps
from engine.records import LayerInfo, ScaledMaps
from gui.control.look_cache import Look
from gui.control.pipeline import Pipeline
from gui.formatting import number, percent
from gui.state.workspace import Workspace
from gui.views import Views

PATIENCE_MILLISECONDS = 150
"""How long old tiles stay when new ones are on their way: less than an eye minds, longer than most layers take."""

KIND_WORDS = {
    "convolution": "convolution + ReLU",
    "linear": "convolution, before ReLU",
    "pooling": "max pooling",
}

_BOOK_RANGE = "as in the book: each channel's mean in the middle, two standard deviations at the ends"

_WELCOME, _TILES, _WALL = range(3)


class Presenter(QObject):
    """Shows what the workspace says of a look: a layer, and a channel of that.

    Attributes:
        bare: Whether the channels are shown while there is no picture, instead of the welcome page.

    Signals:
        layer_changed: The name of the layer that is shown from now on.
        channel_shown: The number of the channel that the viewer shows from now on.
    """

    layer_changed = Signal(str)
    channel_shown = Signal(int)

    def __init__(self, views: Views, pipeline: Pipeline, workspace: Workspace, parent: QObject | None = None) -> None:
        """Show what the workspace says, once there is a picture."""
        super().__init__(parent)
        self._workspace = workspace
        self.bare = False
        self._views = views
        self._pipeline = pipeline
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self._show_layer_now)
        pipeline.fitted.connect(self._show_input)
        pipeline.computed.connect(self._computed)
        pipeline.rendered.connect(self._rendered)
        pipeline.book_drawn.connect(self._book_drawn)
        workspace.changed.connect(self._follow)
        views.gallery.current_channel_changed.connect(self.show_channel)
        views.gallery.channels_selected.connect(self._tell_selection)
        views.gallery.channel_activated.connect(self._enlarge)
        views.wall.channel_clicked.connect(self._choose_on_wall)
        views.wall.channel_activated.connect(self._enlarge)

    def show_look(self, look: Look) -> None:
        """Show another picture, or the same with another fit or size, in the same layer."""
        if self._workspace.face == "tiles":
            self._views.wall.forget()  # it gets the other picture's maps when it is shown
        self._views.tree.set_layers(look.network.layers)
        self._views.viewer.preprocessing = look.network.input.preprocessing
        self._show_thumbnails(look)
        self._show_input()
        self.show_layer()

    def clear(self) -> None:
        """Show the welcome page: there is no picture."""
        self._views.viewer.set_input(None)
        self._views.viewer.clear_channel()
        self._views.tree.clear_pictures()
        self._views.heading.setText("")
        self._views.wall.forget()
        self._show_no_picture()

    def show_without_picture(self, bare: bool) -> None:
        """While there is no picture, show the channels of the layer without their maps, or the welcome page."""
        if bare != self.bare:
            self.bare = bare
            if self._pipeline.look is None and self._views.faces.currentWidget() is not self._views.compare:
                self._show_no_picture()

    def choose_channels(self, layer: str, channels: Sequence[int]) -> None:
        """Show a layer with these channels selected, the first of them large, be it computed already or not."""
        self._workspace.layer = layer
        self._show_layer_now()
        current = channels[0] if channels else self._views.gallery.current_channel() or 0
        self._views.gallery.select_channels(channels, current=current)
        self._tell_selection()
        self.show_channel(current)

    @Slot(str)
    def _follow(self, name: str) -> None:
        if name == "layer":
            self._views.tree.set_current(self._workspace.layer)
            self.show_layer()
            self.layer_changed.emit(self._workspace.layer)
        elif name == "channels":
            self._select()
        elif name == "face":
            self._views.wall.set_book(self._workspace.face == "book")
            self.show_layer()
        elif name == "colormap":
            self._show_colormap()

    @property
    def _layer(self) -> LayerInfo:
        return self._workspace.shown_layer

    def _select(self) -> None:
        """Have the gallery select what the workspace says, unless it is what the gallery has said itself."""
        if self._views.gallery.selected_channels() != self._workspace.channels:
            self._views.gallery.select_channels(self._workspace.channels, self._workspace.channel)
            self._tell_selection()

    def _tell_selection(self) -> None:
        """The gallery has another selection: another layer has its own, and a person may have made one."""
        gallery = self._views.gallery
        self._views.wall.set_selected(gallery.selected_channels())
        self._workspace.put(channels=gallery.selected_channels(), channel=gallery.current_channel())

    def _show_colormap(self) -> None:
        """Show everything in other colours; nothing has to be computed for that."""
        table = colormaps.table(self._workspace.colormap)
        for view in (self._views.gallery, self._views.wall, self._views.viewer, self._views.scale_bar):
            view.set_table(table)
        if self._pipeline.look is not None:
            self._show_thumbnails(self._pipeline.look)

    def scaled(self) -> ScaledMaps | None:
        """The shown layer as it is shown, or None while it is not there yet."""
        look = self._pipeline.look
        return look.scaled_in(self._workspace.style).get(self._workspace.layer) if look else None

    def show_layer(self) -> None:
        """Show the layer in the style of the pipeline, at once or as soon as it is there."""
        if self._pipeline.look is None:
            self._show_no_picture()
            return
        if self.scaled() is not None:
            self._show_layer_now()
            return
        self._pipeline.render(self._layer)
        if not self._patience.isActive():
            self._patience.start()

    @Slot(int)
    def show_channel(self, channel: int) -> None:
        """Show a channel of the layer large."""
        self._workspace.channel = self._views.gallery.current_channel()
        self.channel_shown.emit(channel)
        look, scaled = self._pipeline.look, self.scaled()
        if look is None or scaled is None or not 0 <= channel < self._layer.channels:
            self._views.viewer.clear_channel()
            return
        values = np.ascontiguousarray(look.maps[self._workspace.layer][:, :, channel])
        low, high = float(scaled.low[channel]), float(scaled.high[channel])
        self._views.viewer.set_channel(self._layer, channel, values, scaled.levels[channel], low, high)
        self._views.viewer.set_statistics_text(_statistics_text(look, self._workspace.layer, channel))

    @Slot()
    def _show_input(self) -> None:
        fitted = self._pipeline.look.fitted if self._pipeline.look else None
        if fitted is not None:
            self._views.viewer.set_input(fitted.pixels)
            self._views.viewer.set_source_mapper(fitted.geometry.to_picture)

    @Slot(str)
    def _computed(self, name: str) -> None:
        if name == self._workspace.layer:
            self.show_layer()

    @Slot(object, object)
    def _rendered(self, layer: LayerInfo, scaled: ScaledMaps) -> None:
        look = self._pipeline.look
        if look is None:
            return
        table = colormaps.table(colormaps.without_middle(self._workspace.colormap))
        self._views.tree.set_picture(layer.name, look.thumbnails[layer.name], table)
        if layer == self._layer and scaled.style == self._workspace.style:
            self._show_layer_now()

    @Slot(object, object)
    def _book_drawn(self, layer: LayerInfo, canvas: npt.NDArray[np.uint8]) -> None:
        if layer == self._layer and self._workspace.face == "book":
            look = self._pipeline.look
            self._views.wall.show_book(canvas, layer, look.maps.get(layer.name) if look else None)

    @Slot()
    def _show_layer_now(self) -> None:
        self._patience.stop()
        look, scaled = self._pipeline.look, self.scaled()
        if look is None:
            self._show_no_picture()
            return
        self._views.gallery.show_layer(self._layer, scaled, look.statistics.get(self._workspace.layer))
        self._views.faces.setCurrentIndex(_TILES if self._workspace.face == "tiles" else _WALL)
        if self._workspace.face == "book":
            self._pipeline.draw_book(self._layer)
        elif self._workspace.face == "wall":
            self._views.wall.show_layer(self._layer, scaled, look.maps.get(self._workspace.layer))
        self._tell_selection()
        self._show_heading()
        self._show_range(scaled)
        self.show_channel(self._views.gallery.current_channel() or 0)

    def _show_no_picture(self) -> None:
        """The welcome page, or the patterns of the layer: the book's grid is one of maps, and needs a picture."""
        self._patience.stop()
        place = _WALL if self._workspace.face == "wall" else _TILES
        self._views.faces.setCurrentIndex(place if self.bare else _WELCOME)
        self._views.gallery.show_layer(self._layer, None, None)  # behind the welcome page, too: it keeps the selection
        if self.bare:
            if self._workspace.face == "wall":
                self._views.wall.show_layer(self._layer, None, None)
            self._show_heading()
            self._show_range(None)
            self.show_channel(self._views.gallery.current_channel() or 0)

    def _show_thumbnails(self, look: Look) -> None:
        self._views.tree.clear_pictures()
        table = colormaps.table(colormaps.without_middle(self._workspace.colormap))
        for name, levels in look.thumbnails.items():
            self._views.tree.set_picture(name, levels, table)

    def _show_heading(self) -> None:
        height, width, channels = self._layer.output_shape
        self._views.heading.setText(
            f"{KIND_WORDS[self._layer.kind]} · {channels} channels · {height}×{width} · "
            f"sees {self._layer.receptive_field} px",
            self._layer.keras_name,
        )

    def _show_range(self, scaled: ScaledMaps | None) -> None:
        bar = self._views.scale_bar
        bar.setVisible(scaled is not None)
        if scaled is None:
            return
        low, high = float(scaled.low.min()), float(scaled.high.max())
        if self._workspace.face == "book":
            bar.set_text(_BOOK_RANGE)
        elif scaled.style.scale in ("layer", "absolute"):
            bar.set_text("")
            bar.set_range(low, high)
        else:
            bar.set_text(f"each channel has its own range, within {number(low)} … {number(high)}")

    @Slot(int, object)
    def _choose_on_wall(self, channel: int, modifiers: Qt.KeyboardModifier) -> None:
        """Select with the same modifiers as in the gallery, which keeps the selection for both faces."""
        gallery = self._views.gallery
        chosen = set(gallery.selected_channels())
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            chosen ^= {channel}
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            first = gallery.current_channel() or 0
            chosen |= set(range(min(first, channel), max(first, channel) + 1))
        else:
            chosen = {channel}
        gallery.select_channels(sorted(chosen), current=channel)
        self._tell_selection()
        self.show_channel(channel)

    @Slot(int)
    def _enlarge(self, channel: int) -> None:
        if self._views.viewer.mode() == "picture":
            self._views.viewer.set_mode("channel")
        self.show_channel(channel)


def _statistics_text(look: Look, layer: str, channel: int) -> str:
    numbers = look.statistics.get(layer)
    if numbers is None:
        return ""
    return (
        f"min {number(numbers.minimum[channel])} · max {number(numbers.maximum[channel])} · "
        f"mean {number(numbers.mean[channel])} · std {number(numbers.std[channel])} · "
        f"{percent(numbers.zeros[channel])} zeros"
    )
