"""Exports of patterns: what there is of them is looked up first, then the engine writes the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.patterns.goals import DREAM
from engine.patterns.settings import PatternSettings
from engine.patterns.settle import canvas_side
from engine.patterns.stock import LayerStock
from engine.process.jobs import JobEvent
from engine.process.pattern_export_job import ExportPatterns, MeasurePatterns, PatternsSurveyed, SurveyPatterns
from engine.records import Provenance, WeightsFile
from engine.time_left import about_text
from gui.context import Context
from gui.control.pattern_flow import PatternFlow
from gui.exporting.job_watch import ExportWatch
from gui.exporting.sizes import ExportSizes
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import SOON
from gui.state.pattern_export_options import Channels, PatternExportOptions, PatternStock, exported, wanted

_LOADING = "The network is still being loaded; export again in a moment."
_SOME_TIME = "some time"
_NOTHING = "None of these patterns is formed with the settings of the moment; form them first, then export them."


class PatternExportFlow(QObject):
    """Takes patterns out of the window.

    Attributes:
        sizes: How large they become.

    Signals:
        stock_changed: A `PatternStock`: more is known of what there is.
    """

    stock_changed = Signal(object)

    def __init__(self, context: Context, flow: PatternFlow, watch: ExportWatch) -> None:
        super().__init__(context.parent)
        self._flow = flow
        self._watch = watch
        self._settings = context.settings
        self._gallery = context.views.gallery
        self._controller = context.controller
        self.sizes = ExportSizes(context.controller.studio, self._measurement, self)
        self._stock: PatternStock | None = None
        self._survey: JobHandle | None = None
        self._waiting: PatternExportOptions | None = None

    def survey(self) -> PatternStock:
        """What is at hand; the other layers are looked up, and `stock_changed` tells of them."""
        self._waiting = None
        layer = self._controller.workspace.network.layer(self._flow.presenter.layer)
        others = {
            info.name: tuple(range(info.channels)) for info in self._controller.workspace.network.of_kind("convolution")
        }
        return self._look_up({layer.name: others.pop(layer.name), **others})

    def start(self, options: PatternExportOptions) -> None:
        """Export in the background; what is wrong is said in the message bar."""
        if self._watch.refuses():
            return
        if self._controller.weights is None:
            self._watch.say(_LOADING, "warning")
            return
        self._settings.export_patterns = options
        self._look_up(wanted(options, self._at_hand()))
        self._waiting = options

    @property
    def about_to_begin(self) -> bool:
        """Whether an export waits until it is known what there is."""
        return self._waiting is not None

    @Slot()
    def cancel(self) -> None:
        """Forget an export that has not begun."""
        self._waiting = None

    def time_of(self, counts: Mapping[str, int]) -> str:
        """How long it takes to form so many patterns of each layer, for people."""
        guess = self._flow.runner.queue.guess
        each = {layer: guess(layer, self._flow.presenter.settings) for layer, number in counts.items() if number}
        seconds = [counts[layer] * one for layer, one in each.items() if one is not None]
        return about_text(sum(seconds)) if len(seconds) == len(each) else _SOME_TIME

    def _at_hand(self) -> PatternStock:
        """What is in memory already; also what could not be kept on the disk."""
        layer, patterns = (
            self._controller.workspace.network.layer(self._flow.presenter.layer),
            self._flow.presenter.at_hand(),
        )
        stock = LayerStock(
            frozenset(channel for channel, pattern in patterns.items() if not pattern.shipped),
            frozenset(channel for channel, pattern in patterns.items() if pattern.shipped),
        )
        selected = self._gallery.selected_channels()
        return PatternStock(
            self._controller.workspace.network, layer, selected, self._flow.presenter.settings, {layer.name: stock}
        )

    def _look_up(self, channels: Channels) -> PatternStock:
        self._stock = stock = self._at_hand()
        if self._survey is not None:
            self._survey.drop()
        if self._controller.weights is not None:
            request = SurveyPatterns(channels, stock.settings, stock.network.digest)
            self._survey = self._controller.studio.submit(request, SOON, self._on_survey)
        return stock

    def _on_survey(self, _job: JobHandle, event: JobEvent) -> None:
        if self._stock is None:
            return
        if isinstance(event.value, PatternsSurveyed):
            self._take(self._stock, event.value)
        elif event.ended:
            self._survey = None
            options, self._waiting = self._waiting, None
            self._controller.report(event)
            if options is not None and event.kind == "finished":
                self._begin(options, self._stock)

    def _take(self, stock: PatternStock, found: PatternsSurveyed) -> None:
        known = stock.of(found.layer)
        self._stock = replace(stock, layers={**stock.layers, found.layer: known.with_more(found.stock)})
        self.sizes.forget()
        self.stock_changed.emit(self._stock)

    def _begin(self, options: PatternExportOptions, stock: PatternStock) -> None:
        request = self._request(options, stock)
        if request is None:
            self._watch.say(_LOADING if self._controller.weights is None else _NOTHING, "warning")
        else:
            self._watch.begin(self._controller.engine, request, request.folder)

    def _measurement(self, options: PatternExportOptions) -> MeasurePatterns | None:
        request = None if self._stock is None else self._request(options, self._stock)
        return None if request is None else MeasurePatterns(request)

    def _request(self, options: PatternExportOptions, stock: PatternStock) -> ExportPatterns | None:
        """The export that these options mean; None where there is no network or nothing to be exported."""
        channels, weights = exported(options, stock), self._controller.weights
        if weights is None or not channels:
            return None
        return ExportPatterns(
            channels=channels,
            settings=stock.settings,
            folder=Path(options.folder),
            format=options.format,
            weights=weights,
            network=self._controller.workspace.network,
            overwrite=options.overwrite,
            start=self._start(stock.settings, weights),
        )

    def _start(self, settings: PatternSettings, weights: WeightsFile) -> Provenance | None:
        """The person's picture, where that is what patterns start from."""
        look = self._controller.pipeline.look
        if look is None or settings.recipe != DREAM:
            return None
        recipe, layer = settings.resolved(), self._controller.workspace.network.layer(self._flow.presenter.layer)
        canvas = recipe.canvas or canvas_side(recipe, layer.stride, layer.receptive_field)
        return Provenance(look.picture, "crop", canvas, weights, self._controller.workspace.network.identity)
