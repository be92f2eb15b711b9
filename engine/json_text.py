"""Options from JSON, which another version may have written: what makes no sense keeps its default."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_T = TypeVar("_T", bound="DataclassInstance")


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a text; empty when there is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def options(kind: type[_T], text: str, **choices: Collection[object]) -> _T:
    """A dataclass from a JSON object; a field keeps its default where the value is of another type or no choice.

    Args:
        kind: A dataclass in which every field has a default.
        text: The JSON.
        choices: The values that a field may have, by its name; any of its type when not given.
    """
    default, found = kind(), json_object(text)
    names = [field.name for field in dataclasses.fields(kind) if field.name in found]
    fitting = [name for name in names if type(found[name]) is type(getattr(default, name))]
    return kind(**{name: found[name] for name in fitting if found[name] in choices.get(name, (found[name],))})
