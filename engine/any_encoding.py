"""Text on terminals and pipes that cannot show every character: readable instead of an error."""

from __future__ import annotations

import codecs
import io
from typing import TextIO

_HANDLER = "convscope.readable"

_INSTEAD = {"×": "x", "·": "-", "–": "-", "—": "-", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'"}
"""What our own words have beyond ASCII. The rest is names of files, of which each character counts."""

_BY_ITSELF = ("strict", "surrogateescape", "backslashreplace")
"""What Python chooses by itself. Anything else is a person's wish (``PYTHONIOENCODING``)."""


def make_readable(*streams: TextIO) -> None:
    """Have streams write something similar for characters of ours that their encoding lacks: "x" for "×".

    Other characters, which only names have, are written by their number, as Python does in a string.

    Args:
        streams: Standard output and the like; what has no encoding is left alone.
    """
    codecs.register_error(_HANDLER, _readable)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper) and stream.errors in _BY_ITSELF:
            stream.reconfigure(errors=_HANDLER)


def _readable(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if character in _INSTEAD:
        return _INSTEAD[character], error.start + 1
    first = UnicodeEncodeError(error.encoding, error.object, error.start, error.start + 1, error.reason)
    return codecs.backslashreplace_errors(first)
