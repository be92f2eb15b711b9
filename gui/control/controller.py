"""The one mediator: what the person wants becomes a job, what a job gives goes to the views."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

import resources
from engine.memory import estimates
from engine.patterns.store import PatternStore
from engine.process.endings import Death
from engine.process.engine_jobs import EngineHandlers
from engine.process.jobs import JobEvent
from engine.process.requests import (
    EngineBroken,
    EngineReady,
    OpenEngine,
    WarmUp,
    picture_id,
)
from engine.process.tidy import TidyUp
from engine.records import EngineError, Fit, Picture, WeightsFile
from gui.control.picture_opener import PictureOpener
from gui.control.pipeline import Pipeline
from gui.control.presenter import Presenter
from gui.control.slow_disk_notes import SlowDiskNotes
from gui.jobs.job_thread import shut_down
from gui.jobs.priorities import LAST, NOW
from gui.jobs.workers import engine_and_studio
from gui.state.workspace import Workspace
from gui.views import Views


class Controller(QObject):
    """Mediates between the views and the two threads of one window.

    Attributes:
        workspace: What is looked at.
        presenter: What is shown of the current picture.
        pipeline: What is computed of it.
        engine: The thread of the network.
        studio: The thread for pictures and files.
        opener: What opens pictures.
        slow_disks: What is said while a disk does not answer.
        patterns: The finished patterns on the disk, as this process sees them.
        weights_named: The weights that the person named, or None to find some.
        weights: The weights in use, or None while there is no network.
        device: What the network runs on.

    Signals:
        closed: A `Picture` was closed, which had that place in the strip.
        looked: Another picture is shown, or the same with another fit or size.
        engine_failed: The sentence why there is no network; a `Death` when its process has ended again and again.
        engine_ready: There is a network.
        engine_lost: The network is being loaded anew.
        unexpected: The traceback of a job that crashed.
    """

    closed = Signal(object, int)
    looked = Signal()
    engine_failed = Signal(object)
    engine_ready = Signal()
    engine_lost = Signal()
    unexpected = Signal(str)

    def __init__(
        self,
        views: Views,
        workspace: Workspace,
        cache: Path,
        engine_jobs: EngineHandlers | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Start both threads.

        Args:
            views: The parts of the window.
            workspace: What is looked at.
            cache: A folder for what can be computed again.
            engine_jobs: What answers instead of the network, on threads of this process; None for processes.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self.workspace = workspace
        self.weights_named: str | None = None
        self.weights: WeightsFile | None = None
        self.device = ""
        self._views = views
        self._looked_at: tuple[object, ...] = (None,)
        self.patterns = PatternStore(cache / "patterns")
        self.engine, self.studio = engine_and_studio(self.patterns, engine_jobs, self)
        self.engine.late = self._on_engine
        self.slow_disks = SlowDiskNotes(views.messages)
        self.opener = PictureOpener(self.studio, workspace, views.messages, self.slow_disks, self)
        self.opener.ended.connect(self.report)
        for thread in (self.engine, self.studio):
            thread.died.connect(self._say_death)
        self.pipeline = Pipeline(self.engine, self.studio, workspace, self)
        self.pipeline.ended.connect(self.report)
        self.pipeline.refused.connect(self._refuse)
        self.pipeline.complete.connect(self._describe)
        self.presenter = Presenter(views, self.pipeline, workspace, self)
        workspace.changed.connect(self._follow)
        views.strip.picture_chosen.connect(self.choose_picture)
        views.strip.close_wanted.connect(self.close_picture)
        views.strip.frame_wanted.connect(self.opener.choose_frame)

    def open_engine(self, weights_file: str | None) -> None:
        """Load the network, or load it again with other weights."""
        self.pipeline.set_ready(False)
        self.weights_named, self.weights = weights_file, None
        self._views.engine_state.setText(f"Loading {self.workspace.network.name}…")
        self.engine_lost.emit()
        self.engine.submit(OpenEngine(weights_file), NOW, lambda _job, event: self._on_engine(event))

    def open_sample(self) -> None:
        """Open the sample cat."""
        self.opener.open_paths([resources.path("samples", "chelsea.png")])

    @Slot(int)
    def choose_picture(self, index: int) -> None:
        """Show another of the open pictures."""
        self.workspace.current = index

    @Slot(int)
    def close_picture(self, index: int) -> None:
        """Close a picture; when it was the shown one, its neighbour is shown instead."""
        if 0 <= index < len(self.workspace.pictures):
            closed = self.workspace.close(index)
            self.pipeline.drop(closed)
            self.closed.emit(closed, index)

    def close_all(self) -> None:
        """Close every picture, the last one first."""
        for index in reversed(range(len(self.workspace.pictures))):
            self.close_picture(index)

    def bring_back(self, picture: Picture, place: int) -> None:
        """Show a picture that was closed, at that place of the strip."""
        self.workspace.open(picture, place, show=True)
        self.opener.opened.emit(picture)

    def replace(self, decoded: Picture) -> None:
        """Have a picture that was decoded in another way in the place of itself; without effect when it was closed."""
        for index, other in enumerate(self.workspace.pictures):
            if picture_id(other) == picture_id(decoded):
                self.workspace.replace(index, decoded)

    def choose_input(self, fit: Fit, size: int) -> None:
        """Make pictures into inputs of that size, in that way."""
        try:
            network = self.workspace.network.at(size)
            estimates.check_pass(network, shown=True)
        except EngineError as error:
            self._views.messages.show_message(str(error), "error")
            return
        self.workspace.put(fit=fit, network=network)

    def look_again(self) -> None:
        """Compute what the shown picture lacks: there may be room for it now."""
        if self.workspace.picture is not None:
            self._look()

    def tidy_up(self, folders: Sequence[str]) -> None:
        """Bring to an end what a run that was killed began in these folders; "" stands for none."""
        self.studio.submit(TidyUp(tuple(Path(folder) for folder in dict.fromkeys(folders) if folder)), LAST)

    def stop(self) -> None:
        """Stop computing; what is there stays."""
        self.pipeline.forget()
        self._views.tree.set_pending(())

    def shut_down(self, patience: float | None = None) -> bool:
        """Cancel everything and wait for both threads, no more than so many seconds; whether both have ended."""
        return shut_down((self.studio, self.engine), patience)

    def _look(self) -> None:
        """Look at the current picture with the current fit and size; overtakes whatever was being computed."""
        shown = self.workspace
        self._looked_at = shown.picture, shown.fit, shown.network
        if shown.picture is not None:
            self.presenter.show_look(self.pipeline.open(shown.picture, shown.fit, shown.network))
            self._views.tree.set_pending(self.pipeline.missing())
            self.pipeline.start()
        elif self.pipeline.look is not None:
            self.pipeline.close()
            self.presenter.clear()
        self._describe()
        self.looked.emit()

    @Slot(str)
    def _follow(self, name: str) -> None:
        """Have the strip, the scale and the look follow the workspace."""
        shown = self.workspace
        if name == "pictures":
            self._views.strip.set_pictures(shown.pictures)
        if name in ("pictures", "current"):
            self._views.strip.set_current(shown.current)
        if name == "style":
            self.pipeline.forget_rendering()
            self.presenter.show_layer()
            self.pipeline.render_rest()
        if self._looked_at != (shown.picture, shown.fit, shown.network):
            self._look()

    @Slot(object)
    def _on_engine(self, event: JobEvent) -> None:
        if isinstance(event.value, EngineReady):
            self.weights, self.device = event.value.weights, event.value.device
            self.pipeline.set_ready(True)
            network = self.workspace.network.with_weights(self.weights.sha256)
            if network == self.workspace.network:
                self._look()
            else:
                self.workspace.network = network
            self.engine.submit(WarmUp(), LAST)  # after the look: a picture that waits traces most of it by itself
            self.engine_ready.emit()
        elif isinstance(event.value, EngineBroken):
            self._views.engine_state.setText("No network")
            self._views.messages.show_message(event.value.sentence, "error")
        elif event.kind == "failed":
            self.weights = None
            self.pipeline.set_ready(False)
            self._views.engine_state.setText("No network")
            self.engine_failed.emit(event.value)
        else:
            if event.kind == "crashed" and self.weights is None:
                self._views.engine_state.setText("No network")
            self.report(event)

    @Slot()
    def _describe(self) -> None:
        """Say in the status bar what the network is and how long the last pass took."""
        if self.weights is None:
            return
        network = self.workspace.network
        name = network.name
        parts = [name if self.weights.known else f"{name}, other weights", self.device, f"{network.size} px"]
        look = self.pipeline.look
        if look is not None and look.seconds is not None:
            parts.append(f"{look.seconds:.2f} s")
        self._views.engine_state.setText(" · ".join(parts))

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self._views.messages.show_message(sentence, "error")

    @Slot(object)
    def _say_death(self, event: JobEvent) -> None:
        """Say how a process ended, unless that is said with what can be done about the network."""
        if not (event.kind == "failed" and isinstance(event.request, OpenEngine)):
            self._views.messages.show_message(str(event.value), "info" if event.kind == "died" else "error")

    @Slot(object)
    def report(self, event: JobEvent) -> None:
        """Say why a job has failed or crashed; nothing of one that has not."""
        if event.kind == "failed" and not isinstance(event.value, Death):
            self._views.messages.show_message(str(event.value), "error")
        elif event.kind == "crashed":
            self.unexpected.emit(str(event.value))
