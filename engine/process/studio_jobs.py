"""Handlers of the studio's process (in tests, of the thread in its place).

Pictures, scaling and files: numpy and Pillow are enough for that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import resources
from engine import images
from engine.atlas.reader import Atlas
from engine.exports.maps import ExportRequest, export_maps
from engine.files.disk_thread import patiently
from engine.maps import scaling
from engine.networks import weights_download
from engine.patterns.store import PatternStore
from engine.pictures.file_bytes import read_bytes
from engine.process import pattern_export_job, pattern_jobs
from engine.process.child import Child
from engine.process.export_size_job import MeasureExport, measure
from engine.process.jobs import Handler
from engine.process.manifest_job import ReadManifest, read_manifest
from engine.process.pattern_export_job import MeasurePatterns, SurveyPatterns
from engine.process.pattern_jobs import FindPatterns, PatternsTrimmed, TrimPatterns
from engine.process.rendering import rendered
from engine.process.requests import (
    BookPage,
    DecodeAgain,
    DownloadWeights,
    DrawBook,
    FitPicture,
    FittedPicture,
    OpenPictures,
    PictureRefused,
    RenderLayer,
    Window,
    picture_id,
)
from engine.process.text_file_job import ReadText, WriteText, read_text, write_text
from engine.process.tidy import TidyUp, tidy_up
from engine.records import EngineError, Picture, Progress


def studio_process(patterns: Path) -> Child:
    """The process for pictures and files: it goes on when the network's ends, and the other way round.

    Args:
        patterns: The folder of finished patterns.
    """
    setup: Mapping[type, type] = {TrimPatterns: PatternsTrimmed}
    # Not modest: beside a pass, which takes every processor, a layer would be made visible in twice the time.
    title = "process for pictures and files"
    return Child("studio", _in_process, (patterns,), setup, (TrimPatterns,), title, modest=False)


def _in_process(patterns: Path) -> Mapping[type, Handler]:
    return studio_handlers(PatternStore(patterns))


def studio_handlers(patterns: PatternStore) -> Mapping[type, Handler]:
    """The handler of each request.

    Args:
        patterns: Where finished patterns are kept.
    """
    atlas = Atlas(resources.path("patterns"))
    return {
        FindPatterns: partial(pattern_jobs.find, patterns, atlas),
        TrimPatterns: partial(pattern_jobs.trim, patterns),
        SurveyPatterns: partial(pattern_export_job.survey, patterns, atlas),
        OpenPictures: _open_pictures,
        DecodeAgain: _decode_again,
        ReadManifest: read_manifest,
        ReadText: read_text,
        WriteText: write_text,
        FitPicture: _fit_picture,
        RenderLayer: _render_layer,
        DrawBook: _draw_book,
        ExportRequest: _export,
        MeasureExport: measure,
        MeasurePatterns: partial(pattern_export_job.measure, patterns, atlas),
        DownloadWeights: _download,
        TidyUp: partial(tidy_up, patterns),
    }


def _open_pictures(request: OpenPictures, _cancelled: threading.Event) -> Iterator[object]:
    for done, source in enumerate(request.sources):
        yield Progress(done, len(request.sources), f"Opening {source.name}")
        try:
            if source.path is None:
                data = source.data or b""
            else:
                data = yield from patiently(source.path, partial(read_bytes, Path(source.path)))
            picture = images.open_picture(data, name=source.name, path=source.path, frame=request.frame)
            chosen = request.levels.get(picture_id(picture))
            yield picture if chosen is None or picture.levels is None else _decoded(picture, data, chosen)
        except EngineError as error:
            yield PictureRefused(str(error))


def _decode_again(request: DecodeAgain, _cancelled: threading.Event) -> Iterator[object]:
    before, data = request.picture, request.data
    yield Progress(0, 0, f"Decoding {before.name}")
    if data is None:
        if before.path is None:
            raise EngineError(f"The file of {before.name} is not kept; open it anew to choose its levels.")
        data = yield from patiently(before.path, partial(read_bytes, Path(before.path)))
    decoded = _decoded(before, data, request.levels)
    if decoded.sha256 != before.sha256:
        raise EngineError(f"{before.name} has changed since it was opened; open it again to choose its levels.")
    yield decoded


def _decoded(picture: Picture, data: bytes, levels: Window | None) -> Picture:
    """The same picture with other levels."""
    return images.open_picture(data, name=picture.name, path=picture.path, frame=picture.frame, levels=levels)


def _fit_picture(request: FitPicture, _cancelled: threading.Event) -> Iterator[object]:
    picture, fit, size = request.picture, request.fit, request.size
    yield FittedPicture(images.fit_picture(picture, fit, size), images.picture_geometry(picture, fit, size))


def _render_layer(request: RenderLayer, _cancelled: threading.Event) -> Iterator[object]:
    yield rendered(request.layer, request.maps, request.style, request.statistics)


def _draw_book(request: DrawBook, _cancelled: threading.Event) -> Iterator[object]:
    yield BookPage(scaling.book_grid(request.maps))


def _export(request: ExportRequest, cancelled: threading.Event) -> Iterator[object]:
    return export_maps(request, cancelled)


def _download(request: DownloadWeights, cancelled: threading.Event) -> Iterator[object]:
    return weights_download.download(request.target, url=request.url, md5=request.md5, cancel=cancelled)
