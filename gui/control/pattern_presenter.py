"""Shows finished and forming patterns: in the tiles, in the viewer, in the panel and in the status bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.memory import budget, estimates
from engine.patterns.goals import Goal, goals_of
from engine.patterns.settings import PatternSettings
from engine.process.jobs import JobEvent
from engine.process.pattern_jobs import FindPatterns, PatternFormed, PatternFrame, PatternsFound, ShelfPattern, slim
from gui.canvas.tile_images import TilePattern
from gui.control.controller import Controller
from gui.control.pattern_cache import PatternCache
from gui.control.pattern_display import PatternDisplay
from gui.control.pattern_in_viewer import PatternInViewer
from gui.control.pattern_runner import PatternRunner
from gui.control.untiled_results import View
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import LATER
from gui.state.choices import Content
from gui.state.pattern_goals import picture_key
from gui.state.pattern_words import picture_title
from gui.views import Views
from gui.widgets.message_bar import MessageKind

_REST_MILLISECONDS = 250
"""Who goes through the layers for their maps does not wait for patterns: they are looked up where one stays."""

_SHOW = "show_result_"
"""A button of a message: begins its name, which ends with the number of the result."""


class PatternPresenter(QObject):
    """Shows finished and forming patterns.

    Attributes:
        settings: Recipe, size, steps and seed.

    Signals:
        content_changed: The tiles show something else.
        changed: What is shown, or what is queued, has changed.
    """

    content_changed = Signal()
    changed = Signal()

    def __init__(self, controller: Controller, views: Views, runner: PatternRunner) -> None:
        super().__init__(controller)
        self._controller = controller
        self._views = views
        self._runner = runner
        self.display = PatternDisplay(views, controller.pipeline)
        self.settings = PatternSettings()
        self._presenter = controller.presenter
        self._faces = (self._views.gallery, self._views.wall)
        self.cache = PatternCache(self._maps_bytes)
        self.large = PatternInViewer(self.display)
        self._in_tiles: Content = "maps"
        self._in_view = self.place()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MILLISECONDS)
        self._rest.timeout.connect(self._find)
        runner.forming.connect(self._forming)
        runner.formed.connect(self._formed)
        self._controller.workspace.changed.connect(self._follow)
        self._presenter.layer_changed.connect(self.show_layer)
        self._presenter.channel_shown.connect(self.show_channel)
        self._controller.looked.connect(self._show_content)
        self._controller.looked.connect(self._looked)
        self._views.messages.action_wanted.connect(self._on_message_action)
        runner.changed.connect(self._show_queue)

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
        self.large.recall(goal, self.view())
        self.show_channel(self._views.gallery.current_channel() or 0)
        self._views.viewer.set_mode("pattern")

    def at_hand(self) -> Mapping[int, ShelfPattern]:
        """The finished patterns of the shown layer by channel, made as the settings say, that are in memory."""
        return self.cache.of(*self.place())

    def view(self) -> View:
        """What the person looks at."""
        look = self._controller.pipeline.look
        picture = "" if look is None else picture_key(look.picture)
        return self._controller.workspace.layer, self._views.gallery.current_channel(), picture

    def place(self) -> tuple[str, PatternSettings, str]:
        """What the patterns in the tiles are: of which layer, made in which way, from which picture."""
        return self.layer, self.settings, self._runner.picture(self.settings)

    def goals(self, channels: Iterable[int]) -> list[Goal]:
        """A goal for each of these channels of the shown layer."""
        layer, settings, picture = self.place()
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
        forming = self._runner.queue.running if self._runner.live is None else self._runner.live.goal
        if self.at_hand() or (forming is not None and self._has_tile(forming)):
            return True
        return self._presenter.bare and not self.cache.complete(*self.place())

    def _has_tile(self, goal: Goal) -> bool:
        """Whether a goal is of one of the tiles as they are made now."""
        return goal.channel is not None and (goal.layer, goal.settings, goal.picture) == self.place()

    @Slot()
    def _looked(self) -> None:
        """Keep to the limit with the picture that is shown now, it may be another limit; a dream is of its picture."""
        self.cache.make_room()
        if self.place() != self._in_view:
            self.show_layer()

    def _maps_bytes(self) -> int:
        """What maps may take, the shown ones and those of other pictures."""
        look = self._controller.pipeline.look
        shown = 0 if look is None else estimates.pass_bytes(look.network, shown=True)
        return shown + budget.current.kept_bytes(shown)

    @Slot()
    def show_layer(self) -> None:
        """Show what patterns the shown layer has, and look on the disk for the others."""
        self._in_view = self.place()
        self.cache.begin(*self._in_view)  # from now on there is a place for what is formed of it
        tiles = {channel: self.display.tile(pattern) for channel, pattern in self.at_hand().items()}
        self._show_tiles(tiles)
        if self.content == "maps":
            self._rest.start()
        else:
            self._find()
        self.show_channel(self._views.gallery.current_channel() or 0)
        self._show_queue()

    @Slot()
    def _find(self) -> None:
        """Look on the disk for patterns of the shown layer, once."""
        self._rest.stop()
        if self._controller.weights is not None and self.cache.ask(*self.place()):
            channels = tuple(range(self._controller.workspace.network.layer(self.layer).channels))
            request = FindPatterns(self.layer, channels, self.settings, self._controller.weights.sha256)
            self._controller.studio.submit(request, LATER, self._on_found)

    @Slot(int)
    def show_channel(self, channel: int) -> None:
        """Show the pattern of a channel large, as far as it has come, or what was asked for of it that has no tile."""
        (goal,) = self.goals((channel,))
        self.large.look(goal, self.view(), self._runner.live, self.at_hand().get(channel))

    def _show_tiles(self, tiles: Mapping[int, TilePattern]) -> None:
        for view in self._faces:
            view.show_patterns(tiles)

    def _show_tile(self, channel: int, pattern: ShelfPattern) -> None:
        tile = self.display.tile(pattern)
        for view in self._faces:
            view.show_pattern(channel, tile)

    def first(self) -> tuple[str, tuple[int, ...]]:
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
        self.display.show_compared(goal, frame, live.seconds)
        self.large.follow(goal, (frame,), live.seconds, self.view())

    @Slot(object)
    def _formed(self, formed: PatternFormed) -> None:
        goal, frame = formed.goal, formed.frames[-1]
        if goal.channel is not None:
            kept = ShelfPattern(slim(frame), on_disk=formed.on_disk)
            self.cache.put(goal.layer, goal.settings, {goal.channel: kept}, goal.picture)
            if self._has_tile(goal):
                self._show_tile(goal.channel, kept)
        self.display.show_compared(goal, frame, formed.seconds or 0.0)
        self.large.follow(goal, formed.frames, formed.seconds or 0.0, self.view())
        if goal.channel is None:
            number = self.large.keep(goal, formed.frames)
            if number is not None:
                title = picture_title(goal.layer, goal.objective)
                self._views.messages.show_message(
                    f"{title}: this is formed now.", actions=[("&Show it", f"{_SHOW}{number}")]
                )

    @Slot(str)
    def _on_message_action(self, name: str) -> None:
        if not name.startswith(_SHOW):
            return
        goal = self.large.result(int(name.removeprefix(_SHOW)))
        if goal is None:
            self._say("This pattern had to make room for later ones; ask for it again.", "warning")
        else:
            self.show_result(goal)

    def _on_found(self, _job: JobHandle, event: JobEvent) -> None:
        found = event.value
        if not isinstance(found, PatternsFound):
            return
        self.cache.put(found.layer, found.settings, found.patterns)
        if found.last:
            self.cache.finish(found.layer, found.settings)
        if (found.layer, found.settings, "") == self.place():
            tiles = {channel: self.display.tile(pattern) for channel, pattern in self.at_hand().items()}
            self._show_tiles(tiles)
            shown = self.large.goal.channel if self.large.goal is not None else None
            if shown is not None and shown in found.patterns:
                self.show_channel(shown)
        self._show_queue()

    def start_anew(self) -> None:
        """Forget what was at hand: there are other weights, or the kept patterns have been cleared."""
        self.large.forget()
        self.cache.clear()
        self.show_layer()

    @Slot(bool)
    def leave_status(self, silent: bool) -> None:
        """Leave the status bar to another job for as long as that runs."""
        self.display.silent = silent
        self._show_queue()

    @Slot()
    def _show_queue(self) -> None:
        self.display.show_queue(self._runner.queue, self._runner.live)
        self._show_bare()
        self.changed.emit()

    def _say(self, text: str, kind: MessageKind) -> None:
        self._views.messages.show_message(text, kind)
