"""A picture from standard input: ``-`` in place of a file."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import engine
import main
from engine.cli import standard_input
from engine.pictures import file_bytes
from engine.session import Session
from gui import app, startup_errors

MAPS = ("maps", "-", "--layer", "block1_pool", "--channels", "3", "--size", "64", "--out")


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.real
def test_maps_of_a_piped_picture_are_those_of_its_file(
    session: Session, monkeypatch: pytest.MonkeyPatch, cat_path: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(Session, "close", lambda _self: None)
    monkeypatch.setattr(engine, "open_session", lambda _weights: session)
    pipe(monkeypatch, cat_path.read_bytes())
    assert main.main([*MAPS, str(tmp_path / "piped")]) == 0
    named = [str(cat_path) if word == "-" else word for word in MAPS]
    assert main.main([*named, str(tmp_path / "named")]) == 0
    piped, file = (tmp_path / folder / "block1_pool_003.png" for folder in ("piped", "named"))
    assert piped.read_bytes() == file.read_bytes()
    picture = json.loads((tmp_path / "piped" / "manifest.json").read_text(encoding="utf-8"))["picture"]
    digest = hashlib.sha256(cat_path.read_bytes()).hexdigest()
    assert (picture["name"], picture["path"], picture["sha256"]) == ("standard input", None, digest)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "'standard input' is empty (0 bytes)"),
        (b"hello there", "'standard input' is a text file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "'standard input' is larger than 1.0 kB"),
    ],
)
def test_what_is_no_picture_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes, words: str
) -> None:
    for module in (standard_input, file_bytes):
        monkeypatch.setattr(module, "MAX_FILE_BYTES", 1000)
    pipe(monkeypatch, data)
    assert main.main([*MAPS, str(tmp_path / "out")]) == 1
    complaint = capsys.readouterr().err
    assert words in complaint
    assert complaint.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_more_is_read_than_tells_that_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard_input, "MAX_FILE_BYTES", 1000)
    pipe(monkeypatch, bytes(5000))
    assert len(standard_input.read_picture()) == 1001


@pytest.mark.parametrize("stdin", [None, Terminal(io.BytesIO(b"typed"))], ids=["none", "terminal"])
def test_where_nothing_can_be_piped_in_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, stdin: Any
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main.main([*MAPS, str(tmp_path / "out")]) == 1
    assert "none is piped in; pipe one, or name a file" in capsys.readouterr().err


def test_the_window_takes_one_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[Any, ...]] = []

    def run(*arguments: Any) -> int:
        given.append(arguments)
        return 0

    monkeypatch.setattr(app, "run", run)
    monkeypatch.setattr(startup_errors, "missing_screen", lambda: "")
    pipe(monkeypatch, b"bytes")
    assert main.main(["cat.png", "-"]) == 0
    assert main.main(["cat.png"]) == 0
    assert given == [(["cat.png"], None, b"bytes"), (["cat.png"], None, None)]


def test_the_window_says_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(startup_errors, "missing_screen", lambda: "")
    monkeypatch.setattr(startup_errors, "tell", told.append)
    monkeypatch.setattr(sys, "stdin", None)
    assert main.main(["-"]) == 1
    assert ["none is piped in" in sentence for sentence in told] == [True]
