"""The images of the viewer: the network's input, one channel over it, and what is drawn on top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPalette

from engine.records import ImageArray, LayerInfo, MapArray
from gui.canvas import qt_images
from gui.canvas.canvas import Canvas
from gui.canvas.cell_values import draw_cell_values
from gui.canvas.overlay import Sheet
from gui.state.choices import Mode
from gui.viewer import map_geometry
from gui.viewer.map_geometry import InputArea

_EMPHASIS = 0.6


@dataclass(frozen=True, eq=False)
class ShownChannel:
    """One feature map, as values and as levels.

    Attributes:
        layer: Its layer.
        channel: Its number.
        values: float32 (height, width).
        levels: uint8 (height, width).
        low: The value of level 0.
        high: The value of level 255.
    """

    layer: LayerInfo
    channel: int
    values: MapArray
    levels: npt.NDArray[np.uint8]
    low: float
    high: float

    @property
    def area(self) -> QRectF:
        """Where the map lies on the input: each value covers stride × stride pixels."""
        height, width = self.levels.shape
        return QRectF(0, 0, width * self.layer.stride, height * self.layer.stride)


class ViewerScene:
    """Draws on a canvas whose unit is one pixel of the network's input.

    Attributes:
        canvas: Where the images are.
        channel: The map, or None.
        pattern: What the channel's filter looks for, uint8 RGB (side, side, 3), or None.
        mode: What the person wants to see; `shown_mode` is what can be shown.
        opacity: Of the strongest value in the blend, from 0 to 1.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.input: ImageArray | None = None
        self.channel: ShownChannel | None = None
        self.pattern: ImageArray | None = None
        self.mode: Mode = "picture"
        self.opacity = 0.8
        self._table: npt.NDArray[np.uint8] = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
        self._probe: QPointF | None = None
        self._picture_item = canvas.add_image(0.0)
        self._channel_item = canvas.add_image(1.0)
        self._pattern_item = canvas.add_image(2.0, photograph=True)
        self._overlay = canvas.add_overlay(self._paint)
        self.refresh()

    @property
    def shown_mode(self) -> Mode | None:
        """What is on the canvas: a mode that lacks one of its images falls back to the other; None without any."""
        if self.mode == "pattern" and self.pattern is not None:
            return "pattern"
        if self.channel is None:
            return "picture" if self.input is not None else "pattern" if self.pattern is not None else None
        if self.mode == "pattern":
            return "channel"
        return self.mode if self.input is not None else "channel"

    @property
    def size(self) -> int:
        """Side of the network's input, in pixels; 0 without one."""
        if self.input is not None:
            return len(self.input)
        if self.channel is not None:
            return round(self.channel.area.height())
        return len(self.pattern) if self.pattern is not None else 0

    def show_input(self, image: ImageArray | None) -> None:
        """Use this input: uint8 RGB (size, size, 3), or None."""
        before = self.size
        self.input = image
        if image is not None:
            self._picture_item.setImage(image, levels=None, autoLevels=False)
        if before and self.size and before != self.size:
            self.canvas.magnify_plane(self.size / before)
        self.refresh()

    def show_channel(self, channel: ShownChannel | None) -> None:
        """Use this map, or none."""
        self.channel = channel
        if channel is not None:
            self._channel_item.setImage(channel.levels, levels=None, autoLevels=False)
            self._channel_item.setRect(channel.area)
        self.refresh()

    def show_pattern(self, pattern: ImageArray | None) -> None:
        """Use this pattern, or none."""
        self.pattern = pattern
        if pattern is not None:
            self._pattern_item.setImage(pattern, levels=None, autoLevels=False)
        self.refresh()

    def set_table(self, table: npt.NDArray[np.uint8]) -> None:
        """Use these colours: uint8 RGB (256, 3)."""
        self._table = table
        self.refresh()

    def refresh(self) -> None:
        """Show what mode, opacity, table and images say."""
        mode = self.shown_mode
        if self.size:
            self.canvas.set_content(self.size, self.size)
        self._picture_item.setVisible(mode in ("picture", "blend"))
        self._channel_item.setVisible(mode in ("channel", "blend"))
        self._pattern_item.setVisible(mode == "pattern")
        if mode == "pattern":
            self._pattern_item.setRect(QRectF(0, 0, self.size, self.size))
        elif mode is not None:
            self._channel_item.setLookupTable(self._blend_table() if mode == "blend" else self._table)
        self._overlay.update()

    def probe(self) -> tuple[int, int] | None:
        """The place that is read out: (x, y) in the map, or in the input while only that is shown."""
        cell, (rows, columns) = self._cells()
        if self._probe is None or not cell:
            return None
        x, y = int(self._probe.x() // cell), int(self._probe.y() // cell)
        return (x, y) if 0 <= x < columns and 0 <= y < rows else None

    def probed_share(self) -> tuple[float, float]:
        """Where the probe is, as (row, column) in shares of the picture from 0 to 1; the middle without one."""
        if self._probe is None or not self.size:
            return 0.5, 0.5
        row, column = self._probe.y() / self.size, self._probe.x() / self.size
        return min(max(row, 0.0), 1.0), min(max(column, 0.0), 1.0)

    def set_probe(self, point: QPointF | None) -> None:
        """Read out this point of the input plane."""
        before, self._probe = self.probe(), point
        if self.probe() != before:
            self._overlay.update()

    def step_probe(self, right: int, down: int) -> None:
        """Move the place that is read out by whole values, starting from the middle of the view; keep it in view."""
        cell, (rows, columns) = self._cells()
        if not cell:
            return
        place = self.probe()
        if place is None:
            middle = self.canvas.visible().center()
            # Rounded, for the middle of an even number of values lies between two, give or take an error of a float.
            x, y = (int(round(along, 6) // cell) for along in (middle.x(), middle.y()))
            place = x - right, y - down
        x, y = min(max(place[0] + right, 0), columns - 1), min(max(place[1] + down, 0), rows - 1)
        self.set_probe(QPointF((x + 0.5) * cell, (y + 0.5) * cell))
        self.canvas.reveal(QRectF(x * cell, y * cell, cell, cell))

    def native_image(self) -> QImage:
        """What is shown, one image pixel a pixel of the input, or a value of the map when that is shown alone."""
        mode = self.shown_mode
        if mode == "pattern" and self.pattern is not None:
            return qt_images.rgb_image(self.pattern)
        if mode == "channel" and self.channel is not None:
            return qt_images.indexed_image(self.channel.levels, self._table)
        if self.input is None:
            return QImage()
        image = qt_images.rgb_image(self.input)
        if mode == "blend" and self.channel is not None:
            image = image.convertToFormat(QImage.Format.Format_RGB32)
            with QPainter(image) as painter:
                painter.drawImage(self.channel.area, self._blended_channel(self.channel))
        return image

    def _blended_channel(self, channel: ShownChannel) -> QImage:
        rgba = np.ascontiguousarray(self._blend_table()[channel.levels])
        height, width = channel.levels.shape
        return QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()

    def _cells(self) -> tuple[int, tuple[int, int]]:
        """Side of what the pointer reads, in input pixels, and how many (rows, columns) of it there are."""
        if self.shown_mode == "pattern":
            return 0, (0, 0)
        if self.shown_mode in ("channel", "blend") and self.channel is not None:
            height, width = self.channel.levels.shape
            return self.channel.layer.stride, (height, width)
        return (1, self.input.shape[:2]) if self.input is not None else (0, (0, 0))

    def _blend_table(self) -> npt.NDArray[np.uint8]:
        """Colours with an opacity: the further a value is from 0, the more it covers of the picture."""
        table = np.empty((256, 4), np.uint8)
        table[:, :3] = self._table
        table[:, 3] = np.rint(255 * self.opacity * self._emphasis())
        return table

    def _emphasis(self) -> npt.NDArray[np.float64]:
        """From 0 for the level of the value 0 to 1 for the level furthest from it; convex, so that weak values show."""
        levels = np.arange(256, dtype=np.float64)
        low, high = (self.channel.low, self.channel.high) if self.channel is not None else (0.0, 1.0)
        zero = min(max(-low / (high - low), 0.0), 1.0) * 255 if high > low else 0.0
        distance = np.abs(levels - zero)
        emphasis: npt.NDArray[np.float64] = (distance / distance.max()) ** _EMPHASIS
        return emphasis

    def _paint(self, sheet: Sheet) -> None:
        cell, shape = self._cells()
        if self.shown_mode == "channel" and self.channel is not None:
            limits = float(self.channel.values.min()), float(self.channel.values.max())
            draw_cell_values(sheet, cell, shape, self._look_up, self._table, limits)
        if (place := self.probe()) is None:
            return
        if self.shown_mode != "channel" and (field := self._probed_field()) is not None:
            outline = field.left, field.top, field.width, field.height
            sheet.frames([outline], sheet.palette.color(QPalette.ColorRole.Highlight), 2)
        x, y = place
        sheet.frames([(x * cell, y * cell, cell, cell)], sheet.palette.color(QPalette.ColorRole.Text))

    def _probed_field(self) -> InputArea | None:
        """What the value under the probe depends on, also while only the picture is shown."""
        if self._probe is None or self.channel is None or not self.channel.area.contains(self._probe):
            return None
        stride = self.channel.layer.stride
        x, y = int(self._probe.x() // stride), int(self._probe.y() // stride)
        return map_geometry.receptive_field(self.channel.layer, x, y, self.size)

    def _look_up(self, x: int, y: int) -> tuple[float, int] | None:
        if self.channel is None:
            return None
        return float(self.channel.values[y, x]), int(self.channel.levels[y, x])
