"""Opening a manifest: the picture, fit, size, layer, channels, scale and colours that it names come back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine import manifest
from engine.manifest import Manifest, PatternManifest, PictureRecord
from engine.records import EngineError, Picture
from gui.choice_box import plain_lists_in_next_dialog
from gui.pattern_commands import PatternCommands
from gui.pattern_manifest_flow import PatternManifestFlow

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class ManifestFlow(QObject):
    """Brings back the view that a manifest describes."""

    def __init__(self, window: MainWindow, patterns: PatternCommands) -> None:
        super().__init__(window)
        self._window = window
        self._controller = window.controller
        self._patterns = PatternManifestFlow(window, patterns)
        self._waiting: Manifest | PatternManifest | None = None
        self._controller.opened.connect(self._opened)

    def open(self, path: str) -> None:
        """Read a manifest and show its picture: one that is open, the file that it names, or one the person finds.

        Patterns that start from noise need none.
        """
        try:
            found = manifest.read_any(Path(path))
        except EngineError as error:
            self._window.views.messages.show_message(str(error), "error")
            return
        if found.picture is None:
            self._show(found)
            return
        for index, picture in enumerate(self._controller.pictures):
            if _is_same(found.picture, picture):
                self._controller.choose_picture(index)
                self._show(found)
                return
        file = self._find_picture(found.picture, Path(path).parent)
        if file is not None:
            self._waiting = found
            self._controller.open_paths([file], found.picture.frame)

    def _find_picture(self, record: PictureRecord, folder: Path) -> Path | None:
        """The picture's file; nothing that a manifest from a stranger names is opened without asking."""
        named = record.path
        beside = folder / re.split(r"[/\\]", named or record.name)[-1]  # it may come from another system
        if beside.is_file():
            return beside
        if named is not None and not _on_network(named) and Path(named).is_file() and self._agreed(named):
            return Path(named)
        self._window.views.messages.show_message(
            f"The manifest's picture {record.name!r} is not where it was; choose it to bring the view back."
        )
        plain_lists_in_next_dialog()
        chosen, _ = QFileDialog.getOpenFileName(self._window, f"Find {record.name}", str(folder))
        return Path(chosen) if chosen else None

    def _agreed(self, named: str) -> bool:
        if named in self._window.settings.recent_files():
            return True
        answer = QMessageBox.question(
            self._window, "Open the picture of this manifest?", f"The manifest names this picture:\n{named}\n\nOpen it?"
        )
        return answer == QMessageBox.StandardButton.Yes

    @Slot(object)
    def _opened(self, picture: Picture) -> None:
        found, self._waiting = self._waiting, None
        if found is None or found.picture is None:
            return
        what = "maps" if isinstance(found, Manifest) else "patterns"
        if not _is_same(found.picture, picture):
            self._window.views.messages.show_message(
                f"{picture.name} is not the picture that the manifest was made of, so its {what} will differ.",
                "warning",
            )
        # It may have been open already, and what is in the strip is then its equal.
        same = [(other.sha256, other.frame) for other in self._controller.pictures]
        self._controller.choose_picture(same.index((picture.sha256, picture.frame)))
        self._show(found)

    def _show(self, found: Manifest | PatternManifest) -> None:
        if isinstance(found, Manifest):
            self._show_maps(found)
        else:
            self._patterns.show(found)

    def _show_maps(self, found: Manifest) -> None:
        commands, selection = self._window.commands, found.selections[0]
        commands.set_input(found.fit, found.size)
        commands.set_style(found.style)
        commands.set_colormap(found.colormap)
        self._controller.presenter.choose_channels(selection.layer, selection.channels)
        weights = self._controller.weights
        if weights is not None and weights.sha256 != found.weights.sha256:
            self._window.views.messages.show_message(
                f"The manifest was made with other weights ({found.weights.name}), so its maps may differ.", "warning"
            )


def _on_network(named: str) -> bool:
    """Whether a path leads to another machine; Windows signs in there as soon as somebody looks whether it is there."""
    return named[:2] in ("//", "\\\\", "/\\", "\\/") or "://" in named


def _is_same(record: PictureRecord, picture: Picture) -> bool:
    return (record.sha256, record.frame) == (picture.sha256, picture.frame)
