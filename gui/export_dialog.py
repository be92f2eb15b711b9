"""Asks what to export, as what, and to where. It writes nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from engine.export import Format, file_names
from engine.records import LayerInfo, LayerSelection
from gui import theme
from gui.export_options import (
    ENLARGEMENTS,
    GREY,
    WHATS,
    ExportOptions,
    estimated_bytes,
    selections,
    summary,
)
from gui.target_folder import clash_problem, expanded, folder_problem, names_in
from gui.units import count_text

_FORMAT_WORDS: dict[Format, tuple[str, str]] = {
    "png": ("&PNG of each channel", "One picture a channel, at its own size or enlarged without smoothing"),
    "sheet": ("Con&tact sheet", "One picture a layer, all channels with their numbers and the scale"),
    "npy": ("&NPY", "The raw values, one float32 array (height, width, channels) a layer"),
}
_FORMATS = tuple(_FORMAT_WORDS)
_WIDTH = 600


class ExportDialog(QDialog):
    """The export dialog; once accepted, `options` says what is wanted."""

    def __init__(
        self,
        selection: LayerSelection,
        layers: Sequence[LayerInfo],
        options: ExportOptions | None = None,
        colormap: str = GREY,
        parent: QWidget | None = None,
    ) -> None:
        """Make the dialog.

        Args:
            selection: The shown layer and its selected channels, which may be none.
            layers: All layers, with their shapes at the input size of the moment.
            options: The answers to begin with; those of the last time.
            colormap: The colour map on the screen.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export")
        self._selection = selection
        self._layers = tuple(layers)
        self._colormap = colormap
        self._present: frozenset[str] = frozenset()
        self._what = QButtonGroup(self)
        self._format = QButtonGroup(self)
        self._colours = QButtonGroup(self)
        self._linear = QCheckBox("with the maps &before ReLU")
        self._enlarge = QComboBox()
        self._folder = QLineEdit()
        self._browse = QPushButton("Bro&wse…", autoDefault=False)
        self._overwrite = QCheckBox("&Replace files of the same name")
        self._preview = QLabel(wordWrap=True)
        self._problem = QLabel(wordWrap=True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        theme.plain_buttons(self._buttons)
        self._export = self._buttons.addButton("E&xport", QDialogButtonBox.ButtonRole.AcceptRole)
        self._build()
        self._describe_parts()
        self._set_options(options or ExportOptions())
        self._connect()
        self._folder_changed()

    def options(self) -> ExportOptions:
        """The answers as they are now."""
        return ExportOptions(
            what=WHATS[self._what.checkedId()],
            format=_FORMATS[self._format.checkedId()],
            colormap=self._colormap if self._colours.checkedId() else GREY,
            enlarge=self._enlarge.currentData(),
            folder=expanded(self._folder.text()),
            include_linear=self._linear.isChecked(),
            overwrite=self._overwrite.isChecked(),
        )

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(theme.space(4))
        grid.setVerticalSpacing(theme.space(4))
        folder_label, enlarge_label = QLabel("&Folder"), QLabel("&Enlarge")
        folder_label.setBuddy(self._folder)
        enlarge_label.setBuddy(self._enlarge)
        rows: tuple[tuple[QLabel, QHBoxLayout | QVBoxLayout, QWidget], ...] = (
            (QLabel("Channels"), self._what_rows(), self._linear),
            (QLabel("Format"), self._format_rows(), self._linear),
            (QLabel("Colours"), self._colour_rows(), self._linear),
            (enlarge_label, self._enlarge_rows(), self._enlarge),
            (folder_label, self._folder_rows(), self._browse),
        )
        for row, (label, content, beside) in enumerate(rows):
            label.setFixedHeight(beside.sizeHint().height())  # so that its text is level with that of the first line
            grid.addWidget(label, row, 0, theme.TOP_RIGHT)
            grid.addLayout(content, row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(5), theme.space(5), theme.space(5), theme.space(4))
        layout.setSpacing(theme.space(4))
        layout.addLayout(grid)
        layout.addWidget(self._preview)
        layout.addWidget(self._problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        self._export.setDefault(True)
        self.resize(self.sizeHint().expandedTo(QSize(_WIDTH, 0)))

    def _what_rows(self) -> QVBoxLayout:
        layer = self._selection.layer
        words = (
            f"&Selected channels ({len(self._selection.channels):,})",
            f"This &layer ({layer.name}, {count_text(layer.channels, 'channel')})",
            "Ever&y layer",
        )
        rows = _column()
        for number, text in enumerate(words):
            button = QRadioButton(text)
            self._what.addButton(button, number)
            rows.addWidget(button)
        rows.addLayout(_indented(self._linear))
        return rows

    def _format_rows(self) -> QVBoxLayout:
        rows = _column()
        for number, (title, sentence) in enumerate(_FORMAT_WORDS.values()):
            button = QRadioButton(title)
            button.setAccessibleDescription(sentence)
            self._format.addButton(button, number)
            rows.addWidget(button)
            rows.addLayout(_indented(_quiet(sentence)))
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

    def _folder_rows(self) -> QVBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        line.addWidget(self._folder, 1)
        line.addWidget(self._browse)
        rows = _column()
        rows.addLayout(line)
        rows.addWidget(self._overwrite)
        return rows

    def _describe_parts(self) -> None:
        self._linear.setAccessibleDescription("Whether every layer includes the maps before ReLU")
        self._enlarge.setAccessibleName("Enlarge")
        self._enlarge.setAccessibleDescription("How many pixels a value becomes, for PNG files of channels")
        self._folder.setAccessibleName("Folder")
        self._folder.setAccessibleDescription("Where the files go")
        self._browse.setAccessibleDescription("Choose the folder")
        self._preview.setAccessibleName("What will be written")
        self._problem.setAccessibleName("What stands in the way")
        self._problem.setForegroundRole(QPalette.ColorRole.BrightText)
        # Room for two lines each, so that the buttons stay where they are while the sentences change.
        for label in (self._preview, self._problem):
            label.setMinimumHeight(2 * label.fontMetrics().lineSpacing())
            label.setAlignment(theme.TOP_LEFT)

    def _set_options(self, options: ExportOptions) -> None:
        nothing_selected = not self._selection.channels
        self._what.button(0).setEnabled(not nothing_selected)
        what = "layer" if nothing_selected and options.what == "selection" else options.what
        self._what.button(WHATS.index(what)).setChecked(True)
        self._format.button(_FORMATS.index(options.format)).setChecked(True)
        self._colours.button(int(options.colormap != GREY and self._colormap != GREY)).setChecked(True)
        self._enlarge.setCurrentIndex(max(0, self._enlarge.findData(options.enlarge)))
        self._folder.setText(options.folder)
        self._linear.setChecked(options.include_linear)
        self._overwrite.setChecked(options.overwrite)

    def _connect(self) -> None:
        for group in (self._what, self._format, self._colours):
            group.idClicked.connect(self._show)
        self._linear.toggled.connect(self._show)
        self._overwrite.toggled.connect(self._show)
        self._enlarge.currentIndexChanged.connect(self._show)
        self._folder.textChanged.connect(self._folder_changed)
        self._browse.clicked.connect(self._choose_folder)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    @Slot()
    def _folder_changed(self) -> None:
        self._present = names_in(self._folder.text().strip())
        self._show()

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the files", self._folder.text().strip())
        if folder:
            self._folder.setText(folder)

    @Slot()
    def _show(self) -> None:
        """Make the dialog agree with the answers: what can be chosen, what will be written, what stands in the way."""
        options = self.options()
        self._linear.setEnabled(options.what == "everything")
        self._what.button(2).setText(self._everything_text(options))
        pictures = options.format != "npy"
        self._colours.button(0).setEnabled(pictures)
        self._colours.button(1).setEnabled(pictures and self._colormap != GREY)
        self._enlarge.setEnabled(options.format == "png")
        chosen = selections(options, self._selection, self._layers)
        names = [name for part in chosen for name in file_names(part, options.format)]
        size = sum(estimated_bytes(part, options) for part in chosen)
        self._preview.setText(summary(names, size, options))
        self._show_problem(_problem(names, options, self._present))

    def _everything_text(self, options: ExportOptions) -> str:
        parts = selections(replace(options, what="everything"), self._selection, self._layers)
        channels = sum(len(part.channels) for part in parts)
        return f"Ever&y layer ({count_text(len(parts), 'view')}, {count_text(channels, 'channel')})"

    def _show_problem(self, problem: str) -> None:
        self._problem.setText(problem)
        self._export.setEnabled(not problem)


def _problem(names: Sequence[str], options: ExportOptions, present: frozenset[str]) -> str:
    problem = folder_problem(options.folder)
    if problem or options.overwrite:
        return problem
    return clash_problem(names, present)


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(theme.SPACING)
    return column


def _indented(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addSpacing(theme.space(6))
    row.addWidget(widget, 1)
    return row


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
