"""What the program remembers from one run to the next, typed; nothing in the file can stop it from starting."""

from __future__ import annotations

import base64
import binascii
import json
import math
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Generic, TypeVar, cast, overload

from PySide6.QtCore import QSettings

from engine.architecture import DEFAULT_SIZE, MAXIMUM_SIZE, MINIMUM_SIZE
from engine.colormaps import COLORMAPS
from engine.records import FITS, SCALES, Fit, Scale
from gui.choices import CONTENTS, FACES, MODES, ORDERS
from gui.export_options import EXPORT_KINDS, ExportKind, ExportOptions
from gui.pattern_export_options import PatternExportOptions
from gui.theme import SCHEMES, Scheme

FORMAT = 1
"""The version of the file's layout. A file with a later one is left alone."""

PATTERN_MEGABYTES = ("256", "1000", "4000")
"""How many megabytes of patterns may be kept."""

GUIDE_ZOOM = (60, 300)
"""Smallest and largest text of the guide, in percent."""

MEMORY_LIMITS = ("auto", "2", "4", "8", "16", "32", "64")
"""How many gigabytes the program may take; "auto" is half of what the machine has."""

MOST_RECENT = 12
"""How many recent files are remembered."""

_T = TypeVar("_T")


class _Setting(Generic[_T]):
    """One remembered value: an attribute of `Settings` that reads and writes a key.

    Everything is kept as text and checked here, because QSettings turns what it cannot read into 0 or "".
    """

    def __init__(self, key: str, default: _T, parse: Callable[[str], _T], write: Callable[[_T], str] = str) -> None:
        self._key = key
        self._default = default
        self._parse = parse
        self._write = write

    @overload
    def __get__(self, owner: None, kind: type[Settings]) -> _Setting[_T]: ...
    @overload
    def __get__(self, owner: Settings, kind: type[Settings]) -> _T: ...
    def __get__(self, owner: Settings | None, kind: type[Settings]) -> _T | _Setting[_T]:
        if owner is None:
            return self
        try:
            return self._parse(owner.text(self._key))
        except ValueError:
            return self._default

    def __set__(self, owner: Settings, value: _T) -> None:
        owner.set_text(self._key, self._write(value))


def _choice(key: str, default: _T, choices: Collection[_T]) -> _Setting[_T]:
    def parse(text: str) -> _T:
        if text not in choices:
            raise ValueError(text)
        return cast("_T", text)

    return _Setting(key, default, parse)


def _number(key: str, default: int, low: int, high: int) -> _Setting[int]:
    return _Setting(key, default, lambda text: _within(int(text), low, high))


def _share(key: str, default: float) -> _Setting[float]:
    return _Setting(key, default, lambda text: _within(float(text), 0.0, 1.0), repr)


def _any_float(key: str, default: float) -> _Setting[float]:
    return _Setting(key, default, lambda text: _within(float(text), -math.inf, math.inf), repr)


def _flag(key: str, default: bool) -> _Setting[bool]:
    return _Setting(
        key, default, lambda text: {"true": True, "false": False}.get(text, default), lambda on: str(on).lower()
    )


def _text(key: str, default: str = "") -> _Setting[str]:
    return _Setting(key, default, lambda text: text or default)


def _within(value: _T, low: _T, high: _T) -> _T:
    if not low <= value <= high or value in (math.inf, -math.inf):  # type: ignore[operator]
        raise ValueError(value)
    return value


