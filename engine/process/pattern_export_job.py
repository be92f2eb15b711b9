"""Patterns to files: the studio looks up stored ones, the engine exports.

What was kept on this machine is taken as it is. What came with the program is taken where its picture is enough. The
rest is formed anew, which gives the same picture: the network's input of a shipped pattern, and every animation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

from engine.atlas.reader import Atlas
from engine.exports.pattern_request import PatternExport
from engine.exports.patterns import existing_first, export_patterns, pictures_size
from engine.networks.description import NetworkDescription
from engine.patterns import objectives
from engine.patterns.records import Frame
from engine.patterns.requests import ANIMATIONS, PatternFormat, PatternRequest
from engine.patterns.settings import PatternSettings
from engine.patterns.stock import PICTURES, LayerStock
from engine.patterns.store import PatternStore
from engine.process.export_size_job import ExportMeasured
from engine.process.pattern_jobs import frame_of, keys_of, shipped_channels, stored_as
from engine.records import Progress, Provenance, WeightsFile

_SAMPLES = 32
"""Of so many patterns of a layer the pictures are encoded to find out how large all of them become."""

Former: TypeAlias = Callable[[PatternRequest, int | None], Iterator[Frame]]
"""Forms a pattern anew: (request, a frame every so many steps or as suits the eye) -> its frames."""


@dataclass(frozen=True, eq=False)
class SurveyPatterns:
    """Find out which patterns are there, without reading them; answered by `PatternsSurveyed` for each layer."""

    doing: ClassVar[str] = "looking for patterns"

    channels: Mapping[str, tuple[int, ...]]
    settings: PatternSettings
    digest: str


@dataclass(frozen=True, eq=False)
class PatternsSurveyed:
    """The stored patterns of one layer."""

    layer: str
    settings: PatternSettings
    stock: LayerStock


@dataclass(frozen=True, eq=False)
class ExportPatterns:
    """Export patterns; answered by progress.

    Attributes:
        channels: Which ones, by layer.
        settings: How they were made.
        folder: Where to.
        format: As what.
        weights: The weights in use.
        network: The network.
        overwrite: Whether files of the same name may be replaced.
        start: The picture that they start from, if they do.
    """

    doing: ClassVar[str] = "exporting patterns"

    channels: Mapping[str, tuple[int, ...]]
    settings: PatternSettings
    folder: Path
    format: PatternFormat
    weights: WeightsFile
    network: NetworkDescription
    overwrite: bool = False
    start: Provenance | None = None


def survey(store: PatternStore, atlas: Atlas, request: SurveyPatterns, _: threading.Event) -> Iterator[object]:
    """Answer `SurveyPatterns` in the studio."""
    stored = store.keys()
    for layer, channels in request.channels.items():
        # Making the keys of the whole network takes 0.03 s: none are made where nothing is kept.
        keys = keys_of(layer, channels, request.settings, request.digest) if stored else ()
        kept = frozenset(channel for channel, key in zip(channels, keys, strict=False) if key in stored)
        shipped = shipped_channels(atlas, layer, request.settings, request.digest) & set(channels)
        yield PatternsSurveyed(layer, request.settings, LayerStock(kept, shipped))


@dataclass(frozen=True, eq=False)
class MeasurePatterns:
    """Find out how large pictures of patterns become; answered by `ExportMeasured` unless all are to be formed yet."""

    export: ExportPatterns


def measure(
    store: PatternStore, atlas: Atlas, request: MeasurePatterns, _cancelled: threading.Event
) -> Iterator[object]:
    """Answer `MeasurePatterns` on the studio thread, by encoding a sample of what is there of each layer."""
    plan = _Plan(request.export, store, atlas, lambda _request, _every: iter(()))
    yield from plan.find()
    total = 0.0
    for layer in request.export.channels:
        yield Progress(0, 0, "Measuring the export")
        chosen = [one for one in plan.sources if one.layer == layer]
        apart = -(-len(chosen) // _SAMPLES)
        frames = [frame for one in chosen[::apart] if (frame := plan.found(one)) is not None]
        if not frames:
            return
        every = request.export.network.layer(layer).channels
        total += len(chosen) * pictures_size(frames, request.export.format, every) / len(frames)
    yield ExportMeasured(round(total))


def export(
    request: ExportPatterns, store: PatternStore, atlas: Atlas, former: Former, cancelled: threading.Event
) -> Iterator[Progress]:
    """Answer `ExportPatterns` on the thread of the network.

    Args:
        request: What to export.
        store: The patterns that were formed on this machine; what is formed now is kept there too.
        atlas: Those that came with the program.
        former: Forms the others.
        cancelled: Stops the export.
    """
    plan = _Plan(request, store, atlas, former)
    yield from plan.find()
    requests = tuple(plan.sources)
    yield from export_patterns(
        PatternExport(
            requests=requests,
            frames=plan.frames(existing_first(requests, request.folder, request.format)),
            folder=request.folder,
            format=request.format,
            weights=request.weights,
            network=request.network,
            start=request.start,
            overwrite=request.overwrite,
        ),
        cancelled,
    )


@dataclass(eq=False)
class _Plan:
    """Where each pattern of an export comes from.

    Attributes:
        sources: The patterns, in order, and where the picture of each one is.
    """

    request: ExportPatterns
    store: PatternStore
    atlas: Atlas
    former: Former
    sources: dict[PatternRequest, Literal["kept", "shipped", "formed"]] = field(default_factory=dict)

    def find(self) -> Iterator[Progress]:
        """Fill `sources`; each yield is a place to cancel."""
        for layer, channels in self.request.channels.items():
            kept: dict[int, tuple[int, ...]] = {}
            for channel in channels:
                yield Progress(0, 0, f"Looking for the patterns of {layer}")
                frame = self.store.get(self._key(self._request(layer, channel)))
                if frame is not None:
                    kept[channel] = frame.continued
            self._choose(layer, channels, kept)

    def frames(self, requests: list[PatternRequest]) -> Iterator[Frame]:
        """The frames of the patterns, read and formed one by one."""
        for request in requests:
            frame = self.found(request)
            if frame is not None:
                yield frame
            else:
                yield from self._formed(request)

    def _choose(self, layer: str, channels: tuple[int, ...], kept: Mapping[int, tuple[int, ...]]) -> None:
        shipped: frozenset[int] = frozenset()
        if self.request.format in PICTURES:
            shipped = shipped_channels(self.atlas, layer, self.request.settings, self.request.network.digest)
        if self.request.format == "sheet" and not shipped.issuperset(channels):
            # Shipped patterns are larger than those of this machine, and a sheet has tiles of one size.
            shipped = frozenset()
        alike = self.request.format == "sheet" and not kept.keys() >= set(channels)
        for channel in channels:
            if channel in kept and not (alike and shipped):
                self.sources[self._request(layer, channel, kept[channel])] = "kept"
            else:
                self.sources[self._request(layer, channel)] = "shipped" if channel in shipped else "formed"

    def found(self, request: PatternRequest) -> Frame | None:
        """The last frame, where that is enough and is still there."""
        source = self.sources[request]
        if self.request.format in ANIMATIONS or source == "formed":
            return None
        if source == "kept":
            return self.store.get(self._key(request))
        shipped = self.atlas.pattern(request.layer, request.channel)
        return None if shipped is None else frame_of(shipped)

    def _formed(self, request: PatternRequest) -> Iterator[Frame]:
        key = self._key(request)
        for frame in self.former(request, 1 if self.request.format in ANIMATIONS else None):
            if frame.done and frame.outcome != "rendering" and not request.start and key not in self.store:
                self.store.put(key, frame)
            yield frame

    def _request(self, layer: str, channel: int, more: tuple[int, ...] = ()) -> PatternRequest:
        settings, start = self.request.settings, self.request.start
        return PatternRequest(
            layer,
            objectives.channel(channel),
            settings.resolved(),
            settings.seed,
            more=more,
            start=start.picture.sha256 if start is not None else "",
        )

    def _key(self, request: PatternRequest) -> str:
        return stored_as(request, self.request.network.digest)
