"""The queue of patterns as text: what is left to do, for the next start of the program."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, TypeAlias

from engine.networks.description import NetworkDescription
from engine.networks.vgg16 import VGG16
from engine.patterns.goals import Goal, goals_of
from engine.patterns.objectives import Objective, Term, channel
from engine.patterns.settings import PatternSettings
from engine.records import EngineError, LayerInfo
from gui.state.pattern_queue import PatternQueue

FORMAT = 2
"""Version of what `to_text` writes. Up to 1, each channel had a record of its own."""

_BEFORE_NAMES = asdict(VGG16.identity)
"""The network of a queue that names none: there was one only."""

_MOST_DONE = 100_000
"""The most patterns of an order that are believed to have been formed before."""

_SENSELESS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, EngineError)

_Alike: TypeAlias = tuple[str, PatternSettings, str] | None
"""Layer, settings and picture of a goal that differs from its like in the channel only."""


def to_text(queue: PatternQueue, network: NetworkDescription) -> str:
    """What is left to do with a network, as JSON."""
    orders = [
        {"title": order.title, "goals": list(_records(order.left)), "done": order.done}
        for order in queue.orders
        if not order.ended
    ]
    return json.dumps({"format": FORMAT, "network": asdict(network.identity), "orders": orders})


def add_from_text(queue: PatternQueue, text: str, network: NetworkDescription) -> None:
    """Add the orders of `to_text`. What makes no sense, or is of a later version or another network, is left out."""
    try:
        record = json.loads(text)
        orders = record["orders"] if record["format"] in range(1, FORMAT + 1) and _is_of(record, network) else []
    except (ValueError, LookupError, TypeError, RecursionError):
        return
    for order in orders if isinstance(orders, list) else ():
        with suppress(*_SENSELESS):
            goals = [goal for entry in order["goals"] for goal in _goals(entry, network)]
            if goals:
                queue.add(str(order["title"]), goals)
                _count_done(queue, order.get("done"))


def of_later_version(text: str) -> bool:
    """Whether a later version of the program wrote this in place of `to_text`."""
    try:
        found = json.loads(text)["format"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
    return type(found) is int and found > FORMAT


def _is_of(record: Mapping[str, Any], network: NetworkDescription) -> bool:
    """Whether a queue is one of this network, which may have other weights by now."""
    named = record.get("network", _BEFORE_NAMES)
    same = network.digest and network.digest == named["digest"]
    return bool(same or network.name == named["name"])


def _count_done(queue: PatternQueue, done: object) -> None:
    """Take into account what an earlier run of the program formed of the last order."""
    if isinstance(done, int) and 0 < done <= _MOST_DONE:
        queue.orders[-1].formed = done
        queue.orders[-1].total += done


def _records(goals: Sequence[Goal]) -> Iterator[dict[str, Any]]:
    """One record for the neighbours that differ in the channel only: a whole network has 13 of them, not 4,224."""
    for alike, group in itertools.groupby(goals, _alike):
        if alike is None:
            yield from map(_record, group)
        else:
            layer, settings, picture = alike
            numbers = [goal.channel for goal in group]
            yield {"layer": layer, "settings": settings.to_text(), "channels": numbers, "picture": picture}


def _alike(goal: Goal) -> _Alike:
    number = goal.channel
    whole = number is not None and not goal.more and goal.objective == channel(number)
    return (goal.layer, goal.settings, goal.picture) if whole else None


def _record(goal: Goal) -> dict[str, Any]:
    return {
        "layer": goal.layer,
        "settings": goal.settings.to_text(),
        "terms": [[term.channel, term.weight, term.position] for term in goal.objective.terms],
        "pictures": goal.objective.pictures,
        "diversity": goal.objective.diversity,
        "more": list(goal.more),
        "picture": goal.picture,
    }


def _goals(record: Any, network: NetworkDescription) -> Iterable[Goal]:
    """The goals of a record; none of one that makes no sense."""
    try:
        layer = network.layer(record["layer"])
        settings, picture = PatternSettings.from_text(record["settings"]), str(record.get("picture", ""))
        if "channels" in record:
            return goals_of(layer.name, _numbers(layer, record["channels"]), settings, picture)
        objective = Objective(_terms(layer, record["terms"]), int(record["pictures"]), float(record["diversity"]))
        more = tuple(int(steps) for steps in record.get("more", ()))
        return [Goal(layer.name, objective, settings, more, picture)]
    except _SENSELESS:
        return []


def _terms(layer: LayerInfo, records: Iterable[Any]) -> tuple[Term, ...]:
    return tuple(
        Term(
            None if number is None else _number(layer, number),
            float(weight),
            None if place is None else (float(place[0]), float(place[1])),
        )
        for number, weight, place in records
    )


def _numbers(layer: LayerInfo, found: Iterable[Any]) -> Iterator[int]:
    """Those that are channels of the layer."""
    for number in found:
        with suppress(*_SENSELESS):
            yield _number(layer, number)


def _number(layer: LayerInfo, number: Any) -> int:
    """A channel of the layer.

    Raises:
        LookupError, ValueError, TypeError, OverflowError: It has no such channel.
    """
    return range(layer.channels)[int(number)]
