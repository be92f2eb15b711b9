"""How the layer is shown: its face, scale, colours, order and tile size, and how pictures become inputs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from engine.maps import colormaps
from engine.records import Fit, Scale, Style
from gui.context import Context
from gui.state.choices import Face, Mode, Order
from gui.style import theme
from gui.style.theme import Scheme


class LookCommands(QObject):
    """Chooses how things are shown, and says so wherever that can be chosen."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._actions = context.actions
        self._views = context.views
        self._controller = context.controller
        self._settings = context.settings
        tools, views = self._views.tools, self._views
        tools.style_wanted.connect(self._style_wanted)
        tools.colormap_wanted.connect(self.set_colormap)
        tools.fit_wanted.connect(self.set_fit)
        tools.size_wanted.connect(self._size_wanted)
        tools.tile_size_wanted.connect(self.set_tile_size)
        views.gallery.tile_size_wanted.connect(self.set_tile_size)
        views.viewer.mode_changed.connect(self._mode_changed)
        self._controller.presenter.layer_changed.connect(views.tree.set_current)

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
        self.sort(settings.sort)
        self._actions["hide_blank"].setChecked(settings.hide_blank)
        views.gallery.set_filter(settings.hide_blank)
        self.set_face(settings.face)
        self.set_viewer_mode(settings.viewer_mode)
        views.viewer.set_opacity(settings.opacity)
        if self._controller.network.has(settings.layer):
            self._controller.presenter.choose_layer(settings.layer)
        views.tree.set_current(self._controller.presenter.layer.name)

    def save(self) -> None:
        """Remember how everything is."""
        settings, presenter, style = self._settings, self._controller.presenter, self._controller.pipeline.style
        settings.scale, settings.low, settings.high = style.scale, style.low, style.high
        settings.colormap, settings.face = presenter.colormap, presenter.face
        settings.fit, settings.input_size = self._controller.fit, self._controller.size
        settings.tile_size = self._views.gallery.tile_size()
        settings.viewer_mode, settings.opacity = self._views.viewer.mode(), self._views.viewer.opacity()
        settings.layer = presenter.layer.name

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

    def hide_blank(self, hide: bool) -> None:
        """Leave out channels that do not respond."""
        self._views.gallery.set_filter(hide)
        self._settings.hide_blank = hide

    def set_face(self, name: Face) -> None:
        """Show the layer as tiles, as the wall or as in the book."""
        self._actions.tick("face", name)
        self._views.tools.show_book(name == "book")
        self._controller.presenter.choose_face(name)

    def set_viewer_mode(self, name: Mode) -> None:
        """Show picture, channel, blend or pattern in the viewer."""
        self._actions.tick("viewer", name)
        self._views.viewer.set_mode(name)

    def set_scheme(self, name: Scheme) -> None:
        """Paint the program in that colour scheme."""
        self._settings.scheme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)

    def sort(self, name: Order) -> None:
        """Put the tiles in that order."""
        self._actions.tick("sort", name)
        self._settings.sort = name
        self._views.gallery.set_order(name, descending=name != "channel")

    def set_scale(self, scale: Scale) -> None:
        """Show maps in that scale, with the limits that were set."""
        self.set_style(Style(scale, *self._limits()))

    @Slot(str)
    def set_fit(self, fit: Fit) -> None:
        """Make pictures square in that way."""
        self.set_input(fit, self._controller.size)

    def step_tile_size(self, up: bool) -> None:
        """Make the tiles a step larger or smaller."""
        size = self._views.gallery.tile_size()
        self.set_tile_size(size * 5 // 4 if up else size * 4 // 5)

    def fit_views(self) -> None:
        """Show all of the image, in the viewer and on the wall."""
        self._views.viewer.fit_view()
        self._views.wall.fit_view()

    @Slot(int)
    def _size_wanted(self, size: int) -> None:
        self.set_input(self._controller.fit, size)

    @Slot(str)
    def _mode_changed(self, mode: Mode) -> None:
        self._actions.tick("viewer", mode)

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
