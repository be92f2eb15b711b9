"""What to export of patterns, how, and where to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from engine.networks.description import NetworkDescription
from engine.patterns import objectives
from engine.patterns.objectives import Objective
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame
from engine.patterns.requests import PATTERN_FORMATS, PatternFormat, PatternRequest
from engine.records import EngineError, Provenance, WeightsFile


@dataclass(frozen=True, eq=False)
class PatternExport:
    """What to export, how, and where to.

    Attributes:
        requests: The patterns as they were asked for, each once; the order of a contact sheet.
        frames: Their frames, in any order: the last one of each, and those before it for an animation. They may be
            computed while they are exported.
        folder: Where to; made if it is missing.
        format: One of `PATTERN_FORMATS`.
        weights: The weights that they were made with.
        network: What they are patterns of.
        start: The picture that they start from, if they do.
        overwrite: Whether other files that have the names of ours may be replaced.
    """

    requests: tuple[PatternRequest, ...]
    frames: Iterable[Frame]
    folder: Path
    format: PatternFormat
    weights: WeightsFile
    network: NetworkDescription
    start: Provenance | None = None
    overwrite: bool = False


def file_name(request: PatternRequest, file_format: PatternFormat) -> str:
    """The name of the file that a pattern is written to; patterns of one layer share that of a sheet."""
    if file_format == "sheet":
        return f"{request.layer}.png"
    channel = "all" if request.channel < 0 else f"{request.channel:03d}"
    variant = f"_{request.variant}" if request.variant else ""
    return f"{request.layer}_{channel}{variant}.{file_format}"


def check(export: PatternExport) -> None:
    """Raise an `EngineError` for an export that cannot be done."""
    if not export.requests:
        raise EngineError("Nothing is selected to be exported; select patterns first.")
    if export.format not in PATTERN_FORMATS:
        raise EngineError(f"The format must be one of {', '.join(PATTERN_FORMATS)}. Received: {export.format!r}.")
    identities = [identity(request) for request in export.requests]
    if len(set(identities)) != len(identities):
        raise EngineError("Each channel can be exported once at a time; choose another folder for its other patterns.")
    # One that was continued belongs among its neighbours all the same.
    settings = {group(replace(request, more=())) for request in export.requests}
    if export.format == "sheet" and len(settings) != len({request.layer for request in export.requests}):
        raise EngineError("A sheet has patterns that were made with the same settings; export others one by one.")


Identity: TypeAlias = tuple[str, int, int]
"""Layer, channel and variant."""


Group: TypeAlias = tuple[str, Recipe, int, tuple[int, ...], str, Objective | None]
"""What the patterns of one selection of a manifest share."""


def identity(request: PatternRequest) -> Identity:
    """What tells a pattern of an export from the others."""
    return request.layer, request.channel, request.variant


def group(request: PatternRequest) -> Group:
    """What it shares with those that stand in the same selection of the manifest."""
    plain = request.objective == objectives.channel(request.channel)
    objective = None if plain else request.objective
    return request.layer, request.recipe, request.seed, request.more, request.start, objective
