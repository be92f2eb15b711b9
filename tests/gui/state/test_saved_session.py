"""A session is a text that brings everything back, and nothing in it can do harm."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from engine.records import EngineError, Picture, Style
from gui.state.session import FORMAT, OldSettings, PictureRef, Session, is_inside
from gui.state.settings import Settings
from gui.state.workspace import Workspace

OTHER = Session(
    network="Other",
    digest="0f",
    size=96,
    pictures=(PictureRef("ä.png", "/tmp/ä.png", 3), PictureRef("pasted picture", "")),
    current=1,
    fit="pad",
    layer="block5_conv3:linear",
    channels=(1, 5),
    channel=5,
    face="wall",
    content="both",
    mode="blend",
    opacity=0.25,
    scale="absolute",
    low=-1.5,
    high=1e-7,
    colormap="magma",
    order="maximum",
    hide_blank=True,
    tile_size=144,
)


def some_picture(name: str, path: str | None = None) -> Picture:
    return Picture(name, np.zeros((2, 2, 3), np.uint8), name, path)


def test_every_value_comes_back() -> None:
    default = Session()
    assert all(getattr(OTHER, one.name) != getattr(default, one.name) for one in fields(Session))
    assert Session.from_text(OTHER.to_text()) == OTHER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scale", "@Invalid()"),
        ("low", float("nan")),
        ("high", float("inf")),
        ("high", True),
        ("colormap", "jet"),
        ("size", "abc"),
        ("size", 0),
        ("size", 1.5),
        ("tile_size", 999999),
        ("hide_blank", "perhaps"),
        ("opacity", 1.5),
        ("mode", []),
        ("mode", {}),
        ("layer", 7),
        ("channels", [1, -1]),
        ("channels", 3),
        ("channel", "x"),
        ("pictures", [{"name": "x"}]),
        ("pictures", ["x"]),
        ("pictures", {"name": "x"}),
        ("current", -2),
    ],
)
def test_a_senseless_value_is_the_default_and_the_others_stay(name: str, value: object) -> None:
    found = json.loads(OTHER.to_text())
    found[name] = value
    assert Session.from_text(json.dumps(found)) == replace(OTHER, **{name: getattr(Session(), name)})


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "{}", '{"convscope session": "1"}', "[" * 5000])
def test_what_is_no_session_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="no session"):
        Session.from_text(text)


def test_one_of_a_later_version_is_refused() -> None:
    with pytest.raises(EngineError, match="later version"):
        Session.from_text(json.dumps({"convscope session": FORMAT + 1}))


def test_pictures_beside_the_file_are_named_from_there(tmp_path: Path) -> None:
    inside, outside = tmp_path / "pictures" / "a.png", Path("/elsewhere/b.png").absolute()
    session = Session(pictures=(PictureRef("a.png", str(inside)), PictureRef("b.png", str(outside))))
    saved = session.beside(tmp_path)
    assert [is_inside(one.path) for one in saved.pictures] == [True, False]
    other = tmp_path / "moved"
    assert saved.joined(other).pictures[0].path == str(other / "pictures" / "a.png")
    assert saved.joined(other).pictures[1].path == str(outside)


@pytest.mark.parametrize(
    "path", ["../a.png", "/a.png", "C:\\a.png", "C:a.png", "\\\\server\\a.png", "//server/a.png", "./a"]
)
def test_what_leads_elsewhere_is_not_inside(path: str) -> None:
    assert not is_inside(path)


def test_settings_of_a_version_without_sessions_are_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_text(
        "[General]\nformat=1\n[view]\nscale=percentile\nlow=-1.5\nhigh=1e-07\ncolormap=magma\n[picture]\nfit=pad\nsize=320\n"
        "[gallery]\ntile_size=144\nface=wall\ncontent=both\nsort=maximum\nhide_blank=true\nlayer=block5_conv3:linear\n"
        "[viewer]\nmode=blend\nopacity=0.25\n",
        encoding="utf-8",
    )
    assert OldSettings(Settings(file)).session() == Session(
        size=320,
        fit="pad",
        layer="block5_conv3:linear",
        face="wall",
        content="both",
        mode="blend",
        opacity=0.25,
        scale="percentile",
        low=-1.5,
        high=1e-7,
        colormap="magma",
        order="maximum",
        hide_blank=True,
        tile_size=144,
    )


def test_a_workspace_tells_what_has_changed_once_all_of_it_has() -> None:
    shown = Workspace()
    told: list[tuple[str, object, object]] = []
    shown.changed.connect(lambda name: told.append((name, shown.face, shown.fit)))
    shown.put(face="wall", fit="pad", colormap=shown.colormap)
    assert told == [("face", "wall", "pad"), ("fit", "wall", "pad")]
    shown.face = "wall"
    assert len(told) == 2


def test_the_shown_picture_stays_when_others_come_and_go() -> None:
    shown = Workspace()
    a, b, c = (some_picture(name) for name in "abc")
    shown.open(a, show=True)
    shown.open(b, place=0)
    assert (shown.pictures, shown.picture) == ((b, a), a)
    shown.open(c, show=True)
    assert (shown.pictures, shown.picture) == ((b, a, c), c)
    shown.close(0)
    assert (shown.pictures, shown.picture) == ((a, c), c)
    shown.close(1)
    assert (shown.pictures, shown.picture) == ((a,), a)
    shown.close(0)
    assert (shown.pictures, shown.picture) == ((), None)


def test_stepping_goes_round() -> None:
    shown = Workspace()
    shown.step_picture(1)
    assert shown.current == -1
    for name in "abc":
        shown.open(some_picture(name))
    shown.current = 2
    shown.step_picture(1)
    assert shown.current == 0
    shown.step_picture(-1)
    assert shown.current == 2


def test_a_session_of_a_workspace() -> None:
    shown = Workspace()
    shown.open(some_picture("a.png", "/tmp/a.png"), show=True)
    shown.put(style=Style("absolute", 1.0, 2.0), face="book", channels=(3, 4), channel=4)
    session = Session.of(shown)
    assert session.pictures == (PictureRef("a.png", "/tmp/a.png"),)
    assert (session.scale, session.low, session.high, session.face) == ("absolute", 1.0, 2.0, "book")
    assert (session.channels, session.channel, session.current) == ((3, 4), 4, 0)
    assert (session.network, session.size) == (shown.network.name, shown.network.size)
