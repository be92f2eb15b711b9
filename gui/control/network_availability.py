"""Which patterns of the whole network are on the disk, made as the panel says: looked up in the background."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from engine.networks.description import NetworkDescription
from engine.patterns.goals import Goal, goals_of
from engine.patterns.settings import PatternSettings
from engine.process.jobs import JobEvent
from engine.process.pattern_export_job import PatternsSurveyed, SurveyPatterns
from gui.control.controller import Controller
from gui.control.pattern_cache import PatternCache
from gui.formatting import count_text
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import LATER

Missing: TypeAlias = dict[str, tuple[int, ...]]
"""Channels of convolutions, in the order of the network; those of which none is missing are left out."""


class NetworkAvailability(QObject):
    """Knows the channels of each convolution whose pattern was formed on this machine or came with the program.

    Attributes:
        settings: How the patterns are made, or None while nothing has been looked up.
        known: Whether everything has been looked up.

    Signals:
        found: Everything has been looked up.
    """

    found = Signal()

    def __init__(self, controller: Controller, shelf: PatternCache, parent: QObject) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self.settings: PatternSettings | None = None
        self.known = False
        self._there: dict[str, set[int]] = {}
        self._controller = controller
        self._job: JobHandle | None = None

    def look_up(self, settings: PatternSettings) -> None:
        """Look up what there is that is made in this way; as soon as there is a network, for it depends on that."""
        if self._job is not None:
            self._job.drop()
        self.settings, self.known, self._job = settings, False, None
        self._there.clear()
        if self._controller.weights is not None:
            channels = {
                info.name: tuple(range(info.channels))
                for info in self._controller.workspace.network.of_kind("convolution")
            }
            request = SurveyPatterns(channels, settings, self._controller.weights.sha256)
            self._job = self._controller.studio.submit(request, LATER, self._on_event)

    def put(self, layer: str, channel: int, settings: PatternSettings) -> None:
        """This pattern has been formed."""
        if settings == self.settings:
            self._there.setdefault(layer, set()).add(channel)

    def missing(self, settings: PatternSettings, picture: str) -> Missing | None:
        """The channels whose pattern is neither on the disk nor in memory; None while that is unknown.

        Args:
            settings: How the patterns are made: as was looked up.
            picture: Which of the person's pictures they start from, "" for noise. Then none is ever on the disk.
        """
        if not picture and not self.known:
            return None
        missing = {}
        for info in self._controller.workspace.network.of_kind("convolution"):
            there = self._shelf.channels(info.name, settings, picture)
            if not picture:
                there |= self._there.get(info.name, set())
            if left := tuple(channel for channel in range(info.channels) if channel not in there):
                missing[info.name] = left
        return missing

    def _on_event(self, _job: JobHandle, event: JobEvent) -> None:
        if isinstance(event.value, PatternsSurveyed):
            self._there.setdefault(event.value.layer, set()).update(event.value.stock.there)
        elif event.kind == "cancelled":  # the window closes
            self._job = None
        elif event.ended:
            self._job = None
            if event.kind == "crashed":
                self._controller.report(event)
            # What could not be looked up counts as missing: the worst that comes of it is that it is formed.
            self.known = True
            self.found.emit()


def network_orders(
    network: NetworkDescription, missing: Missing, settings: PatternSettings
) -> list[tuple[str, list[Goal]]]:
    """An order for each layer that misses patterns: a title and goals."""
    orders = []
    for name, channels in missing.items():
        every = network.layer(name).channels
        words = f"all {every} channels" if len(channels) == every else count_text(len(channels), "channel")
        orders.append((f"{name}, {words}", goals_of(name, channels, settings)))
    return orders
