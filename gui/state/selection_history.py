"""What was selected, and what was selected before that."""

from __future__ import annotations

import itertools
from typing import TypeAlias

_LIMIT = 100
_moments = itertools.count(1)

_Left: TypeAlias = tuple[int, tuple[int, ...]]
"""A selection, after the moment at which it was left for another one."""


def moment() -> int:
    """A number larger than all before: it tells of things that are kept in different places which was done last."""
    return next(_moments)


class SelectionHistory:
    """Selections of channels in the order they were made, with one of them the present one."""

    def __init__(self) -> None:
        self._past: list[_Left] = []
        self._future: list[_Left] = []
        self._present: tuple[int, ...] = ()

    @property
    def present(self) -> tuple[int, ...]:
        """The selection as it is now."""
        return self._present

    @property
    def changed_at(self) -> int:
        """The `moment` of the last change, which `undo` takes back; 0 when there is none."""
        return self._past[-1][0] if self._past else 0

    @property
    def can_redo(self) -> bool:
        """Whether a selection was undone."""
        return bool(self._future)

    def push(self, selection: tuple[int, ...]) -> None:
        """Make this the present selection; what had been undone can no longer be redone."""
        if selection == self._present:
            return
        self._past = [*self._past[-_LIMIT + 1 :], (moment(), self._present)]
        self._future.clear()
        self._present = selection

    def undo(self) -> bool:
        """Go back to the selection before; False when there is none."""
        return self._move(self._past, self._future)

    def redo(self) -> bool:
        """Go forward to the selection that was undone last; False when there is none."""
        return self._move(self._future, self._past)

    def _move(self, source: list[_Left], target: list[_Left]) -> bool:
        if not source:
            return False
        target.append((moment(), self._present))
        _, self._present = source.pop()
        return True
