"""Jobs about filter patterns: requests, results and handlers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from engine import images
from engine.atlas.reader import Atlas, AtlasPattern
from engine.patterns.goals import Goal, goals_of
from engine.patterns.options import PatternOptions
from engine.patterns.records import Frame
from engine.patterns.requests import PatternRequest
from engine.patterns.settings import PatternSettings
from engine.patterns.store import PatternStore
from engine.process.jobs import Newest
from engine.records import EngineError, Picture

if TYPE_CHECKING:
    from engine.gradient_ascent.ascent import Control
    from engine.gradient_ascent.gradients import PatternNetwork
    from engine.session import Session

_AT_ONCE = 32
"""How many kept patterns are handed over together: enough to be quick, few enough to be seen coming."""

_NOTHING = np.empty((0, 0, 3), np.float32)


@dataclass(frozen=True, eq=False)
class FormPattern:
    """Form a pattern; answered by `PatternFrame` while it forms, then `PatternFormed`.

    Attributes:
        goal: What is wanted.
        start: A picture to start from instead of noise.
        before: The pattern as it was, to be continued by `more` steps; None for a new one.
        more: How many steps to continue.
    """

    doing: ClassVar[str] = "forming a pattern"

    goal: Goal
    start: Picture | None = None
    before: Frame | None = None
    more: int = 0


@dataclass(frozen=True, eq=False)
class PatternFrame:
    """A pattern as it stands, after so many seconds."""

    goal: Goal
    frame: Frame
    seconds: float


@dataclass(frozen=True, eq=False)
class PatternFormed:
    """A finished pattern, or several of one goal.

    Attributes:
        goal: What was wanted.
        frames: Their last frames.
        seconds: How long it took; None when it was found on the disk.
        on_disk: Whether it is kept there.
        problem: One sentence about why patterns are not being kept, or "" while they are.
    """

    goal: Goal
    frames: tuple[Frame, ...]
    seconds: float | None
    on_disk: bool = True
    problem: str = ""


@dataclass(frozen=True, eq=False)
class FindPatterns:
    """Find those patterns of a layer that are on the disk; answered by `PatternsFound`, part by part."""

    doing: ClassVar[str] = "looking for patterns"

    layer: str
    channels: tuple[int, ...]
    settings: PatternSettings
    weights_sha256: str


@dataclass(frozen=True, eq=False)
class ShelfPattern:
    """As much of a finished pattern as it takes to show it.

    Attributes:
        frame: Its last frame, without what is only needed to export or to continue it.
        shipped: Whether it comes from the atlas that the program carries.
        on_disk: Whether it can be read again, from the store or the atlas.
    """

    frame: Frame
    shipped: bool = False
    on_disk: bool = True


@dataclass(frozen=True, eq=False)
class PatternsFound:
    """Patterns by channel; after the last part it is known which ones there are not."""

    layer: str
    settings: PatternSettings
    patterns: Mapping[int, ShelfPattern]
    last: bool = False


@dataclass(frozen=True, eq=False)
class TrimPatterns:
    """Keep no more patterns than so many bytes; answered by `PatternsTrimmed`."""

    doing: ClassVar[str] = "dropping kept patterns"
    limit: int


@dataclass(frozen=True)
class PatternsTrimmed:
    """No more patterns are kept than was asked for."""


def slim(frame: Frame) -> Frame:
    """The frame without its input and its state, which are four times its picture and lie in the store."""
    return replace(frame, input=_NOTHING, state=None)


def stored_as(request: PatternRequest, weights_sha256: str) -> str:
    """The key under which the store has a pattern, however far it has been continued."""
    return replace(request, more=()).key(weights_sha256)


@lru_cache(maxsize=32)
def keys_of(layer: str, channels: tuple[int, ...], settings: PatternSettings, weights_sha256: str) -> tuple[str, ...]:
    """The keys of the plain patterns of these channels; remembered, for they are asked for at each visit of a layer."""
    return tuple(goal.request().key(weights_sha256) for goal in goals_of(layer, channels, settings))


def form(session: Session, store: PatternStore, request: FormPattern, cancelled: threading.Event) -> Iterator[object]:
    """Answer `FormPattern` where the network is."""
    goal = request.goal
    key = stored_as(goal.request(), session.weights.sha256)
    plain = request.before is None and request.start is None and goal.objective.pictures == 1
    kept = store.get(key) if plain else None
    if kept is not None and reaches(kept, goal.request()):
        yield PatternFormed(goal, (kept,), None)
        return
    formed, seconds, begun = [], 0.0, time.perf_counter()
    for frame in _frames(session, request, cancelled):
        seconds += time.perf_counter() - begun
        if frame.done:
            formed.append(frame)
        else:
            yield Newest(PatternFrame(goal, frame, seconds))
        begun = time.perf_counter()  # while the job was paused, or made way for another one, nothing was formed
    if cancelled.is_set():
        return
    keeps = goal.objective.pictures == 1 and request.start is None
    on_disk = keeps and store.put(key, formed[-1])
    yield PatternFormed(goal, tuple(formed), seconds, on_disk, store.problem)


def reaches(kept: Frame, request: PatternRequest) -> bool:
    """Whether a kept pattern is what is asked for: continued as far, if that is asked for at all."""
    return not request.more or kept.continued == request.more


def _frames(session: Session, request: FormPattern, cancelled: threading.Event) -> Iterator[Frame]:
    from engine.gradient_ascent import ascent  # loads TensorFlow, so it must be this thread that does it

    goal, control = request.goal, ascent.Control(cancelled, early=True)
    if request.before is None:
        return ascend(session, goal.request(), request.start, control)
    state = request.before.state
    if state is None:
        raise EngineError("This pattern was not kept with what is needed to continue it; form it again.")
    return ascent.resume(session.pattern_network(), state, goal.objective, request.more, control=control)


def ascend(session: Session, request: PatternRequest, start: Picture | None, control: Control) -> Iterator[Frame]:
    """Form a pattern from its beginning, and continue it as often as is asked for; where the network is.

    Args:
        session: The network.
        request: What is wanted.
        start: The picture to start from instead of noise.
        control: How it is watched and stopped.
    """
    from engine.gradient_ascent import ascent
    from engine.patterns import settle

    network, pixels = session.pattern_network(), None
    wanted = PatternOptions(request.recipe, request.seed)
    if start is not None:
        canvas = settle.settled(session.network, request.layer, wanted).canvas
        pixels = images.fit_image(start.pixels, "crop", canvas)
    frames = ascent.pattern(network, request.layer, request.objective, wanted, start=pixels, control=control)
    for steps in request.more:
        frames = _continued(network, frames, request, steps, control)
    return frames


def _continued(
    network: PatternNetwork, frames: Iterator[Frame], request: PatternRequest, steps: int, control: Control
) -> Iterator[Frame]:
    """The frames of an ascent and of its continuation, of which only the last is the end."""
    from engine.gradient_ascent import ascent

    for frame in frames:
        if not frame.done or frame.state is None or control.cancelled:
            yield frame
            continue
        yield replace(frame, done=False, outcome="rendering", state=None)
        for later in ascent.resume(network, frame.state, request.objective, steps, control=control):
            yield replace(later, attempts=frame.attempts, best_attempt=frame.best_attempt)


def find(store: PatternStore, atlas: Atlas, request: FindPatterns, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `FindPatterns` in the studio: the person's own patterns first, the shipped ones for the rest."""
    found: dict[int, ShelfPattern] = {}
    missing = []
    kept = store.keys()
    channels = request.channels
    keys = keys_of(request.layer, channels, request.settings, request.weights_sha256) if kept else ("",) * len(channels)
    for channel, key in zip(channels, keys, strict=True):
        frame = store.get(key) if key in kept else None
        if frame is None:
            missing.append(channel)
        else:
            found[channel] = ShelfPattern(slim(frame))
        if len(found) == _AT_ONCE:
            yield PatternsFound(request.layer, request.settings, found)
            found = {}
    ships = shipped_channels(atlas, request.layer, request.settings, request.weights_sha256)
    for channel in missing:
        shipped = atlas.pattern(request.layer, channel) if channel in ships else None
        if shipped is not None:
            found[channel] = ShelfPattern(frame_of(shipped), shipped=True)
    yield PatternsFound(request.layer, request.settings, found, last=True)


