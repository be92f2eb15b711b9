"""Opening the manifest of patterns: layer, settings and selection come back, and what is missing is formed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Slot

import resources
from engine.atlas.reader import Atlas
from engine.exports.manifest import PatternManifest, PatternSelectionRecord
from engine.patterns.goals import Goal, goals_of
from engine.patterns.recipes import ALGORITHM_VERSION, RECIPES, Recipe
from engine.patterns.settings import PatternSettings
from engine.patterns.settle import canvas_side
from engine.process.jobs import JobEvent
from engine.process.pattern_export_job import PatternsSurveyed, SurveyPatterns
from gui.commands.manifest_view import looked_at, picked
from gui.commands.patterns import PatternCommands
from gui.context import Context
from gui.formatting import count_text
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import SOON


class PatternManifestFlow(QObject):
    """Brings back the patterns that a manifest describes, with or without a picture."""

    def __init__(self, context: Context, patterns: PatternCommands) -> None:
        super().__init__(context.parent)
        self._views = context.views
        self._controller = context.controller
        self._patterns = patterns
        self._atlas = Atlas(resources.path("patterns"))
        self._waiting: PatternManifest | None = None
        self._controller.engine_ready.connect(self._engine_ready)

    def show(self, found: PatternManifest) -> None:
        """Show the patterns of a manifest; those that are not there are formed."""
        network, presenter = self._controller.workspace.network, self._controller.presenter
        first = looked_at(network, found.selections, self._controller.workspace.layer)
        channels = [pattern.channel for pattern in first.patterns if pattern.channel >= 0]
        self._patterns.set_content("patterns")
        self._patterns.set_settings(self._settings(first))
        self._views.viewer.set_mode("pattern")
        presenter.choose_channels(first.layer, picked(network.layer(first.layer), channels or [0]))
        if found.algorithm != ALGORITHM_VERSION:
            self._warn("The manifest was made by another version of the program, so its patterns may differ.")
        self._waiting = found
        if self._controller.weights is not None:
            self._engine_ready()

    @Slot()
    def _engine_ready(self) -> None:
        """Find out what is missing, now that it is known what the patterns are made with."""
        found, self._waiting = self._waiting, None
        weights = self._controller.weights
        if found is None or weights is None:
            return
        if weights.sha256 != found.weights.sha256:
            self._warn(f"The manifest was made with other weights ({found.weights.name}), so its patterns may differ.")
        for selection in found.selections:
            settings = self._settings(selection)
            if selection.objective is not None or selection.more or selection.start:
                self._form(selection, settings, tuple(pattern.channel for pattern in selection.patterns))
                continue
            channels = {selection.layer: tuple(pattern.channel for pattern in selection.patterns)}
            request = SurveyPatterns(channels, settings, weights.sha256)
            self._controller.studio.submit(request, SOON, partial(self._on_survey, selection, settings))

    def _on_survey(
        self, selection: PatternSelectionRecord, settings: PatternSettings, _job: JobHandle, event: JobEvent
    ) -> None:
        if isinstance(event.value, PatternsSurveyed):
            there = event.value.stock.there
            missing = tuple(pattern.channel for pattern in selection.patterns if pattern.channel not in there)
            self._form(selection, settings, missing)
        else:
            self._controller.report(event)

    def _form(self, selection: PatternSelectionRecord, settings: PatternSettings, channels: tuple[int, ...]) -> None:
        if not channels:
            return
        title = f"{selection.layer}, {count_text(len(channels), 'pattern')} of a manifest"
        if selection.objective is not None:
            goals = [Goal(selection.layer, selection.objective, settings, selection.more)]
        else:
            goals = [replace(goal, more=selection.more) for goal in goals_of(selection.layer, channels, settings)]
        self._patterns.flow.form_goals(title, goals)

    def _settings(self, selection: PatternSelectionRecord) -> PatternSettings:
        """The settings that give the selection's recipe, with that left open which its layer settles anyway."""
        layer, recipe = self._controller.workspace.network.layer(selection.layer), selection.recipe
        index = self._atlas.index(selection.layer)
        if index is not None and (index.recipe, index.seed) == (recipe, selection.seed):
            return PatternSettings.of_recipe(replace(recipe, size=0, canvas=0), selection.seed)
        base = RECIPES.get(recipe.name, Recipe(recipe.name))
        canvas, size = recipe.canvas, recipe.size
        if not base.size and size == canvas:
            size = 0
        if not base.canvas and canvas == canvas_side(recipe, layer.stride, layer.receptive_field):
            canvas = 0
        return PatternSettings.of_recipe(replace(recipe, canvas=canvas, size=size), selection.seed)

    def _warn(self, text: str) -> None:
        self._views.messages.show_message(text, "warning")
