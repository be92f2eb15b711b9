"""Terminals and pipes on old encodings: what is said can be read, and nothing is a traceback."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import engine
import main
from engine import any_encoding
from gui import self_test

ROOT = Path(engine.__file__).parents[1]
ENCODINGS = ("ascii", "cp437", "cp866", "cp1251", "koi8-r", "cp932", "utf-8")
COMMANDS = (
    ("layers",),
    ("layers", "--json"),
    ("layers", "--size", "448"),
    ("layers", "--size", "4"),
    ("--help",),
    ("layers", "--help"),
    ("maps", "--help"),
    ("patterns", "--help"),
    ("atlas", "--help"),
    ("self-test", "--help"),
    ("layers", "×…·ж"),
    ("maps", "nowhere ×…·ж.png", "--layer", "block1_conv1", "--out", "x"),
    ("maps", f"{'long' * 30}.png", "--layer", "block1_conv1", "--out", "x"),
    ("patterns", "--layer", "ж×", "--out", "x"),
    ("atlas", "--layers", "ж×", "--out", "x"),
    ("self-test", "--weights", "nowhere ×ж.h5"),
)


class Said(NamedTuple):
    status: int
    out: str
    err: str


def said(monkeypatch: pytest.MonkeyPatch, encoding: str, *arguments: str) -> Said:
    """What the program says where both streams have this encoding, with the error handling that Python gives them."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    err = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            status = main.main(list(arguments))
        except SystemExit as stop:
            status = int(stop.code or 0)
        out.flush()
        err.flush()
    texts = [stream.buffer.getvalue().decode(encoding) for stream in (out, err)]
    return Said(status, *texts)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_everything_can_be_said_in_any_encoding(
    monkeypatch: pytest.MonkeyPatch, encoding: str, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    there, usual = said(monkeypatch, encoding, *arguments), said(monkeypatch, "utf-8", *arguments)
    assert there.status == usual.status
    assert there.err.count("\n") == usual.err.count("\n")
    assert "unexpected" not in there.err
    assert "\\x" not in there.out
    assert [len(line) for line in there.out.splitlines()] == [len(line) for line in usual.out.splitlines()]


def test_characters_of_ours_are_replaced_by_similar_ones_and_those_of_names_by_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "56x56x256" in said(monkeypatch, "cp866", "layers").out
    assert "56×56×256" in said(monkeypatch, "latin-1", "layers").out
    complaint = said(monkeypatch, "ascii", "maps", "é×ж.png", "--layer", "block1_conv1", "--out", "x").err
    assert complaint == "convscope: There is no file '\\xe9x\\u0436.png'; check the path.\n"


def test_the_self_test_and_progress_can_be_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    any_encoding.make_readable(stream)
    monkeypatch.setattr(sys, "stdout", stream)
    self_test._said("window", "1280 × 760 px · a few…", 0)
    stream.flush()
    assert stream.buffer.getvalue().endswith(b"1280 x 760 px - a few...\n")


def test_what_a_person_asked_for_is_left_alone() -> None:
    for errors in ("replace", "ignore", "xmlcharrefreplace"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors=errors)
        any_encoding.make_readable(stream)
        assert stream.errors == errors
    any_encoding.make_readable(io.StringIO())


@pytest.mark.parametrize("locale", [{"PYTHONIOENCODING": "cp1251"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_real_process(locale: dict[str, str]) -> None:
    environment = os.environ | {"PYTHONCOERCECLOCALE": "0"} | locale
    command = (sys.executable, "main.py", "layers")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"56x56x256" in done.stdout
