"""What the menus, the tool bar and the keys do."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from engine.memory import budget
from gui.commands.guide import GuideFlow
from gui.commands.help import Help
from gui.commands.levels import LevelsFlow
from gui.commands.look import LookCommands
from gui.commands.memory_limit import MemoryLimit
from gui.commands.open_manifest import ManifestFlow
from gui.commands.opening import Opening
from gui.commands.patterns import PatternCommands
from gui.commands.reopen_picture import ClosedPictures
from gui.commands.sessions import SessionCommands
from gui.commands.weights import WeightsFlow
from gui.context import Context
from gui.exporting.maps import ExportFlow
from gui.log import logger
from gui.state.window_state import State


class Commands(QObject):
    """Joins the actions of a window to what they do.

    Attributes:
        views: The widgets of the window.
        controller: What mediates between them and the engine.
        workspace: What is looked at.
        look: How the layer is shown.
        sessions: Saving and bringing back what is looked at.
        export: The exports.
        weights: The choice of weights.
        levels: The levels of deep pictures.
        manifests: Manifests that bring a view back.
        patterns: Filter patterns.
        opening: What opens files and what is dropped or pasted.
        guide: The user guide.
        help: The dialogs that explain.
        memory: The limit of memory.
        closed: Pictures that were closed and can be had back.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._context = context
        self.views, self.controller, self.workspace = context.views, context.controller, context.workspace
        self.look = LookCommands(context)
        self.patterns = PatternCommands(context)
        self.guide = GuideFlow(context, self.patterns.flow)
        self.help = Help(context, self.guide)
        self.export = ExportFlow(context, self.patterns.flow, self.guide.join)
        self.weights = WeightsFlow(context)
        self.levels = LevelsFlow(context)
        self.manifests = ManifestFlow(context, self.look, self.levels, self.patterns)
        self.sessions = SessionCommands(context)
        self.opening = Opening(context, self.manifests, self.sessions)
        self.closed = ClosedPictures(context.controller)
        self.memory = MemoryLimit(context)
        self._state: State | None = None
        context.actions.connect(self)
        self.views.messages.list_wanted.connect(self.help.show_messages)
        self.views.gallery.context_menu_wanted.connect(self.export.show_menu)
        self.views.gallery.set_drag_files(self.export.drag_files, self.export.files_ready)
        self.views.job.cancel_wanted.connect(self.cancel)
        self.controller.unexpected.connect(self._job_crashed)
        self.follow_state()

    def restore(self) -> None:
        """Show everything as it was left."""
        self.sessions.restore()
        self.patterns.restore()

    def save(self) -> None:
        """Remember how everything is."""
        self.sessions.save()
        self.patterns.save()

    def quit(self) -> None:
        """Close the window."""
        self._context.parent.close()

    def shut_down(self) -> None:
        """Tidy up what was written for tiles that were dragged out, and close the guide."""
        self.export.shut_down()
        self.guide.shut_down()

    @Slot()
    def follow_state(self) -> None:
        """Enable what can be done as everything is now, and name the picture in the title.

        Nobody has to say that something has changed: this is called at the end of each turn of the event loop, and
        before a key.
        """
        state = self.state()
        if state != self._state:
            self._state = state
            self._context.actions.follow(state)
            self.views.tools.offer_tile_size(state.face == "tiles")
            self._context.parent.setWindowTitle(f"{state.picture} — Convscope" if state.picture else "Convscope")

    def state(self) -> State:
        """Read the state; nothing is remembered, so nobody has to tell what has changed."""
        shown, views, flow = self.workspace, self.views, self.patterns.flow
        gallery = views.gallery
        return State(
            picture=shown.picture.name if shown.picture is not None else "",
            pictures=len(shown.pictures),
            content=shown.content,
            face=shown.face,
            book=shown.face == "book" and views.faces.currentWidget() is views.wall,
            tile_size=gallery.tile_size(),
            selected=gallery.selectionModel().hasSelection(),
            undo=max(gallery.selection_changed_at(), flow.runner.removed.changed_at) > 0,
            redo=gallery.can_redo_selection(),
            above=views.tree.can_step(-1),
            below=views.tree.can_step(1),
            running=self.controller.pipeline.busy or self.export.busy or self.weights.busy or flow.runner.busy,
            orders=any(not order.ended for order in flow.runner.queue.orders),
            closed=len(self.closed) > 0,
            memory_fixed=budget.current.fixed,
        )

    @Slot(str)
    def show_crash(self, details: str) -> None:
        """Say that something unexpected happened."""
        self.help.show_error(details)

    @Slot(str)
    def _job_crashed(self, details: str) -> None:
        logger.error("A job crashed\n%s", details)
        self.show_crash(details)

    @Slot()
    def cancel(self) -> None:
        """Stop what runs; what waits stays."""
        self.controller.stop()
        if self.export.busy or self.weights.busy:
            self.export.cancel()
            self.weights.cancel()
        else:
            self.patterns.flow.runner.stop()

    @Slot()
    def undo(self) -> None:
        """Take back what was done last: a change of the selection, or a removal from the queue."""
        gallery, removed = self.views.gallery, self.patterns.flow.runner.removed
        if removed.changed_at > gallery.selection_changed_at():
            removed.bring_back()
        else:
            gallery.undo_selection()
