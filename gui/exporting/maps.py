"""Exports: through the dialog, by dragging tiles out, and to the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, QStandardPaths, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from engine.exports.maps import ExportRequest
from engine.process.export_size_job import MeasureExport
from engine.records import LayerSelection, Provenance
from gui.channels.drag import drag_data
from gui.context import Context
from gui.control.pattern_flow import PatternFlow
from gui.exporting.job_watch import ExportWatch
from gui.exporting.patterns import PatternExportFlow
from gui.exporting.sizes import ExportSizes
from gui.exporting.tile_files import TileFiles
from gui.exports.dialog import ExportDialog, PatternChoice
from gui.state.map_export_options import ExportOptions, selections


class ExportFlow(QObject):
    """Takes what is shown out of the window.

    Attributes:
        patterns: The exports of patterns.
    """

    def __init__(self, context: Context, patterns: PatternFlow, join_guide: Callable[[QDialog, str], None]) -> None:
        super().__init__(context.parent)
        self._context = context
        self._controller = context.controller
        self._views = context.views
        self._settings = context.settings
        self._flow = patterns
        self._join_guide = join_guide
        self._watch = ExportWatch(context)
        self._sizes = ExportSizes(context.controller.studio, self._measurement, self)
        self._tiles = TileFiles(context.workspace, context.controller.presenter, patterns)
        self._copied: QMimeData | None = None
        self._viewer_last = False
        if isinstance(app := QApplication.instance(), QApplication):
            app.focusChanged.connect(self._follow_focus)
        self._watch.busy_changed.connect(patterns.presenter.leave_status)
        self.patterns = PatternExportFlow(context, patterns, self._watch)

    @Slot()
    def ask(self) -> None:
        """Ask what to export and where to, then do it."""
        layers = self._controller.workspace.network.layers
        options = replace(self._settings.export, folder=self._settings.export.folder or self._first_folder())
        colormap, choice = self._controller.workspace.colormap, self._choice()
        dialog = ExportDialog(
            self._selection(), layers, options, colormap, self._context.parent, choice, size_of=self._sizes.of
        )
        self.patterns.stock_changed.connect(dialog.show_stock)
        for sizes in (self._sizes, self.patterns.sizes):
            sizes.known.connect(dialog.show_sizes)
        self._join_guide(dialog, "exports.md")
        accepted = dialog.exec() == ExportDialog.DialogCode.Accepted
        for sizes in (self._sizes, self.patterns.sizes):
            sizes.forget()
        if accepted:
            self._settings.export_kind = dialog.kind()
            if dialog.kind() == "maps":
                self.start(dialog.options())
            else:
                self.patterns.start(dialog.pattern_options())
        dialog.deleteLater()

    @Slot()
    def again(self) -> None:
        """Export the selection in the same way and to the same place as the last time."""
        settings = self._settings
        if settings.export_kind == "maps" and settings.export.folder and self._controller.pipeline.look is not None:
            self.start(settings.export)
        elif settings.export_kind == "patterns" and settings.export_patterns.folder:
            self.patterns.start(settings.export_patterns)
        else:
            self.ask()

    def start(self, options: ExportOptions) -> None:
        """Export maps in the background; what is wrong is said in the message bar."""
        if self._watch.refuses():
            return
        request = self._request(options)
        if request is None:
            self._watch.say("These maps are still being computed; export again in a moment.", "warning")
            return
        self._settings.export = options
        self._watch.begin(self._controller.studio, request, request.folder)

    def _measurement(self, options: ExportOptions) -> MeasureExport | None:
        request = self._request(options)
        return None if request is None else MeasureExport(request)

    def _request(self, options: ExportOptions) -> ExportRequest | None:
        """The export of maps that these options mean now; None while some of the maps are missing."""
        network = self._controller.workspace.network
        chosen = selections(options, self._selection(), network.layers)
        look, weights = self._controller.pipeline.look, self._controller.weights
        if look is None or weights is None or any(part.layer.name not in look.maps for part in chosen):
            return None
        return ExportRequest(
            selections=chosen,
            maps={part.layer.name: look.maps[part.layer.name] for part in chosen},
            folder=Path(options.folder),
            format=options.format,
            style=self._controller.workspace.style,
            colormap=options.colormap,
            provenance=Provenance(look.picture, look.key.fit, look.key.size, weights, network.identity),
            enlarge=options.enlarge if options.format == "png" else 1,
            overwrite=options.overwrite,
        )

    @property
    def busy(self) -> bool:
        """Whether an export runs, or is about to."""
        return self._watch.busy or self.patterns.about_to_begin

    @Slot()
    def cancel(self) -> None:
        """Stop the export; what it has written is taken back."""
        self.patterns.cancel()
        self._watch.cancel()

    @Slot()
    def copy(self) -> None:
        """Copy what the viewer shows, or the selected tiles, whichever of the two had the keys last.

        A single picture is copied at its own size, several are copied as files. Without a selection it is the viewer's.
        """
        channels = self._views.gallery.selected_channels()
        shown = self._views.viewer.copy_pixmap()
        if (self._viewer_last or not channels) and not shown.isNull():
            QGuiApplication.clipboard().setImage(shown)
            return
        image = self._tiles.image(channels[0]) if len(channels) == 1 else None
        if len(channels) > 1 or (channels and self._flow.presenter.shown == "both"):
            self._copy_files(self.drag_files(channels), image)
        elif image is not None:
            QGuiApplication.clipboard().setImage(image)

    def _copy_files(self, paths: Sequence[str], image: QImage | None) -> None:
        self._copied = drag_data(paths, image, self.files_ready)
        QGuiApplication.clipboard().setMimeData(self._copied)

    def drag_files(self, channels: tuple[int, ...]) -> list[str]:
        """Write what the tiles of these channels show where a file manager can fetch it from, once they are ready.

        Returns:
            The paths, or none when nothing is shown or the disk refuses.
        """
        paths = self._tiles.write(channels)
        self._say_problem()
        return paths

    def files_ready(self) -> None:
        """Wait until the files of the last drag or copy are there; many are written beside the window."""
        self._tiles.wait()
        self._say_problem()

    @Slot(object, object)
    def show_menu(self, channels: tuple[int, ...], place: QPoint) -> None:
        """Offer what can be done with these channels."""
        self._views.gallery.select_channels(channels)
        menu = QMenu(self._context.parent)
        for name in ("export", "save_selection", "copy", "show_channel", "show_blend"):
            menu.addAction(self._context.actions[name])
        menu.exec(place)
        menu.deleteLater()

    def shut_down(self) -> None:
        """Remove what was written for drags: whoever took a tile has copied it."""
        clipboard = QGuiApplication.clipboard()
        # Not every platform says who owns the clipboard.
        if self._copied is not None and (clipboard.ownsClipboard() or clipboard.mimeData() is self._copied):
            # The files go, and a QMimeData made in Python must not outlive Python: Qt would crash in deleting it.
            clipboard.clear()
        self._copied = None
        self._tiles.remove()

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Menus, the tree or the strip may have the keys in between: what was looked at stays what is meant."""
        if now is None:
            return
        if self._views.viewer.isAncestorOf(now):
            self._viewer_last = True
        elif self._views.faces.isAncestorOf(now):
            self._viewer_last = False

    def _say_problem(self) -> None:
        if self._tiles.problem:
            self._watch.say(self._tiles.problem, "error")
            self._tiles.problem = ""

    def _selection(self) -> LayerSelection:
        return LayerSelection(self._controller.workspace.shown_layer, self._views.gallery.selected_channels())

    def _choice(self) -> PatternChoice:
        """What the dialog has to know to offer patterns."""
        options = self._settings.export_patterns
        folder = options.folder or self._settings.export.folder or self._first_folder()
        alone = self._controller.pipeline.look is None
        return PatternChoice(
            stock=self.patterns.survey(),
            options=replace(options, folder=folder),
            time_of=self.patterns.time_of,
            size_of=self.patterns.sizes.of,
            first=self._flow.presenter.content == "patterns" or self._settings.export_kind == "patterns",
            alone=alone,
        )

    def _first_folder(self) -> str:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return str(Path(pictures) / "Convscope")
