"""Writes settings in a thread of its own: a disk that is busy with something else may take a second for one file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSettings

_one_at_a_time = threading.Lock()
"""Qt has a lock for each file. Who waits for that one keeps Python, while who has it waits for the disk."""


def read(store: QSettings) -> dict[str, str]:
    """Everything in a settings file, as text."""
    return {key: str(store.value(key, "", type=str)) for key in store.allKeys()}


class SettingsWriter:
    """Takes changes from one thread, and writes them in another one that lives only as long as there are any.

    Changes that come while the disk is waited for are written together; those that could not be written are tried
    again with the next ones. What other programs have written in the meantime stays in the file.
    """

    def __init__(self, path: Path, written: Callable[[dict[str, str], bool], None]) -> None:
        """Make one; nothing is written yet.

        Args:
            path: An ini file.
            written: Called in the thread that writes, each time, with everything that the file would now have in it,
                and whether the disk has taken it.
        """
        self._path = path
        self._written = written
        self._lock = threading.Lock()
        self._changes: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._callbacks: list[Callable[[], None]] = []
        self._thread: threading.Thread | None = None

    def put(self, changes: Mapping[str, str], then: Callable[[], None] | None = None) -> None:
        """Have changes written, soon.

        Args:
            changes: Texts by key.
            then: Called in the thread that writes, when these changes and all earlier ones have been written or could
                not be.
        """
        with self._lock:
            self._changes.update(changes)
            if then is not None:
                self._callbacks.append(then)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="settings")
                self._thread.start()

    def waiting(self) -> dict[str, str]:
        """Changes that the disk has not been asked to take yet."""
        with self._lock:
            return dict(self._changes)

    def wait(self) -> None:
        """Wait until everything has been written, or could not be."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while (work := self._take()) is not None:
            changes, callbacks = work
            if changes:
                self._write(changes)
            for callback in callbacks:
                callback()

    def _take(self) -> tuple[dict[str, str], list[Callable[[], None]]] | None:
        with self._lock:
            if not self._changes and not self._callbacks:
                self._thread = None
                return None
            work = self._changes, self._callbacks
            self._changes, self._callbacks = {}, []
            return work

    def _write(self, changes: dict[str, str]) -> None:
        changes = {**self._refused, **changes}
        with _one_at_a_time:
            store = QSettings(str(self._path), QSettings.Format.IniFormat)
            for key, text in changes.items():
                store.setValue(key, text)
            # What `QSettings.sync` would do, but that keeps Python for itself until the disk has answered.
            QCoreApplication.sendPostedEvents(store)
            well, values = store.status() == QSettings.Status.NoError, read(store)
            del store
        self._refused = {} if well else changes
        self._written(values, well)
