"""What answers on the studio's process, or on the thread that takes its place in tests.

Pictures, scaling and files: numpy and Pillow are enough for that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

import resources
from engine import images, machine, scaling, statistics, weights_download
from engine.export import ExportRequest, export_maps
from engine.patient_disk import patiently
from engine.patterns.atlas import Atlas
from engine.patterns.store import PatternStore
from engine.picture_file import read_bytes
from engine.process import pattern_export_job, pattern_jobs
from engine.process.child import Child
from engine.process.jobs import Handler
from engine.process.manifest_job import ReadManifest, read_manifest
from engine.process.pattern_export_job import SurveyPatterns
from engine.process.pattern_jobs import FindPatterns, PatternsTrimmed, TrimPatterns
from engine.process.requests import (
    BookPage,
    DownloadWeights,
    DrawBook,
    FitPicture,
    FittedPicture,
    GiveBack,
    OpenPictures,
    PictureRefused,
    RenderedLayer,
    RenderLayer,
)
from engine.process.tidy import TidyUp, tidy_up
from engine.records import EngineError, MapArray, Progress

THUMBNAIL_SIDE = 32
"""Side of a layer's picture in the tree, in pixels, at most."""


def studio_process(patterns: Path) -> Child:
    """The process for pictures and files: it goes on when the network's ends, and the other way round.

    Args:
        patterns: The folder of finished patterns.
    """
    setup = {TrimPatterns: PatternsTrimmed}
    # Not modest: beside a pass, which takes every processor, a layer would be made visible in twice the time.
    return Child("studio", _in_process, (patterns,), setup, "process for pictures and files", modest=False)


def _in_process(patterns: Path) -> Mapping[type, Handler]:
    return studio_handlers(PatternStore(patterns))


def studio_handlers(patterns: PatternStore) -> Mapping[type, Handler]:
    """What answers each request.

    Args:
        patterns: Where finished patterns are kept.
    """
    atlas = Atlas(resources.path("patterns"))
    return {
        FindPatterns: partial(pattern_jobs.find, patterns, atlas),
        TrimPatterns: partial(pattern_jobs.trim, patterns),
        SurveyPatterns: partial(pattern_export_job.survey, patterns, atlas),
        OpenPictures: _open_pictures,
        ReadManifest: read_manifest,
        FitPicture: _fit_picture,
        RenderLayer: _render_layer,
        DrawBook: _draw_book,
        ExportRequest: _export,
        DownloadWeights: _download,
        TidyUp: partial(tidy_up, patterns),
        GiveBack: give_back,
    }


def _open_pictures(request: OpenPictures, _cancelled: threading.Event) -> Iterator[object]:
    for done, source in enumerate(request.sources):
        yield Progress(done, len(request.sources), f"Opening {source.name}")
        try:
            if source.path is None:
                data = source.data or b""
            else:
                data = yield from patiently(source.path, partial(read_bytes, Path(source.path)))
            yield images.open_picture(data, name=source.name, path=source.path, frame=request.frame)
        except EngineError as error:
            yield PictureRefused(str(error))


def give_back(_request: GiveBack, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `GiveBack`."""
    machine.give_back()
    yield from ()


def _fit_picture(request: FitPicture, _cancelled: threading.Event) -> Iterator[object]:
    pixels = images.fit_image(request.picture.pixels, request.fit, request.size)
    yield FittedPicture(pixels, images.fit_geometry(request.picture.pixels.shape, request.fit, request.size))


def _render_layer(request: RenderLayer, _cancelled: threading.Event) -> Iterator[object]:
    scaled = scaling.scale_maps(request.maps, request.style, signed=request.layer.signed)
    numbers = request.statistics or statistics.channel_statistics(request.maps)
    yield RenderedLayer(scaled, numbers, _thumbnail(request.maps))


def _draw_book(request: DrawBook, _cancelled: threading.Event) -> Iterator[object]:
    yield BookPage(scaling.book_grid(request.maps))


def _export(request: ExportRequest, cancelled: threading.Event) -> Iterator[object]:
    return export_maps(request, cancelled)


def _download(request: DownloadWeights, cancelled: threading.Event) -> Iterator[object]:
    return weights_download.download(request.target, url=request.url, md5=request.md5, cancel=cancelled)


def _thumbnail(maps: MapArray) -> npt.NDArray[np.uint8]:
    step = -(-maps.shape[0] // THUMBNAIL_SIDE)
    mean = maps[::step, ::step].mean(axis=2)
    low, high = float(mean.min()), float(mean.max())
    levels: npt.NDArray[np.uint8] = ((mean - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8)
    levels.setflags(write=False)
    return levels
