"""What was selected, and what was selected before that."""

from __future__ import annotations

_LIMIT = 100


class SelectionHistory:
    """Selections of channels in the order they were made, with one of them the present one."""

    def __init__(self) -> None:
        self._past: list[tuple[int, ...]] = []
        self._future: list[tuple[int, ...]] = []
        self._present: tuple[int, ...] = ()

    @property
    def present(self) -> tuple[int, ...]:
        """The selection as it is now."""
        return self._present

    def push(self, selection: tuple[int, ...]) -> None:
        """Make this the present selection; what had been undone can no longer be redone."""
        if selection == self._present:
            return
        self._past = [*self._past[-_LIMIT + 1 :], self._present]
        self._future.clear()
        self._present = selection

    def undo(self) -> bool:
        """Go back to the selection before; False when there is none."""
        return self._move(self._past, self._future)

    def redo(self) -> bool:
        """Go forward to the selection that was undone last; False when there is none."""
        return self._move(self._future, self._past)

    def _move(self, source: list[tuple[int, ...]], target: list[tuple[int, ...]]) -> bool:
        if not source:
            return False
        target.append(self._present)
        self._present = source.pop()
        return True
