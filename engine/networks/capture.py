"""The maps of any Keras model, recorded while it is called: nested, shared and subclassed layers as well.

`keras.Model(model.inputs, layer.output)` reaches only the layers of a plain graph. What reaches all of them is to put a
recorder around each layer's ``call``, and around its activation, for as long as one call is traced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from engine.records import LINEAR, EngineError

SEPARATOR = "/"
"""Stands between a nested model's name and its layer's."""


def layers_of(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The layers of a model that hold no others, each with its path, in the order in which Keras lists them.

    Args:
        model: A Keras model, or a layer with layers in it.
        prefix: What its own path is, with a separator at its end.
    """
    for layer in model._flatten_layers(include_self=False, recursive=False):
        path = f"{prefix}{layer.name}"
        if next(iter(layer._flatten_layers(include_self=False, recursive=False)), None) is None:
            yield path, layer
        else:
            yield from layers_of(layer, path + SEPARATOR)


class _ReachedError(BaseException):
    """All that is wanted has been recorded. Keras gives every `Exception` of a layer another text and type."""


def captured(model: Any, inputs: Any, until: Collection[str] = ()) -> tuple[Any, Mapping[str, Any]]:
    """Call a model and record what its layers put out; to be traced, or for one call operation by operation.

    Args:
        model: A Keras model.
        inputs: What it is called with.
        until: Go no further than these, in a model that calls each layer once; all the way when empty.

    Returns:
        Its output, or None when it was not reached; and tensors by name in the order of computation: a layer's path,
        with ``:linear`` for what goes into its activation, and with ``#1``, ``#2`` … for a layer that is called several
        times.
    """
    calls: list[tuple[str, str, Any]] = []
    missing = set(until)

    def record(path: str, suffix: str, tensor: Any) -> None:
        calls.append((path, suffix, tensor))
        missing.discard(path + suffix)
        if until and not missing:
            raise _ReachedError

    output = None
    with _recorded(model, record), suppress(_ReachedError):
        output = model(inputs, training=False)
    counts: dict[tuple[str, str], int] = {}
    for path, suffix, _ in calls:
        counts[path, suffix] = counts.get((path, suffix), 0) + 1
    seen: dict[tuple[str, str], int] = {}
    found: dict[str, Any] = {}
    for path, suffix, tensor in calls:
        number = seen[path, suffix] = seen.get((path, suffix), 0) + 1
        found[f"{path}{f'#{number}' if counts[path, suffix] > 1 else ''}{suffix}"] = tensor
    return output, found


def pick(found: Mapping[str, Any], names: Collection[str]) -> list[Any]:
    """The tensors of these names.

    Raises:
        EngineError: One of them was not recorded.
    """
    missing = next((name for name in names if name not in found), None)
    if missing is not None:
        raise EngineError(f"The layer {missing!r} was not reached when the network was called; choose another one.")
    return [found[name] for name in names]


@contextmanager
def _recorded(model: Any, record: Callable[[str, str, Any], None]) -> Iterator[None]:
    """While this lasts, each leaf layer tells what it puts out, and what goes into its activation."""
    changed: list[tuple[dict[str, Any], str, Any]] = []

    def replace(layer: Any, name: str, value: Any) -> None:
        own = vars(layer)  # not `setattr`, which Keras watches
        changed.append((own, name, own.get(name, _NOTHING)))
        own[name] = value

    done: set[int] = set()
    try:
        for path, layer in layers_of(model):
            if id(layer) in done:  # two parents share it, and the first one's path is its name
                continue
            done.add(id(layer))
            replace(layer, "call", _telling_output(layer.call, path, record))
            activation = getattr(layer, "activation", None)
            if callable(activation) and getattr(activation, "__name__", "") != "linear":
                replace(layer, "activation", _telling_input(activation, path, record))
        yield
    finally:
        for own, name, before in reversed(changed):
            if before is _NOTHING:
                del own[name]
            else:
                own[name] = before


_NOTHING = object()


def _telling_output(call: Any, path: str, record: Callable[[str, str, Any], None]) -> Any:
    def telling(*arguments: Any, **options: Any) -> Any:
        output = call(*arguments, **options)
        record(path, "", output)
        return output

    return telling


def _telling_input(activation: Any, path: str, record: Callable[[str, str, Any], None]) -> Any:
    def telling(value: Any, **options: Any) -> Any:
        record(path, LINEAR, value)
        return activation(value, **options)

    return telling
