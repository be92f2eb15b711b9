"""Filter patterns in the window: what is asked for becomes an order."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from engine.patterns.goals import DREAM, Goal, goals_of
from engine.patterns.objectives import Objective
from engine.patterns.settings import PatternSettings
from engine.process.pattern_jobs import PatternFormed
from gui.control.controller import Controller
from gui.control.network_availability import Missing, NetworkAvailability, network_orders
from gui.control.pattern_display import stock_text
from gui.control.pattern_presenter import PatternPresenter
from gui.control.pattern_runner import PatternRunner
from gui.state.pattern_words import NOTHING_LEFT
from gui.views import Views
from gui.widgets.message_bar import MessageKind


class PatternFlow(QObject):
    """Makes orders of what a person asks for.

    Attributes:
        runner: Works through the orders.
        presenter: Shows what comes of them.
    """

    def __init__(self, controller: Controller, views: Views) -> None:
        super().__init__(controller)
        self._controller = controller
        self._views = views
        self.runner = PatternRunner(controller, views.messages, lambda: self.presenter.first())
        self.presenter = PatternPresenter(controller, views, self.runner)
        self._stock = NetworkAvailability(controller, self.presenter.cache, self)
        controller.engine_ready.connect(self._engine_ready)
        self._stock.found.connect(self._network_known)
        self._network_wanted = False
        self.runner.formed.connect(self._count)

    def choose_settings(self, settings: PatternSettings) -> None:
        """Form patterns in another way from now on; what is queued stays as it was asked for."""
        self._network_wanted = False
        self._stock.look_up(settings)
        self.presenter.choose_settings(settings)

    def form_channels(self, channels: Sequence[int]) -> None:
        """Form these channels of the shown layer; all of the layer when none is named.

        What was formed on this machine is not formed again. What came with the program is, when it is named: whoever
        asks for it wants to watch it, or to continue it.
        """
        layer = self._controller.workspace.network.layer(self.presenter.layer)
        if self.presenter.large.turn_away():
            self.presenter.show_channel(self._views.gallery.current_channel() or 0)
        wanted = channels or range(layer.channels)
        there = self.presenter.at_hand()
        missing = [channel for channel in wanted if channel not in there or (channels and there[channel].shipped)]
        if missing:
            words = f"channel {missing[0]}" if len(missing) == 1 else f"{len(missing)} channels"
            self.form_goals(f"{layer.name}, {words}", self.presenter.goals(missing))
        elif channels:
            self.presenter.show_channel(channels[-1])
        else:
            self._say(f"All patterns of {layer.name} are there; select channels to form theirs anew.", "info")

    def form_network(self) -> None:
        """Form every filter of every convolution that is not at hand, as soon as it is known which these are."""
        missing = self.network_missing()
        self._network_wanted = missing is None
        if missing is None:
            return
        if not missing:
            self._say(f"{NOTHING_LEFT}.", "info")
            return
        self.form_orders(network_orders(self._controller.workspace.network, missing, self.presenter.settings))

    def network_missing(self) -> Missing | None:
        """Channels by convolution whose pattern, made as the settings say, is not at hand; None while it is unknown."""
        return self._stock.missing(self.presenter.settings, self.runner.picture(self.presenter.settings))

    def form_objective(self, title: str, objective: Objective) -> None:
        """Form something that is not just one channel; the viewer shows it as long as nothing else is looked at."""
        settings = self.presenter.settings
        if objective.terms[0].channel is None:
            if self._controller.pipeline.look is None:
                self._say("A whole layer dreams on your picture; open one first.", "warning")
                return
            if settings.recipe != DREAM:
                settings = settings.with_recipe(DREAM)
        self.form_goals(f"{self.presenter.layer}, {title}", [Goal(self.presenter.layer, objective, settings)])

    def form_goals(self, title: str, goals: Sequence[Goal]) -> None:
        """Form these, in the ways that they name, after what is asked for already."""
        self.form_orders([(title, goals)])

    def form_orders(self, orders: Sequence[tuple[str, Sequence[Goal]]]) -> None:
        """Form these; what has no tile is shown in the viewer, unless the person looks at something else by then."""
        large = [self.runner.from_picture(goal) for _, goals in orders for goal in goals if goal.channel is None]
        if large:
            self.presenter.large.ask(large, self.presenter.view())
        self.runner.add(orders)

    def compare(self, left: PatternSettings, right: PatternSettings) -> None:
        """Form the shown channel in two ways, side by side."""
        channel = self._views.gallery.current_channel() or 0
        self.presenter.display.sides = {left: "left", right: "right"}
        self._views.compare.show_target(self._controller.workspace.network.layer(self.presenter.layer), channel)
        for settings in (left, right):
            goals = goals_of(self.presenter.layer, (channel,), settings)
            self.form_goals(f"{self.presenter.layer}, channel {channel}, {settings.recipe}", goals)

    def continue_pattern(self, steps: int) -> None:
        """Give the shown pattern more steps."""
        if self.presenter.large.goal is not None:
            self.runner.continue_goal(self.presenter.large.goal, steps)

    def forget(self) -> None:
        """The patterns on the disk have been cleared."""
        self._stock.look_up(self.presenter.settings)
        self.presenter.start_anew()

    def note(self, keys: str) -> str:
        """What there is to know of the patterns in the tiles before one misses some; "" while they show maps only.

        Args:
            keys: That form the whole layer.
        """
        if self._controller.workspace.content == "maps" or self._controller.weights is None:
            return ""
        if not self.presenter.cache.complete(*self.presenter.place()):
            return ""
        there = self.presenter.at_hand()
        queued = self.runner.queue.wanted(*self.presenter.place()) - there.keys()
        return stock_text(
            there, self._controller.workspace.network.layer(self.presenter.layer).channels, len(queued), keys
        )

    def estimate(self) -> tuple[float | None, float | None]:
        """Seconds that the missing patterns of the shown layer will take, and of the network; None if unknown."""
        layer = self._controller.workspace.network.layer(self.presenter.layer)
        each = self.runner.queue.guess(layer.name, self.presenter.settings)
        missing = layer.channels - len(self.presenter.at_hand())
        return each * missing if each and missing else None, self._network_seconds()

    def _network_seconds(self) -> float | None:
        missing = self.network_missing()
        if not missing:
            return None
        seconds = 0.0
        for name, channels in missing.items():
            seconds += len(channels) * (self.runner.queue.guess(name, self.presenter.settings) or math.nan)
        return None if math.isnan(seconds) else seconds

    @Slot()
    def _network_known(self) -> None:
        if self._network_wanted:
            self.form_network()
        self.runner.changed.emit()

    @Slot(object)
    def _count(self, formed: PatternFormed) -> None:
        goal = formed.goal
        if goal.channel is not None and formed.on_disk and not goal.picture:
            self._stock.put(goal.layer, goal.channel, goal.settings)

    @Slot()
    def _engine_ready(self) -> None:
        self._stock.look_up(self.presenter.settings)
        self.presenter.start_anew()
        self.runner.go_on()

    def _say(self, text: str, kind: MessageKind) -> None:
        self._views.messages.show_message(text, kind)
