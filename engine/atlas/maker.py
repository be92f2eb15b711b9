"""Computes an atlas layer by layer, and resumes where an interrupted run stopped.

Every finished pattern goes to a store at once, and a layer's sheet is written when the layer is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.atlas.reader import Atlas
from engine.atlas.writer import QUALITY, write_layer
from engine.files.regular_file import shown
from engine.patterns.options import PatternOptions
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame
from engine.patterns.requests import of_channel
from engine.patterns.store import PatternStore
from engine.records import EngineError, Progress

if TYPE_CHECKING:
    from engine.session import Session

WORK_FOLDER = ".work"
"""Where finished patterns wait, below the atlas, unless somebody says otherwise."""

SMALLEST_TILE = 96
"""The smallest side of a tile, in pixels."""

LARGEST_TILE = 128
"""The largest side of a tile, in pixels."""


@dataclass(frozen=True)
class AtlasJob:
    """What to compute and where to put it.

    Attributes:
        folder: Where the atlas is to be.
        work: Where finished patterns are kept until their layer is complete, and after that.
        layers: Names of convolutions.
        recipe: The recipe; a size of 0 is settled by the layer.
        seed: The seed.
        quality: Of lossy sheets, from 0 to 100.
    """

    folder: Path
    work: Path
    layers: tuple[str, ...]
    recipe: Recipe
    seed: int = 0
    quality: int = QUALITY


def tile_side(canvas: int) -> int:
    """Side of the tiles of a layer, in pixels.

    A pattern repeats without seams, so a small canvas is shown whole-number times where that is not too large.

    Args:
        canvas: Side of what is optimised, in pixels.
    """
    times = -(-SMALLEST_TILE // canvas)
    return times * canvas if times * canvas <= LARGEST_TILE else min(max(canvas, SMALLEST_TILE), LARGEST_TILE)


def make_atlas(session: Session, job: AtlasJob) -> Iterator[Progress]:
    """Compute what is not there yet, and write each layer that becomes complete.

    A generator: after each pattern comes progress in patterns of the layer under way, with the layer's name as its
    text; stop at any of them. The last one of a layer comes when its files are there.

    Args:
        session: The network, on the thread that opened it.
        job: What to do.

    Raises:
        EngineError: The request cannot be met, or the disk refuses.
    """
    store = PatternStore(job.work, limit=None)
    for layer in job.layers:
        yield from _LayerJob(session, job, layer, store).run()


def write_partial(session: Session, job: AtlasJob) -> tuple[str, ...]:
    """Write the layers that are not complete with the patterns that are there.

    Returns:
        Names of the layers that were written.
    """
    store = PatternStore(job.work, limit=None)
    layers = [_LayerJob(session, job, layer, store) for layer in job.layers]
    return tuple(layer.name for layer in layers if not layer.written() and layer.write())


_BATCH = 8
"""Channels climbed at once: a third to twice as fast in all, and the same pictures as one at a time."""


class _LayerJob:
    """One layer of an atlas.

    Attributes:
        name: The layer.
    """

    def __init__(self, session: Session, job: AtlasJob, layer: str, store: PatternStore) -> None:
        from engine.patterns.settle import settled

        canvas = settled(session.network, layer, PatternOptions(job.recipe)).canvas
        self.name = layer
        self._recipe = replace(job.recipe, canvas=canvas, size=job.recipe.size or tile_side(canvas))
        self._session = session
        self._job = job
        self._store = store
        self._count = session.network.layer(layer).channels
        weights = session.weights.sha256
        wanted = PatternOptions(self._recipe, job.seed)
        self._keys = [of_channel(layer, channel, wanted).key(weights) for channel in range(self._count)]

    def run(self) -> Iterator[Progress]:
        """Compute and write the layer, unless it is there."""
        if not self.written():
            missing = self._missing()
            yield self._progress(len(missing))
            yield from self._compute(missing)
            if lost := self._missing():
                raise EngineError(
                    f"{len(lost)} patterns of {self.name} are no longer in {shown(str(self._job.work))}; "
                    "run this again to compute them again."
                )
            self.write()
        yield self._progress(0)

    def written(self) -> bool:
        """Whether the atlas has the whole layer, made in the same way."""
        atlas = Atlas(self._job.folder, self._session.weights.sha256)
        index = atlas.index(self.name)
        if index is None or index.missing or (index.recipe, index.seed) != (self._recipe, self._job.seed):
            return False
        return atlas.tiles(self.name) is not None

    def write(self) -> bool:
        """Write what is there; says whether there was anything."""
        frames = [frame for channel in range(self._count) if (frame := self._kept(channel)) is not None]
        if frames:
            write_layer(
                self._job.folder,
                self._session.network.layer(self.name),
                frames,
                weights_sha256=self._session.weights.sha256,
                recipe=self._recipe,
                seed=self._job.seed,
                quality=self._job.quality,
            )
        return bool(frames)

    def _compute(self, missing: list[int]) -> Iterator[Progress]:
        left = len(missing)
        # Whole batches, always the same ones: the last digits of a score depend on what it was computed with.
        channels = [
            channel for channel in range(self._count) if any(channel // _BATCH == other // _BATCH for other in missing)
        ]
        frames = self._session.patterns(self.name, channels, self._recipe, seed=self._job.seed, batch=_BATCH, every=0)
        for frame in frames:
            if not frame.done or frame.channel not in missing:
                continue
            self._store.put(self._keys[frame.channel], frame, with_state=False)
            if self._store.problem:
                raise EngineError(self._store.problem)
            left -= 1
            yield self._progress(left)

    def _missing(self) -> list[int]:
        return [channel for channel in range(self._count) if self._kept(channel) is None]

    def _kept(self, channel: int) -> Frame | None:
        return self._store.get(self._keys[channel])

    def _progress(self, left: int) -> Progress:
        return Progress(self._count - left, self._count, self.name)
