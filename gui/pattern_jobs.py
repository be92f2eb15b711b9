"""What the window asks its threads to do about filter patterns, and what answers it there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine import images
from engine.patterns.atlas import Atlas, AtlasPattern
from engine.patterns.records import Frame
from engine.patterns.store import PatternStore
from engine.records import EngineError, Picture
from gui.job_thread import Newest
from gui.pattern_queue import Goal, goals_of
from gui.pattern_settings import PatternSettings

if TYPE_CHECKING:
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
    """A finished pattern, or several of one goal; `seconds` is None when it was found on the disk."""

    goal: Goal
    frames: tuple[Frame, ...]
    seconds: float | None


@dataclass(frozen=True, eq=False)
class FindPatterns:
    """Find those patterns of a layer that are on the disk; answered by `PatternsFound`, part by part."""

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
    """

    frame: Frame
    shipped: bool = False


@dataclass(frozen=True, eq=False)
class PatternsFound:
    """Patterns by channel."""

    layer: str
    settings: PatternSettings
    patterns: Mapping[int, ShelfPattern]


def slim(frame: Frame) -> Frame:
    """The frame without its input and its state, which are four times its picture and lie in the store."""
    return replace(frame, input=_NOTHING, state=None)


def form(session: Session, store: PatternStore, request: FormPattern, cancelled: threading.Event) -> Iterator[object]:
    """Answer `FormPattern` on the engine thread."""
    goal = request.goal
    key = goal.request().key(session.weights.sha256)
    plain = request.before is None and request.start is None and goal.objective.pictures == 1
    kept = store.get(key) if plain else None
    if kept is not None:
        yield PatternFormed(goal, (kept,), None)
        return
    begun = time.perf_counter()
    formed = []
    for frame in _frames(session, request, cancelled):
        if frame.done:
            formed.append(frame)
        else:
            yield Newest(PatternFrame(goal, frame, time.perf_counter() - begun))
    if cancelled.is_set():
        return
    if goal.objective.pictures == 1 and request.start is None:
        store.put(key, formed[-1])
    yield PatternFormed(goal, tuple(formed), time.perf_counter() - begun)


def _frames(session: Session, request: FormPattern, cancelled: threading.Event) -> Iterator[Frame]:
    from engine.patterns import ascent, planning  # load TensorFlow, so it must be this thread that does it

    goal, control = request.goal, ascent.Control(cancelled)
    network = session.pattern_network()
    if request.before is not None:
        state = request.before.state
        if state is None:
            raise EngineError("This pattern was not kept with what is needed to continue it; form it again.")
        return ascent.resume(network, state, goal.objective, request.more, control=control)
    recipe, start = goal.settings.resolved(), None
    if request.start is not None:
        start = images.fit_image(request.start.pixels, "crop", planning.settled(network, goal.layer, recipe).canvas)
    return ascent.pattern(
        network, goal.layer, goal.objective, recipe, seed=goal.settings.seed, start=start, control=control
    )


def find(store: PatternStore, atlas: Atlas, request: FindPatterns, _cancelled: threading.Event) -> Iterator[object]:
    """Answer `FindPatterns` on the studio thread: the person's own patterns first, the shipped ones for the rest."""
    found: dict[int, ShelfPattern] = {}
    missing = []
    for goal in goals_of(request.layer, request.channels, request.settings):
        channel = goal.objective.channel
        assert channel is not None
        frame = store.get(goal.request().key(request.weights_sha256))
        if frame is None:
            missing.append(channel)
        else:
            found[channel] = ShelfPattern(slim(frame))
        if len(found) == _AT_ONCE:
            yield PatternsFound(request.layer, request.settings, found)
            found = {}
    if not _ships(atlas, request):
        missing = []
    for channel in missing:
        shipped = atlas.pattern(request.layer, channel)
        if shipped is not None:
            found[channel] = ShelfPattern(_frame_of(shipped), shipped=True)
    yield PatternsFound(request.layer, request.settings, found)


def _ships(atlas: Atlas, request: FindPatterns) -> bool:
    """Whether the atlas has patterns of that layer, made in just that way with just those weights."""
    index = atlas.index(request.layer)
    if index is None or index.weights_sha256 != request.weights_sha256:
        return False
    # Its tiles are as large as a sheet has them, which is for the layer to settle in a recipe too.
    recipe = replace(index.recipe, size=0, canvas=0)
    return (recipe, index.seed) == (request.settings.resolved(), request.settings.seed)


def _frame_of(pattern: AtlasPattern) -> Frame:
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
