"""Exports: through the dialog, by dragging tiles out, and to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, QStandardPaths, QTemporaryDir, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu

from engine import architecture, colormaps
from engine.encoding import encode_channel_png
from engine.export import ExportRequest
from engine.records import EngineError, LayerSelection, Progress, Provenance
from gui.export_dialog import ExportDialog
from gui.export_options import ExportOptions, selections
from gui.job_thread import JobEvent
from gui.message import MessageKind
from gui.pipeline import LAST
from gui.pixels import indexed_image

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_OPEN_FOLDER = "open_folder"


class ExportFlow(QObject):
    """Takes the shown maps out of the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._controller = window.controller
        self._views = window.views
        self._settings = window.settings
        self._job: int | None = None
        self._folder = Path()
        self._dragged: QTemporaryDir | None = None
        self._drags = 0
        self._controller.studio.happened.connect(self._on_studio)
        self._views.messages.action_wanted.connect(self._on_message_action)

    @Slot()
    def ask(self) -> None:
        """Ask what to export and where to, then do it."""
        options = self._settings.export
        if not options.folder:
            pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
            options = ExportOptions(folder=str(Path(pictures) / "Convscope"))
        layers = architecture.layers(self._controller.size)
        dialog = ExportDialog(self._selection(), layers, options, self._controller.presenter.colormap, self._window)
        if dialog.exec() == ExportDialog.DialogCode.Accepted:
            self.start(dialog.options())
        dialog.deleteLater()

    @Slot()
    def again(self) -> None:
        """Export the selection in the same way and to the same place as the last time."""
        if self._settings.export.folder:
            self.start(self._settings.export)
        else:
            self.ask()

    def start(self, options: ExportOptions) -> None:
        """Export in the background; what is wrong is said in the message bar."""
        if self._job is not None:
            self._say("An export is being written already; wait for it or stop it first.", "warning")
            return
        chosen = selections(options, self._selection(), architecture.layers(self._controller.size))
        look, weights = self._controller.pipeline.look, self._controller.weights
        missing = [part.layer.name for part in chosen if look is None or part.layer.name not in look.maps]
        if look is None or weights is None or missing:
            self._say("These maps are still being computed; export again in a moment.", "warning")
            return
        self._settings.export = options
        self._folder = Path(options.folder)
        request = ExportRequest(
            selections=chosen,
            maps={part.layer.name: look.maps[part.layer.name] for part in chosen},
            folder=self._folder,
            format=options.format,
            style=self._controller.pipeline.style,
            colormap=options.colormap,
            provenance=Provenance(look.picture, look.key.fit, look.key.size, weights),
            enlarge=options.enlarge if options.format == "png" else 1,
            overwrite=options.overwrite,
        )
        self._job = self._controller.studio.submit(request, LAST)

    @Slot()
    def cancel(self) -> None:
        """Stop the export; what it has written is taken back."""
        if self._job is not None:
            self._controller.studio.cancel(self._job)

    @Slot()
    def copy(self) -> None:
        """Copy the selected tile at its own size, or what the viewer shows; several tiles are copied as files too."""
        channels = self._views.gallery.selected_channels()
        mime = QMimeData()
        scaled = self._controller.presenter.scaled()
        if len(channels) > 1 and scaled is not None:
            mime.setUrls([QUrl.fromLocalFile(path) for path in self.drag_files(channels)])
        if len(channels) == 1 and scaled is not None:
            table = colormaps.table(self._controller.presenter.colormap)
            mime.setImageData(indexed_image(scaled.levels[channels[0]], table))
        elif not channels:
            mime.setImageData(self._views.viewer.copy_pixmap())
        QGuiApplication.clipboard().setMimeData(mime)

    def drag_files(self, channels: tuple[int, ...]) -> list[str]:
        """Write these channels of the shown layer where a file manager can fetch them from.

        Returns:
            The paths, or none when nothing is shown or the disk refuses.
        """
        scaled, layer = self._controller.presenter.scaled(), self._controller.presenter.layer
        if scaled is None:
            return []
        try:
            folder = self._drag_folder()
            paths = []
            for channel in channels:
                path = folder / f"{layer.name.replace(':', '_')}_{channel:03d}.png"
                path.write_bytes(encode_channel_png(scaled.levels[channel], self._controller.presenter.colormap, 1))
                paths.append(str(path))
        except (OSError, EngineError) as error:
            self._say(f"The channels cannot be dragged out: {error}.", "error")
            return []
        return paths

    @Slot(object, object)
    def show_menu(self, channels: tuple[int, ...], place: QPoint) -> None:
        """Offer what can be done with these channels."""
        self._views.gallery.select_channels(channels)
        menu = QMenu(self._window)
        for name in ("export", "save_selection", "copy", "show_channel", "show_blend"):
            menu.addAction(self._window.action(name))
        menu.exec(place)
        menu.deleteLater()

    def shut_down(self) -> None:
        """Remove what was written for drags: whoever took a tile has copied it."""
        if self._dragged is not None:
            self._dragged.remove()

    def _selection(self) -> LayerSelection:
        return LayerSelection(self._controller.presenter.layer, self._views.gallery.selected_channels())

    def _drag_folder(self) -> Path:
        """A new folder for each drag, because a file manager may still be reading the last one."""
        self._dragged = self._dragged or QTemporaryDir()
        if not self._dragged.isValid():
            raise OSError(self._dragged.errorString())
        self._drags += 1
        folder = Path(self._dragged.filePath(str(self._drags)))
        folder.mkdir()
        return folder

    @Slot(object)
    def _on_studio(self, event: JobEvent) -> None:
        if event.job != self._job:
            return
        if isinstance(event.value, Progress):
            self._views.job.show_progress(event.value)
            return
        if event.kind == "started":
            return
        self._job = None
        self._views.job.finish()
        if event.kind == "finished":
            self._say(f"Exported to {self._folder}.", "info", [("Show folder", _OPEN_FOLDER)])
        elif event.kind == "cancelled":
            self._say("The export was stopped; nothing was written.", "info")
        elif event.kind == "failed":
            self._say(str(event.value), "error")
        else:
            self._controller.unexpected.emit(str(event.value))

    @Slot(str)
    def _on_message_action(self, name: str) -> None:
        if name == _OPEN_FOLDER:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _say(self, text: str, kind: MessageKind, actions: Sequence[tuple[str, str]] = ()) -> None:
        self._views.messages.show_message(text, kind, actions)
