"""What the program remembers from one run to the next, typed; nothing in the file can stop it from starting."""

from __future__ import annotations

import base64
import binascii
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QSettings

from engine.files.disk_thread import at_once
from engine.networks import catalogue
from gui.state import setting
from gui.state.choices import SCHEMES, Scheme
from gui.state.map_export_options import EXPORT_KINDS, ExportKind, ExportOptions
from gui.state.pattern_export_options import PatternExportOptions
from gui.state.settings_writer import SettingsWriter, read

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


_NETWORK = catalogue.named()


class Settings:
    """The remembered settings of one person.

    Every attribute can be read and assigned; a missing or senseless value reads as its default.

    Attributes:
        problem: One sentence when the file cannot be read or written, else "".
        on_problem: Called with such a sentence when it is new, in the thread that writes.
        scheme: Colour scheme of the window.
            session: What was looked at, see `gui.state.session`.
        pattern_panel: Whether the panel of patterns is open.
        export: The last export of maps, its folder included.
        export_patterns: The last export of patterns.
        export_kind: Which of the two was the last.
        pattern_megabytes: How many megabytes of patterns are kept.
        memory_limit: How much memory the program may take, one of `MEMORY_LIMITS`.
        weights: The person's own weights file, or "".
        guide_zoom: Size of the text of the guide, in percent.
        first_hint: Whether the line for the first start is still to be shown.
    """

    scheme: setting.Setting[Scheme] = setting.choice("window/scheme", "system", SCHEMES)
    session = setting.text("session")
    pattern_panel = setting.flag("patterns/panel", default=False)
    export = setting.Setting("export/options", ExportOptions(), ExportOptions.from_text, ExportOptions.to_text)
    export_patterns = setting.Setting(
        "export/patterns", PatternExportOptions(), PatternExportOptions.from_text, PatternExportOptions.to_text
    )
    export_kind: setting.Setting[ExportKind] = setting.choice("export/kind", "maps", EXPORT_KINDS)
    pattern_megabytes = setting.choice("patterns/megabytes", "1000", PATTERN_MEGABYTES)
    memory_limit = setting.choice("program/memory", "auto", MEMORY_LIMITS)
    weights = setting.text("network/weights")
    guide_zoom = setting.number("guide/zoom", 100, *GUIDE_ZOOM)
    first_hint = setting.flag("guide/first_hint", default=True)

    def __init__(self, path: Path | None = None) -> None:
        """Open the settings of the person who runs the program, or those of a file of one's own.

        Args:
            path: An ini file, which need not be there yet.
        """
        self.problem = ""
        self.on_problem: Callable[[str], None] | None = None
        store = _store(path)
        self._path = Path(store.fileName())
        self._frozen = False
        self._looking: tuple[dict[str, bool], Future[None]] | None = None
        self._lock = threading.Lock()
        store = self._checked(store)
        self._values = {} if self._frozen else read(store)
        self._writer = SettingsWriter(self._path, self._written)

    @property
    def path(self) -> Path:
        """The file that the settings are kept in."""
        return self._path

    def text(self, key: str) -> str:
        """The text under a key, or "" when there is none or when the file is not ours to read."""
        return self._values.get(key, "")

    def set_text(self, key: str, text: str) -> None:
        """Keep a text under a key; without effect while the file belongs to a later version of the program.

        It is written to the disk in the background.
        """
        if not self._frozen:
            with self._lock:
                self._values[key] = text
                self._writer.put({"format": str(FORMAT), key: text})

    def when_saved(self, then: Callable[[], None]) -> None:
        """Have something done when all that was set until now is on the disk, or could not be written.

        Args:
            then: Called in another thread.
        """
        self._writer.put({}, then)

    def save(self) -> None:
        """Wait until everything is on the disk. A file that cannot be written makes a `problem`, not an error."""
        self._writer.wait()

    def _written(self, values: dict[str, str], well: bool) -> None:
        """In the thread that writes: take over what another window has written into the same file."""
        if well:
            with self._lock:
                self._values = {**values, **self._writer.waiting()}
            return
        problem = self._cannot_be_saved()
        if problem != self.problem:
            self.problem = problem
            if self.on_problem is not None:
                self.on_problem(problem)

    def _cannot_be_saved(self) -> str:
        return f"The settings cannot be saved to {self.path}; make the file writable to keep them."

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
        """The files opened last, the latest first, without those that are known to be gone by now."""
        files, there = self._recent(), self._recent_there()
        return tuple(file for file in files if there.get(file, True))

    def recent_folder(self) -> str:
        """Where the latest file is of those that are there, or ""."""
        return next((str(Path(file).parent) for file, there in self._recent_there().items() if there), "")

    def is_recent(self, path: str) -> bool:
        """Whether a file is one of those opened last."""
        return path in self._recent()

    def add_recent_file(self, path: str | Path) -> None:
        """Put a file at the head of the recent ones."""
        added = os.path.abspath(path)  # noqa: PTH100  # Path.resolve follows links, and people know a file by its link
        others = [file for file in self._recent() if os.path.normcase(file) != os.path.normcase(added)]
        self.set_text("recent/files", json.dumps([added, *others][:MOST_RECENT]))

    def clear_recent_files(self) -> None:
        """Forget the recent files."""
        self.set_text("recent/files", "[]")

    def _recent_there(self) -> dict[str, bool]:
        """Whether recent files are there, as far as their disks answer at once."""
        if self._looking is None or self._looking[1].done():
            found: dict[str, bool] = {}

            def look() -> None:
                for file in self._recent():
                    found[file] = os.path.exists(file)  # noqa: PTH110  # Path.exists raises where it may not look

            self._looking = found, at_once(look)
        return dict(self._looking[0])

    def _recent(self) -> list[str]:
        try:
            found = json.loads(self.text("recent/files") or "[]")
        except ValueError:
            return []
        return [file for file in found if isinstance(file, str)] if isinstance(found, list) else []

    def _checked(self, store: QSettings) -> QSettings:
        """The file to go on with, after finding out whether this one can be trusted; says so if not."""
        store.allKeys()  # Qt parses a section when it is first asked for, and knows nothing wrong before
        if store.status() == QSettings.Status.FormatError:
            return self._set_aside(store)
        if _later_format(store):
            self._frozen = True
            self.problem = (
                f"The settings in {self.path} were written by a later version of Convscope; "
                f"they are left as they are, and this version starts with its defaults."
            )
        elif store.status() != QSettings.Status.NoError or not store.isWritable():
            self.problem = self._cannot_be_saved()
        return store

    def _set_aside(self, store: QSettings) -> QSettings:
        """Keep a damaged file under another name, and start with an empty one."""
        path = self.path
        kept = path.with_name(f"{path.stem}.damaged{path.suffix}")
        try:
            path.replace(kept)
        except OSError:
            self._frozen = True
            kept = path
        else:
            store = _store(path)
        self.problem = f"The settings in {path} were damaged and start from their defaults; the old file is {kept}."
        return store


def _later_format(store: QSettings) -> bool:
    found = str(store.value("format", "", type=str))
    return found.isdecimal() and int(found) > FORMAT


def _store(path: Path | None) -> QSettings:
    if path is not None:
        return QSettings(str(path), QSettings.Format.IniFormat)
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Convscope", "Convscope")
