"""Frames for an animation: one attempt per pattern, thinned to the frames that are written."""

from __future__ import annotations

from engine.memory.estimates import FILM_PICTURES
from engine.patterns.records import Frame
from engine.records import ImageArray


class Films:
    """The pictures of the ascents of patterns, each pattern by a name that is the caller's.

    A rescue begins anew, and an animation shows only the attempt that the finished picture comes from. That is the one
    that is on or, where every attempt is stuck, the best one; so one before the one that is on is kept, and no more.
    """

    def __init__(self) -> None:
        self._films: dict[object, dict[int, _Film]] = {}

    def __len__(self) -> int:
        """Of how many ascents there are pictures."""
        return sum(len(attempts) for attempts in self._films.values())

    def add(self, name: object, frame: Frame) -> bool:
        """Keep the picture of the next frame of a pattern; whether an ascent begins with it."""
        attempts = self._films.setdefault(name, {})
        number = frame.best_attempt or frame.attempts
        begins = number not in attempts
        if begins:
            best = max(attempts, key=lambda key: attempts[key].score, default=None)
            for key in attempts.keys() - {best}:
                del attempts[key]
            attempts[number] = _Film()
        attempts[number].add(frame)
        return begins

    def take(self, name: object, last: Frame) -> list[ImageArray]:
        """The pictures of the attempt that a finished pattern comes from; nothing of that pattern is kept any longer.

        Args:
            name: The pattern.
            last: Its last frame, which has been added.
        """
        return self._films.pop(name)[last.best_attempt or last.attempts].pictures()


class _Film:
    """Pictures of one attempt at even distances, and the last one.

    Attributes:
        score: That of the last picture.
    """

    def __init__(self) -> None:
        self.score = 0.0
        self._kept: list[ImageArray] = []
        self._seen = 0
        self._distance = 1
        self._last: tuple[int, ImageArray] | None = None

    def add(self, frame: Frame) -> None:
        if self._last is not None and self._last[0] != frame.step:  # where an attempt ends comes twice
            self._keep(self._last[1])
        self._last = frame.step, frame.image
        self.score = frame.score

    def pictures(self) -> list[ImageArray]:
        return self._kept if self._last is None else [*self._kept, self._last[1]]

    def _keep(self, image: ImageArray) -> None:
        if self._seen % self._distance == 0:
            self._kept.append(image)
        self._seen += 1
        if len(self._kept) == FILM_PICTURES:
            del self._kept[1::2]
            self._distance *= 2
