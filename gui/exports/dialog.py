"""Asks what to export, as what, and to where. It writes nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.records import LayerInfo, LayerSelection
from gui.exports.folder_probe import FolderLook, FolderState
from gui.exports.form_rows import RowGrid, column
from gui.exports.maps_page import MapsPage, SizeOf
from gui.exports.patterns_page import PatternSizeOf, PatternsPage, TimeOf, unknown_size
from gui.exports.target_folder import clash_problem, expanded
from gui.screens import fit_to_screen
from gui.state.map_export_options import GREY, ExportKind, ExportOptions
from gui.state.pattern_export_options import PatternExportOptions, PatternStock
from gui.style import theme
from gui.widgets.choice_box import plain_lists_in_next_dialog
from gui.widgets.scroll_body import ScrollBody
from gui.widgets.segments import Segments

_WIDTH = 600
_KINDS: tuple[tuple[str, str], ...] = (
    ("Maps", "What channels make of the picture"),
    ("Patterns", "What filters look for"),
)


@dataclass(frozen=True, eq=False)
class PatternChoice:
    """What the dialog has to know to offer patterns beside maps.

    Attributes:
        stock: What there is.
        options: The answers of the last time.
        time_of: How long it takes to form patterns anew.
        size_of: How large the files of pictures become.
        first: Whether to begin with patterns.
        alone: Whether there are no maps to be exported.
    """

    stock: PatternStock
    options: PatternExportOptions
    time_of: TimeOf
    size_of: PatternSizeOf = unknown_size
    first: bool = False
    alone: bool = False


class ExportDialog(QDialog):
    """The export dialog; once accepted, `kind` says what is wanted, and `options` or `pattern_options` how."""

    def __init__(
        self,
        selection: LayerSelection,
        layers: Sequence[LayerInfo],
        options: ExportOptions | None = None,
        colormap: str = GREY,
        parent: QWidget | None = None,
        patterns: PatternChoice | None = None,
        size_of: SizeOf | None = None,
    ) -> None:
        """Make the dialog.

        Args:
            selection: The shown layer and its selected channels, which may be none.
            layers: All layers, with their shapes at the input size of the moment.
            options: The answers to begin with; those of the last time.
            colormap: The colour map on the screen.
            parent: The window.
            patterns: What is known of patterns; None offers maps alone.
            size_of: How large the files of maps become; see `show_sizes`.
        """
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export")
        self._look, self._state = FolderLook(self), FolderState("")
        self._kinds = Segments(_KINDS)
        self._maps = MapsPage(selection, layers, options or ExportOptions(), colormap, size_of)
        self._patterns = None
        if patterns is not None:
            self._patterns = PatternsPage(patterns.stock, patterns.options, patterns.time_of, patterns.size_of)
        self._pages = QStackedWidget()
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
        self._set_options(options or ExportOptions(), patterns)
        self._connect()
        self._look_at_folder()

    def kind(self) -> ExportKind:
        """Whether maps or patterns are wanted."""
        return "maps" if self._pages.currentWidget() is self._maps else "patterns"

    def options(self) -> ExportOptions:
        """The answers about maps as they are now."""
        return self._maps.options(expanded(self._folder.text()), self._overwrite.isChecked())

    def pattern_options(self) -> PatternExportOptions:
        """The answers about patterns as they are now."""
        if self._patterns is None:
            return PatternExportOptions()
        return self._patterns.options(expanded(self._folder.text()), self._overwrite.isChecked())

    @Slot(object)
    def show_stock(self, stock: PatternStock) -> None:
        """More is known of which patterns there are."""
        if self._patterns is not None:
            self._patterns.show_stock(stock)

    @Slot()
    def show_sizes(self) -> None:
        """More is known of how large files become."""
        self._show()

    def _build(self) -> None:
        folder_label = QLabel("&Folder")
        folder_label.setBuddy(self._folder)
        grid = RowGrid()
        grid.add(folder_label, self._folder_rows(), self._browse)
        self._pages.addWidget(self._maps)
        questions = QWidget()
        rows = QVBoxLayout(questions)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.space(4))
        if self._patterns is not None:
            self._pages.addWidget(self._patterns)
            rows.addLayout(self._kind_row())
        rows.addWidget(self._pages)
        rows.addLayout(grid)
        rows.addWidget(self._preview)
        rows.addWidget(self._problem)
        rows.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(5), theme.space(5), theme.space(5), theme.space(4))
        layout.setSpacing(theme.space(4))
        layout.addWidget(ScrollBody(questions))
        layout.addWidget(self._buttons)
        self._export.setDefault(True)
        fit_to_screen(self, self.sizeHint().expandedTo(QSize(_WIDTH, 0)))

    def _kind_row(self) -> RowGrid:
        row = QHBoxLayout()
        row.addWidget(self._kinds)
        row.addStretch(1)
        grid = RowGrid()
        grid.add(QLabel("Export"), row, self._kinds)
        return grid

    def _folder_rows(self) -> QVBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        line.addWidget(self._folder, 1)
        line.addWidget(self._browse)
        rows = column()
        rows.addLayout(line)
        rows.addWidget(self._overwrite)
        return rows

    def _describe_parts(self) -> None:
        self._kinds.setAccessibleName("What to export")
        self._folder.setAccessibleName("Folder")
        self._folder.setAccessibleDescription("Where the files go")
        self._browse.setAccessibleDescription("Choose the folder")
        self._preview.setAccessibleName("What will be written")
        self._problem.setAccessibleName("What stands in the way")
        self._problem.setForegroundRole(QPalette.ColorRole.BrightText)
        # Room for whole sentences, so that the buttons stay where they are while these change.
        lines = {self._preview: 2 if self._patterns is None else 3, self._problem: 2}
        for label, count in lines.items():
            label.setMinimumHeight(count * label.fontMetrics().lineSpacing())
            label.setAlignment(theme.TOP_LEFT)

    def _set_options(self, options: ExportOptions, patterns: PatternChoice | None) -> None:
        self._folder.setText(options.folder)
        self._overwrite.setChecked(options.overwrite)
        if patterns is None or self._patterns is None:
            return
        self._kinds.button(0).setEnabled(not patterns.alone)
        if patterns.first or patterns.alone:
            self._folder.setText(patterns.options.folder)
            self._kinds.set_current(1)
            self._kinds.button(1).setFocus()
            self._pages.setCurrentWidget(self._patterns)

    def _connect(self) -> None:
        self._kinds.chosen.connect(self._kind_chosen)
        self._maps.changed.connect(self._show)
        if self._patterns is not None:
            self._patterns.changed.connect(self._show)
        self._overwrite.toggled.connect(self._show)
        self._folder.textChanged.connect(self._look_at_folder)
        self._look.answered.connect(self._look_at_folder)
        self._browse.clicked.connect(self._choose_folder)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    @Slot(int)
    def _kind_chosen(self, number: int) -> None:
        self._pages.setCurrentIndex(number)
        self._show()

    @Slot()
    def _look_at_folder(self) -> None:
        self._state = self._look.look(self._folder.text().strip())
        self._show()

    @Slot()
    def _choose_folder(self) -> None:
        plain_lists_in_next_dialog()
        folder = QFileDialog.getExistingDirectory(self, "Folder for the files", self._folder.text().strip())
        if folder:
            self._folder.setText(folder)

    @Slot()
    def _show(self) -> None:
        """Say what will be written, or what stands in the way."""
        page = self._maps if self.kind() == "maps" or self._patterns is None else self._patterns
        problem = page.problem()
        self._preview.setText("" if problem else page.summary(expanded(self._folder.text())))
        self._show_problem(problem or self._folder_problem(page.names()))

    def _folder_problem(self, names: Sequence[str]) -> str:
        if self._state.problem or self._overwrite.isChecked():
            return self._state.problem
        return clash_problem(names, self._state.names)

    def _show_problem(self, problem: str) -> None:
        self._problem.setText(problem)
        self._export.setEnabled(not problem)
