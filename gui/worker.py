"""What the window asks its two threads to do, and what answers on the engine thread.

That thread alone opens a session: TensorFlow is imported, built, traced and run on it and nowhere else. The studio
thread (`gui.studio`) does what needs numpy and Pillow only, so that scaling a layer never waits for the network.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

import engine
import resources
from engine.images import FitGeometry
from engine.patterns.atlas import Atlas
from engine.patterns.records import Frame
from engine.patterns.requests import PatternRequest
from engine.patterns.store import PatternStore
from engine.process.jobs import Handler
from engine.records import (
    ChannelStatistics,
    EngineError,
    Fit,
    FrameworkError,
    ImageArray,
    LayerInfo,
    MapArray,
    Picture,
    Progress,
    ScaledMaps,
    Style,
    WeightsFile,
)
from engine.session import Session
from gui import pattern_export_job, pattern_jobs
from gui.drop import ImageSource
from gui.pattern_export_job import ExportPatterns
from gui.pattern_jobs import FormPattern

EngineHandlers: TypeAlias = Callable[[PatternStore], Mapping[type, Handler]]
"""Called once on the engine thread with the place for finished patterns; gives what answers each request."""


@dataclass(frozen=True)
class OpenEngine:
    """Load TensorFlow and VGG16; answered by `EngineReady`, or by `EngineBroken`."""

    weights_file: str | None = None


@dataclass(frozen=True)
class EngineReady:
    """The network is in memory, on that device, with those weights."""

    weights: WeightsFile
    device: str


@dataclass(frozen=True)
class EngineBroken:
    """TensorFlow cannot be used; other weights would not help. One sentence says why."""

    sentence: str


@dataclass(frozen=True, eq=False)
class ComputeMaps:
    """Compute the maps of a fitted picture; answered by `LayerMaps` a layer, then `MapsComplete`."""

    inputs: ImageArray
    layers: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """The maps of one layer."""

    layer: str
    maps: MapArray


@dataclass(frozen=True)
class MapsComplete:
    """Every layer asked for has been computed, in so many seconds."""

    seconds: float


@dataclass(frozen=True, eq=False)
class OpenPictures:
    """Open pictures; answered by a `Picture` or a `PictureRefused` for each, in order."""

    sources: tuple[ImageSource, ...]
    frame: int = 0


@dataclass(frozen=True)
class PictureRefused:
    """A picture could not be opened; the sentence says why."""

    sentence: str


@dataclass(frozen=True, eq=False)
class FitPicture:
    """Make a picture square; answered by `FittedPicture`."""

    picture: Picture
    fit: Fit
    size: int


@dataclass(frozen=True, eq=False)
class FittedPicture:
    """What the network sees, uint8 RGB (size, size, 3), and where its pixels are in the picture."""

    pixels: ImageArray
    geometry: FitGeometry


@dataclass(frozen=True, eq=False)
class RenderLayer:
    """Make a layer visible; answered by `RenderedLayer`. Statistics known already need not be computed again."""

    layer: LayerInfo
    maps: MapArray
    style: Style
    statistics: ChannelStatistics | None = None


@dataclass(frozen=True, eq=False)
class RenderedLayer:
    """A layer made visible; `thumbnail` is the mean of its channels, uint8 (height, width) of 32 pixels at most."""

    scaled: ScaledMaps
    statistics: ChannelStatistics
    thumbnail: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class DrawBook:
    """Lay a layer out as the book does; answered by `BookPage`."""

    layer: LayerInfo
    maps: MapArray


@dataclass(frozen=True, eq=False)
class BookPage:
    """The book's grid of a layer, uint8 (height, width)."""

    canvas: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class LetGo:
    """Free arrays that nobody looks at any more, and empty the list; answered by nothing."""

    arrays: list[npt.NDArray[Any]]


@dataclass(frozen=True)
class DownloadWeights:
    """Fetch Keras's official weights; answered by progress in bytes."""

    target: Path
    url: str
    md5: str


@dataclass(frozen=True)
class ForgetTraces:
    """Drop what patterns were formed with; answered by nothing."""


class EngineJobs:
    """Answers on the engine thread; owns the session."""

    def __init__(self, patterns: PatternStore) -> None:
        self._patterns = patterns
        self._session: Session | None = None
        self._loaded_once = False

    @classmethod
    def start(cls, patterns: PatternStore) -> Mapping[type, Handler]:
        """What answers each request; called on the engine thread.

        Args:
            patterns: Where finished patterns are kept.
        """
        jobs = cls(patterns)
        return {
            OpenEngine: jobs._open,
            ComputeMaps: jobs._compute,
            FormPattern: jobs._form,
            ExportPatterns: jobs._export_patterns,
            ForgetTraces: jobs._forget_traces,
        }

    def _open(self, request: OpenEngine, _cancelled: threading.Event) -> Iterator[object]:
        yield Progress(0, 0, "Loading TensorFlow and VGG16")
        self._session = None  # two networks in memory would be one too many
        try:
            self._load_framework()
            self._session = engine.open_session(request.weights_file)
        except FrameworkError as error:
            yield EngineBroken(str(error))
            return
        yield EngineReady(self._session.weights, self._session.device)
        self._session.warm_up()

    def _load_framework(self) -> None:
        """Spare the garbage collector what TensorFlow is made of: going through that stops every thread for 0.2 s."""
        if not self._loaded_once:
            engine.load_framework()
            gc.freeze()
            self._loaded_once = True

    def _form(self, request: FormPattern, cancelled: threading.Event) -> Iterator[object]:
        return pattern_jobs.form(self._loaded(), self._patterns, request, cancelled)

    def _export_patterns(self, request: ExportPatterns, cancelled: threading.Event) -> Iterator[object]:
        from engine.patterns.ascent import Control  # loads TensorFlow, so it must be this thread that does it

        session = self._loaded()
        start = None if request.start is None else request.start.picture

        def form(pattern: PatternRequest, every: int | None) -> Iterator[Frame]:
            return pattern_jobs.ascend(session, pattern, start, Control(cancelled, every))

        atlas = Atlas(resources.path("patterns"))
        return pattern_export_job.export(request, self._patterns, atlas, form, cancelled)

    def _forget_traces(self, _request: ForgetTraces, _cancelled: threading.Event) -> Iterator[object]:
        if self._session is not None:
            self._session.forget_traces()
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
            yield LayerMaps(layer, maps)
            yield Progress(done, len(request.layers), f"Computing maps at {size} px")
        yield MapsComplete(time.perf_counter() - start)
