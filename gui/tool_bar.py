"""The bar at the top: open, the faces of the gallery, how maps become visible, how pictures become inputs, export."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QSlider, QToolBar, QToolButton, QWidget

from engine.maps.colormaps import COLORMAPS
from engine.networks.description import NetworkDescription
from engine.records import FITS, SCALES, Fit, Scale, Style
from gui.actions import Actions
from gui.channels.tile_view import TILE_SIZES
from gui.formatting import tip
from gui.state.choices import FIT_WORDS, SCALE_WORDS
from gui.style import theme
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.number_boxes import NumberBox
from gui.widgets.size_box import InputSizeBox

_LIMIT = 1e6
_BOOK_SCALE = "The book has a scale of its own; tiles and wall have the one that was chosen"


class ToolBar(QToolBar):
    """The window's tool bar.

    Signals:
        style_wanted: A `Style`: the person chose a scale, or other limits.
        colormap_wanted: The name of a colour map.
        fit_wanted: How pictures are to be made square.
        size_wanted: Side of the network's input, in pixels.
        tile_size_wanted: Side of a tile, in logical pixels.
    """

    style_wanted = Signal(object)
    colormap_wanted = Signal(str)
    fit_wanted = Signal(str)
    size_wanted = Signal(int)
    tile_size_wanted = Signal(int)

    def __init__(self, actions: Actions, network: NetworkDescription, parent: QWidget | None = None) -> None:
        """Offer what suits a network."""
        super().__init__("Tools", parent, movable=False, floatable=False)
        self.setObjectName("toolBar")
        self.setIconSize(QSize(20, 20))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._style = Style()
        self._book = False
        self._scale = self._choices("Scale", ((name, *SCALE_WORDS[name]) for name in SCALES))
        self._low = self._limit("Lower limit")
        self._high = self._limit("Upper limit")
        self._colormap = self._choices("Colours", ((name, name, f"Colour map {name}") for name in COLORMAPS))
        self._tile_size = self._make_slider()
        self._fit = self._choices("Make square by", ((name, *FIT_WORDS[name]) for name in FITS))
        self._size = InputSizeBox(network, self)
        self._lay_out(actions)
        self._scale.currentIndexChanged.connect(self._style_chosen)
        self._low.valueChanged.connect(self._style_chosen)
        self._high.valueChanged.connect(self._style_chosen)
        self._colormap.currentIndexChanged.connect(self._colormap_chosen)
        self._tile_size.valueChanged.connect(self.tile_size_wanted)
        self._fit.currentIndexChanged.connect(self._fit_chosen)
        self._size.size_wanted.connect(self.size_wanted)

    def style_chosen(self) -> Style:
        """The scale and the limits as they are set, also while the book's own are shown."""
        if self._book:
            return self._style
        return Style(self._scale.currentData(), self._low.value(), self._high.value())

    def set_style(self, style: Style) -> None:
        """Show a style; nothing is signalled."""
        self._style = style
        scale: Scale = "chollet" if self._book else style.scale
        for widget in (self._scale, self._low, self._high):
            widget.blockSignals(True)
        self._scale.setCurrentIndex(SCALES.index(scale))
        self._low.setValue(style.low)
        self._high.setValue(style.high)
        for widget in (self._scale, self._low, self._high):
            widget.blockSignals(False)
        self._show_limits(scale)

    def set_colormap(self, name: str) -> None:
        """Show a colour map; nothing is signalled."""
        _choose(self._colormap, COLORMAPS.index(name))

    def set_fit(self, fit: Fit) -> None:
        """Show a fit; nothing is signalled."""
        _choose(self._fit, FITS.index(fit))

    def show_memory(self) -> None:
        """Say whether the size in its box fits: the limit of memory has changed."""
        self._size.show_memory()

    def set_size(self, size: int) -> None:
        """Show an input size, in pixels; nothing is signalled."""
        self._size.set_value(size)

    def set_tile_size(self, size: int) -> None:
        """Show a tile size, in logical pixels; nothing is signalled."""
        self._tile_size.blockSignals(True)
        self._tile_size.setValue(size)
        self._tile_size.blockSignals(False)

    def guide_pages(self) -> dict[QWidget, str]:
        """The page of the guide about each part that has one of its own."""
        scale = dict.fromkeys((self._scale, self._low, self._high), "scales.md")
        return {**scale, self._colormap: "colours.md", self._fit: "memory.md", self._size: "memory.md"}

    def offer_tile_size(self, offered: bool) -> None:
        """Say whether there are tiles whose size can be chosen."""
        self._tile_size.setEnabled(offered)

    def show_book(self, book: bool) -> None:
        """Say whether maps are shown as in the book, whose scale is then shown and cannot be changed."""
        style = self.style_chosen()
        self._book = book
        self._scale.setEnabled(not book)
        self._scale.setToolTip(_BOOK_SCALE if book else "Scale")
        self._scale.setAccessibleDescription(_BOOK_SCALE if book else "")
        self.set_style(style)

    def _lay_out(self, actions: Actions) -> None:
        for name in ("open", "paste", "sample"):
            self.addAction(actions[name])
        self.addSeparator()
        for name in ("tiles", "wall", "book"):
            self.addAction(actions[name])
        self.addSeparator()
        for name in ("content_maps", "content_patterns", "content_both"):
            self.addAction(actions[name])
        self.addWidget(_row(self._tile_size))
        self.addSeparator()
        self.addWidget(_row(self._scale, self._low, self._high, self._colormap))
        self.addSeparator()
        self.addWidget(_row(self._fit, self._size))
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self.addAction(actions["export"])
        for name in ("open", "export"):
            button = self.widgetForAction(actions[name])
            if isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _choices(self, name: str, choices: Iterable[tuple[str, str, str]]) -> QComboBox:
        box = ChoiceBox()
        box.setAccessibleName(name)
        for index, (key, words, purpose) in enumerate(choices):
            box.addItem(words, key)
            box.setItemData(index, tip(purpose), Qt.ItemDataRole.ToolTipRole)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _limit(self, name: str) -> NumberBox:
        box = NumberBox(minimum=-_LIMIT, maximum=_LIMIT, decimals=2)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setStepType(NumberBox.StepType.AdaptiveDecimalStepType)
        box.setMaximumWidth(theme.space(22))
        box.hide()
        return box

    def _make_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName("Tile size")
        slider.setToolTip("Tile size (Ctrl + wheel)")
        slider.setRange(TILE_SIZES[0], TILE_SIZES[-1])
        slider.setFixedWidth(theme.space(20))
        return slider

    def _show_limits(self, scale: Scale) -> None:
        self._low.setVisible(scale == "absolute")
        self._high.setVisible(scale == "absolute")

    @Slot()
    def _style_chosen(self) -> None:
        style = self.style_chosen()
        self._show_limits(style.scale)
        self.style_wanted.emit(style)

    @Slot(int)
    def _colormap_chosen(self, index: int) -> None:
        self.colormap_wanted.emit(COLORMAPS[index])

    @Slot(int)
    def _fit_chosen(self, index: int) -> None:
        self.fit_wanted.emit(FITS[index])


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    row.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    layout = QHBoxLayout(row)
    layout.setContentsMargins(theme.space(), 0, theme.space(), 0)
    layout.setSpacing(theme.space())
    for widget in widgets:
        layout.addWidget(widget)
    return row


def _choose(box: QComboBox, index: int) -> None:
    box.blockSignals(True)
    box.setCurrentIndex(index)
    box.blockSignals(False)
