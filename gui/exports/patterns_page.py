"""The page of the export dialog that is about filter patterns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from engine.patterns.requests import PatternFormat
from engine.patterns.stock import PICTURES
from gui.exports.form_rows import RowGrid, column, explained_choices
from gui.state.map_export_options import WHATS, What
from gui.state.pattern_export_options import (
    PatternExportOptions,
    PatternStock,
    count,
    exported,
    file_names,
    guessed_bytes,
    summary,
    to_form,
    wanted,
)

_FORMAT_WORDS: dict[PatternFormat, tuple[str, str]] = {
    "png": ("&PNG of each pattern", "What you see, one picture a pattern"),
    "sheet": ("Con&tact sheet", "One picture a layer, all patterns with their channels and scores"),
    "npy": ("&NPY of each pattern", "What the network is fed, float32 (height, width, 3), to compute the score anew"),
    "webp": ("&Animation, WebP", "How the pattern forms, step by step"),
    "gif": ("An&imation, GIF", "The same in 256 colours, for programs that do not open WebP"),
}
_FORMATS = tuple(_FORMAT_WORDS)

TimeOf = Callable[[Mapping[str, int]], str]
"""How long it takes to form so many patterns of each layer, for people: "about 4 min"."""

PatternSizeOf = Callable[[PatternExportOptions], int | None]
"""Tells how many bytes the pictures of an export have in all; None while that is not known."""


def unknown_size(_options: PatternExportOptions) -> None:
    """A `PatternSizeOf` of who cannot find that out."""


class PatternsPage(QWidget):
    """Which patterns, and as what.

    Signals:
        changed: Another answer was given, or more is known of what there is.
    """

    changed = Signal()

    def __init__(
        self,
        stock: PatternStock,
        options: PatternExportOptions,
        time_of: TimeOf,
        size_of: PatternSizeOf = unknown_size,
    ) -> None:
        """Make the page.

        Args:
            stock: What there is.
            options: The answers to begin with.
            time_of: See there.
            size_of: See there.
        """
        super().__init__()
        self._stock = stock
        self._time_of = time_of
        self._size_of = size_of
        self._what = QButtonGroup(self)
        self._format = QButtonGroup(self)
        grid = RowGrid()
        grid.setContentsMargins(0, 0, 0, 0)
        beside = QRadioButton()
        grid.add(QLabel("Channels"), self._what_rows(), beside)
        grid.add(QLabel("Format"), explained_choices(self._format, tuple(_FORMAT_WORDS.values())), beside)
        grid.setRowStretch(grid.rowCount(), 1)
        self.setLayout(grid)
        self._set_options(options)
        self._what.idClicked.connect(self.changed)
        self._format.idClicked.connect(self.changed)
        self.show_stock(stock)

    def options(self, folder: str, overwrite: bool) -> PatternExportOptions:
        """The answers, with those that the dialog has asked for."""
        what, file_format = WHATS[self._what.checkedId()], _FORMATS[self._format.checkedId()]
        return PatternExportOptions(what, file_format, folder, overwrite)

    def names(self) -> list[str]:
        """The files that are written, without the manifest."""
        options = self.options("", overwrite=False)
        return file_names(exported(options, self._stock), options.format)

    def summary(self, folder: str) -> str:
        """What is written, left out and formed anew, in words; "" when nothing is."""
        options = self.options(folder, overwrite=False)
        if not exported(options, self._stock):
            return ""
        channels, stock = exported(options, self._stock), self._stock
        size = self._size_of(options) if options.format in PICTURES else guessed_bytes(channels, options, stock)
        return summary(options, stock, self._time_of(to_form(options, stock)), size)

    def problem(self) -> str:
        """Why nothing can be written, or ""."""
        options = self.options("", overwrite=False)
        if options.what == "everything" and not self._stock.complete:
            return "Looking for the patterns of every layer…"
        if exported(options, self._stock):
            return ""
        what = "None of these patterns is formed" if options.what == "selection" else "No pattern is formed"
        return f"{what} with the settings of the moment; form it first."

    @Slot(object)
    def show_stock(self, stock: PatternStock) -> None:
        """Offer what there is."""
        self._stock = stock
        texts: tuple[tuple[What, str, str], ...] = (
            ("selection", "&Selected channels", ""),
            ("layer", "This &layer", f"{stock.layer.name}: "),
            ("everything", "Ever&y layer", ""),
        )
        for number, (what, text, name) in enumerate(texts):
            known = what != "everything" or stock.complete
            self._what.button(number).setText(f"{text} ({name}{self._formed_text(what)})" if known else text)
        self.changed.emit()

    def _formed_text(self, what: What) -> str:
        options = replace(self.options("", overwrite=False), what=what)
        every, there = count(wanted(options, self._stock)), count(exported(options, self._stock))
        return f"{there:,} of {every:,} formed"

    def _what_rows(self) -> QVBoxLayout:
        rows = column()
        for number in range(len(WHATS)):
            button = QRadioButton()
            self._what.addButton(button, number)
            rows.addWidget(button)
        return rows

    def _set_options(self, options: PatternExportOptions) -> None:
        nothing_selected = not self._stock.selected
        self._what.button(0).setEnabled(not nothing_selected)
        what = "layer" if nothing_selected and options.what == "selection" else options.what
        self._what.button(WHATS.index(what)).setChecked(True)
        self._format.button(_FORMATS.index(options.format)).setChecked(True)
