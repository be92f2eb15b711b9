"""The fields of a JSON file that anybody may have written: each must be there and be what it should be.

What is accepted is named by functions from a value to that value, or to None when it is refused.
"""

from __future__ import annotations

import json
import math
import re
import reprlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from engine.units import bytes_text

LARGEST = 2**31 - 1
"""The largest whole number that is accepted anywhere."""

_MAXIMUM_TEXT = 4096
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

_T = TypeVar("_T")


class InvalidError(ValueError):
    """What is wrong, as the end of a sentence that begins with the file's name."""


def load_object(path: Path, limit: int) -> dict[str, Any]:
    """The JSON object in a file.

    Args:
        path: Where it is. Only a regular file is opened: a pipe would never end.
        limit: The most bytes that are read.

    Raises:
        InvalidError: There is no such file, it is too large, or it is not a JSON object.
    """
    try:
        if not path.is_file():
            raise InvalidError("there is no such file")
        if path.stat().st_size > limit:
            raise InvalidError(f"it is larger than {bytes_text(limit)}")
        content = json.loads(path.read_bytes(), parse_constant=_no_constant)
    except OSError as error:
        raise InvalidError(f"it cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidError):
            raise
        raise InvalidError("it is damaged or no JSON") from error
    if not isinstance(content, dict):
        raise InvalidError("no export of this program wrote it")
    return content


def check_version(content: dict[str, Any], schema: str, version: int) -> None:
    """Raise an `InvalidError` unless the object says that it follows this schema, in this version or an older one."""
    if content.get("schema") != schema:
        raise InvalidError("no export of this program wrote it")
    found = content.get("version")
    if type(found) is not int or found < 1:
        raise InvalidError(f"'version' is {shown(found)}")
    if found > version:
        raise InvalidError(f"a newer version of the program wrote it (manifest version {shown(found)})")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


class Fields:
    """The fields of one JSON object; whatever is missing or wrong raises an `InvalidError` that names its place."""

    def __init__(self, content: object, place: str = "") -> None:
        if not isinstance(content, dict):
            raise InvalidError(f"{place.rstrip('.')!r} is {shown(content)}")
        self._content = content
        self._place = place

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def get(self, key: str, accept: Callable[[object], _T | None]) -> _T:
        """The field, if `accept` gives something for it."""
        if key not in self._content:
            raise InvalidError(f"{self._place + key!r} is missing")
        value = self._content[key]
        accepted = accept(value)
        if accepted is None:
            raise InvalidError(f"{self._place + key!r} is {shown(value)}")
        return accepted

    def fields(self, key: str) -> Fields:
        """The fields of an object in this one."""
        return Fields(self.get(key, lambda value: value), f"{self._place}{key}.")

    def text(self, key: str) -> str:
        """A text that is not empty."""
        return self.get(key, text)

    def optional_text(self, key: str) -> str | None:
        """A text, or None where the field is null."""
        return None if self._content.get(key, "missing") is None else self.text(key)

    def choice(self, key: str, options: tuple[_T, ...]) -> _T:
        """One of the options."""
        return self.get(key, lambda value: next((option for option in options if option == value), None))

    def digest(self, key: str) -> str:
        """The hex digits of a sha256."""
        return self.get(key, lambda value: value if isinstance(value, str) and _SHA256.fullmatch(value) else None)

    def flag(self, key: str) -> bool:
        """True or false."""
        return bool(self.get(key, lambda value: (value,) if isinstance(value, bool) else None)[0])

    def integer(self, key: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return self.get(key, lambda value: value if type(value) is int and low <= value <= high else None)

    def number(self, key: str) -> float:
        """A finite number."""
        return self.get(key, finite)

    def items(self, key: str, accept: Callable[[object], _T | None], limit: int) -> tuple[_T, ...]:
        """A list of at most `limit` entries, all accepted."""
        values = self.get(key, lambda value: value if isinstance(value, list) and len(value) <= limit else None)
        accepted = tuple(accept(value) for value in values)
        for value, item in zip(values, accepted, strict=True):
            if item is None:
                raise InvalidError(f"{self._place + key!r} has the entry {shown(value)}")
        return tuple(item for item in accepted if item is not None)


def text(value: object) -> str | None:
    """A text that is neither empty nor endless."""
    return value if isinstance(value, str) and 0 < len(value) <= _MAXIMUM_TEXT else None


def channel(value: object) -> int | None:
    """A whole number from 0."""
    return value if type(value) is int and 0 <= value <= LARGEST else None


def plain_name(value: object) -> str | None:
    """A file name that cannot lead out of the manifest's folder."""
    return value if isinstance(value, str) and _PLAIN_NAME.fullmatch(value) else None


def finite(value: object) -> float | None:
    """A number that is one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300 or not math.isfinite(value):
        return None
    return float(value)


def shown(value: object) -> str:
    """The value as part of a sentence, short however long or deep it is."""
    return reprlib.repr(value)
