"""Opening a manifest: the picture, fit, size, layer, channels, scale and colours that it names come back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine.exports.manifest import Manifest, PatternManifest, PictureRecord
from engine.process.jobs import JobEvent
from engine.process.manifest_job import ManifestRead, ReadManifest
from engine.records import Picture
from gui.commands.levels import LevelsFlow
from gui.commands.look import LookCommands
from gui.commands.manifest_view import looked_at, picked
from gui.commands.open_pattern_manifest import PatternManifestFlow
from gui.commands.patterns import PatternCommands
from gui.context import Context
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import NOW
from gui.widgets.choice_box import plain_lists_in_next_dialog


class ManifestFlow(QObject):
    """Brings back the view that a manifest describes."""

    def __init__(self, context: Context, look: LookCommands, levels: LevelsFlow, patterns: PatternCommands) -> None:
        super().__init__(context.parent)
        self._context = context
        self._controller = context.controller
        self._patterns = PatternManifestFlow(context, patterns)
        self._look, self._levels = look, levels
        self._waiting: Manifest | PatternManifest | None = None
        self._reading: set[JobHandle] = set()
        self._controller.opener.opened.connect(self._opened)

    def open(self, path: str) -> None:
        """Read a manifest and show its picture: one that is open, the file that it names, or one the person finds.

        Patterns that start from noise need none.
        """
        hears = self._controller.slow_disks.hearing(self._on_event)
        self._reading.add(self._controller.studio.submit(ReadManifest(Path(path)), NOW, hears))

    @property
    def busy(self) -> bool:
        """Whether a manifest is being read."""
        return bool(self._reading)

    def _on_event(self, job: JobHandle, event: JobEvent) -> None:
        if isinstance(event.value, ManifestRead):
            self._read(event.value)
        elif event.ended:
            self._reading.discard(job)
            self._controller.report(event)

    def _read(self, read: ManifestRead) -> None:
        found = read.found
        if found.picture is None:
            self._show(found)
            return
        for index, picture in enumerate(self._controller.workspace.pictures):
            if _is_same(found.picture, picture):
                self._controller.choose_picture(index)
                self._levels.bring_back(picture, found.picture.levels)
                self._show(found)
                return
        file = self._find_picture(read, found.picture)
        if file is not None:
            self._waiting = found
            self._controller.opener.open_paths([file], found.picture.frame)

    def _find_picture(self, read: ManifestRead, picture: PictureRecord) -> Path | None:
        """The picture's file; nothing that a manifest from a stranger names is opened without asking."""
        if read.beside is not None:
            return read.beside
        if read.named is not None and self._agreed(str(read.named)):
            return read.named
        where = "came without a file" if picture.path is None else "is not where it was"
        self._context.views.messages.show_message(
            f"The manifest's picture {picture.name!r} {where}; choose it to bring the view back."
        )
        plain_lists_in_next_dialog()
        chosen, _ = QFileDialog.getOpenFileName(self._context.parent, f"Find {picture.name}", str(read.folder))
        return Path(chosen) if chosen else None

    def _agreed(self, named: str) -> bool:
        if self._context.settings.is_recent(named):
            return True
        answer = QMessageBox.question(
            self._context.parent,
            "Open the picture of this manifest?",
            f"The manifest names this picture:\n{named}\n\nOpen it?",
        )
        return answer == QMessageBox.StandardButton.Yes

    @Slot(object)
    def _opened(self, picture: Picture) -> None:
        found, self._waiting = self._waiting, None
        if found is None or found.picture is None:
            return
        what = "maps" if isinstance(found, Manifest) else "patterns"
        if not _is_same(found.picture, picture):
            self._context.views.messages.show_message(
                f"{picture.name} is not the picture that the manifest was made of, so its {what} will differ.",
                "warning",
            )
        # It may have been open already, and what is in the strip is then its equal.
        same = [(other.sha256, other.frame) for other in self._controller.workspace.pictures]
        index = same.index((picture.sha256, picture.frame))
        self._controller.choose_picture(index)
        if _is_same(found.picture, picture):
            self._levels.bring_back(self._controller.workspace.pictures[index], found.picture.levels)
        self._show(found)

    def _show(self, found: Manifest | PatternManifest) -> None:
        if isinstance(found, Manifest):
            self._show_maps(found)
        else:
            self._patterns.show(found)

    def _show_maps(self, found: Manifest) -> None:
        look, presenter = self._look, self._controller.presenter
        network = self._controller.workspace.network
        selection = looked_at(network, found.selections, self._controller.workspace.layer)
        look.set_input(found.fit, found.size)
        look.set_style(found.style)
        look.set_colormap(found.colormap)
        presenter.choose_channels(selection.layer, picked(network.layer(selection.layer), selection.channels))
        weights = self._controller.weights
        if weights is not None and weights.sha256 != found.weights.sha256:
            self._context.views.messages.show_message(
                f"The manifest was made with other weights ({found.weights.name}), so its maps may differ.", "warning"
            )


def _is_same(record: PictureRecord, picture: Picture) -> bool:
    return (record.sha256, record.frame) == (picture.sha256, picture.frame)
