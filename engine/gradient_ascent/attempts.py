"""Attempts at a pattern: which frames are shown, when to stop, whether to try again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from engine.gradient_ascent.gradients import PatternNetwork
from engine.gradient_ascent.noise_response import response
from engine.gradient_ascent.run import Pictures, Run, Task, read_only
from engine.patterns.objectives import Objective
from engine.patterns.recipes import Recipe
from engine.patterns.records import Frame, Numbers
from engine.patterns.rescue import Attempt, attempts, judge, levelled_off

_EVERY = 4
"""How many steps lie between two frames once a pattern has taken shape."""

_PATIENCE = 3
"""After so many steps without any gradient an ascent is given up."""


@dataclass(frozen=True)
class Control:
    """How an ascent is watched and stopped.

    Attributes:
        cancel: Set from any thread to stop after the step under way; None when nobody will.
        every: A frame every so many steps; 0 for the last one only; None for often at first, every fourth step later.
        early: Whether to show what the first step will lead to before that step is traced, for somebody who waits. It
            is shown again, rounded as it will be kept, when it has been taken.
    """

    cancel: threading.Event | None = None
    every: int | None = None
    early: bool = False

    @property
    def cancelled(self) -> bool:
        """Whether to stop."""
        return self.cancel is not None and self.cancel.is_set()

    def shows(self, step: int) -> bool:
        """Whether there is a frame after this step."""
        if self.every is not None:
            return self.every > 0 and step % self.every == 0
        return step <= 2 or step % (2 if step <= 2 * _EVERY else _EVERY) == 0


Curve: TypeAlias = list[tuple[int, float]]
"""Steps and the scores after them."""


class Film:
    """Takes the frames of one run, of all its pictures, and keeps their curves."""

    def __init__(self, run: Run, attempt: Attempt, number: int, curve: Numbers | None = None) -> None:
        self.steps = run.task.recipe.steps
        self.recipe = attempt.recipe
        self._run = run
        self._number = number
        self._note = f"It took {attempt.text}." if attempt.text else ""
        before: Curve = [] if curve is None else [(int(step), score) for step, score in curve.tolist()]
        self._curves = [list(before) for _ in run.task.objectives]

    def frames(self) -> list[Frame]:
        """Where every picture stands now."""
        shown = self._run.pictures()
        for curve, score in zip(self._curves, shown.scores.tolist(), strict=True):
            if not curve or curve[-1][0] < self._run.step:
                curve.append((self._run.step, score))
        return self._framed(shown, self._run.step, self._curves)

    def early(self) -> list[Frame]:
        """Where every picture will stand after the next step, if that is known; later frames do not build on it."""
        shown = self._run.glimpse()
        if shown is None:
            return []
        step = self._run.step + 1
        points = [(step, score) for score in shown.scores.tolist()]
        curves = [[*curve, point] for curve, point in zip(self._curves, points, strict=True)]
        return self._framed(shown, step, curves)

    def last(self, network: PatternNetwork, cancelled: bool) -> list[Frame]:
        """Where every picture stands at the end, and what became of it."""
        return [self._finished(index, frame, network, cancelled) for index, frame in enumerate(self.frames())]

    def _framed(self, shown: Pictures, step: int, curves: Sequence[Curve]) -> list[Frame]:
        run = self._run
        frames = []
        for index, (image, fed, score) in enumerate(zip(*shown, strict=True)):
            channel = run.task.objectives[index].channel
            frames.append(
                Frame(
                    layer=run.task.layer,
                    channel=-1 if channel is None else channel,
                    variant=run.task.variants[index],
                    step=step,
                    steps=self.steps,
                    done=False,
                    score=float(score),
                    outcome="rendering",
                    image=read_only(image),
                    input=read_only(fed),
                    curve=read_only(np.array(curves[index], np.float32)),
                    recipe=self.recipe,
                    seed=run.task.seed,
                    attempts=self._number,
                    note=self._note,
                )
            )
        return frames

    def _finished(self, index: int, frame: Frame, network: PatternNetwork, cancelled: bool) -> Frame:
        run = self._run
        goal = run.task.objectives[index]
        expected = response(network, frame.layer)[frame.channel] if goal.plain else None
        note = frame.note
        if run.broken:
            note = f"The numbers were no longer finite after step {frame.step}; choose a smaller step size. {note}"
        elif not run.slope[index]:
            note = f"No gradient reaches the picture. {note}"
        return replace(
            frame,
            done=True,
            outcome="rendering"
            if cancelled and frame.step < frame.steps
            else judge(frame.score, expected, float(run.rise[index])),
            note=note.strip(),
            state=run.state(index, frame.curve),
        )


class Climb:
    """Climbs objectives of one layer, a picture each, and tries again where nothing comes of it.

    Attributes:
        layer: The layer.
        control: How it is watched and stopped.
    """

    def __init__(self, network: PatternNetwork, layer: str, control: Control) -> None:
        self.layer = layer
        self.control = control
        self._network = network

    def with_rescue(
        self, goals: Sequence[Objective], recipe: Recipe, seed: int, start: Numbers | None = None
    ) -> Iterator[Frame]:
        """Ascents, one after the other until every pattern is there or nothing is left to try.

        Args:
            goals: The objectives; those that are the same get different pictures.
            recipe: The recipe, settled.
            seed: The seed.
            start: The parameter's numbers to start from instead of noise, float32 (1, …), for one goal.

        Yields:
            Frames; the last of each picture is done.
        """
        pending = [(goal, tuple(goals[:index]).count(goal)) for index, goal in enumerate(goals)]
        best: dict[int, Frame] = {}
        ended: list[Frame] = []
        for number, attempt in enumerate(attempts(recipe, seed), start=1):
            yield from ended  # only now there is another attempt, and they are not the last
            chosen, variants = zip(*pending, strict=True)
            task = Task(self.layer, chosen, variants, attempt.recipe, attempt.seed, attempt.redirect)
            run = Run(self._network, task, start if attempt.recipe.canvas == recipe.canvas else None)
            film = Film(run, attempt, number)
            yield from self._shown(run, film)
            stuck: list[tuple[Objective, int]] = []
            ended = []
            for one, frame in zip(pending, film.last(self._network, self.control.cancelled), strict=True):
                if frame.outcome == "stuck":
                    stuck.append(one)
                    best[id(one)] = max(best.get(id(one), frame), frame, key=lambda kept: kept.score)
                    if self.control.shows(frame.step):
                        ended.append(replace(frame, done=False, outcome="rendering", state=None))
                else:
                    yield frame
            pending = stuck
            if not pending or self.control.cancelled:
                break
        for one in pending:
            yield replace(best[id(one)], attempts=number, best_attempt=best[id(one)].attempts)

    def going_on(self, run: Run, curve: Numbers) -> Iterator[Frame]:
        """More steps of a run, without a rescue."""
        film = Film(run, Attempt(run.task.recipe, run.task.seed), 1, curve)
        yield from self._shown(run, film)
        yield from film.last(self._network, self.control.cancelled)

    def _shown(self, run: Run, film: Film) -> Iterator[Frame]:
        """Advance to the end, or to where there is no point in going on; the last frame is left to the caller."""
        history: list[float] = []
        blank = 0
        if self.control.early and run.step < film.steps and not (run.traced or self.control.cancelled):
            yield from film.early()
        while run.step < film.steps and not run.broken and blank < _PATIENCE and not self.control.cancelled:
            run.advance()
            history.append(float(run.objective.mean()))
            blank = 0 if run.slope.any() else blank + 1
            if levelled_off(history, film.recipe):
                return
            if not run.broken and run.step < film.steps and self.control.shows(run.step):
                yield from film.frames()
