"""Opens what a person gives the window: files, what is dropped or pasted, recent files, manifests."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from engine import images
from engine.records import EngineError, Picture
from gui.commands.open_manifest import ManifestFlow
from gui.commands.recent_menu import RecentMenu
from gui.commands.sessions import SessionCommands
from gui.context import Context
from gui.pictures import mime as drop
from gui.state.session import SUFFIX
from gui.widgets.choice_box import plain_lists_in_next_dialog

MANIFEST_SUFFIX = ".json"


class Opening(QObject):
    """Gives pictures to the controller and manifests to their flow, and remembers the files."""

    def __init__(self, context: Context, manifests: ManifestFlow, sessions: SessionCommands) -> None:
        super().__init__(context.parent)
        self._context = context
        self._messages = context.views.messages
        self._controller = context.controller
        self._settings = context.settings
        self._manifests, self._sessions = manifests, sessions
        recent = RecentMenu(context.settings, context.parent)
        recent.chosen.connect(self._open_recent)
        context.actions.insert_menu(recent, before="paste")
        self._controller.opener.opened.connect(self._remember)
        context.views.strip.open_wanted.connect(self.choose_files)

    def open_paths(self, paths: Sequence[str]) -> None:
        """Open pictures; a manifest brings its view back, a session what was open when it was saved."""
        sessions = [path for path in paths if path.lower().endswith(SUFFIX)]
        manifests = [path for path in paths if path.lower().endswith(MANIFEST_SUFFIX)]
        for path in sessions:
            self._sessions.open(path)
        self._controller.opener.open_paths([path for path in paths if path not in (*manifests, *sessions)])
        for path in manifests:
            self._manifests.open(path)

    def open_mime(self, mime: QMimeData | None) -> None:
        """Open whatever was dropped or pasted, or say why not; an empty clipboard may give None."""
        try:
            sources = None if mime is None else drop.image_sources(mime)
        except EngineError as error:
            self._messages.show_message(str(error), "error")
            return
        if sources is None:
            self._messages.show_message("There is no picture on the clipboard; copy one, or a file, first.")
            return
        self.open_paths([source.path for source in sources if source.path is not None])
        self._controller.opener.open_sources([source for source in sources if source.path is None])

    @Slot()
    def paste(self) -> None:
        """Open what is on the clipboard."""
        self.open_mime(QGuiApplication.clipboard().mimeData())

    @Slot()
    def choose_files(self) -> None:
        """Ask for files, and open them."""
        patterns = " ".join(f"*{suffix}" for suffix in images.supported_extensions())
        plain_lists_in_next_dialog()
        kinds = f"Pictures, manifests and sessions ({patterns} *.json *{SUFFIX});;All files (*)"
        paths, _ = QFileDialog.getOpenFileNames(
            self._context.parent, "Open pictures", self._settings.recent_folder(), kinds
        )
        self.open_paths(paths)

    @Slot(str)
    def _open_recent(self, path: str) -> None:
        self.open_paths([path])

    @Slot(object)
    def _remember(self, picture: Picture) -> None:
        if picture.path is not None:
            self._settings.add_recent_file(picture.path)
