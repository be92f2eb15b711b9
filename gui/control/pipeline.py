"""From a picture to its visible maps: fitted by the studio, computed by the engine, scaled by the former.

Only one look is worked on; a new one overtakes it, and what still comes of the old one is dropped.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.memory import estimates
from engine.networks.description import NetworkDescription
from engine.process.endings import Death
from engine.process.jobs import JobEvent
from engine.process.requests import (
    BookPage,
    ComputeMaps,
    DrawBook,
    FitPicture,
    FittedPicture,
    LayerMaps,
    MapsComplete,
    RenderedLayer,
    RenderLayer,
)
from engine.records import Fit, LayerInfo, Picture
from gui.control.look_cache import Look, LookCache
from gui.jobs.job_thread import JobHandle, JobThread
from gui.jobs.priorities import LATER, NOW, SOON
from gui.state.workspace import Workspace


class Pipeline(QObject):
    """Works on one look at a time.

    Attributes:
        look: What is being looked at, or None.

    Signals:
        fitted: The look's picture has been made square.
        computed: The name of a layer whose maps have arrived.
        rendered: A `LayerInfo` and the `ScaledMaps` made of it.
        book_drawn: A `LayerInfo` and the book's grid of it.
        complete: Every layer of the look has been computed.
        refused: The sentence why the maps of the look are not computed.
        ended: The `JobEvent` of a job that ended, for its sentence if it failed.
    """

    fitted = Signal()
    computed = Signal(str)
    rendered = Signal(object, object)
    book_drawn = Signal(object, object)
    complete = Signal()
    refused = Signal(str)
    ended = Signal(object)

    def __init__(
        self, engine: JobThread, studio: JobThread, workspace: Workspace, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.look: Look | None = None
        self._workspace = workspace
        self._engine = engine
        self._studio = studio
        self._ready = False
        self._store = LookCache()
        self._jobs: set[JobHandle] = set()
        self._rendering: dict[str, JobHandle] = {}
        self._forgotten: list[npt.NDArray[Any]] = []
        self._freeing = QTimer(self, interval=0)
        self._freeing.timeout.connect(self._free_one)

    def set_ready(self, ready: bool) -> None:
        """The network is there, or is not there any more: what was computed with another one is forgotten."""
        self.forget()
        self._ready = ready
        self._store.clear()
        self._let_go()

    def open(self, picture: Picture, fit: Fit, network: NetworkDescription) -> Look:
        """The look of a picture from now on; nothing is computed before `start`."""
        self.forget()
        self.look = self._store.open(picture, fit, network)
        self._let_go()
        return self.look

    def close(self) -> None:
        """Look at nothing."""
        self.forget()
        self.look = None

    def drop(self, picture: Picture) -> None:
        """Give back the memory of a picture that has been closed and is not looked at any more."""
        self._store.drop(picture)
        self._let_go()

    def start(self) -> None:
        """Compute whatever the look lacks."""
        look = self.look
        if look is None:
            return
        if look.fitted is None:
            self._submit(self._studio, FitPicture(look.picture, look.key.fit, look.key.size), NOW)
        elif missing := self.missing():
            if problem := estimates.pass_problem(look.network, shown=True):
                self.refused.emit(problem)
            elif self._ready:
                request = ComputeMaps(look.fitted.pixels, missing, self._workspace.shown_layer, self._workspace.style)
                self._submit(self._engine, request, SOON)
        else:
            self._finish()

    def missing(self) -> tuple[str, ...]:
        """The layers of the look that have not been computed yet."""
        if self.look is None:
            return ()
        return tuple(info.name for info in self.look.network.layers if info.name not in self.look.maps)

    def forget_rendering(self) -> None:
        """Do not go on making layers visible: it is to be done in another style."""
        for job in self._rendering.values():
            self._drop(job)
        self._rendering.clear()

    def render(self, layer: LayerInfo, priority: int = NOW) -> None:
        """Make a layer of the look visible. One that is under way is only made more urgent."""
        look = self.look
        if look is None or layer.name not in look.maps or layer.name in look.scaled_in(self._workspace.style):
            return
        if (under_way := self._rendering.pop(layer.name, None)) is not None:
            self._drop(under_way)
        request = RenderLayer(layer, look.maps[layer.name], self._workspace.style, look.statistics.get(layer.name))
        self._rendering[layer.name] = self._submit(self._studio, request, priority)

    def render_rest(self) -> None:
        """Make the other layers visible too when there is nothing better to do, so that going to one is instant."""
        if self.look is not None:
            for info in self.look.network.layers:
                if info.name not in self._rendering:
                    self.render(info, LATER)

    def draw_book(self, layer: LayerInfo) -> None:
        """Draw the book's grid of a layer of the look."""
        if self.look is not None and layer.name in self.look.maps:
            self._submit(self._studio, DrawBook(layer, self.look.maps[layer.name]), NOW)

    @property
    def busy(self) -> bool:
        """Whether anything of the look is being worked on."""
        return bool(self._jobs)

    def forget(self) -> None:
        """Cancel whatever is under way."""
        for job in tuple(self._jobs):
            self._drop(job)
        self._rendering.clear()

    def _let_go(self) -> None:
        """Free what was forgotten, an array at a time: to unmap a gigabyte takes 25 ms."""
        self._forgotten += self._store.take_forgotten(self.look)
        self._freeing.start()

    @Slot()
    def _free_one(self) -> None:
        del self._forgotten[-1:]
        if not self._forgotten:
            self._freeing.stop()

    def _submit(self, thread: JobThread, request: object, priority: int) -> JobHandle:
        job = thread.submit(request, priority, self._on_event)
        self._jobs.add(job)
        return job

    def _drop(self, job: JobHandle) -> None:
        self._jobs.discard(job)
        job.drop()

    def _on_event(self, job: JobHandle, event: JobEvent) -> None:
        if self.look is None:
            return
        if event.kind == "result":
            self._take(self.look, event)
        elif event.ended:
            self._jobs.discard(job)
            self.ended.emit(event)
            if isinstance(event.value, Death) and not event.value.given_up:
                self._do_again(event.request)

    def _take(self, look: Look, event: JobEvent) -> None:
        match event.request, event.value:
            case _, FittedPicture() as fitted:
                look.fitted = fitted
                self.fitted.emit()
                self.start()
            case _, LayerMaps(layer=name, maps=maps, rendered=None):
                look.maps[name] = maps
                self.computed.emit(name)
            case ComputeMaps(shown=LayerInfo() as layer), LayerMaps(maps=maps, rendered=RenderedLayer() as result):
                look.maps[layer.name] = maps
                look.keep(layer.name, result)
                self.rendered.emit(layer, result.scaled)
            case _, MapsComplete(seconds=seconds):
                look.seconds = seconds
                self._finish()
            case RenderLayer(layer=layer), RenderedLayer() as result:
                self._rendering.pop(layer.name, None)
                look.keep(layer.name, result)
                self.rendered.emit(layer, result.scaled)
            case DrawBook(layer=layer), BookPage(canvas=canvas):
                self.book_drawn.emit(layer, canvas)

    def _do_again(self, request: object) -> None:
        """The process ended with this, and there is a new one."""
        if isinstance(request, RenderLayer):
            self._rendering.pop(request.layer.name, None)
            self.render(request.layer)
        elif isinstance(request, DrawBook):
            self.draw_book(request.layer)
        else:
            self.start()

    def _finish(self) -> None:
        self.complete.emit()
        self.render_rest()