def trim(store: PatternStore, request: TrimPatterns, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `TrimPatterns`, in each process that puts patterns into the store or drops them."""
    store.limit = request.limit
    store.trim()
    yield PatternsTrimmed()


def shipped_channels(atlas: Atlas, layer: str, settings: PatternSettings, weights_sha256: str) -> frozenset[int]:
    """Of which channels of a layer the atlas has patterns, made in just that way with just those weights."""
    index = atlas.index(layer)
    if index is None or index.weights_sha256 != weights_sha256:
        return frozenset()
    # Its tiles are as large as a sheet has them, which is for the layer to settle in a recipe too.
    recipe = replace(index.recipe, size=0, canvas=0)
    same = (recipe, index.seed) == (settings.resolved(), settings.seed)
    return frozenset(index.patterns) if same else frozenset()


def frame_of(pattern: AtlasPattern) -> Frame:
    """A pattern of an atlas as a frame; what the network was fed for it is not known, for its sheet may be lossy."""
    return Frame(
        layer=pattern.layer,
        channel=pattern.channel,
        variant=0,
        step=pattern.step,
        steps=pattern.step,
        done=True,
        score=pattern.score,
        outcome=pattern.outcome,
        image=pattern.image,
        input=_NOTHING,
        curve=np.array([(pattern.step, pattern.score)], np.float32),
        recipe=pattern.recipe,
        seed=pattern.seed,
        attempts=pattern.attempts,
        note=pattern.note,
    )