class Settings:
    """The remembered settings of one person.

    Every attribute can be read and assigned; a missing or senseless value reads as its default.

    Attributes:
        problem: One sentence when the file cannot be read or written, else "".
        scheme: Colour scheme of the window.
        scale: How feature maps become grey levels.
        low: Lower limit of the absolute scale.
        high: Upper limit of the absolute scale.
        colormap: Name of the colour map.
        fit: How a picture is made square.
        input_size: Side of the network's input, in pixels.
        tile_size: Side of a tile of the gallery, in logical pixels.
        face: What the gallery shows: tiles, wall or book.
        content: What a tile has in it: maps, patterns or both.
        pattern_panel: Whether the panel of patterns is open.
        viewer_mode: What the viewer shows: picture, channel or blend.
        opacity: Of the channel over the picture, from 0 to 1.
        sort: The order of the tiles.
        hide_blank: Whether blank channels are left out.
        layer: The layer shown last.
        export: The last export of maps, its folder included.
        export_patterns: The last export of patterns.
        export_kind: Which of the two was the last.
        pattern_megabytes: How many megabytes of patterns are kept.
        memory_limit: How much memory the program may take, one of `MEMORY_LIMITS`.
        weights: The person's own weights file, or "".
        guide_zoom: Size of the text of the guide, in percent.
        first_hint: Whether the line for the first start is still to be shown.
        background: What stands behind transparent pictures, as #rrggbb.
    """

    scheme: _Setting[Scheme] = _choice("window/scheme", "system", SCHEMES)
    scale: _Setting[Scale] = _choice("view/scale", "channel", SCALES)
    low = _any_float("view/low", 0.0)
    high = _any_float("view/high", 1.0)
    colormap = _choice("view/colormap", COLORMAPS[0], COLORMAPS)
    fit: _Setting[Fit] = _choice("picture/fit", "crop", FITS)
    input_size = _number("picture/size", DEFAULT_SIZE, MINIMUM_SIZE, MAXIMUM_SIZE)
    background = _text("picture/background", "#ffffff")
    tile_size = _number("gallery/tile_size", 96, 16, 512)
    face = _choice("gallery/face", FACES[0], FACES)
    content = _choice("gallery/content", CONTENTS[0], CONTENTS)
    pattern_panel = _flag("patterns/panel", default=False)
    sort = _choice("gallery/sort", ORDERS[0], ORDERS)
    hide_blank = _flag("gallery/hide_blank", default=False)
    layer = _text("gallery/layer", "block1_conv1")
    viewer_mode = _choice("viewer/mode", "channel", MODES)
    opacity = _share("viewer/opacity", 0.6)
    export = _Setting("export/options", ExportOptions(), ExportOptions.from_text, ExportOptions.to_text)
    export_patterns = _Setting(
        "export/patterns", PatternExportOptions(), PatternExportOptions.from_text, PatternExportOptions.to_text
    )
    export_kind: _Setting[ExportKind] = _choice("export/kind", "maps", EXPORT_KINDS)
    pattern_megabytes = _choice("patterns/megabytes", "1000", PATTERN_MEGABYTES)
    memory_limit = _choice("program/memory", "auto", MEMORY_LIMITS)
    weights = _text("network/weights")
    guide_zoom = _number("guide/zoom", 100, *GUIDE_ZOOM)
    first_hint = _flag("guide/first_hint", default=True)

    def __init__(self, path: Path | None = None) -> None:
        """Open the settings of the person who runs the program, or those of a file of one's own.

        Args:
            path: An ini file, which need not be there yet.
        """
        self.problem = ""
        self._store = _store(path)
        self._frozen = False
        self._check()

    @property
    def path(self) -> Path:
        """The file that the settings are kept in."""
        return Path(self._store.fileName())

    def text(self, key: str) -> str:
        """The text under a key, or "" when there is none or when the file is not ours to read."""
        if self._frozen:
            return ""
        return str(self._store.value(key, "", type=str))

    def set_text(self, key: str, text: str) -> None:
        """Keep a text under a key; without effect while the file belongs to a later version of the program."""
        if not self._frozen:
            self._store.setValue("format", str(FORMAT))
            self._store.setValue(key, text)

    def save(self) -> None:
        """Write to the disk now. A file that cannot be written makes a `problem`, not an error."""
        if self._frozen:
            return
        self._store.sync()
        if self._store.status() != QSettings.Status.NoError:
            self.problem = f"The settings cannot be saved to {self.path}; make the file writable to keep them."

    def layout_state(self, name: str) -> bytes:
        """What a window, a splitter or a header gave to `set_layout_state` under that name, or b""."""
        try:
            return base64.b64decode(self.text(f"layout/{name}"), validate=True)
        except (binascii.Error, ValueError):
            return b""

    def set_layout_state(self, name: str, state: bytes) -> None:
        """Keep what ``saveGeometry`` or ``saveState`` of a widget returned.

        Args:
            name: The widget: "geometry", "window", "columns", …
            state: Its bytes.
        """
        self.set_text(f"layout/{name}", base64.b64encode(state).decode("ascii"))

    def recent_files(self) -> tuple[str, ...]:
        """The files opened last, the latest first, without those that are gone by now."""
        return tuple(file for file in self._recent() if Path(file).exists())

    def add_recent_file(self, path: str | Path) -> None:
        """Put a file at the head of the recent ones."""
        added = os.path.abspath(path)  # noqa: PTH100  # Path.resolve follows links, and people know a file by its link
        others = [file for file in self._recent() if os.path.normcase(file) != os.path.normcase(added)]
        self.set_text("recent/files", json.dumps([added, *others][:MOST_RECENT]))

    def clear_recent_files(self) -> None:
        """Forget the recent files."""
        self.set_text("recent/files", "[]")

    def _recent(self) -> list[str]:
        try:
            found = json.loads(self.text("recent/files") or "[]")
        except ValueError:
            return []
        return [file for file in found if isinstance(file, str)] if isinstance(found, list) else []

    def _check(self) -> None:
        """Find out whether the file can be trusted, and say so if not."""
        self._store.allKeys()  # Qt parses a section when it is first asked for, and knows nothing wrong before
        if self._store.status() == QSettings.Status.FormatError:
            self._set_aside()
        elif self._later_format():
            self._frozen = True
            self.problem = (
                f"The settings in {self.path} were written by a later version of Convscope; "
                f"they are left as they are, and this version starts with its defaults."
            )
        elif self._store.status() != QSettings.Status.NoError or not self._store.isWritable():
            self.problem = f"The settings cannot be saved to {self.path}; make the file writable to keep them."

    def _later_format(self) -> bool:
        found = self.text("format")
        return found.isdecimal() and int(found) > FORMAT

    def _set_aside(self) -> None:
        """Keep a damaged file under another name, and start with an empty one."""
        path = self.path
        kept = path.with_name(f"{path.stem}.damaged{path.suffix}")
        try:
            path.replace(kept)
        except OSError:
            self._frozen = True
            kept = path
        else:
            self._store = _store(path)
        self.problem = f"The settings in {path} were damaged and start from their defaults; the old file is {kept}."


def _store(path: Path | None) -> QSettings:
    if path is not None:
        return QSettings(str(path), QSettings.Format.IniFormat)
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Convscope", "Convscope")
