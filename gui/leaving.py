"""The end of the program: nobody waits for what nobody needs any more, and nothing is lost."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from PySide6.QtGui import QGuiApplication

from engine.exports import file_set
from engine.files import lock_files
from engine.process import shared_folders

PATIENCE_SECONDS = 0.25
"""For how long the threads are waited for. Most steps are shorter; TensorFlow's import and a trace take seconds."""


class Leaving:
    """How a window leaves its threads.

    Where other windows or tests live on in the process, the threads are waited for. The program itself ends the
    process, which ends them too: TensorFlow gives no way to break off what it has begun, but nothing depends on it.

    Attributes:
        ends_process: Whether the process ends after the window; see `end_process`.
        hurried: Whether a thread was left in the middle of a step.
    """

    def __init__(self) -> None:
        self.ends_process = False
        self.hurried = False

    def patience(self) -> float | None:
        """For how many seconds the threads are waited for; None for as long as it takes."""
        if not self.ends_process or QGuiApplication.clipboard().ownsClipboard():
            return None  # Qt gives what was copied to the desktop when it is taken down, for which it has to be whole
        return PATIENCE_SECONDS

    def take_back(self) -> None:
        """A thread does not come back in time: take back in its stead what it has begun to write."""
        self.hurried = True
        file_set.take_back()
        lock_files.remove_doomed()

    def end_process(self, status: int) -> int:
        """End the process at once if a thread is still at work, for it must not see Python or Qt taken down.

        Returns:
            The status, where the process can end as others do.
        """
        if self.hurried:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):  # closed, or nobody reads it
                    stream.flush()
            shared_folders.remove_held()
            os._exit(status)
        return status
