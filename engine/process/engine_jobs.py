"""Handlers of the engine's process (in tests, of the thread in its place): everything that needs the network.

It alone opens a session: TensorFlow is imported, built, traced and run there and nowhere else. The studio
(`engine.process.studio_jobs`) does what needs numpy and Pillow only, so that scaling a layer never waits for it.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

import engine
import resources
from engine import own_process
from engine.atlas.reader import Atlas
from engine.patterns.records import Frame
from engine.patterns.requests import PatternRequest
from engine.patterns.store import PatternStore
from engine.process import pattern_export_job, pattern_jobs
from engine.process.child import Child
from engine.process.jobs import AtRest, Handler
from engine.process.pattern_export_job import ExportPatterns
from engine.process.pattern_jobs import FormPattern, PatternsTrimmed, TrimPatterns
from engine.process.rendering import rendered
from engine.process.requests import (
    ComputeMaps,
    EngineBroken,
    EngineReady,
    LayerMaps,
    MapsComplete,
    OpenEngine,
    WarmUp,
)
from engine.records import EngineError, FrameworkError, Progress
from engine.session import Session

EngineHandlers: TypeAlias = Callable[[PatternStore], Mapping[type, Handler]]
"""Called once where the network is to be, with the place for finished patterns; gives what answers each request."""


def engine_process(patterns: Path) -> Child:
    """The process of the network.

    Args:
        patterns: The folder of finished patterns.
    """
    setup = {TrimPatterns: PatternsTrimmed, OpenEngine: EngineReady}
    return Child("engine", _in_process, (patterns,), setup, kept=(TrimPatterns,))


def _in_process(patterns: Path) -> Mapping[type, Handler]:
    jobs = EngineJobs(PatternStore(patterns))
    with suppress(EngineError):  # which is said when the network is asked for
        jobs.load_framework()  # what is asked for first needs it, and may not have been asked for yet
    return jobs.handlers()


class EngineJobs:
    """Answers what needs the network; owns the session."""

    def __init__(self, patterns: PatternStore) -> None:
        self._patterns = patterns
        self._session: Session | None = None
        self._loaded_once = False

    @classmethod
    def start(cls, patterns: PatternStore) -> Mapping[type, Handler]:
        """The handler of each request; called where the network is to be.

        Args:
            patterns: Where finished patterns are kept.
        """
        return cls(patterns).handlers()

    def handlers(self) -> Mapping[type, Handler]:
        """The handler of each request."""
        return {
            OpenEngine: self._open,
            WarmUp: self._warm_up,
            ComputeMaps: self._compute,
            FormPattern: self._form,
            ExportPatterns: self._export_patterns,
            AtRest: self._rest,
            TrimPatterns: partial(pattern_jobs.trim, self._patterns),
        }

    def _open(self, request: OpenEngine, _cancelled: threading.Event) -> Iterator[object]:
        yield Progress(0, 0, "Loading TensorFlow and VGG16")
        self._session = None  # two networks in memory would be one too many
        try:
            self.load_framework()
            self._session = engine.open_session(request.weights_file)
        except FrameworkError as error:
            yield EngineBroken(str(error))
            return
        yield EngineReady(self._session.weights, self._session.device)

    def _warm_up(self, _request: WarmUp, _cancelled: threading.Event) -> Iterator[object]:
        for _ in self._loaded().warm_up():
            yield Progress(0, 0, "Warming up")

    def load_framework(self) -> None:
        """Import TensorFlow, and spare the garbage collector what it is made of: going through that takes 0.2 s.

        Raises:
            FrameworkError: It cannot be used.
        """
        if not self._loaded_once:
            own_process.claim()
            engine.load_framework()
            gc.freeze()
            self._loaded_once = True

    def _form(self, request: FormPattern, cancelled: threading.Event) -> Iterator[object]:
        return pattern_jobs.form(self._loaded(), self._patterns, request, cancelled)

    def _export_patterns(self, request: ExportPatterns, cancelled: threading.Event) -> Iterator[object]:
        from engine.gradient_ascent.ascent import Control  # loads TensorFlow, so it must be this thread that does it

        session = self._loaded()
        start = None if request.start is None else request.start.picture

        def form(pattern: PatternRequest, every: int | None) -> Iterator[Frame]:
            return pattern_jobs.ascend(session, pattern, start, Control(cancelled, every))

        atlas = Atlas(resources.path("patterns"))
        return pattern_export_job.export(request, self._patterns, atlas, form, cancelled)

    def _rest(self, _request: AtRest, _cancelled: threading.Event) -> Iterator[object]:
        """Forget the traces of patterns; they hang in cycles."""
        if self._session is not None:
            self._session.forget_traces()
            gc.collect()
        yield from ()

    def _loaded(self) -> Session:
        if self._session is None:
            raise EngineError("The network is not loaded yet; choose its weights first.")
        return self._session

    def _compute(self, request: ComputeMaps, _cancelled: threading.Event) -> Iterator[object]:
        session = self._loaded()
        start = time.perf_counter()
        size = request.inputs.shape[0]
        steps = session.live_activations(request.inputs, request.layers, size=size)
        for done, (layer, maps) in enumerate(steps, start=1):
            shown = request.shown if request.shown is not None and request.shown.name == layer else None
            yield LayerMaps(layer, maps, None if shown is None else rendered(shown, maps, request.style))
            yield Progress(done, len(request.layers), f"Computing maps at {size} px")
        yield MapsComplete(time.perf_counter() - start)
