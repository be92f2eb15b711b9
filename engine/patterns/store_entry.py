"""One finished pattern as the bytes of a file, and back again, bit for bit."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.networks.preprocessing import CAFFE
from engine.patterns import recipes
from engine.patterns.records import AscentState, Frame

MAGIC = b"convscope pattern 2\n"
"""What an entry begins with; a sha256 of all that follows comes next, then an NPZ file."""

_ANY_VERSION = re.compile(rb"convscope pattern (\d{1,9})\n")

_FRAME_ARRAYS = ("image", "input", "curve")
_STATE_ARRAYS = ("numbers", "first", "second", "curve")
_DIGEST = hashlib.sha256().digest_size


class DamagedError(ValueError):
    """These are not the bytes of an entry."""


class LaterError(ValueError):
    """A later version of the program wrote these bytes."""


def encode(frame: Frame, *, with_state: bool = True) -> bytes:
    """The bytes of an entry.

    Args:
        frame: The last frame of a pattern.
        with_state: Whether to keep what is needed to continue it, which is most of the bytes.
    """
    facts = _facts(frame, ("state", "best_attempt", *_FRAME_ARRAYS))
    arrays: dict[str, Any] = {"image": frame.image, "curve": frame.curve}
    # What its picture gives need not be kept; "caffe" because all entries were made with it at first.
    if CAFFE.to_network(frame.image).tobytes() != frame.input.tobytes():
        arrays["input"] = frame.input
    if frame.state is not None and with_state:
        facts["state"] = _facts(frame.state, _STATE_ARRAYS)
        arrays |= {f"state.{name}": getattr(frame.state, name) for name in _STATE_ARRAYS}
    stream = io.BytesIO()
    np.savez_compressed(stream, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays)
    body = stream.getvalue()
    return MAGIC + hashlib.sha256(body).digest() + body


def decode(data: bytes, *, with_state: bool = False) -> Frame:
    """The frame that an entry holds; its arrays are read-only.

    Args:
        data: From `encode`.
        with_state: Whether the frame should have its state, if the entry does.

    Raises:
        DamagedError: These are other bytes.
        LaterError: A later version of the program wrote them.
    """
    found = _ANY_VERSION.match(data)
    if found and int(found[1]) > int(MAGIC.split()[-1]):
        raise LaterError("a later version of the program wrote it")
    body = data[len(MAGIC) + _DIGEST :]
    if not data.startswith(MAGIC) or hashlib.sha256(body).digest() != data[len(MAGIC) : len(MAGIC) + _DIGEST]:
        raise DamagedError("it is damaged")
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return _frame(arrays, with_state=with_state)
    except MemoryError:
        raise
    except Exception as error:  # zipfile, numpy and json raise whatever damaged bytes lead to
        raise DamagedError("another version of the program wrote it") from error


def _facts(record: Frame | AscentState, without: tuple[str, ...]) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(record) if field.name not in without]
    return {name: getattr(record, name) for name in names} | {"recipe": record.recipe.as_dict()}


def _frame(arrays: Mapping[str, npt.NDArray[Any]], *, with_state: bool) -> Frame:
    facts = json.loads(arrays["facts"].tobytes())
    facts["recipe"] = recipes.from_dict(facts["recipe"])
    facts["continued"] = _steps(facts["continued"])
    state = facts.pop("state", None)
    image = _read_only(arrays["image"])
    return Frame(
        image=image,
        input=_read_only(arrays["input"]) if "input" in arrays else CAFFE.to_network(image),
        curve=_read_only(arrays["curve"]),
        state=_state(state, arrays) if with_state and state is not None else None,
        **facts,
    )


def _state(facts: dict[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> AscentState:
    facts["recipe"] = recipes.from_dict(facts["recipe"])
    facts["continued"] = _steps(facts["continued"])
    facts |= {name: _read_only(arrays[f"state.{name}"]) for name in _STATE_ARRAYS}
    return AscentState(**facts)


def _steps(values: Any) -> tuple[int, ...]:
    if not all(type(value) is int and value > 0 for value in values):
        raise ValueError("a number of steps is none")
    return tuple(values)


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
