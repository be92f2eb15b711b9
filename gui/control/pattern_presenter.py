"""What there is of filter patterns is shown: in the tiles, in the viewer and in the panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QTimer, Signal, Slot

from engine.memory import estimates
from engine.patterns.goals import Goal, goals_of, picture_key
from engine.patterns.settings import PatternSettings
from engine.process.jobs import JobEvent
from engine.process.pattern_jobs import FindPatterns, PatternFormed, PatternFrame, PatternsFound, ShelfPattern, slim
from gui.canvas.tile_images import TilePattern
from gui.control.controller import Controller
from gui.control.pattern_cache import PatternShelf
from gui.control.pattern_in_viewer import LargePattern
from gui.control.pattern_runner import PatternOrders
from gui.control.pipeline import LATER
from gui.control.untiled_results import View
from gui.state.choices import Content
from gui.state.pattern_words import picture_title
from gui.views import Views

_REST_MILLISECONDS = 250
"""Who goes through the layers for their maps does not wait for patterns: they are looked up where one stays."""

_SHOW = "show_result_"
"""A button of a message: begins its name, which ends with the number of the result."""


class PatternViews(PatternOrders):
    """Mediates between what forms, what is kept, and the pattern views.

    Attributes:
        settings: Recipe, size, steps and seed.

    Signals:
        content_changed: The tiles show something else.
    """

    content_changed = Signal()

    def __init__(self, controller: Controller, views: Views) -> None:
        super().__init__(controller, views, self._first)
        self.settings = PatternSettings()
        self._presenter = controller.presenter
        self._faces = (self._views.gallery, self._views.wall)
        self._shelf = PatternShelf(self._maps_bytes)
        self._large = LargePattern(self.stage)
        self._in_tiles: Content = "maps"
        self._in_view = self._place()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MILLISECONDS)
        self._rest.timeout.connect(self._find)
        self.forming.connect(self._forming)
        self.formed.connect(self._formed)
        self._controller.studio.happened.connect(self._on_studio)
        self._controller.engine_ready.connect(self._engine_ready)
        self._controller.workspace.changed.connect(self._follow)
        self._presenter.layer_changed.connect(self.show_layer)
        self._presenter.channel_shown.connect(self.show_channel)
        self._controller.looked.connect(self._show_content)
        self._controller.looked.connect(self._looked)
        self._views.messages.action_wanted.connect(self._on_message_action)
        self.changed.connect(self._show_bare)

    @property
    def layer(self) -> str:
        """The convolution whose patterns are shown: that of the shown layer, or the one that feeds its pooling."""
        return self._controller.workspace.network.convolution_of(self._controller.workspace.layer).name

    @property
    def shown(self) -> Content:
        """What the tiles show indeed: without a picture there are no maps, and patterns are shown alone."""
        return "patterns" if self.content == "both" and self._controller.workspace.current < 0 else self.content

    @property
    def content(self) -> Content:
        """What the tiles are to show."""
        return self._controller.workspace.content

    @Slot(str)
    def _follow(self, name: str) -> None:
        if name == "content":
            self._show_content()
            self.show_layer()
            self.content_changed.emit()

    def choose_settings(self, settings: PatternSettings) -> None:
        """Show patterns that are made in this way."""
        self.settings = settings
        self.show_layer()

    def show_result(self, goal: Goal) -> None:
        """Show a finished pattern that has no tile, with the layer, the channels and the picture that it is of."""
        keys = [picture_key(picture) for picture in self._controller.workspace.pictures]
        if goal.picture in keys and keys.index(goal.picture) != self._controller.workspace.current:
            self._controller.choose_picture(keys.index(goal.picture))
        layer = self._controller.workspace.layer if self.layer == goal.layer else goal.layer
        channels = [term.channel for term in goal.objective.terms if term.channel is not None]
        if channels:
            self._presenter.choose_channels(layer, channels)
        else:
            self._controller.workspace.layer = layer
        self._large.recall(goal, self._view())
        self.show_channel(self._views.gallery.current_channel() or 0)
        self._views.viewer.set_mode("pattern")

    def at_hand(self) -> Mapping[int, ShelfPattern]:
        """The finished patterns of the shown layer by channel, made as the settings say, that are in memory."""
        return self._shelf.of(*self._place())

    def _view(self) -> View:
        """What the person looks at."""
        look = self._controller.pipeline.look
        picture = "" if look is None else picture_key(look.picture)
        return self._controller.workspace.layer, self._views.gallery.current_channel(), picture

    def _place(self) -> tuple[str, PatternSettings, str]:
        """What the patterns in the tiles are: of which layer, made in which way, from which picture."""
        return self.layer, self.settings, self._picture(self.settings)

    def _goals(self, channels: Iterable[int]) -> list[Goal]:
        """A goal for each of these channels of the shown layer."""
        layer, settings, picture = self._place()
        return goals_of(layer, channels, settings, picture)

    @Slot()
    def _show_content(self) -> None:
        if self.shown != self._in_tiles:
            self._in_tiles = self.shown
            for view in self._faces:
                view.set_shown(self.shown)
        self._show_bare()

    @Slot()
    def _show_bare(self) -> None:
        """Without a picture, have the layer's patterns in the tiles, or the welcome page where there are none."""
        self._presenter.show_without_picture(self.content != "maps" and self._has_patterns())

    def _has_patterns(self) -> bool:
        """Whether the shown layer has a pattern to show, or is about to; until that is known, it is as it was."""
        forming = self.queue.running if self.live is None else self.live.goal
        if self.at_hand() or (forming is not None and self._has_tile(forming)):
            return True
        return self._presenter.bare and not self._shelf.complete(*self._place())

    def _has_tile(self, goal: Goal) -> bool:
        """Whether a goal is of one of the tiles as they are made now."""
        return goal.channel is not None and (goal.layer, goal.settings, goal.picture) == self._place()

    @Slot()
    def _looked(self) -> None:
        """Keep to the limit with the picture that is shown now, it may be another limit; a dream is of its picture."""
        self._shelf.make_room()
        if self._place() != self._in_view:
            self.show_layer()

    def _maps_bytes(self) -> int:
        """What maps may take, the shown ones and those of other pictures."""
        look = self._controller.pipeline.look
        shown = 0 if look is None else estimates.pass_bytes(look.network, shown=True)
        return shown + estimates.budget.kept_bytes(shown)

    @Slot()
    def show_layer(self) -> None:
        """Show what patterns the shown layer has, and look on the disk for the others."""
        self._in_view = self._place()
        self._shelf.begin(*self._in_view)  # from now on there is a place for what is formed of it
        tiles = {channel: self.stage.tile(pattern) for channel, pattern in self.at_hand().items()}
        self._show_tiles(tiles)
        if self.content == "maps":
            self._rest.start()
        else:
            self._find()
        self.show_channel(self._views.gallery.current_channel() or 0)
        self._tell()

    @Slot()
    def _find(self) -> None:
        """Look on the disk for patterns of the shown layer, once."""
        self._rest.stop()
        if self._controller.weights is not None and self._shelf.ask(*self._place()):
            channels = tuple(range(self._controller.workspace.network.layer(self.layer).channels))
            request = FindPatterns(self.layer, channels, self.settings, self._digest())
            self._controller.studio.submit(request, LATER)

    @Slot(int)
    def show_channel(self, channel: int) -> None:
        """Show the pattern of a channel large, as far as it has come, or what was asked for of it that has no tile."""
        (goal,) = self._goals((channel,))
        self._large.look(goal, self._view(), self.live, self.at_hand().get(channel))

    def _show_tiles(self, tiles: Mapping[int, TilePattern]) -> None:
        for view in self._faces:
            view.show_patterns(tiles)

    def _show_tile(self, channel: int, pattern: ShelfPattern) -> None:
        tile = self.stage.tile(pattern)
        for view in self._faces:
            view.show_pattern(channel, tile)

    def _first(self) -> tuple[str, tuple[int, ...]]:
        """What the person looks at: the current channel, the selected ones, then those in view."""
        gallery = self._views.gallery
        current = gallery.current_channel()
        channels = (
            *([] if current is None else [current]),
            *gallery.selected_channels(),
            *gallery.visible_channels(),
        )
        return self.layer, tuple(dict.fromkeys(channels))

    @Slot(object)
    def _forming(self, live: PatternFrame) -> None:
        goal, frame = live.goal, live.frame
        if goal.channel is not None and self._has_tile(goal):
            self._show_tile(goal.channel, ShelfPattern(frame))
        self.stage.show_compared(goal, frame, live.seconds)
        self._large.follow(goal, (frame,), live.seconds, self._view())

    @Slot(object)
    def _formed(self, formed: PatternFormed) -> None:
        goal, frame = formed.goal, formed.frames[-1]
        if goal.channel is not None:
            kept = ShelfPattern(slim(frame), on_disk=formed.on_disk)
            self._shelf.put(goal.layer, goal.settings, {goal.channel: kept}, goal.picture)
            if self._has_tile(goal):
                self._show_tile(goal.channel, kept)
        self.stage.show_compared(goal, frame, formed.seconds or 0.0)
        self._large.follow(goal, formed.frames, formed.seconds or 0.0, self._view())
        if goal.channel is None:
            number = self._large.keep(goal, formed.frames)
            if number is not None:
                title = picture_title(goal.layer, goal.objective)
                self._views.messages.show_message(
                    f"{title}: this is formed now.", actions=[("&Show it", f"{_SHOW}{number}")]
                )

    @Slot(str)
    def _on_message_action(self, name: str) -> None:
        if not name.startswith(_SHOW):
            return
        goal = self._large.result(int(name.removeprefix(_SHOW)))
        if goal is None:
            self._say("This pattern had to make room for later ones; ask for it again.", "warning")
        else:
            self.show_result(goal)

    @Slot(object)
    def _on_studio(self, event: JobEvent) -> None:
        found = event.value
        if not isinstance(found, PatternsFound):
            return
        self._shelf.put(found.layer, found.settings, found.patterns)
        if found.last:
            self._shelf.finish(found.layer, found.settings)
        if (found.layer, found.settings, "") == self._place():
            tiles = {channel: self.stage.tile(pattern) for channel, pattern in self.at_hand().items()}
            self._show_tiles(tiles)
            shown = self._large.goal.channel if self._large.goal is not None else None
            if shown is not None and shown in found.patterns:
                self.show_channel(shown)
        self._tell()

    @Slot()
    def _engine_ready(self) -> None:
        self._large.forget()
        self._shelf.clear()
        self.show_layer()
        self.go_on()
