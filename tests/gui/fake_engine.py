"""An engine thread that makes maps up at once, so that the window's own behaviour is what is tested."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

import resources
from engine.atlas.reader import Atlas
from engine.networks.vgg16 import VGG16
from engine.patterns.records import AscentState, Frame
from engine.patterns.requests import PatternRequest
from engine.patterns.store import PatternStore
from engine.process import pattern_export_job, pattern_jobs
from engine.process.jobs import Handler, Newest
from engine.process.pattern_export_job import ExportPatterns
from engine.process.pattern_jobs import FormPattern, PatternFormed, PatternFrame, TrimPatterns, reaches, stored_as
from engine.process.requests import ComputeMaps, EngineReady, LayerMaps, MapsComplete, OpenEngine, WarmUp
from engine.records import EngineError, WeightsFile
from gui.main_window import MainWindow

SIZE = 64
STEPS = 4


class FakeEngine:
    """Answers as the real engine does, with seeded maps that depend on the picture.

    Attributes:
        step_seconds: How long each layer takes.
        computed: The mean of each picture whose pass was run to its end.
        begun: How many passes were begun.
        formed: The channels of patterns that were finished, in order.
        steps: How many steps of patterns were taken.
        failing: Channels whose pattern cannot be formed.
        weights: The sha256 of the weights that it says it has.
    """

    def __init__(self) -> None:
        self.step_seconds = 0.0
        self.computed: list[float] = []
        self.begun = 0
        self.formed: list[int | None] = []
        self.steps = 0
        self.failing: frozenset[int] = frozenset()
        self.weights = "0" * 64

    def handlers(self, patterns: PatternStore) -> Mapping[type, Handler]:
        self._patterns = patterns
        return {
            OpenEngine: self._open,
            ComputeMaps: self._compute,
            FormPattern: self._form,
            ExportPatterns: self._export,
            WarmUp: lambda _request, _cancelled: iter(()),
            TrimPatterns: partial(pattern_jobs.trim, patterns),
        }

    def _open(self, request: OpenEngine, _cancelled: threading.Event) -> Iterator[object]:
        yield EngineReady(WeightsFile(request.weights_file or "bundled", self.weights, "bundled", known=True), "CPU")

    def _form(self, request: FormPattern, cancelled: threading.Event) -> Iterator[object]:
        goal = request.goal
        if goal.objective.channel in self.failing:
            raise EngineError(f"The pattern of channel {goal.objective.channel} cannot be formed.")
        key = stored_as(goal.request(), self.weights)
        kept = self._patterns.get(key)
        fresh = request.before is None and request.start is None
        if kept is not None and fresh and reaches(kept, goal.request()):
            yield PatternFormed(goal, (kept,), None)
            return
        asked, first = goal.request(), 0
        if request.before is not None:
            asked = replace(asked, more=(*request.before.continued, request.more))
            first = request.before.step
        for made in self._ascend(asked, first):
            frame = made
            if request.start is not None:  # a dream looks like what it starts from
                frame = replace(made, image=np.full_like(frame.image, round(request.start.pixels.mean())))
            if frame.done:
                on_disk = request.start is None and self._patterns.put(key, frame)
                yield PatternFormed(goal, (frame,), 0.1, on_disk, self._patterns.problem)
            else:
                yield Newest(PatternFrame(goal, frame, 0.1))

    def _ascend(self, request: PatternRequest, first: int = 0) -> Iterator[Frame]:
        last = STEPS + sum(request.more)
        for step in range(first + 1, last):
            time.sleep(self.step_seconds)
            self.steps += 1
            yield made_up_frame(request, step, done=False)
        self.formed.append(request.channel if request.objective.plain else None)
        yield made_up_frame(request, last, done=True)

    def _export(self, request: ExportPatterns, cancelled: threading.Event) -> Iterator[object]:
        atlas = Atlas(resources.path("patterns"))
        return pattern_export_job.export(
            request, self._patterns, atlas, lambda pattern, _every: self._ascend(pattern), cancelled
        )

    def _compute(self, request: ComputeMaps, _cancelled: threading.Event) -> Iterator[object]:
        self.begun += 1
        for name in request.layers:
            time.sleep(self.step_seconds)
            yield LayerMaps(name, made_up_maps(name, request.inputs))
        self.computed.append(float(request.inputs.mean()))
        yield MapsComplete(0.1)


def made_up_frame(request: PatternRequest, step: int, *, done: bool) -> Frame:
    """A pattern of 16 pixels, grey by its channel and step, whose score is its step."""
    recipe, channel = request.recipe, request.channel
    recipe = replace(recipe, size=16, canvas=16, steps=recipe.steps + sum(request.more))
    image = np.full((16, 16, 3), min(20 * step, 200) + max(channel, 0) % 50, np.uint8)
    curve = np.array([[number, number] for number in range(1, step + 1)], np.float32).reshape(-1, 2)
    state = AscentState(request.layer, recipe, 0, 0, False, step, *(np.zeros(3, np.float32),) * 3, curve, request.more)
    return Frame(
        layer=request.layer,
        channel=channel,
        variant=0,
        step=step,
        steps=STEPS,
        done=done,
        score=float(step),
        outcome="rendered" if done else "rendering",
        image=image,
        input=image.astype(np.float32),
        curve=curve,
        recipe=recipe,
        seed=request.seed,
        continued=request.more,
        state=state if done else None,
    )


def made_up_maps(name: str, inputs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Maps of the layer's shape: channel 0 blank, channel 1 constant, the rest random."""
    info = VGG16.at(inputs.shape[0]).layer(name)
    seed = int(inputs.sum()) + info.channels
    maps = np.random.default_rng(seed).normal(0, 10, info.output_shape).astype(np.float32)
    if not info.signed:
        maps = np.maximum(maps, 0)
    maps[:, :, 0] = 0
    maps[:, :, 1] = 7
    maps.setflags(write=False)
    return maps


def wait_until_complete(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until every layer of the current picture can be seen."""

    def complete() -> bool:
        pipeline = window.controller.pipeline
        return pipeline.look is not None and len(pipeline.look.scaled_in(window.workspace.style)) == 31

    qtbot.waitUntil(complete)
