"""The one mediator: what the person wants becomes a job, what a job gives goes to the views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

import resources
from engine.memory import estimates
from engine.networks import catalogue
from engine.patterns.store import PatternStore
from engine.process.engine_jobs import EngineHandlers
from engine.process.jobs import JobEvent
from engine.process.requests import (
    EngineBroken,
    EngineReady,
    ImageSource,
    OpenEngine,
    OpenPictures,
    PictureId,
    PictureRefused,
    WarmUp,
    Window,
    picture_id,
)
from engine.process.tidy import TidyUp
from engine.records import EngineError, Fit, Picture, Style, WeightsFile
from gui.control.opened import Opened
from gui.control.pipeline import LAST, NOW, Pipeline
from gui.control.presenter import Presenter
from gui.jobs.idle_cleanup import GivingBack
from gui.jobs.job_thread import shut_down
from gui.jobs.workers import engine_and_studio
from gui.state.pattern_goals import picture_key
from gui.views import Views


class Controller(QObject):
    """Mediates between the views and the two threads of one window.

    Attributes:
        pictures: The open pictures, in the order of the strip.
        current: Index of the shown one, or -1.
        fit: How pictures are made square.
        size: Side of the network's input, in pixels.
        levels: The levels that the person chose, by picture.
        presenter: What is shown of the current picture.
        pipeline: What is computed of it.
        engine: The thread of the network.
        studio: The thread for pictures and files.
        patterns: The finished patterns on the disk, as this process sees them.
        weights_named: The weights that the person named, or None to find some.
        weights: The weights in use, or None while there is no network.
        device: What the network runs on.

    Signals:
        opened: A `Picture` was opened.
        closed: A `Picture` was closed, which had that place in the strip.
        looked: Another picture is shown, or the same with another fit or size.
        engine_failed: The sentence why there is no network; a `Death` when its process has ended again and again.
        engine_ready: There is a network.
        engine_lost: The network is being loaded anew.
        unexpected: The traceback of a job that crashed.
    """

    opened = Signal(object)
    closed = Signal(object, int)
    looked = Signal()
    engine_failed = Signal(object)
    engine_ready = Signal()
    engine_lost = Signal()
    unexpected = Signal(str)

    def __init__(
        self,
        views: Views,
        fit: Fit,
        size: int,
        cache: Path,
        engine_jobs: EngineHandlers | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Start both threads.

        Args:
            views: The parts of the window.
            fit: How pictures are made square at first.
            size: Side of the network's input at first, in pixels.
            cache: A folder for what can be computed again.
            engine_jobs: What answers instead of the network, on threads of this process; None for processes.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self.pictures: list[Picture] = []
        self.current = -1
        self.fit: Fit = fit
        self.network = catalogue.named().at(size)
        self.levels: Mapping[PictureId, Window] = {}
        self.weights_named: str | None = None
        self.weights: WeightsFile | None = None
        self.device = ""
        self._views = views
        self._frame_of: dict[int, Picture] = {}
        self._opening: dict[int, Opened] = {}
        self._place_of: dict[int, int] = {}
        self.patterns = PatternStore(cache / "patterns")
        self.engine, self.studio = engine_and_studio(self.patterns, engine_jobs, self)
        self.engine.happened.connect(self._on_engine)
        self.studio.happened.connect(self._on_studio)
        self._giving_back = GivingBack(self.engine, self.studio, self)
        self.pipeline = Pipeline(self.engine, self.studio, self)
        self.pipeline.ended.connect(self._report)
        self.pipeline.refused.connect(self._refuse)
        self.pipeline.complete.connect(self._describe)
        self.presenter = Presenter(views, self.pipeline, self.network, self)
        views.tree.layer_chosen.connect(self.presenter.choose_layer)
        views.strip.picture_chosen.connect(self.choose_picture)
        views.strip.close_wanted.connect(self.close_picture)
        views.strip.frame_wanted.connect(self.choose_frame)

    @property
    def size(self) -> int:
        """Side of the network's input, in pixels."""
        return self.network.size

    def open_engine(self, weights_file: str | None) -> None:
        """Load the network, or load it again with other weights."""
        self.pipeline.set_ready(False)
        self.weights_named, self.weights = weights_file, None
        self._views.engine_state.setText(f"Loading {self.network.name}…")
        self.engine_lost.emit()
        self.engine.submit(OpenEngine(weights_file), NOW)

    def open_sources(self, sources: Sequence[ImageSource], frame: int = 0, place: int | None = None) -> None:
        """Open pictures, at the end of the strip or at a place; the first is shown as soon as it is there."""
        if sources:
            job = self.studio.submit(OpenPictures(tuple(sources), frame, self.levels), NOW)
            self._opening[job] = Opened()
            if place is not None:
                self._place_of[job] = place

    def open_paths(self, paths: Sequence[str | Path], frame: int = 0) -> None:
        """Open pictures from files."""
        self.open_sources([ImageSource(Path(path).name, path=str(path)) for path in paths], frame)

    def open_sample(self) -> None:
        """Open the sample cat."""
        self.open_paths([resources.path("samples", "chelsea.png")])

    @Slot(int)
    def choose_picture(self, index: int) -> None:
        """Show another of the open pictures; numbers beyond the ends wrap around."""
        if self.pictures:
            self.current = index % len(self.pictures)
            self._views.strip.set_current(self.current)
            self._look()

    @Slot(int)
    def close_picture(self, index: int) -> None:
        """Close a picture; when it was the shown one, its neighbour is shown instead."""
        if not 0 <= index < len(self.pictures):
            return
        shown = self.pictures[self.current]
        closed = self.pictures.pop(index)
        self._views.strip.set_pictures(self.pictures)
        if not self.pictures:
            self.current = -1
            self.pipeline.close()
            self.presenter.clear()
            self._describe()
            self.looked.emit()
        elif shown in self.pictures:
            self.current = self.pictures.index(shown)
            self._views.strip.set_current(self.current)
        else:
            self.choose_picture(min(index, len(self.pictures) - 1))
        self.pipeline.drop(closed)
        self.closed.emit(closed, index)

    def bring_back(self, picture: Picture, place: int) -> None:
        """Show a picture that was closed, at that place of the strip."""
        index = self._insert(picture, place)
        self._views.strip.set_pictures(self.pictures)
        self.choose_picture(index)
        self.opened.emit(picture)

    @Slot(int, int)
    def choose_frame(self, index: int, frame: int) -> None:
        """Show another frame of an animation, or page of a document, in its place in the strip."""
        picture = self.pictures[index]
        if picture.path is None:
            self._views.messages.show_message(
                "The other frames of a picture without a file are not kept; open its file."
            )
        elif 0 <= frame < picture.frames:
            request = OpenPictures((ImageSource(picture.name, path=picture.path),), frame, self.levels)
            self._frame_of[self.studio.submit(request, NOW)] = picture

    def replace(self, decoded: Picture) -> None:
        """Have a picture that was decoded in another way in the place of itself; without effect when it was closed."""
        for index, other in enumerate(self.pictures):
            if picture_id(other) == picture_id(decoded):
                self.pictures[index] = decoded
                self._views.strip.set_pictures(self.pictures)
                if index == self.current:
                    self._look()

    def choose_input(self, fit: Fit, size: int) -> None:
        """Make pictures into inputs of that size, in that way."""
        try:
            network = self.network.at(size)
            estimates.check_pass(network, shown=True)
        except EngineError as error:
            self._views.messages.show_message(str(error), "error")
            return
        if (fit, size) != (self.fit, self.size):
            self.fit, self.network = fit, network
            self._look()

    def look_again(self) -> None:
        """Compute what the shown picture lacks: there may be room for it now."""
        if self.current >= 0:
            self._look()

    def choose_style(self, style: Style) -> None:
        """Show maps in another scale."""
        self.pipeline.choose_style(style)
        self.presenter.show_layer()
        self.pipeline.render_rest()

    def tidy_up(self, folders: Sequence[str]) -> None:
        """Bring to an end what a run that was killed began in these folders; "" stands for none."""
        self.studio.submit(TidyUp(tuple(Path(folder) for folder in dict.fromkeys(folders) if folder)), LAST)

    def stop(self) -> None:
        """Stop computing; what is there stays."""
        self.pipeline.forget()
        self._views.tree.set_pending(())

    def shut_down(self, patience: float | None = None) -> bool:
        """Cancel everything and wait for both threads, no more than so many seconds; whether both have ended."""
        self._giving_back.stop()
        return shut_down((self.studio, self.engine), patience)

    def _look(self) -> None:
        """Look at the current picture with the current fit and size; overtakes whatever was being computed."""
        if self.current >= 0:
            self.presenter.show_look(self.pipeline.open(self.pictures[self.current], self.fit, self.network))
            self._views.tree.set_pending(self.pipeline.missing())
            self.pipeline.start()
        self._describe()
        self.looked.emit()

    @Slot(object)
    def _on_engine(self, event: JobEvent) -> None:
        if not isinstance(event.request, OpenEngine):
            return
        if isinstance(event.value, EngineReady):
            self.weights, self.device = event.value.weights, event.value.device
            self.network = self.network.with_weights(self.weights.sha256)
            self.pipeline.set_ready(True)
            self._look()
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
            self._report(event)

    @Slot(object)
    def _on_studio(self, event: JobEvent) -> None:
        if not isinstance(event.request, OpenPictures):
            return
        if isinstance(event.value, Picture):
            self._add(event.value, event.job)
        elif isinstance(event.value, PictureRefused):
            self._views.messages.show_message(event.value.sentence, "error")
        elif event.kind not in ("started", "progress"):
            opened = self._opening.pop(event.job, None)
            for jobs in (self._frame_of, self._place_of):
                jobs.pop(event.job, None)
            if opened is not None and opened.sentence:
                self._views.messages.show_message(opened.sentence)
            self._report(event)

    def _add(self, picture: Picture, job: int) -> None:
        """Take a picture in: a frame comes in its sibling's place, and one that is open already is not doubled."""
        sibling, opened = self._frame_of.get(job), self._opening.get(job, Opened())
        keys, key = [picture_key(other) for other in self.pictures], picture_key(picture)
        first_of_job = opened.count == 0
        if sibling in self.pictures:
            index = self.pictures.index(sibling)
            self.pictures[index] = picture
        else:
            opened.add(key, known=key in keys)
            index = keys.index(key) if key in keys else self._insert(picture, self._place_of.get(job))
        self._views.strip.set_pictures(self.pictures)
        if first_of_job or sibling is not None:
            self.choose_picture(index)
        else:
            self._views.strip.set_current(self.current)
        self.opened.emit(picture)
        if picture.note:
            self._views.messages.show_message(f"{picture.name}: {picture.note}")

    def _insert(self, picture: Picture, place: int | None) -> int:
        """Put a picture into the strip, at that place or at the end; says where it is."""
        index = len(self.pictures) if place is None else min(place, len(self.pictures))
        self.pictures.insert(index, picture)
        if index <= self.current:
            self.current += 1
        return index

    @Slot()
    def _describe(self) -> None:
        """Say in the status bar what the network is and how long the last pass took."""
        if self.weights is None:
            return
        name = self.network.name
        parts = [name if self.weights.known else f"{name}, other weights", self.device, f"{self.size} px"]
        look = self.pipeline.look
        if look is not None and look.seconds is not None:
            parts.append(f"{look.seconds:.2f} s")
        self._views.engine_state.setText(" · ".join(parts))

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self._views.messages.show_message(sentence, "error")

    @Slot(object)
    def _report(self, event: JobEvent) -> None:
        if event.kind == "failed":
            self._views.messages.show_message(str(event.value), "error")
        elif event.kind == "crashed":
            self.unexpected.emit(str(event.value))
