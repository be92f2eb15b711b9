"""Sessions: what is looked at, saved for the next start and in files, and brought back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine.maps import colormaps
from engine.networks.description import NetworkDescription
from engine.process.jobs import JobEvent
from engine.process.requests import ImageSource
from engine.process.text_file_job import ReadText, WriteText
from engine.records import EngineError
from gui.context import Context
from gui.control.opened import Opened
from gui.formatting import count_text
from gui.jobs.job_thread import JobHandle
from gui.jobs.priorities import NOW
from gui.state.session import SUFFIX, OldSettings, Session, is_inside
from gui.widgets.choice_box import plain_lists_in_next_dialog
from gui.widgets.message_bar import MessageKind

_SOON_MILLISECONDS = 1000
"""When a change is saved for the next start: the program may be killed at any moment."""

_KIND = "session"
_FILES = f"Sessions (*{SUFFIX});;All files (*)"
_MOST_NAMED = 3
_SAME = ("fit", "face", "content", "mode", "opacity", "colormap", "order", "hide_blank", "tile_size")


class SessionCommands(QObject):
    """Saves sessions, and brings them back."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self._context = context
        self._controller = context.controller
        self._settings = context.settings
        self._workspace = context.workspace
        self._left = Session()
        self._reopened = False
        self._opening = 0
        self._gone: list[str] = []
        self._order: dict[tuple[str, int], int] = {}
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MILLISECONDS)
        self._soon.timeout.connect(self.save)
        self._workspace.changed.connect(self._soon.start)

    def restore(self) -> None:
        """Show everything as it was left; the pictures come with `reopen`."""
        try:
            self._left = Session.from_text(self._settings.session)
        except EngineError:
            self._left = OldSettings(self._settings).session()
        self._show(self._left)
        self._workspace.tell_all()

    def reopen(self) -> None:
        """Open the pictures that were open when the program ended."""
        self._reopened = True
        self._open_pictures(self._left)

    @Slot()
    def save(self) -> None:
        """Save the session for the next start, once the pictures of the last one are there."""
        self._soon.stop()
        session = Session.of(self._workspace)
        if not self._reopened or self._opening:
            session = replace(session, pictures=self._left.pictures, current=self._left.current)
        self._settings.session = session.to_text()

    @Slot()
    def save_as(self) -> None:
        """Ask for a file, and save the session in it."""
        plain_lists_in_next_dialog()
        chosen, _ = QFileDialog.getSaveFileName(self._context.parent, "Save session", self._folder(), _FILES)
        if chosen:
            path = Path(chosen if Path(chosen).suffix else f"{chosen}{SUFFIX}")
            text = Session.of(self._workspace).beside(path.parent).to_text()
            self._submit(WriteText(path, text, _KIND))

    @Slot()
    def choose_file(self) -> None:
        """Ask for a session's file, and open it."""
        plain_lists_in_next_dialog()
        chosen, _ = QFileDialog.getOpenFileName(self._context.parent, "Open session", self._folder(), _FILES)
        if chosen:
            self.open(chosen)

    def open(self, path: str) -> None:
        """Show what a session's file has, instead of what is open; closed pictures can be had back."""
        self._submit(ReadText(Path(path), _KIND))

    def _folder(self) -> str:
        return self._settings.recent_folder()

    def _submit(self, request: ReadText | WriteText) -> None:
        self._controller.studio.submit(request, NOW, self._controller.slow_disks.hearing(self._on_event))

    def _on_event(self, job: JobHandle, event: JobEvent) -> None:
        self._controller.report(event)
        if isinstance(job.request, WriteText) and event.kind == "finished":
            self._say(f"The session is saved in {job.request.path}.", "info")
        elif isinstance(job.request, ReadText) and isinstance(event.value, str) and event.kind == "result":
            self._read(job.request.path, event.value)

    def _read(self, path: Path, text: str) -> None:
        try:
            session = Session.from_text(text)
        except EngineError as error:
            self._say(f"{path.name}: {error}", "error")
            return
        if not self._agreed(session):
            return
        self._controller.close_all()
        self._show(session.joined(path.parent))
        self._open_pictures(session.joined(path.parent))

    def _agreed(self, session: Session) -> bool:
        """Nothing that a session from a stranger names is opened without asking, but for what lies beside it."""
        paths = [one.path for one in session.pictures if one.path and not is_inside(one.path)]
        unknown = [path for path in paths if not self._settings.is_recent(path)]
        if not unknown:
            return True
        named = "\n".join(unknown[:_MOST_NAMED]) + ("\n…" if len(unknown) > _MOST_NAMED else "")
        question = f"The session names {count_text(len(unknown), 'picture')}:\n{named}\n\nOpen them?"
        answer = QMessageBox.question(self._context.parent, "Open the pictures of this session?", question)
        return answer == QMessageBox.StandardButton.Yes

    def _show(self, session: Session) -> None:
        """Show what a session says, but for its pictures."""
        network = self._network(session)
        layer = session.layer if network.has(session.layer) else self._workspace.layer
        style = colormaps.suited(session.style, session.colormap)
        same = {name: getattr(session, name) for name in _SAME}
        self._workspace.put(network=network, layer=layer, style=style, **same)
        there = range(network.layer(layer).channels)
        channels = tuple(channel for channel in session.channels if channel in there)
        self._workspace.put(channels=channels, channel=session.channel if session.channel in there else None)

    def _network(self, session: Session) -> NetworkDescription:
        """The session's network at its size, or the shown one where that is not to be had."""
        shown = self._workspace.network
        if session.network != shown.name:
            self._say(
                f"The session is of {session.network}, which is not open; it is shown with {shown.name}.", "warning"
            )
        try:
            return shown.at(session.size)
        except EngineError:
            return shown

    def _open_pictures(self, session: Session) -> None:
        """Open the pictures, the shown one first; what cannot be opened is said in one sentence."""
        self._gone = [one.name for one in session.pictures if not one.path]
        self._order = {(one.path, one.frame): place for place, one in enumerate(session.pictures)}
        named = [(place, one) for place, one in enumerate(session.pictures) if one.path]
        self._opening = len(named)
        for place, one in sorted(named, key=lambda each: each[0] != session.current):
            opened = Opened(
                show=place == session.current,
                place=partial(self._place, place),
                refused=partial(self._refused, one.name),
                ended=self._ended,
            )
            self._controller.opener.open_sources([ImageSource(one.name, path=one.path)], one.frame, opened)
        if not named:
            self._say_gone()

    def _place(self, place: int) -> int:
        """Where the picture of that place in the session belongs among those that have come."""
        pictures = self._workspace.pictures
        return sum(self._order.get((one.path or "", one.frame), place) < place for one in pictures)

    def _refused(self, name: str, _sentence: str) -> None:
        self._gone.append(name)

    def _ended(self) -> None:
        self._opening -= 1
        if self._opening == 0:
            self._say_gone()
            self._soon.start()

    def _say_gone(self) -> None:
        gone, self._gone = self._gone, []
        if gone:
            named = ", ".join(gone[:_MOST_NAMED]) + (", …" if len(gone) > _MOST_NAMED else "")
            are = "is" if len(gone) == 1 else "are"
            self._say(
                f"{count_text(len(gone), 'picture')} of the last session {are} not there any more: {named}.", "warning"
            )

    def _say(self, text: str, kind: MessageKind) -> None:
        self._context.views.messages.show_message(text, kind)
