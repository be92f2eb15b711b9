"""The image viewer: the picture as the network sees it, one channel large, or the channel over the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from engine.networks.preprocessing import RAW
from engine.records import ImageArray, LayerInfo, MapArray
from gui.canvas.canvas import Canvas
from gui.state.choices import MODES, Mode
from gui.style import theme
from gui.style.painting import bold_font, small_font
from gui.viewer import read_out
from gui.viewer.scene import ShownChannel, ViewerScene
from gui.widgets.colour_bar import ColourBar
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.segments import Segments

_MODE_TEXTS: dict[Mode, tuple[str, str]] = {
    "picture": ("Picture", "The picture as the network sees it"),
    "channel": ("Channel", "The selected channel alone"),
    "blend": ("Blend", "The selected channel over the picture"),
    "pattern": ("Pattern", "What the selected channel's filter looks for"),
}


class ImageViewer(QWidget):
    """One picture and one channel, explored down to single values.

    Signals:
        mode_changed (str): "picture", "channel", "blend" or "pattern" was chosen, by the person or by the program.
        opacity_changed (float): The channel covers so much of the picture in the blend, from 0 to 1.
        place_chosen (float, float): A click or an arrow key chose this place of the map: row, column, as shares of it.
    """

    mode_changed = Signal(str)
    opacity_changed = Signal(float)
    place_chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("imageViewer")
        self._pattern_title = ""
        self._to_source: read_out.SourceMapper | None = None
        self.preprocessing = RAW
        self._canvas = Canvas(self)
        self._scene = ViewerScene(self._canvas)
        self._title = ElidedLabel(self)
        self._modes = Segments([_MODE_TEXTS[mode] for mode in MODES], self)
        self._opacity = QSlider(Qt.Orientation.Horizontal, self)
        self._hint = QLabel(self)
        self._lines = (ElidedLabel(self), ElidedLabel(self))
        self._colour_bar = ColourBar(self)
        self._statistics = ElidedLabel(self)
        self._set_up_controls()
        self._set_up_texts()
        self._lay_out()
        self._canvas.hovered.connect(self._on_hovered)
        self._canvas.arrow_pressed.connect(self._on_arrow)
        self._canvas.clicked.connect(self._on_clicked)
        self._canvas.double_clicked.connect(self._on_double_clicked)
        self._refresh()

    def set_input(self, pixels: ImageArray | None) -> None:
        """Show what the network sees.

        Args:
            pixels: uint8 RGB (size, size, 3), read-only, or None when there is no picture.
        """
        self._scene.show_input(pixels)
        self._refresh()

    def set_channel(
        self,
        layer: LayerInfo,
        channel: int,
        values: MapArray,
        levels: npt.NDArray[np.uint8],
        low: float,
        high: float,
    ) -> None:
        """Show one feature map; the same part of the picture stays in view.

        Args:
            layer: Its layer.
            channel: Its number.
            values: float32 (height, width), read-only, in the units of the network.
            levels: uint8 (height, width), read-only: the values made visible.
            low: The value shown as level 0.
            high: The value shown as level 255.
        """
        self._scene.show_channel(ShownChannel(layer, channel, values, levels, low, high))
        self._colour_bar.set_range(low, high)
        self._refresh()

    def clear_channel(self) -> None:
        """Show no channel: what is left is the picture."""
        self._scene.show_channel(None)
        self._statistics.setText("")
        self._refresh()

    def set_pattern(self, pixels: ImageArray | None, title: str = "") -> None:
        """Have this pattern for the pattern mode.

        Args:
            pixels: uint8 RGB (side, side, 3), read-only, or None when there is none.
            title: What it is.
        """
        self._pattern_title = title
        self._scene.show_pattern(pixels)
        self._refresh()

    def set_table(self, table: npt.NDArray[np.uint8]) -> None:
        """Use these colours: uint8 RGB (256, 3), from the lowest level to the highest."""
        self._scene.set_table(table)
        self._colour_bar.set_table(table)

    def mode(self) -> Mode:
        """What the person wants to see; without a channel that is the picture all the same."""
        return self._scene.mode

    def set_mode(self, mode: Mode) -> None:
        """Show the picture, the channel or both."""
        if mode == self._scene.mode:
            self._refresh()  # a click has pressed the button, also where that mode has nothing to show
            return
        self._scene.mode = mode
        self._scene.refresh()
        self._refresh()
        self.mode_changed.emit(mode)

    def opacity(self) -> float:
        """How much the strongest value covers of the picture in the blend, from 0 to 1."""
        return self._scene.opacity

    def set_opacity(self, opacity: float) -> None:
        """Set `opacity`, from 0 to 1."""
        self._opacity.setValue(round(100 * opacity))

    def set_source_mapper(self, to_source: read_out.SourceMapper | None) -> None:
        """Say where a point of the network's input lies in the original picture, for the read-out; None if unknown."""
        self._to_source = to_source
        self._read_out()

    def set_statistics_text(self, text: str) -> None:
        """Show these numbers of the channel below its colour bar."""
        self._statistics.setText(text)

    def set_hint(self, text: str) -> None:
        """Say what to do while there is nothing to show."""
        self._hint.setText(text)

    @Slot()
    def fit_view(self) -> None:
        """Show everything, as large as it goes."""
        self._canvas.fit()

    def copy_pixmap(self) -> QImage:
        """What is shown at its own resolution, without zoom; a null image when there is nothing."""
        return self._scene.native_image()

    def _set_up_controls(self) -> None:
        self._modes.chosen.connect(self._on_mode_chosen)
        self._modes.setFixedHeight(theme.ROW)
        self._modes.setAccessibleName("What to show")
        self._opacity.setRange(0, 100)
        self._opacity.setValue(round(100 * self._scene.opacity))
        self._opacity.setMinimumWidth(theme.space(18))  # a track with a handle, and not a handle alone
        self._opacity.setToolTip("How much the channel covers of the picture")
        self._opacity.setAccessibleName("Opacity of the channel over the picture, in percent")
        self._opacity.valueChanged.connect(self._on_opacity)

    def _set_up_texts(self) -> None:
        self.setAccessibleName("Image viewer")
        self.setFocusProxy(self._canvas)
        self._canvas.setAccessibleName("Picture and channel")
        self._title.setAccessibleName("What is shown")
        self._statistics.setAccessibleName("Numbers of the channel")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for line, name in zip(self._lines, ("Value under the pointer", "What it depends on"), strict=True):
            line.setAccessibleName(name)
        for label in (*self._lines, self._statistics):
            label.setFont(small_font(label.font()))
        self._title.setFont(bold_font(self._title.font()))
        # Nothing jumps when another mode is chosen: what a mode does not have leaves its room empty.
        for widget in (self._opacity, *self._lines, self._statistics, self._colour_bar):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(theme.space(3))
        controls.addWidget(self._modes)
        controls.addWidget(self._opacity, 1)
        area = QGridLayout()
        area.addWidget(self._canvas, 0, 0)
        area.addWidget(self._hint, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space())
        layout.addLayout(controls)
        layout.addSpacing(theme.space())
        layout.addLayout(area, 1)
        for widget in (*self._lines, self._title, self._statistics):
            layout.addWidget(widget)
        layout.addSpacing(theme.space())
        layout.addWidget(self._colour_bar)

    def _refresh(self) -> None:
        """Make titles, read-out and controls say what the scene shows."""
        mode = self._scene.shown_mode
        # A pattern alone, without a picture, is no channel; a map in the place of a pattern says so in its title.
        self._modes.set_current(MODES.index("pattern" if mode == "pattern" else self._scene.mode))
        title = self._title_text()
        self._title.setText(title)
        self._canvas.setAccessibleDescription(
            f"{title}. Arrows read single values, plus and minus zoom, F fits, 1 is 1:1."
        )
        self._hint.setVisible(mode is None)
        for about_channel in (self._statistics, self._colour_bar):
            about_channel.setVisible(mode in ("channel", "blend"))
        for line in self._lines:
            line.setVisible(mode != "pattern")
        self._opacity.setEnabled(mode == "blend")
        self._opacity.setVisible(mode == "blend")
        self._read_out()

    def _title_text(self) -> str:
        mode, channel = self._scene.shown_mode, self._scene.channel
        if mode is None:
            return ""
        if mode == "pattern":
            return self._pattern_title
        if mode == "picture" or channel is None:
            return f"Network input · {self._scene.size} × {self._scene.size}"
        before = " before ReLU" if channel.layer.signed else ""
        instead = " · no pattern yet" if self._scene.mode == "pattern" else ""
        return f"{channel.layer.keras_name}{before} · channel {channel.channel}{instead}"

    def _read_out(self) -> None:
        place, channel = self._scene.probe(), self._scene.channel
        texts = ("", "")
        if place is not None and self._scene.shown_mode == "picture" and self._scene.input is not None:
            texts = read_out.pixel_lines(self._scene.input, place, self._to_source, self.preprocessing)
        elif place is not None and channel is not None:
            texts = read_out.value_lines(channel.layer, channel.values, place, self._scene.size, self._to_source)
        for line, text in zip(self._lines, texts, strict=True):
            line.setText(text)

    @Slot(object)
    def _on_hovered(self, point: QPointF | None) -> None:
        self._scene.set_probe(point)
        self._read_out()

    @Slot(int, int)
    def _on_arrow(self, right: int, down: int) -> None:
        self._scene.step_probe(right, down)
        self._read_out()
        self._choose_place()

    @Slot(QPointF, object)
    def _on_clicked(self, point: QPointF, _keys: object) -> None:
        self._scene.set_probe(point)
        self._read_out()
        self._choose_place()

    def _choose_place(self) -> None:
        if self._scene.shown_mode != "pattern" and self._scene.probe() is not None:
            self.place_chosen.emit(*self._scene.probed_share())

    @Slot(QPointF)
    def _on_double_clicked(self, _point: QPointF) -> None:
        self._canvas.fit()

    @Slot(int)
    def _on_mode_chosen(self, index: int) -> None:
        self.set_mode(MODES[index])

    @Slot(int)
    def _on_opacity(self, percent: int) -> None:
        self._scene.opacity = percent / 100
        self._scene.refresh()
        self.opacity_changed.emit(percent / 100)
