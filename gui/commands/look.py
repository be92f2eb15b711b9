"""How the layer is shown: its face, scale, colours, order and tile size, and how pictures become inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from engine.maps import colormaps
from engine.records import Fit, Scale, Style
from gui.context import Context
from gui.state.choices import Scheme
from gui.style import theme


class LookCommands(QObject):
    """Chooses how things are shown, and has menus, tool bar and views say what the workspace says."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._actions = context.actions
        self._views = context.views
        self._controller = context.controller
        self._settings = context.settings
        self._workspace = context.workspace
        self._show: Mapping[str, Callable[[], None]] = {
            "fit": self._show_input,
            "network": self._show_input,
            "face": self._show_face,
            "mode": self._show_mode,
            "opacity": lambda: self._views.viewer.set_opacity(self._workspace.opacity),
            "style": self._show_style,
            "colormap": self._show_colormap,
            "content": lambda: self._actions.tick("content", self._workspace.content),
            "order": self._show_order,
            "hide_blank": self._show_blank,
            "tile_size": self._show_tile_size,
        }
        tools, views = self._views.tools, self._views
        self._workspace.changed.connect(self._follow)
        tools.style_wanted.connect(self._style_wanted)
        tools.colormap_wanted.connect(self.set_colormap)
        tools.fit_wanted.connect(self.set_fit)
        tools.size_wanted.connect(self._size_wanted)
        tools.tile_size_wanted.connect(self.set_tile_size)
        views.tree.layer_chosen.connect(self._layer_chosen)
        views.gallery.tile_size_wanted.connect(self.set_tile_size)
        views.viewer.mode_changed.connect(self._mode_changed)
        views.viewer.opacity_changed.connect(self._opacity_changed)

    def set_style(self, style: Style) -> None:
        """Show maps in that style."""
        self._workspace.style = colormaps.suited(style, self._workspace.colormap)

    def set_scale(self, scale: Scale) -> None:
        """Show maps in that scale, with the limits that were set."""
        self.set_style(Style(scale, *self._limits()))

    @Slot(str)
    def set_colormap(self, name: str) -> None:
        """Show maps in those colours."""
        self._workspace.put(colormap=name, style=colormaps.suited(self._workspace.style, name))

    def set_input(self, fit: Fit, size: int) -> None:
        """Set fit and input size."""
        self._controller.choose_input(fit, size)
        self._show_input()  # as before, if that was refused

    @Slot(str)
    def set_fit(self, fit: Fit) -> None:
        """Make pictures square in that way."""
        self.set_input(fit, self._workspace.network.size)

    @Slot(int)
    def set_tile_size(self, size: int) -> None:
        """Make the tiles that large, in device-independent pixels."""
        self._views.gallery.set_tile_size(size)
        self._workspace.tile_size = self._views.gallery.tile_size()
        self._views.tools.set_tile_size(self._workspace.tile_size)

    def step_tile_size(self, up: bool) -> None:
        """Make the tiles a step larger or smaller."""
        size = self._views.gallery.tile_size()
        self.set_tile_size(size * 5 // 4 if up else size * 4 // 5)

    def set_scheme(self, name: Scheme) -> None:
        """Paint the program in that colour scheme."""
        self._settings.scheme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)

    def fit_views(self) -> None:
        """Show all of the image, in the viewer and on the wall."""
        self._views.viewer.fit_view()
        self._views.wall.fit_view()

    @Slot(str)
    def _follow(self, name: str) -> None:
        if show := self._show.get(name):
            show()

    def _show_style(self) -> None:
        self._views.tools.set_style(self._workspace.style)
        self._actions.tick("scale", self._workspace.style.scale)

    def _show_colormap(self) -> None:
        self._views.tools.set_colormap(self._workspace.colormap)
        self._actions.tick("colormap", self._workspace.colormap)

    def _show_input(self) -> None:
        self._views.tools.set_fit(self._workspace.fit)
        self._views.tools.set_size(self._workspace.network.size)
        self._actions.tick("fit", self._workspace.fit)

    def _show_face(self) -> None:
        self._views.tools.show_book(self._workspace.face == "book")
        self._actions.tick("face", self._workspace.face)

    def _show_mode(self) -> None:
        self._views.viewer.set_mode(self._workspace.mode)
        self._actions.tick("viewer", self._workspace.mode)

    def _show_order(self) -> None:
        order = self._workspace.order
        self._views.gallery.set_order(order, descending=order != "channel")
        self._actions.tick("sort", order)

    def _show_blank(self) -> None:
        self._views.gallery.set_filter(self._workspace.hide_blank)
        self._actions["hide_blank"].setChecked(self._workspace.hide_blank)

    def _show_tile_size(self) -> None:
        self.set_tile_size(self._workspace.tile_size)

    @Slot(int)
    def _size_wanted(self, size: int) -> None:
        self.set_input(self._workspace.fit, size)

    @Slot(str)
    def _layer_chosen(self, name: str) -> None:
        self._workspace.layer = name

    @Slot(str)
    def _mode_changed(self, mode: str) -> None:
        self._workspace.put(mode=mode)

    @Slot(float)
    def _opacity_changed(self, opacity: float) -> None:
        self._workspace.opacity = opacity

    def _limits(self) -> tuple[float, float]:
        """The limits for the absolute scale: those that were set, or the range that is shown when none were."""
        style, scaled = self._views.tools.style_chosen(), self._controller.presenter.scaled()
        if (style.low, style.high) == (0.0, 1.0) and scaled is not None:
            return round(float(scaled.low.min()), 2), round(float(scaled.high.max()), 2)
        return style.low, style.high

    @Slot(object)
    def _style_wanted(self, style: Style) -> None:
        if style.scale == "absolute" and self._workspace.style.scale != "absolute":
            style = Style("absolute", *self._limits())
        self.set_style(style)
