"""The window: its parts, where they are, and what they are joined to. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, QStandardPaths, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QTabWidget

from engine.process.engine_jobs import EngineHandlers
from engine.process.requests import ImageSource
from gui.actions import Actions
from gui.channels.gallery import ChannelGallery
from gui.commands.commands import Commands
from gui.commands.table import COMMANDS
from gui.context import Context
from gui.control.controller import Controller
from gui.jobs.event_loop_turns import Turns
from gui.jobs.gc_window_thread import GarbageCollector
from gui.layers.tree import LayerTree
from gui.leaving import Leaving
from gui.patterns.comparison import CompareView
from gui.patterns.panel import PatternPanel
from gui.pictures import mime as drop
from gui.pictures.levels_box import LevelsBox
from gui.pictures.strip import PictureStrip
from gui.queue.view import QueueView
from gui.screens import ScreenWatch, fit_to_screen, restore_on_screen
from gui.state.settings import Settings
from gui.state.workspace import Workspace
from gui.style import theme
from gui.tool_bar import ToolBar
from gui.viewer.viewer import ImageViewer
from gui.views import Views
from gui.wall.wall import Wall
from gui.widgets.colour_bar import ColourBar
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.engine_state import EngineState
from gui.widgets.first_hint import FirstHint
from gui.widgets.message_bar import MessageBar
from gui.widgets.progress_bar import JobStatus
from gui.widgets.welcome import Welcome
from gui.window_layout import WindowLayout

_FIRST_SIZE = (1280, 800)


def _cache_folder() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation))


class MainWindow(QMainWindow):
    """Convscope's window.

    Attributes:
        workspace: What is looked at.
        views: Its parts.
        controller: What mediates between them and the engine.
        commands: What its menus and keys do.
        settings: What it remembers.
        leaving: How long closing may wait for the threads.
    """

    _settings_failed = Signal(str)

    def __init__(
        self,
        settings: Settings | None = None,
        weights_file: str | None = None,
        engine_jobs: EngineHandlers | None = None,
        cache: Path | None = None,
    ) -> None:
        """Make the window; nothing is loaded before `start`.

        Args:
            settings: Where to remember things; the person's own settings when None.
            weights_file: Weights to use instead of the remembered or the bundled ones.
            engine_jobs: What answers instead of the network, on threads of this process; None for processes.
            cache: A folder for what can be computed again; the person's own cache when None.
        """
        super().__init__()
        self._garbage = GarbageCollector(self)  # before there is another thread
        self.settings = settings or Settings()
        self._weights_file = weights_file or self.settings.weights or None
        self._started = self._closed = False
        self.leaving = Leaving()
        self._turns: Turns | None = None
        self.setWindowTitle("Convscope")
        self.setAcceptDrops(True)
        self._actions = Actions(self, COMMANDS)
        self.workspace = Workspace(self)
        self.views = self._make_views()
        self._layout = self._lay_out()
        self.controller = Controller(self.views, self.workspace, cache or _cache_folder(), engine_jobs, self)
        self.commands = Commands(
            Context(self, self.views, self.controller, self.settings, self.workspace, self._actions)
        )
        self._restore_layout()
        self._screens = ScreenWatch(self)
        self.commands.restore()

    @Slot()
    def start(self) -> None:
        """Load the network in the background, if that has not been begun yet."""
        if self._started or self._closed:
            return
        self._started = True
        self._turns = Turns(self, self.commands.follow_state)
        self.controller.open_engine(self._weights_file)
        self.commands.sessions.reopen()
        self.controller.tidy_up([self.settings.export.folder, self.settings.export_patterns.folder])
        self._settings_failed.connect(self._warn)  # told by the thread that writes them
        self.settings.on_problem = self._settings_failed.emit
        if self.settings.problem:
            self._warn(self.settings.problem)

    @Slot(str)
    def _warn(self, problem: str) -> None:
        self.views.messages.show_message(problem, "warning")

    def open_images(self, paths: Sequence[str | Path]) -> None:
        """Open these pictures, or the view that a manifest among them describes."""
        self.start()
        self.commands.opening.open_paths([str(path) for path in paths])

    def open_bytes(self, data: bytes, name: str) -> None:
        """Open a picture that has no file, under that name."""
        self.start()
        self.controller.opener.open_sources([ImageSource(name, data=data)])

    def action(self, name: str) -> QAction:
        """The action of a command, such as "export", enabled if there is something for it to do by now."""
        self.commands.follow_state()
        return self._actions[name]

    def _make_views(self) -> Views:
        return Views(
            tree=LayerTree(self.workspace.network.layers),
            gallery=ChannelGallery(),
            wall=Wall(),
            faces=QStackedWidget(),
            heading=ElidedLabel(),
            pattern_note=ElidedLabel(role=QPalette.ColorRole.PlaceholderText),
            scale_bar=ColourBar(),
            viewer=ImageViewer(),
            patterns=PatternPanel(),
            queue=QueueView(),
            compare=CompareView(),
            pattern_tabs=QTabWidget(),
            strip=PictureStrip(),
            levels=LevelsBox(),
            tools=ToolBar(self._actions, self.workspace.network, self),
            messages=MessageBar(),
            hint=FirstHint(),
            job=JobStatus(),
            engine_state=EngineState(),
        )

    def _lay_out(self) -> WindowLayout:
        views = self.views
        self.addToolBar(views.tools)
        welcome = Welcome((self._actions["sample"], self._actions["open"], self._actions["paste"]), views.hint)
        layout = WindowLayout(views, self.workspace, welcome)
        self.setCentralWidget(layout)
        welcome.setFocus()  # the first field of the tool bar would take Ctrl+V for itself
        status = self.statusBar()
        status.setObjectName("statusBar")
        status.setSizeGripEnabled(False)
        status.addWidget(views.job, 1)
        status.addPermanentWidget(views.engine_state)
        views.engine_state.setObjectName("engineState")
        views.engine_state.setAccessibleName("State of the network")
        views.engine_state.setContentsMargins(theme.space(2), 0, theme.space(2), 0)
        return layout

    def _restore_layout(self) -> None:
        fit_to_screen(self, QSize(*_FIRST_SIZE))
        restore_on_screen(self, QByteArray(self.settings.layout_state("geometry")))
        self._layout.restore(self.settings)

    def _save_layout(self) -> None:
        self.settings.set_layout_state("geometry", bytes(self.saveGeometry().data()))
        self._layout.save(self.settings)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint first: importing TensorFlow stops everything for half a second."""
        super().paintEvent(event)
        if not self._started:
            QTimer.singleShot(0, self.start)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures in, but not tiles that are dragged out of this very window."""
        if event.source() is None and drop.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take pictures in wherever they are dropped."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.commands.opening.open_mime(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go at once; the threads end behind the scenes, and what was being written is finished or taken back."""
        if not self._closed:
            self._closed = True
            self._save_layout()
            self.commands.save()
            self.hide()
            if self._turns is not None:
                self._turns.stop()
            self.commands.shut_down()
            if self.controller.shut_down(self.leaving.patience()):
                self._garbage.stop()
            else:
                self.leaving.take_back()
            self.settings.save()
            self.settings.on_problem = None
        event.accept()
