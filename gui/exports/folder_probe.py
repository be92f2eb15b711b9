"""What an export's dialog knows of a folder, from a disk that may not answer."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.files.disk_thread import at_once
from gui.exports.target_folder import expanded, folder_problem, names_in

_AGAIN_MILLISECONDS = 200


@dataclass(frozen=True)
class FolderState:
    """What is known of a folder.

    Attributes:
        problem: One sentence about why nothing can be written to it, or "".
        names: The names of what is in it.
    """

    problem: str
    names: frozenset[str] = frozenset()


class FolderLook(QObject):
    """Looks at folders, and never waits long for one.

    Signals:
        answered: The folder that was looked at last has answered at last.
    """

    answered = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = ""
        self._asked: dict[str, Future[FolderState]] = {}
        self._again = QTimer(self, interval=_AGAIN_MILLISECONDS)
        self._again.timeout.connect(self._look_again)

    def look(self, folder: str) -> FolderState:
        """What is known of a folder now; one that does not answer is asked only once."""
        self._folder = folder
        if folder not in self._asked:
            self._asked[folder] = at_once(lambda: FolderState(folder_problem(expanded(folder)), names_in(folder)))
        if self._asked[folder].done():
            self._again.stop()
            return self._asked.pop(folder).result()
        self._again.start()
        return FolderState(f"{expanded(folder)} does not answer; wait for it, or choose another folder.")

    @Slot()
    def _look_again(self) -> None:
        if self._asked[self._folder].done():
            self._again.stop()
            self.answered.emit()
