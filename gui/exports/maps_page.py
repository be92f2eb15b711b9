"""The page of the export dialog that is about feature maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from engine.exports.maps import Format, file_names
from engine.exports.size import npy_bytes
from engine.records import LayerInfo, LayerSelection
from gui.exports.form_rows import RowGrid, column, explained_choices, indented
from gui.formatting import count_text
from gui.state.map_export_options import ENLARGEMENTS, GREY, WHATS, ExportOptions, selections, summary
from gui.style import theme
from gui.widgets.choice_box import ChoiceBox

_FORMAT_WORDS: dict[Format, tuple[str, str]] = {
    "png": ("&PNG of each channel", "One picture a channel, at its own size or enlarged without smoothing"),
    "sheet": ("Con&tact sheet", "One picture a layer, all channels with their numbers and the scale"),
    "npy": ("&NPY", "The raw values, one float32 array (height, width, channels) a layer"),
}
_FORMATS = tuple(_FORMAT_WORDS)


SizeOf: TypeAlias = Callable[[ExportOptions], int | None]
"""Tells how many bytes the files of an export have in all; None while that is being found out."""


class MapsPage(QWidget):
    """Which channels, as what, in which colours and how large.

    Signals:
        changed: Another answer was given.
    """

    changed = Signal()

    def __init__(
        self,
        selection: LayerSelection,
        layers: Sequence[LayerInfo],
        options: ExportOptions,
        colormap: str,
        size_of: SizeOf | None = None,
    ) -> None:
        """Make the page.

        Args:
            selection: The shown layer and its selected channels, which may be none.
            layers: All layers, with their shapes at the input size of the moment.
            options: The answers to begin with.
            colormap: The colour map on the screen.
            size_of: How large the files of pictures become; nothing is said of that when None.
        """
        super().__init__()
        self._size_of: SizeOf = size_of or (lambda _options: None)
        self._selection = selection
        self._layers = tuple(layers)
        self._colormap = colormap
        self._what = QButtonGroup(self)
        self._format = QButtonGroup(self)
        self._colours = QButtonGroup(self)
        self._linear = QCheckBox("with the maps &before ReLU")
        self._enlarge = ChoiceBox()
        self._build()
        self._describe_parts()
        self._set_options(options)
        self._connect()
        self._show()

    def options(self, folder: str, overwrite: bool) -> ExportOptions:
        """The answers, with those that the dialog has asked for."""
        return ExportOptions(
            what=WHATS[self._what.checkedId()],
            format=_FORMATS[self._format.checkedId()],
            colormap=self._colormap if self._colours.checkedId() else GREY,
            enlarge=self._enlarge.currentData(),
            folder=folder,
            include_linear=self._linear.isChecked(),
            overwrite=overwrite,
        )

    def names(self) -> list[str]:
        """The files that are written, without the manifest."""
        options = self.options("", overwrite=False)
        return [name for part in self._selections(options) for name in file_names(part, options.format)]

    def summary(self, folder: str) -> str:
        """What is written, in a sentence."""
        options = self.options(folder, overwrite=False)
        exact = options.format == "npy"
        size = sum(map(npy_bytes, self._selections(options))) if exact else self._size_of(options)
        return summary(self.names(), size, options)

    def problem(self) -> str:
        """Why there is nothing to write: "", for there is always a map."""
        return ""

    def _selections(self, options: ExportOptions) -> tuple[LayerSelection, ...]:
        return selections(options, self._selection, self._layers)

    def _build(self) -> None:
        enlarge_label = QLabel("&Enlarge")
        enlarge_label.setBuddy(self._enlarge)
        grid = RowGrid()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.add(QLabel("Channels"), self._what_rows(), self._linear)
        grid.add(QLabel("Format"), explained_choices(self._format, tuple(_FORMAT_WORDS.values())), self._linear)
        grid.add(QLabel("Colours"), self._colour_rows(), self._linear)
        grid.add(enlarge_label, self._enlarge_rows(), self._enlarge)
        self.setLayout(grid)

    def _what_rows(self) -> QVBoxLayout:
        layer = self._selection.layer
        words = (
            f"&Selected channels ({len(self._selection.channels):,})",
            f"This &layer ({layer.name}, {count_text(layer.channels, 'channel')})",
            "Ever&y layer",
        )
        rows = column()
        for number, text in enumerate(words):
            button = QRadioButton(text)
            self._what.addButton(button, number)
            rows.addWidget(button)
        rows.addLayout(indented(self._linear))
        return rows

    def _colour_rows(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.space(4))
        for number, text in enumerate(("&Grey", f"&Colours on the screen ({self._colormap})")):
            button = QRadioButton(text)
            self._colours.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _enlarge_rows(self) -> QHBoxLayout:
        height, width, _ = self._selection.layer.output_shape
        for factor in ENLARGEMENTS:
            self._enlarge.addItem(f"×{factor}  ({width * factor} × {height * factor} px)", factor)
        row = QHBoxLayout()
        row.addWidget(self._enlarge)
        row.addStretch(1)
        return row

    def _describe_parts(self) -> None:
        self._linear.setAccessibleDescription("Whether every layer includes the maps before ReLU")
        self._enlarge.setAccessibleName("Enlarge")
        self._enlarge.setAccessibleDescription("How many pixels a value becomes, for PNG files of channels")

    def _set_options(self, options: ExportOptions) -> None:
        nothing_selected = not self._selection.channels
        self._what.button(0).setEnabled(not nothing_selected)
        what = "layer" if nothing_selected and options.what == "selection" else options.what
        self._what.button(WHATS.index(what)).setChecked(True)
        self._format.button(_FORMATS.index(options.format)).setChecked(True)
        self._colours.button(int(options.colormap != GREY and self._colormap != GREY)).setChecked(True)
        self._enlarge.setCurrentIndex(max(0, self._enlarge.findData(options.enlarge)))
        self._linear.setChecked(options.include_linear)

    def _connect(self) -> None:
        for group in (self._what, self._format, self._colours):
            group.idClicked.connect(self._show)
        self._linear.toggled.connect(self._show)
        self._enlarge.currentIndexChanged.connect(self._show)

    @Slot()
    def _show(self) -> None:
        """Make the page agree with the answers: what can be chosen now."""
        options = self.options("", overwrite=False)
        self._linear.setEnabled(options.what == "everything")
        self._what.button(2).setText(self._everything_text(options))
        pictures = options.format != "npy"
        self._colours.button(0).setEnabled(pictures)
        self._colours.button(1).setEnabled(pictures and self._colormap != GREY)
        self._enlarge.setEnabled(options.format == "png")
        self.changed.emit()

    def _everything_text(self, options: ExportOptions) -> str:
        parts = self._selections(replace(options, what="everything"))
        channels = sum(len(part.channels) for part in parts)
        return f"Ever&y layer ({count_text(len(parts), 'view')}, {count_text(channels, 'channel')})"
