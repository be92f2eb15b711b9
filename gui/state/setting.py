"""One remembered value, typed and checked: what `gui.state.settings.Settings` is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Generic, Protocol, TypeVar, cast, overload

_T = TypeVar("_T")


class Texts(Protocol):
    """Whatever keeps texts by key."""

    def text(self, key: str) -> str:
        """The text under a key, or ""."""
        ...

    def set_text(self, key: str, text: str) -> None:
        """Keep a text under a key."""
        ...


class Setting(Generic[_T]):
    """One remembered value: an attribute of `gui.state.settings.Settings` that reads and writes a key.

    Everything is kept as text and checked here, because QSettings turns what it cannot read into 0 or "".
    """

    def __init__(self, key: str, default: _T, parse: Callable[[str], _T], write: Callable[[_T], str] = str) -> None:
        self._key = key
        self._default = default
        self._parse = parse
        self._write = write

    @overload
    def __get__(self, owner: None, kind: type[Texts]) -> Setting[_T]: ...
    @overload
    def __get__(self, owner: Texts, kind: type[Texts]) -> _T: ...
    def __get__(self, owner: Texts | None, kind: type[Texts]) -> _T | Setting[_T]:
        if owner is None:
            return self
        try:
            return self._parse(owner.text(self._key))
        except ValueError:
            return self._default

    def __set__(self, owner: Texts, value: _T) -> None:
        owner.set_text(self._key, self._write(value))


def choice(key: str, default: _T, choices: Collection[_T]) -> Setting[_T]:
    """One of a few values."""

    def parse(text: str) -> _T:
        if text not in choices:
            raise ValueError(text)
        return cast("_T", text)

    return Setting(key, default, parse)


def number(key: str, default: int, low: int, high: int) -> Setting[int]:
    """A whole number within limits."""
    return Setting(key, default, lambda text: _within(int(text), low, high))


def share(key: str, default: float) -> Setting[float]:
    """A number from 0 to 1."""
    return Setting(key, default, lambda text: _within(float(text), 0.0, 1.0), repr)


def any_float(key: str, default: float) -> Setting[float]:
    """Any finite number."""
    return Setting(key, default, lambda text: _within(float(text), -math.inf, math.inf), repr)


def flag(key: str, default: bool) -> Setting[bool]:
    """Yes or no."""
    return Setting(
        key, default, lambda text: {"true": True, "false": False}.get(text, default), lambda on: str(on).lower()
    )


def text(key: str, default: str = "") -> Setting[str]:
    """Any text; an empty one is the default."""
    return Setting(key, default, lambda text: text or default)


def _within(value: _T, low: _T, high: _T) -> _T:
    if not low <= value <= high or value in (math.inf, -math.inf):  # type: ignore[operator]
        raise ValueError(value)
    return value
