"""Patterns to files: what people see, what the network is fed, a contact sheet, or the ascent as an animation."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.exports import manifest
from engine.exports.animation_frames import Films
from engine.exports.encoding import encode_npy, encode_picture_png
from engine.exports.file_set import FileExport, Waiting
from engine.exports.manifest_patterns import PatternRecord, PatternSelectionRecord
from engine.exports.pattern_pictures import animation, check_planned, check_sheet, contact_sheet, pictures_bytes
from engine.exports.pattern_request import Group, Identity, PatternExport, check, file_name, group, identity
from engine.memory import estimates
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame
from engine.patterns.requests import ANIMATIONS, PatternFormat, PatternRequest
from engine.records import EngineError, Progress


def pictures_size(frames: Sequence[Frame], file_format: PatternFormat, every: int) -> int:
    """Bytes of the pictures of patterns of one layer of so many channels, one by one ("png") or in a sheet."""
    if file_format == "png":
        return sum(len(encode_picture_png(frame.image, _text(frame))) for frame in frames)
    return len(_encoded_sheet(frames, every))


def _encoded_sheet(frames: Sequence[Frame], every: int) -> bytes:
    first = frames[0]
    text = {"layer": first.layer, "recipe": first.recipe.name, "seed": str(first.seed)}
    return encode_picture_png(contact_sheet(frames, every), text)


def existing_first(
    requests: Iterable[PatternRequest], folder: Path, file_format: PatternFormat
) -> list[PatternRequest]:
    """The order in which to compute patterns for an export, so that a file in the way is met before work is lost."""
    return sorted(requests, key=lambda request: not (folder / file_name(request, file_format)).exists())


def export_patterns(export: PatternExport, cancel: threading.Event | None = None) -> Iterator[Progress]:
    """Export patterns, and last of all the manifest that describes them.

    A generator with the promises of `engine.exports.maps.export_maps`: all files appear together at the end or none
    does, and each yield is progress in patterns and a place to cancel.

    Args:
        export: What to export.
        cancel: Set it to stop at the next yield.

    Raises:
        EngineError: The request cannot be met, different files are in the way, or the disk refuses. Whatever computing
            the frames raises is passed on.
    """
    check(export)
    check_planned(export.network, export.requests, export.format)
    job = _Job(export)
    total = len(export.requests) + 1
    with FileExport(export.folder, job.names(), overwrite=export.overwrite) as files:
        yield from files.prepare()
        yield Progress(0, total, "Preparing the export")
        files.check_strangers()
        for frame in export.frames:
            if cancel is not None and cancel.is_set():
                return
            text = yield from job.take(frame, files)
            yield Progress(len(job.finished), total, text)
        if cancel is not None and cancel.is_set():
            return
        job.check_complete()
        yield from files.finish(job.manifest())
    yield Progress(total, total, f"Exported {len(export.requests)} pattern{'' if len(export.requests) == 1 else 's'}")


class _Job:
    """An export under way.

    Attributes:
        finished: The last frame of each pattern, for the manifest; with its picture only until its sheet is written.
    """

    def __init__(self, export: PatternExport) -> None:
        self.finished: dict[Identity, Frame] = {}
        self._export = export
        self._requests = {identity(request): request for request in export.requests}
        self._left = Counter(request.layer for request in export.requests)
        self._for_sheets: dict[str, int] = {}
        self._films = Films()

    def names(self) -> list[str]:
        """The files to be written."""
        return list(dict.fromkeys(file_name(request, self._export.format) for request in self._export.requests))

    def take(self, frame: Frame, files: FileExport) -> Generator[Progress, None, str]:
        """Deal with one frame; says what was done."""
        identity = (frame.layer, frame.channel, frame.variant)
        if identity not in self._requests:
            raise EngineError(f"Channel {frame.channel} of {frame.layer} was not asked for; select it to export it.")
        self._check_memory(frame)
        self._film(identity, frame)
        if not frame.done:
            return f"{frame.layer} {frame.channel}: step {frame.step} of {frame.steps}"
        if frame.outcome == "rendering":
            raise EngineError(
                f"The pattern of channel {frame.channel} of {frame.layer} stopped at step {frame.step} of "
                f"{frame.steps}; let it finish before exporting it."
            )
        name = file_name(self._requests[identity], self._export.format)
        if self._export.format == "sheet":
            yield from self._put_on_sheet(identity, frame, files)
        else:
            yield from files.add(name, self._content(identity, frame))
            files.check_the_way()
            self.finished[identity] = _without_arrays(frame)
        return f"Writing {name}"

    def check_complete(self) -> None:
        """Raise an `EngineError` if a pattern is missing."""
        missing = [identity for identity in self._requests if identity not in self.finished]
        if missing:
            layer, channel, _ = missing[0]
            raise EngineError(
                f"{len(missing)} of {len(self._requests)} patterns have not been computed, that of channel {channel} "
                f"of {layer} among them; compute them before exporting."
            )

    def manifest(self) -> dict[str, Any]:
        """The record of the export."""
        from engine import __version__  # only now: while the package is being imported it may not be there yet

        groups: dict[Group, list[PatternRequest]] = {}
        for request in self._export.requests:
            groups.setdefault(group(request), []).append(request)
        return manifest.build_patterns(
            self._export.network.identity,
            self._export.weights,
            [self._selection(group, requests) for group, requests in groups.items()],
            file_format=self._export.format,
            program_version=__version__,
            start=self._export.start,
        )

    def _selection(self, group: Group, requests: list[PatternRequest]) -> PatternSelectionRecord:
        layer, recipe, seed, more, start, objective = group
        frames = [self.finished[identity(request)] for request in requests]
        names = dict.fromkeys(file_name(request, self._export.format) for request in requests)
        return PatternSelectionRecord(
            layer=layer,
            recipe=_settled(recipe, frames),
            seed=seed,
            patterns=tuple(PatternRecord.of(frame) for frame in frames),
            files=tuple(names),
            objective=objective,
            more=more,
            start=start,
        )

    def _put_on_sheet(self, identity: Identity, frame: Frame, files: FileExport) -> Waiting:
        """Keep the picture until the layer's sheet can be written, which is as soon as it has the last one of them."""
        layer = frame.layer
        if identity in self.finished:
            return
        self.finished[identity] = replace(_without_arrays(frame), image=frame.image)
        self._left[layer] -= 1
        if self._left[layer]:
            return
        chosen = [key for key in self._requests if key[0] == layer]
        frames = [self.finished[key] for key in chosen]
        every = self._export.network.layer(layer).channels
        yield from files.add(f"{layer}.png", _encoded_sheet(frames, every))
        files.check_the_way()
        self.finished |= {key: _without_arrays(self.finished[key]) for key in chosen}
        self._for_sheets[layer] = 0

    def _check_memory(self, frame: Frame) -> None:
        """Refuse at the first frame of a layer what would not fit after its last one."""
        if frame.layer in self._for_sheets:
            return
        side = frame.image.shape[0]
        others, self._for_sheets[frame.layer] = sum(self._for_sheets.values()), 0
        if self._export.format == "sheet":
            count = self._left[frame.layer]
            check_sheet(count, side, others)
            self._for_sheets[frame.layer] = pictures_bytes(count, side)

    def _film(self, identity: Identity, frame: Frame) -> None:
        """Keep what an animation shows, as long as that fits with what is kept of others."""
        if self._export.format in ANIMATIONS and self._films.add(identity, frame):
            estimates.check_animation(frame.image.shape[0], frame.steps, len(self._films))

    def _content(self, identity: Identity, frame: Frame) -> bytes:
        if self._export.format == "png":
            return encode_picture_png(frame.image, _text(frame))
        if self._export.format == "npy":
            return encode_npy(np.ascontiguousarray(frame.input, dtype=np.dtype("<f4")))
        film = self._films.take(identity, frame)
        if len(film) < 2:
            raise EngineError(
                f"There is one picture of channel {frame.channel} of {frame.layer} and no animation; "
                "compute it again, with more than one step, to see it form."
            )
        return animation(film, self._export.format)


def _settled(recipe: Recipe, frames: list[Frame]) -> Recipe:
    """What was asked for, with what the layer settles filled in, as far as a pattern shows it."""
    for frame in frames:
        if frame.attempts == 1:
            made = frame.recipe
            return replace(recipe, canvas=made.canvas, size=made.size, precision=made.precision)
    return recipe


def _without_arrays(frame: Frame) -> Frame:
    """The same frame, with next to no memory: what a manifest says of it."""
    return replace(
        frame, image=frame.image[:0].copy(), input=frame.input[:0].copy(), curve=frame.curve[:0].copy(), state=None
    )


def _text(frame: Frame) -> dict[str, str]:
    return {
        "layer": frame.layer,
        "channel": str(frame.channel),
        "recipe": frame.recipe.name,
        "seed": str(frame.seed),
        "score": str(np.float32(frame.score)),
        "outcome": frame.outcome,
    }
