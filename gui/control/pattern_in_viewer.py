"""The pattern that is shown large: that of the current channel, or what was asked for that has no tile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.patterns.goals import Goal
from engine.patterns.records import Frame
from engine.process.pattern_jobs import PatternFrame, ShelfPattern
from gui.control.pattern_display import PatternDisplay
from gui.control.untiled_results import UntiledResults, View


class PatternInViewer:
    """Chooses what the viewer and the panel show of patterns.

    Attributes:
        goal: What they show, or would if there were anything of it yet; None before the first look.
    """

    def __init__(self, display: PatternDisplay) -> None:
        self.goal: Goal | None = None
        self._display = display
        self._results = UntiledResults()

    def look(self, goal: Goal, view: View, live: PatternFrame | None, kept: ShelfPattern | None) -> None:
        """Show what there is for who looks at this.

        Args:
            goal: The current channel's pattern.
            view: What the person looks at.
            live: The pattern that forms.
            kept: The channel's finished pattern, if it is at hand.
        """
        self._results.look(view)
        result = self._results.shown
        self.goal = result or goal
        if live is not None and self.goal.shown_with(live.goal):
            self._display.show_large(self.goal, live.frame, live.seconds)
        elif result is not None:
            for frame in self._results.frames(result):
                self._display.show_large(result, frame, 0.0)
        elif kept is not None:
            self._display.show_large(goal, kept.frame, 0.0)
        else:
            self._display.clear()

    def follow(self, goal: Goal, frames: Sequence[Frame], seconds: float, view: View) -> None:
        """Show these frames of a pattern, if it is what is looked at."""
        if goal.channel is None:
            self._results.look(view)
            if not self._results.take(goal):
                return
            self.goal = goal
        elif not goal.shown_with(self.goal):
            return
        for frame in frames:
            self._display.show_large(goal, frame, seconds)

    def ask(self, goals: Iterable[Goal], view: View) -> None:
        """These, which have no tile, are shown as soon as there is anything of them, as long as the view stays."""
        self._results.ask(goals, view)

    def recall(self, goal: Goal, view: View) -> None:
        """Have the next look show this result, whatever was asked for since."""
        self._results.ask([goal], view)
        self._results.take(goal)

    def turn_away(self) -> bool:
        """The current channel is wanted; whether something without a tile was."""
        return self._results.turn_away()

    def keep(self, goal: Goal, frames: Iterable[Frame]) -> int | None:
        """Keep a finished result that has no tile.

        Returns:
            Its number, for `result`; None when it is shown already.
        """
        number = self._results.put(goal, frames)
        return None if self._results.shown == goal else number

    def result(self, number: int) -> Goal | None:
        """The result of that number, or None when it had to make room for later ones."""
        return self._results.goal(number)

    def forget(self) -> None:
        """Forget all results: they were of other weights, or have been cleared."""
        self._results.clear()
