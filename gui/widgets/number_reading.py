"""Numbers as people type them: a decimal point or a decimal comma, digits of any script, one word for what is neither.

The program writes numbers in one way on every desktop, with a point and Latin digits, whatever the locale says. It
reads both separators. What could be read in two ways is not guessed but refused in a sentence, because a wrong number
looks like a right one.
"""

from __future__ import annotations

import re
import unicodedata

_ANY = 15
"""Decimals enough for any number that a person types."""

_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))  # marks of direction around a number in Arabic or Persian
_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{ARABIC DECIMAL SEPARATOR}": ","})
_DECIMAL = re.compile(r"[+-]?(?P<whole>\d*)(?:[.,](?P<rest>\d*))?(?P<exponent>[eE][+-]?\d{1,3})?", re.ASCII)
_GROUP = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


class UnreadableError(ValueError):
    """One sentence: what is wanted, and what was typed."""


def plain(value: float) -> str:
    """The shortest text that means this number: ``0.03``, ``1000000``."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def whole_number(text: str, low: int, high: int) -> int:
    """The whole number that a person typed.

    Args:
        text: What is in the field, without a unit.
        low: The lowest number that is taken.
        high: The highest one.

    Raises:
        UnreadableError: It is no whole number, or outside the range. A separator is never passed over: ``0.5`` is not
            5, and whether ``1,000`` is one or a thousand depends on where a person comes from.
    """
    typed = _latin(text)
    if not re.fullmatch(r"[+-]?\d+", typed, re.ASCII):
        hint = ", without separators" if re.search(r"\d[.,' \u00a0\u202f]\d", typed) else ""
        raise UnreadableError(f"Type a whole number{hint}. Received: {_shown(text)}.")
    number = int(typed)
    _check_range(number, low, high, text)
    return number


def decimal_number(text: str, low: float, high: float, decimals: int) -> float:
    """The number that a person typed, with a point or a comma before its decimals.

    Args:
        text: What is in the field, without a unit.
        low: The lowest number that is taken.
        high: The highest one.
        decimals: How many decimals the field keeps.

    Raises:
        UnreadableError: It is no number, outside the range, finer than what the field keeps, or it could be read in two
            ways: ``1,000`` is one to some people and a thousand to others.
    """
    typed = _latin(text)
    match = _DECIMAL.fullmatch(typed)
    if match is None or not (match["whole"] or match["rest"]):
        raise UnreadableError(f"Type a number such as 0.5, without separators of thousands. Received: {_shown(text)}.")
    if _GROUP.fullmatch(typed):
        one, many = plain(float(typed.replace(",", "."))), typed.replace(",", "")
        raise UnreadableError(f"{_shown(text)} can mean {one} or {many}; type the one that you mean.")
    value = float(typed.replace(",", "."))
    if round(value, decimals) != value:
        raise UnreadableError(f"This number has {decimals} decimals at most. Received: {_shown(text)}.")
    _check_range(value, low, high, text)
    return value


def decimal_numbers(text: str, low: float, high: float) -> tuple[float, ...]:
    """The numbers of a list, with semicolons, spaces, or commas followed by a space between them.

    A comma between two digits is a decimal comma where it can be nothing else: beside a semicolon, or after a 0 that
    is outside the range; it separates where there are points. ``1,1`` alone could be one number or two.

    Args:
        text: What is in the field.
        low: The lowest number that is taken.
        high: The highest one.

    Raises:
        UnreadableError: One of them is no number, outside the range, or could be read in two ways.
    """
    found: list[float] = []
    for item in re.split(r"[;\s]+|,(?=\s|$)", _latin(text)):
        several = item.split(",")
        if len(several) > 1 and "." not in item and ";" not in text and not item.startswith("0,"):
            parts, one = "; ".join(several), item.replace(",", ".", 1)
            raise UnreadableError(f"{_shown(item)} can mean {one} or {parts}; type the one that you mean.")
        parts_of = several if "." in item else [item]
        found += [decimal_number(part, low, high, _ANY) for part in parts_of if part]
    return tuple(found)


def _check_range(value: float, low: float, high: float, text: str) -> None:
    if not low <= value <= high:
        raise UnreadableError(f"Choose a number from {plain(low)} to {plain(high)}. Received: {_shown(text)}.")


def _latin(text: str) -> str:
    """The text with Latin digits and signs."""
    plain_signs = text.translate(_INVISIBLE).translate(_SIGNS).strip()
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain_signs)


def _shown(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 24 else text[:23] + "…"
