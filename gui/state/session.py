"""A session: what a workspace shows, as a text that brings it back. The next start, and a file, are made of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PurePath
from typing import Any, TypeVar

from engine.json_text import json_object
from engine.maps.colormaps import COLORMAPS
from engine.networks import catalogue
from engine.records import FITS, SCALES, EngineError, Fit, Style
from gui.state import setting
from gui.state.choices import CONTENTS, FACES, MODES, ORDERS, Content, Face, Mode, Order
from gui.state.setting import Texts
from gui.state.workspace import Workspace

FORMAT = 1
"""The version of the text."""

SUFFIX = ".convscope"
"""Of a session's file."""

TILE_SIZES = (16, 512)
"""Smallest and largest side of a tile, in device-independent pixels."""

_KIND = "convscope session"
_NETWORK = catalogue.named()
_T = TypeVar("_T")


@dataclass(frozen=True)
class PictureRef:
    """Where a picture of a session came from; `path` is "" for one that had no file."""

    name: str
    path: str
    frame: int = 0


@dataclass(frozen=True)
class Session:
    """What a workspace shows. The attributes are those of `gui.state.workspace.Workspace`, but for these.

    Attributes:
        network: The network's name for people.
        digest: Its digest.
        size: Side of its input, in pixels.
        pictures: Where the pictures came from.
        scale: How maps become visible, with the limits `low` and `high`.
    """

    network: str = _NETWORK.name
    digest: str = _NETWORK.digest
    size: int = _NETWORK.size
    pictures: tuple[PictureRef, ...] = ()
    current: int = -1
    fit: Fit = "crop"
    layer: str = _NETWORK.of_kind("convolution")[0].name
    channels: tuple[int, ...] = ()
    channel: int | None = None
    face: Face = "tiles"
    content: Content = "maps"
    mode: Mode = "channel"
    opacity: float = 0.6
    scale: str = "channel"
    low: float = 0.0
    high: float = 1.0
    colormap: str = COLORMAPS[0]
    order: Order = "channel"
    hide_blank: bool = False
    tile_size: int = 96

    @classmethod
    def of(cls, shown: Workspace) -> Session:
        """What a workspace shows now."""
        return cls(
            network=shown.network.name,
            digest=shown.network.digest,
            size=shown.network.size,
            pictures=tuple(PictureRef(one.name, one.path or "", one.frame) for one in shown.pictures),
            scale=shown.style.scale,
            low=shown.style.low,
            high=shown.style.high,
            **{name: getattr(shown, name) for name in _SAME},
        )

    @property
    def style(self) -> Style:
        """How maps become visible."""
        return Style(self.scale, self.low, self.high)  # type: ignore[arg-type]  # checked where it is read

    def to_text(self) -> str:
        """The session as JSON."""
        return json.dumps({_KIND: FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Session:
        """The session of a text; a value that makes no sense is the default.

        Raises:
            EngineError: It is no session, or one of a later version.
        """
        found = json_object(text)
        if not isinstance(found.get(_KIND), int):
            raise EngineError("This is no session of Convscope.")
        if found[_KIND] > FORMAT:
            raise EngineError("This session was saved by a later version of Convscope.")
        return cls(
            **{name: value for name, parse in _PARSE.items() if (value := _parsed(parse, found.get(name))) is not None}
        )

    def beside(self, folder: Path) -> Session:
        """The same for a file in that folder: pictures inside the folder are named from there."""
        return self._renamed(lambda path: str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path))

    def joined(self, folder: Path) -> Session:
        """The same as read from a file in that folder: every path is absolute."""
        return self._renamed(lambda path: str(folder / path))

    def _renamed(self, rename: Callable[[PurePath], str]) -> Session:
        pictures = [replace(one, path=rename(Path(one.path))) if one.path else one for one in self.pictures]
        return replace(self, pictures=tuple(pictures))


class OldSettings:
    """What the settings of versions without sessions have of a session."""

    fit = setting.choice("picture/fit", "crop", FITS)
    size = setting.number("picture/size", _NETWORK.size, *_NETWORK.sizes())
    scale = setting.choice("view/scale", "channel", SCALES)
    low = setting.any_float("view/low", 0.0)
    high = setting.any_float("view/high", 1.0)
    colormap = setting.choice("view/colormap", COLORMAPS[0], COLORMAPS)
    tile_size = setting.number("gallery/tile_size", 96, *TILE_SIZES)
    face = setting.choice("gallery/face", FACES[0], FACES)
    content = setting.choice("gallery/content", CONTENTS[0], CONTENTS)
    order = setting.choice("gallery/sort", ORDERS[0], ORDERS)
    hide_blank = setting.flag("gallery/hide_blank", default=False)
    layer = setting.text("gallery/layer", _NETWORK.of_kind("convolution")[0].name)
    mode = setting.choice("viewer/mode", "channel", MODES)
    opacity = setting.share("viewer/opacity", 0.6)

    def __init__(self, texts: Texts) -> None:
        self.text, self.set_text = texts.text, texts.set_text

    def session(self) -> Session:
        """The session that they make."""
        names = [name for name, value in vars(type(self)).items() if isinstance(value, setting.Setting)]
        return Session(**{name: getattr(self, name) for name in names})


def is_inside(path: str) -> bool:
    """Whether a path of a session's file names something in the folder of that file, or below it."""
    return not any(part in ("", ".", "..") or part[1:2] == ":" for part in re.split(r"[/\\]", path))


def _one_of(choices: Collection[_T]) -> Callable[[Any], _T]:
    def parse(value: Any) -> _T:
        if value not in choices:
            raise ValueError(value)
        return value  # type: ignore[no-any-return]

    return parse


def _number(low: float, high: float) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(value)
        return value

    return parse


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(value)
        return value

    return parse


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004  # a value of the file, not an argument
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004
    return value


def _channels(value: Any) -> tuple[int, ...]:
    return tuple(sorted({_CHANNEL(channel) for channel in value}))


def _pictures(value: Any) -> tuple[PictureRef, ...]:
    return tuple(PictureRef(_text(one["name"]), _text(one["path"]), _CHANNEL(one["frame"])) for one in value)


_MOST = 2**31 - 1
_CHANNEL = _whole(0, _MOST)
_FINITE = 1e300
_PARSE: Mapping[str, Callable[[Any], Any]] = {
    "network": _text,
    "digest": _text,
    "size": _whole(1, _MOST),
    "pictures": _pictures,
    "current": _whole(-1, _MOST),
    "fit": _one_of(FITS),
    "layer": _text,
    "channels": _channels,
    "channel": _CHANNEL,
    "face": _one_of(FACES),
    "content": _one_of(CONTENTS),
    "mode": _one_of(MODES),
    "opacity": _number(0.0, 1.0),
    "scale": _one_of(SCALES),
    "low": _number(-_FINITE, _FINITE),
    "high": _number(-_FINITE, _FINITE),
    "colormap": _one_of(COLORMAPS),
    "order": _one_of(ORDERS),
    "hide_blank": _flag,
    "tile_size": _whole(*TILE_SIZES),
}
_SAME = [one.name for one in fields(Session) if one.name in vars(Workspace) and one.name not in ("network", "pictures")]


def _parsed(parse: Callable[[Any], _T], value: Any) -> _T | None:
    try:
        return parse(value)
    except (ValueError, TypeError, KeyError):
        return None
