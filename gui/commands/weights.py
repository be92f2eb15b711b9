"""Weights: choosing a file, and downloading Keras's own when none is usable."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from engine.networks.weights_download import KERAS_MD5, KERAS_URL, keras_cache_path
from engine.process.endings import Death
from engine.process.jobs import JobEvent
from engine.process.requests import DownloadWeights
from engine.records import Progress
from gui.context import Context
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import LAST
from gui.widgets.choice_box import plain_lists_in_next_dialog

_CHOOSE, _DOWNLOAD, _BUNDLED, _AGAIN = "choose_weights", "download_weights", "bundled_weights", "load_again"


class WeightsFlow(QObject):
    """Gets the network weights that it can use.

    Attributes:
        url: Where Keras's official file is.
        md5: Its digest.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self.url, self.md5 = KERAS_URL, KERAS_MD5
        self._context = context
        self._controller = context.controller
        self._job: JobHandle | None = None
        self._controller.engine_failed.connect(self._offer)
        self._controller.engine_ready.connect(self._remember)
        context.views.messages.action_wanted.connect(self._on_message_action)

    @Slot()
    def choose(self) -> None:
        """Ask for a file and use it."""
        plain_lists_in_next_dialog()
        path, _ = QFileDialog.getOpenFileName(
            self._context.parent,
            "Choose weights of VGG16",
            self._context.settings.weights,
            "Weights (*.h5);;All files (*)",
        )
        if path:
            self.use(path)

    def use(self, path: str | None) -> None:
        """Load the network with these weights; with the bundled ones, or those in Keras's cache, when None."""
        self._controller.open_engine(path)

    def download(self) -> None:
        """Fetch Keras's official file into Keras's cache, then use it."""
        if self._job is None:
            request = DownloadWeights(keras_cache_path(), self.url, self.md5)
            self._job = self._controller.studio.submit(request, LAST, self._on_event)

    @property
    def busy(self) -> bool:
        """Whether a download runs."""
        return self._job is not None

    @Slot()
    def cancel(self) -> None:
        """Stop the download."""
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _offer(self, sentence: str) -> None:
        """Say why there is no network, and what can be done about it; the program goes on running."""
        actions = [("Choose a file…", _CHOOSE), ("Download 59 MB", _DOWNLOAD)]
        if isinstance(sentence, Death):
            actions[:0] = [("Load it again", _AGAIN)]
        if self._controller.weights_named is not None:
            actions.append(("Use the bundled weights", _BUNDLED))
        self._context.views.messages.show_message(sentence, "error", actions)

    @Slot()
    def _remember(self) -> None:
        """Remember weights that the person named once they have proved to be usable."""
        weights = self._controller.weights
        if weights is not None:
            self._context.settings.weights = weights.path if weights.source == "named" else ""

    @Slot(str)
    def _on_message_action(self, name: str) -> None:
        if name == _CHOOSE:
            self.choose()
        elif name == _DOWNLOAD:
            self.download()
        elif name == _AGAIN:
            self.use(self._controller.weights_named)
        elif name == _BUNDLED:
            self._context.settings.weights = ""
            self.use(None)

    def _on_event(self, _job: JobHandle, event: JobEvent) -> None:
        if isinstance(event.value, Progress):
            self._context.views.job.show_progress(event.value)
        elif event.ended:
            self._job = None
            self._context.views.job.finish()
            self._ended(event)

    def _ended(self, event: JobEvent) -> None:
        if event.kind == "finished":
            self.use(None)
        elif event.kind == "failed":
            self._offer(str(event.value))
        elif event.kind == "crashed":
            self._controller.report(event)
