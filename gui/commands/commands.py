"""What the menus, the tool bar and the keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from engine.maps import colormaps
from engine.records import Fit, Style
from gui.actions import Actions
from gui.commands.enabled import State, state_of
from gui.commands.export_maps import ExportFlow
from gui.commands.guide import GuideFlow
from gui.commands.help import Help
from gui.commands.levels import LevelsFlow
from gui.commands.memory_limit import MemoryLimit
from gui.commands.open_manifest import ManifestFlow
from gui.commands.opening import Opening
from gui.commands.patterns import PatternCommands
from gui.commands.reopen_picture import ClosedPictures
from gui.commands.weights import WeightsFlow
from gui.log import logger
from gui.state.choices import Face, Mode, Order
from gui.style import theme
from gui.style.theme import Scheme

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Commands(QObject):
    """Joins the actions of a window to what they do.

    Attributes:
        export: The exports.
        weights: The choice of weights.
        levels: The levels of deep pictures.
        manifests: Manifests that bring a view back.
        patterns: Filter patterns.
        opening: What opens files and what is dropped or pasted.
        guide: The user guide.
        closed: Pictures that were closed and can be had back.
    """

    def __init__(self, window: MainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._views = window.views
        self._controller = window.controller
        self._settings = window.settings
        self.patterns = PatternCommands(window, actions)
        self.export = ExportFlow(window, self.patterns.flow)
        self.weights = WeightsFlow(window)
        self.levels = LevelsFlow(window)
        self.manifests = ManifestFlow(window, self.patterns)
        self.opening = Opening(window, actions, self.manifests)
        self.guide = GuideFlow(window, self.patterns.flow)
        self.closed = ClosedPictures(window.controller)
        self._help = Help(window, self.guide)
        self._memory = MemoryLimit(window, actions)
        self._state: State | None = None
        self._connect_actions()
        self._connect_choices()
        self._controller.unexpected.connect(self._job_crashed)
        self.follow_state()

    def restore(self) -> None:
        """Show everything as it was left."""
        settings, views = self._settings, self._views
        style = Style(settings.scale, settings.low, settings.high)
        self.set_style(style)
        self.set_colormap(settings.colormap)
        views.tools.set_fit(settings.fit)
        views.tools.set_size(settings.input_size)
        self._actions.tick("fit", settings.fit)
        self._actions.tick("scheme", settings.scheme)
        self.set_tile_size(settings.tile_size)
        self._sort(settings.sort)
        self._actions["hide_blank"].setChecked(settings.hide_blank)
        views.gallery.set_filter(settings.hide_blank)
        self._set_face(settings.face)
        self._set_viewer_mode(settings.viewer_mode)
        views.viewer.set_opacity(settings.opacity)
        if self._controller.network.has(settings.layer):
            self._controller.presenter.choose_layer(settings.layer)
        views.tree.set_current(self._controller.presenter.layer.name)
        self.patterns.restore()

    def save(self) -> None:
        """Remember how everything is."""
        settings, presenter, style = self._settings, self._controller.presenter, self._controller.pipeline.style
        settings.scale, settings.low, settings.high = style.scale, style.low, style.high
        settings.colormap, settings.face = presenter.colormap, presenter.face
        settings.fit, settings.input_size = self._controller.fit, self._controller.size
        settings.tile_size = self._views.gallery.tile_size()
        settings.viewer_mode, settings.opacity = self._views.viewer.mode(), self._views.viewer.opacity()
        settings.layer = presenter.layer.name
        self.patterns.save()

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
        state = state_of(self._window, self)
        if state != self._state:
            self._state = state
            self._actions.follow(state)
            self._views.tools.offer_tile_size(state.face == "tiles")
            self._window.setWindowTitle(f"{state.picture} — Convscope" if state.picture else "Convscope")

    def set_style(self, style: Style) -> None:
        """Show maps in that style, and say so wherever a style can be chosen."""
        self._views.tools.set_style(style)
        self._actions.tick("scale", style.scale)
        self._controller.choose_style(colormaps.suited(style, self._controller.presenter.colormap))

    def set_colormap(self, name: str) -> None:
        """Show maps in those colours, and say so wherever colours can be chosen."""
        self._views.tools.set_colormap(name)
        self._actions.tick("colormap", name)
        self._controller.presenter.choose_colormap(name)
        style = self._controller.pipeline.style
        if colormaps.suited(style, name) != style:
            self.set_style(style)

    def set_input(self, fit: Fit, size: int) -> None:
        """Make pictures into inputs that way, and say so wherever that can be chosen."""
        self._controller.choose_input(fit, size)
        self._views.tools.set_fit(self._controller.fit)  # as before, if that was refused
        self._views.tools.set_size(self._controller.size)
        self._actions.tick("fit", self._controller.fit)

    @Slot(int)
    def set_tile_size(self, size: int) -> None:
        """Make the tiles that large, in logical pixels."""
        self._views.gallery.set_tile_size(size)
        self._views.tools.set_tile_size(self._views.gallery.tile_size())

    @Slot(str)
    def show_crash(self, details: str) -> None:
        """Say that something unexpected happened."""
        self._help.show_error(details)

    @Slot(str)
    def _job_crashed(self, details: str) -> None:
        logger.error("A job crashed\n%s", details)
        self.show_crash(details)

    def _connect_actions(self) -> None:
        window, gallery, views = self._window, self._views.gallery, self._views
        controller, presenter = self._controller, self._controller.presenter
        handlers = {
            "open": self.opening.choose_files,
            "paste": self.opening.paste,
            "sample": controller.open_sample,
            "export": self.export.ask,
            "save_selection": self.export.again,
            "copy": self.export.copy,
            "weights": self.weights.choose,
            "close_picture": lambda: controller.close_picture(controller.current),
            "reopen_picture": self.closed.bring_back,
            "cancel": self._cancel,
            "quit": window.close,
            "undo": self._undo,
            "redo": gallery.redo_selection,
            "select_all": gallery.selectAll,
            "select_none": gallery.clearSelection,
            "find_layer": views.tree.focus_search,
            "larger_tiles": lambda: self.set_tile_size(gallery.tile_size() * 5 // 4),
            "smaller_tiles": lambda: self.set_tile_size(gallery.tile_size() * 4 // 5),
            "fit_view": self._fit_views,
            "next_layer": lambda: views.tree.step(1),
            "previous_layer": lambda: views.tree.step(-1),
            "next_picture": lambda: controller.choose_picture(controller.current + 1),
            "previous_picture": lambda: controller.choose_picture(controller.current - 1),
            "guide": self.guide.show_here,
            "shortcuts": self._help.show_shortcuts,
            "messages": self._help.show_messages,
            "about": self._help.show_about,
        }
        views.messages.list_wanted.connect(self._help.show_messages)
        for name, handler in handlers.items():
            # In the GUI thread on both ends, so a lambda is safe here.
            self._actions[name].triggered.connect(lambda _checked=False, do=handler: do())
        self._actions["cancel"].setAutoRepeat(False)  # held down it would stop one order after the other
        self._actions["hide_blank"].toggled.connect(self._hide_blank)
        choices = {
            "face": self._set_face,
            "viewer": self._set_viewer_mode,
            "scheme": self._set_scheme,
            "scale": lambda name: self.set_style(Style(name, *self._limits())),
            "colormap": self.set_colormap,
            "fit": lambda name: self.set_input(name, controller.size),
            "sort": self._sort,
        }
        for group, choose in choices.items():
            self._actions.group(group).triggered.connect(lambda action, do=choose: do(action.data()))
        presenter.layer_changed.connect(views.tree.set_current)

    def _connect_choices(self) -> None:
        tools, views = self._views.tools, self._views
        tools.style_wanted.connect(self._style_wanted)
        tools.colormap_wanted.connect(self.set_colormap)
        tools.fit_wanted.connect(lambda fit: self.set_input(fit, self._controller.size))
        tools.size_wanted.connect(lambda size: self.set_input(self._controller.fit, size))
        tools.tile_size_wanted.connect(self.set_tile_size)
        views.gallery.tile_size_wanted.connect(self.set_tile_size)
        views.gallery.context_menu_wanted.connect(self.export.show_menu)
        views.gallery.set_drag_files(self.export.drag_files, self.export.files_ready)
        views.viewer.mode_changed.connect(lambda mode: self._actions.tick("viewer", mode))
        views.job.cancel_wanted.connect(self._cancel)

    def _limits(self) -> tuple[float, float]:
        """The limits for the absolute scale: those that were set, or the range that is shown when none were."""
        style, scaled = self._views.tools.style_chosen(), self._controller.presenter.scaled()
        if (style.low, style.high) == (0.0, 1.0) and scaled is not None:
            return round(float(scaled.low.min()), 2), round(float(scaled.high.max()), 2)
        return style.low, style.high

    @Slot(object)
    def _style_wanted(self, style: Style) -> None:
        if style.scale == "absolute" and self._controller.pipeline.style.scale != "absolute":
            style = Style("absolute", *self._limits())
        self.set_style(style)

    @Slot()
    def _cancel(self) -> None:
        self._controller.stop()
        if self.export.busy or self.weights.busy:
            self.export.cancel()
            self.weights.cancel()
        else:
            self.patterns.flow.stop()

    @Slot()
    def _undo(self) -> None:
        """Take back what was done last: a change of the selection, or a removal from the queue."""
        gallery, removed = self._views.gallery, self.patterns.flow.removed
        if removed.changed_at > gallery.selection_changed_at():
            removed.bring_back()
        else:
            gallery.undo_selection()

    @Slot()
    def _fit_views(self) -> None:
        self._views.viewer.fit_view()
        self._views.wall.fit_view()

    @Slot(bool)
    def _hide_blank(self, hide: bool) -> None:
        self._views.gallery.set_filter(hide)
        self._settings.hide_blank = hide

    def _set_face(self, name: Face) -> None:
        self._actions.tick("face", name)
        self._views.tools.show_book(name == "book")
        self._controller.presenter.choose_face(name)

    def _set_viewer_mode(self, name: Mode) -> None:
        self._actions.tick("viewer", name)
        self._views.viewer.set_mode(name)

    def _set_scheme(self, name: Scheme) -> None:
        self._settings.scheme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)

    def _sort(self, name: Order) -> None:
        self._actions.tick("sort", name)
        self._settings.sort = name
        self._views.gallery.set_order(name, descending=name != "channel")
